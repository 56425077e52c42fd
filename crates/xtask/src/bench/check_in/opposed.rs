//! Batches that touch the same people in another order, at the same time.

use super::Ground;
use super::document::{SUBMIT, body, renewed_batch};
use crate::bench::bar::Bar;
use crate::bench::gathering::Gathering;
use crate::bench::load::{self, Weight};
use crate::failure::Failure;

/// How many people a batch has, where there are enough for several of them.
const SIZE: usize = 500;
/// As many as there are connections for writing.
const CONNECTIONS: u32 = 8;
/// Beyond this the people of the batches have been in so often that nothing else is measured.
const MOST_SECONDS: u32 = 5;

pub(super) fn measure(ground: &Ground<'_>, gathering: &Gathering) -> Result<Vec<Bar>, Failure> {
    let size = SIZE.min(gathering.people.len() / 3);
    // Those who touch the same people come right after one another, so that they are under way together.
    let bodies: Vec<String> = gathering
        .people
        .chunks_exact(size)
        .flat_map(|people| {
            let forth: Vec<&String> = people.iter().collect();
            let back: Vec<&String> = people.iter().rev().collect();
            let from_the_middle: Vec<&String> =
                people[size / 2..].iter().chain(&people[..size / 2]).collect();
            let (even, odd): (Vec<_>, Vec<_>) = people.iter().enumerate().partition(|(at, _)| at % 2 == 0);
            let odd_first: Vec<&String> = odd.into_iter().chain(even).map(|(_, one)| one).collect();
            [forth, back, from_the_middle, odd_first]
        })
        .map(|people| body(SUBMIT, &renewed_batch(people)))
        .collect();
    let weight = Weight { connections: CONNECTIONS, seconds: ground.weight.seconds.min(MOST_SECONDS) };
    let (url, token) = (&ground.ours.url, Some(ground.administrator.as_str()));
    let load = ground.kept(
        size as u64,
        |load: &load::Load| load.requests,
        || load::with_wrk(&ground.folder, url, token, &bodies, weight),
    )?;
    let about = format!("batches of the same {size} people in four orders, {CONNECTIONS} at once, all kept");
    Ok(vec![Bar::count(&about, format!("{} batches", load.requests), "> 1", load.requests > 1.0)])
}
