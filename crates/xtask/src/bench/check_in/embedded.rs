//! Check-ins on the embedded database: eight clients at once, one file, and nobody is lost or told to wait for a lock.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use super::Sizes;
use super::document::{CHECK_IN, SUBMIT, fresh_batch};
use crate::bench::bar::Bar;
use crate::bench::gathering::{Figures, Gathering, unique_id};
use crate::bench::http::Client;
use crate::bench::ours::{Keeping, Ours};
use crate::failure::{Failure, file};
use crate::program;

/// How many write at once.
const CLIENTS: usize = 8;
/// How many scans a batch has.
const BATCH: usize = 50;

pub(super) fn measure(hemicycle: &Path, sizes: Sizes) -> Result<Vec<Bar>, Failure> {
    let folder = tempfile::tempdir().map_err(file("create a folder in", &std::env::temp_dir()))?;
    let data = folder.path().join("data");
    let keeping = Keeping::Folder(&data);
    let (name, value) = keeping.setting();
    program::run(
        Command::new(hemicycle)
            .args(["generate", "--events=400", "--registrations=2000"])
            .env(name, value)
            .env("HEMICYCLE_LOG", "warn"),
    )?;
    let ours = Ours::start(hemicycle, &keeping, folder.path(), &[])?;
    let token = ours.administrator()?;
    let gathering = Gathering::make(&ours, &token, "Assembly on one file", sizes.guests)?;
    let began = Instant::now();
    let said = all_at_once(&ours, &token, &gathering.people)?;
    let took = began.elapsed();
    let figures = gathering.figures(&ours.client(&token))?;
    let log = fs::read_to_string(&ours.log).map_err(file("read", &ours.log))?;
    let people = gathering.people.len() as u64;
    let wanted = Figures { expected: people, attended: people, inside: 0 };
    Ok(vec![
        Bar::told(
            &format!("SQLite: {} scans by {CLIENTS} clients at once", said.scans),
            format!("{} ms", took.as_millis()),
        ),
        Bar::count(
            "SQLite: scans by outcome, at first and again",
            format!("{:?} and {:?}", said.first, said.again),
            "ACCEPTED, REPLAY",
            said.first.get("ACCEPTED") == Some(&said.scans) && said.again.get("REPLAY") == Some(&said.scans),
        ),
        Bar::count(
            "SQLite: figures after all came and went",
            format!("{figures:?}"),
            "all",
            figures == wanted,
        ),
        // An answer with it has no data, and would have ended the run.
        Bar::none("SQLite: “database is locked” in the log", log.matches("database is locked").count()),
    ])
}

/// What the clients were answered, by outcome: the first time, and when all came again.
#[derive(Default)]
struct Said {
    scans: usize,
    first: BTreeMap<String, usize>,
    again: BTreeMap<String, usize>,
}

/// Each client lets a part of the people in one by one, hands in that they left, and sends all of it again.
fn all_at_once(ours: &Ours, token: &str, people: &[String]) -> Result<Said, Failure> {
    let portion = people.len().div_ceil(CLIENTS);
    thread::scope(|scope| {
        let clients: Vec<_> = people
            .chunks(portion)
            .map(|people| scope.spawn(move || one_client(ours, token, people)))
            .collect();
        clients.into_iter().try_fold(Said::default(), |mut all, client| {
            let one = client.join().unwrap_or(Err(Failure::Stopped))?;
            all.scans += one.scans;
            for (all, one) in [(&mut all.first, one.first), (&mut all.again, one.again)] {
                for (outcome, count) in one {
                    *all.entry(outcome).or_default() += count;
                }
            }
            Ok(all)
        })
    })
}

fn one_client(ours: &Ours, token: &str, people: &[String]) -> Result<Said, Failure> {
    let client = ours.client(token);
    let coming: Vec<Value> = people
        .iter()
        .map(|registration| json!({ "scanId": unique_id(), "registrationId": registration }))
        .collect();
    let mut said = Said { scans: 2 * people.len(), ..Said::default() };
    come(&client, &coming, &mut said.first)?;
    // They leave after they came: made before, these scans would say otherwise.
    let leaving: Vec<Value> = people.chunks(BATCH).map(|people| fresh_batch(people, "OUT")).collect();
    leave(&client, &leaving, &mut said.first)?;
    come(&client, &coming, &mut said.again)?;
    leave(&client, &leaving, &mut said.again)?;
    Ok(said)
}

fn come(client: &Client, scans: &[Value], said: &mut BTreeMap<String, usize>) -> Result<(), Failure> {
    for scan in scans {
        let payload = client.change(CHECK_IN, scan)?;
        let outcome = if payload["isReplay"] == true { "REPLAY" } else { "ACCEPTED" };
        *said.entry(outcome.to_owned()).or_default() += 1;
    }
    Ok(())
}

fn leave(client: &Client, batches: &[Value], said: &mut BTreeMap<String, usize>) -> Result<(), Failure> {
    for batch in batches {
        let payload = client.change(SUBMIT, batch)?;
        for result in payload["results"].as_array().into_iter().flatten() {
            let outcome = result["outcome"].as_str().unwrap_or_default().to_owned();
            *said.entry(outcome).or_default() += 1;
        }
    }
    Ok(())
}
