//! One online check-in a request: at random events, at one event, and beside the bare SQL, by some and by a crowd.

use serde_json::{Value, json};

use super::Ground;
use super::bare::Bare;
use super::document::{CHECK_IN, body, renewed_scan};
use crate::bench::api::answer::identifier;
use crate::bench::bar::{Bar, median};
use crate::bench::gathering::Gathering;
use crate::bench::load::{self, Load, Weight};
use crate::failure::Failure;

/// The statement that says who can be let in or out, and whether they are inside now.
const DOORS: &str = include_str!("../../../bench/check_in/doors.sql");
/// The statement that has the people of all events in the order of how often they were scanned.
const RARELY_SEEN: &str = include_str!("../../../bench/check_in/rarely_seen.sql");

/// Someone who is let in and out.
struct Door {
    ours: Value,
    bare: Value,
    is_inside: bool,
}

pub(super) fn measure(ground: &Ground<'_>, hot: &Gathering) -> Result<Vec<Bar>, Failure> {
    let server = Bare::start(ground)?;
    let mut bars = beside_the_bare(ground, &server, ground.weight, hot.people.len())?;
    bars.extend(beside_the_bare(ground, &server, ground.weight.of_a_crowd(), hot.people.len())?);
    drop(server);
    bars.push(at_one_event(ground, hot)?);
    Ok(bars)
}

/// One check-in a request, with so many requests in flight, in turn with the bare transaction and the bare function.
fn beside_the_bare(
    ground: &Ground<'_>,
    bare: &Bare,
    weight: Weight,
    people: usize,
) -> Result<Vec<Bar>, Failure> {
    let chosen = at_random(people);
    let (mut rates, mut of_transaction, mut of_function) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ground.repeats {
        let ours = ours(ground, weight, &chosen, &ground.manager)?.per_second;
        rates.push(ours);
        of_transaction.push(ours / by_the_bare(ground, weight, &chosen, &bare.transaction())?.per_second);
        of_function.push(ours / by_the_bare(ground, weight, &chosen, &bare.function())?.per_second);
    }
    let about = format!("check-ins a second, one a request, {} requests in flight", weight.connections);
    let of_transaction = median(of_transaction);
    Ok(vec![
        Bar::told(&about, format!("{:.0}", median(rates))),
        Bar::ratio(
            "the same, of a bare insert-and-update transaction's behind an HTTP server",
            of_transaction,
            1.0,
            1.5,
        ),
        Bar::told("of the one function's that writes the same rows", format!("{:.2} ×", median(of_function))),
    ])
}

fn at_one_event(ground: &Ground<'_>, hot: &Gathering) -> Result<Bar, Failure> {
    let at_random = at_random(hot.people.len());
    let at_one = format!("SELECT id FROM registration WHERE event_id = '{}'", identifier(&hot.event));
    let mut ratios = Vec::new();
    for _ in 0..ground.repeats {
        let random = ours(ground, ground.weight, &at_random, &ground.manager)?;
        let hot = ours(ground, ground.weight, &at_one, &ground.administrator)?;
        ratios.push(hot.per_second / random.per_second);
    }
    Ok(Bar::ratio("check-ins at one event, of those at random events", median(ratios), 0.5, 1.0))
}

/// People of all events, those first who were scanned least.
fn at_random(many: usize) -> String {
    format!("{RARELY_SEEN} LIMIT {many}")
}

fn requests(load: &Load) -> f64 {
    load.requests
}

fn ours(ground: &Ground<'_>, weight: Weight, chosen: &str, token: &str) -> Result<Load, Failure> {
    send(ground, weight, chosen, (&ground.ours.url, Some(token)), |door, scan, direction| {
        let input =
            json!({ "scanId": scan, "registrationId": door.ours, "direction": direction, "method": "LIST" });
        body(CHECK_IN, &input)
    })
}

/// The same check-ins, by whichever of the bare servers answers there.
fn by_the_bare(ground: &Ground<'_>, weight: Weight, chosen: &str, url: &str) -> Result<Load, Failure> {
    send(ground, weight, chosen, (url, None), |door, scan, direction| {
        json!({ "scan": scan, "registration": door.bare, "direction": direction.to_lowercase() }).to_string()
    })
}

/// Lets these people in and out by one server, with a body for each turn.
fn send(
    ground: &Ground<'_>,
    weight: Weight,
    chosen: &str,
    (url, token): (&str, Option<&str>),
    body: impl Fn(&Door, String, &str) -> String,
) -> Result<Load, Failure> {
    ground.kept(1, requests, || {
        let bodies = turns(&doors(ground, chosen)?, body);
        load::with_wrk(&ground.folder, url, token, &bodies, weight)
    })
}

fn doors(ground: &Ground<'_>, chosen: &str) -> Result<Vec<Door>, Failure> {
    let text = ground.database.ask(&DOORS.replace("{chosen}", chosen))?;
    let door = |line: &str| -> Option<Door> {
        let mut value: Value = serde_json::from_str(line).ok()?;
        let (ours, bare) = (value["ours"].take(), value["bare"].take());
        Some(Door { ours, bare, is_inside: value["is_inside"] == true })
    };
    Ok(text.lines().filter_map(door).collect())
}

/// Each goes to the other side of the door, then, once all did, back: what a load sends over and over.
fn turns(doors: &[Door], body: impl Fn(&Door, String, &str) -> String) -> Vec<String> {
    [false, true]
        .into_iter()
        .flat_map(|is_back| doors.iter().enumerate().map(move |(at, door)| (is_back, at, door)))
        .map(|(is_back, at, door)| {
            let direction = if door.is_inside == is_back { "IN" } else { "OUT" };
            body(door, renewed_scan(2 * at + usize::from(is_back)), direction)
        })
        .collect()
}
