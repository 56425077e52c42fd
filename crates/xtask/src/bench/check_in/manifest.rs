//! The manifest of a device: all people who are expected, then what has changed.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Ground;
use crate::bench::bar::{Bar, median};
use crate::bench::gathering::Gathering;
use crate::bench::http::Client;
use crate::bench::load;
use crate::failure::Failure;

const MANIFEST: &str = "query($id: ID!, $after: String, $first: Int) {
    checkInManifest(eventId: $id, after: $after, first: $first) {
        entries { registrationId name role categoryId isDelegationHead firstGoodSerial }
        removed { registrationId reason } cursor hasMore requiresFullResync } }";
const UPDATE: &str = "mutation($input: UpdateRegistrationInput!) {
    updateRegistration(input: $input) { registration { role } errors { message } } }";
const ROLE: &str = "query($id: ID!) { registration(id: $id) { role } }";

/// The most that a page has.
const PAGE: usize = 500;
/// How many people change.
const CHANGES: usize = 100;
/// How long it may take until all changes are told: each is once all that is older is settled.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much slower the changes of a large event may be told than those of a small one, for the noise of the loads.
const LEAST: f64 = 0.8;

/// A device that holds the manifest of an event, and from where on it misses changes.
struct Holder {
    token: String,
    event: String,
    cursor: Value,
}

pub(super) fn measure(
    ground: &Ground<'_>,
    large: &Gathering,
    small: &Gathering,
) -> Result<Vec<Bar>, Failure> {
    let (first, times, entries) = first_run(ground, large)?;
    let (second, _, _) = first_run(ground, small)?;
    let changes = CHANGES.min(small.people.len());
    for (holder, gathering) in [(&first, large), (&second, small)] {
        change(ground, holder, &gathering.people[..changes])?;
    }
    let expected = large.people.len();
    let (pages, whole) = (times.len(), times.iter().sum::<f64>());
    let statements = |holder: &Holder| ground.statements(&holder.token, MANIFEST, &holder.question());
    let (of_large, of_small) = (statements(&first)?, statements(&second)?);
    let mut ratios = Vec::new();
    for _ in 0..ground.repeats {
        let rate = |holder: &Holder| -> Result<f64, Failure> {
            let body = json!({ "query": MANIFEST, "variables": holder.question() }).to_string();
            let (url, token) = (&ground.ours.url, Some(holder.token.as_str()));
            Ok(load::with_wrk(&ground.folder, url, token, &[body], ground.weight)?.per_second)
        };
        ratios.push(rate(&first)? / rate(&second)?);
    }
    let (large, small) = (large.people.len(), small.people.len());
    Ok(vec![
        Bar::told(
            &format!("the first manifest of {large} people, in {pages} pages of {PAGE}"),
            format!("{whole:.0} ms in all, {:.1} ms a page", median(times)),
        ),
        Bar::count("people in it", entries.to_string(), "all", entries == expected),
        Bar::count(
            &format!("SQL statements of {changes} changes, of {large} people and of {small}"),
            format!("{of_large} and {of_small}"),
            "the same",
            of_large == of_small,
        ),
        Bar::ratio(
            &format!("how often {changes} changes of {large} people are told, of those of {small}"),
            median(ratios),
            LEAST,
            LEAST,
        ),
    ])
}

/// Takes all in, page by page: the device, the milliseconds of each page, and how many people there were.
fn first_run(ground: &Ground<'_>, gathering: &Gathering) -> Result<(Holder, Vec<f64>, usize), Failure> {
    let token = gathering.device(&ground.ours, &ground.administrator)?;
    let client = ground.ours.client(&token);
    let mut holder = Holder { token, event: gathering.event.clone(), cursor: Value::Null };
    let (mut times, mut entries) = (Vec::new(), 0);
    loop {
        let began = Instant::now();
        let page = holder.page(&client)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        entries += page["entries"].as_array().map_or(0, Vec::len);
        holder.cursor = page["cursor"].clone();
        if page["hasMore"] != true {
            return Ok((holder, times, entries));
        }
    }
}

/// Gives people another role, and waits until the device would be told of all of them.
fn change(ground: &Ground<'_>, holder: &Holder, people: &[String]) -> Result<(), Failure> {
    let administrator = ground.ours.client(&ground.administrator);
    for registration in people {
        let before = administrator.ask(ROLE, &json!({ "id": registration }))?;
        let role = if before["registration"]["role"] == "SPEAKER" { "PARTICIPANT" } else { "SPEAKER" };
        administrator.change(UPDATE, &json!({ "id": registration, "role": role }))?;
    }
    let device = ground.ours.client(&holder.token);
    let began = Instant::now();
    loop {
        let told = holder.page(&device)?["entries"].as_array().map_or(0, Vec::len);
        if told == people.len() {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            let what = format!("a manifest told {told} of {} changes", people.len());
            return Err(Failure::Unexpected { what });
        }
    }
}

impl Holder {
    fn question(&self) -> Value {
        json!({ "id": self.event, "after": self.cursor, "first": PAGE })
    }

    fn page(&self, client: &Client) -> Result<Value, Failure> {
        let mut answer = client.ask(MANIFEST, &self.question())?;
        Ok(answer["checkInManifest"].take())
    }
}
