//! The rush: all delegates of a conference come at once, to four devices, while many follow the figures.

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::json;

use super::document::CHECK_IN;
use super::watcher::Watcher;
use super::{Ground, Sizes};
use crate::bench::bar::{Bar, quantile};
use crate::bench::gathering::{Gathering, unique_id};
use crate::failure::Failure;

/// How many devices stand at the doors.
const DEVICES: usize = 4;
/// How many times the time of most check-ins the slowest one in a hundred may take.
const MOST: f64 = 3.0;
/// How long those who follow are there before anyone comes: each is first told how things stand.
const SETTLING: Duration = Duration::from_secs(1);

/// Who follows while people come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Nobody,
    Reading,
    Deaf,
}

/// The times of the check-ins of a rush.
struct Times {
    p50: f64,
    p99: f64,
    longest: f64,
    whole: Duration,
    /// How many of those who had not read were told the last figures once they did.
    caught_up: usize,
}

pub(super) fn measure(ground: &Ground<'_>, sizes: Sizes) -> Result<Vec<Bar>, Failure> {
    let name = format!("Conference {}", unique_id());
    let gathering = Gathering::make(&ground.ours, &ground.administrator, &name, sizes.delegates)?;
    let tokens: Result<Vec<String>, Failure> =
        (0..DEVICES).map(|_| gathering.device(&ground.ours, &ground.administrator)).collect();
    let tokens = tokens?;
    let mut bars = Vec::new();
    // They come, go and come again; the last ones before watchers that do not read.
    for (direction, audience) in
        [("IN", Audience::Nobody), ("OUT", Audience::Reading), ("IN", Audience::Deaf)]
    {
        let times = rush(ground, &gathering, &tokens, sizes.watchers, (direction, audience))?;
        let before = match audience {
            Audience::Nobody => "before nobody".to_owned(),
            Audience::Reading => format!("before {} watchers", sizes.watchers),
            Audience::Deaf => format!("before {} watchers that do not read", sizes.watchers),
        };
        let people = gathering.people.len();
        let told = format!(
            "p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms; {} ms in all",
            times.p50,
            times.p99,
            times.longest,
            times.whole.as_millis(),
        );
        bars.push(Bar::told(&format!("{people} people at {DEVICES} devices {before}"), told));
        bars.push(Bar::at_most(&format!("p99 of p50, {before}"), times.p99 / times.p50, MOST));
        let figures = gathering.figures(&ground.ours.client(&tokens[0]))?;
        let inside = if direction == "IN" { people as u64 } else { 0 };
        let all = figures.attended == people as u64 && figures.inside == inside;
        let told = format!("{} attended, {} inside", figures.attended, figures.inside);
        if audience == Audience::Deaf {
            let told = format!("{} of {}", times.caught_up, sizes.watchers);
            bars.push(Bar::told("of these, told the last figures once they read", told));
        }
        bars.push(Bar::count(&format!("figures after all went {direction}, {before}"), told, "all", all));
    }
    Ok(bars)
}

fn rush(
    ground: &Ground<'_>,
    gathering: &Gathering,
    tokens: &[String],
    watchers: usize,
    (direction, audience): (&str, Audience),
) -> Result<Times, Failure> {
    let (url, event) = (&ground.ours.url, &gathering.event);
    let count = if audience == Audience::Nobody { 0 } else { watchers };
    let watchers: Result<Vec<Watcher>, Failure> = (0..count)
        .map(|number| {
            let token = &tokens[number % tokens.len()];
            match audience {
                Audience::Deaf => Watcher::deaf(url, token, event),
                Audience::Nobody | Audience::Reading => Watcher::reading(url, token, event),
            }
        })
        .collect();
    let watchers = watchers?;
    if count > 0 {
        sleep(SETTLING);
    }
    let last = if direction == "IN" { gathering.people.len() as u64 } else { 0 };
    let began = Instant::now();
    thread::scope(|scope| {
        let reading: Vec<_> = watchers
            .iter()
            .filter(|_| audience == Audience::Reading)
            .map(|watcher| scope.spawn(move || watcher.until(|figures| figures.inside == last)))
            .collect();
        let portion = gathering.people.len().div_ceil(tokens.len());
        let devices: Vec<_> = gathering
            .people
            .chunks(portion)
            .zip(tokens)
            .map(|(people, token)| scope.spawn(move || stand(ground, token, people, direction)))
            .collect();
        let mut times = Vec::new();
        for device in devices {
            times.extend(device.join().unwrap_or(Err(Failure::Stopped))?);
        }
        let whole = began.elapsed();
        for watcher in reading {
            watcher.join().unwrap_or(Err(Failure::Stopped))?;
        }
        let deaf = watchers.iter().filter(|_| audience == Audience::Deaf);
        let caught_up =
            deaf.filter(|watcher| watcher.until(|figures| figures.inside == last).is_ok()).count();
        let longest = times.iter().copied().fold(0.0, f64::max);
        let part = |part: f64| quantile(times.iter().copied(), part);
        Ok(Times { p50: part(0.5), p99: part(0.99), longest, whole, caught_up })
    })
}

/// Lets people in or out at one device, one after the other; the milliseconds that each took.
fn stand(ground: &Ground<'_>, token: &str, people: &[String], direction: &str) -> Result<Vec<f64>, Failure> {
    let client = ground.ours.client(token);
    people
        .iter()
        .map(|registration| {
            let input = json!({ "scanId": unique_id(), "registrationId": registration, "method": "QR",
                "direction": direction });
            let began = Instant::now();
            client.change(CHECK_IN, &input)?;
            Ok(began.elapsed().as_secs_f64() * 1e3)
        })
        .collect()
}
