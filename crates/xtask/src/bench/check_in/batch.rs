//! Batches of 500 scans, beside a function that stores the same rows in one statement and checks nothing.

use super::Ground;
use super::document::{SUBMIT, fresh_batch};
use super::statements::transactions_with;
use crate::bench::api::operation::{OPERATIONS, Operation};
use crate::bench::bar::{Bar, median};
use crate::bench::gathering::Gathering;
use crate::bench::load::{self, Load};
use crate::failure::Failure;

/// How many scans a second are aimed at.
const AIM: f64 = 40_000.0;

/// Batches of how many scans must take the same number of statements.
const SIZES: [usize; 4] = [10, 100, 500, 1_000];

pub(super) fn measure(ground: &Ground<'_>, people: &Gathering) -> Result<Vec<Bar>, Failure> {
    let operation = OPERATIONS.iter().find(|operation| operation.name == "m2");
    let operation = operation.ok_or_else(|| Failure::Unexpected { what: "m2 is gone".to_owned() })?;
    let keys = operation.keys(&ground.database)?;
    let size = keys[0].bare["size"].as_u64().unwrap_or(0);
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..ground.repeats {
        let ours = ground.kept(size, requests, || ours(ground, operation))?;
        let bare = ground.kept(size, requests, || {
            let statement = operation.statement(&keys[0].bare);
            load::with_pgbench(&ground.folder, &ground.database, &[statement], ground.weight)
        })?;
        ratios.push(ours.per_second / bare.per_second);
        #[expect(clippy::cast_precision_loss, reason = "a batch has 500 scans")]
        rates.push(ours.per_second * size as f64);
    }
    let rate = median(rates);
    let statements = statements(ground, people)?;
    let told: Vec<String> = statements.iter().map(|(size, count)| format!("{count} for {size}")).collect();
    let is_constant = statements.windows(2).all(|pair| pair[0].1 == pair[1].1 && pair[0].1 > 0);
    Ok(vec![
        Bar::ratio(&format!("batches of {size} scans, of the bare SQL's"), median(ratios), 0.5, 0.8),
        Bar::time("scans a second in batches", format!("{rate:.0}"), "aim 40000", rate >= AIM),
        Bar::count(
            "SQL statements of the transaction of a batch, by its scans",
            told.join(", "),
            "constant",
            is_constant,
        ),
    ])
}

fn requests(load: &Load) -> f64 {
    load.requests
}

fn ours(ground: &Ground<'_>, operation: &Operation) -> Result<Load, Failure> {
    let keys = operation.keys(&ground.database)?;
    let bodies: Vec<String> = keys
        .iter()
        .map(|key| serde_json::json!({ "query": operation.ours, "variables": key.ours }).to_string())
        .collect();
    load::with_wrk(&ground.folder, &ground.ours.url, Some(&ground.manager), &bodies, ground.weight)
}

/// How many statements the transactions of batches take, by their sizes; the most, where it is not always the same.
fn statements(ground: &Ground<'_>, gathering: &Gathering) -> Result<Vec<(usize, usize)>, Failure> {
    let client = ground.ours.client(&ground.administrator);
    let sizes = SIZES.into_iter().filter(|size| *size <= gathering.people.len());
    sizes
        .map(|size| {
            let log = ground.logged(|| {
                // In and out, so that each batch changes what attendance follows.
                ["IN", "OUT"].into_iter().try_for_each(|direction| {
                    let input = fresh_batch(&gathering.people[..size], direction);
                    client.change(SUBMIT, &input).map(drop)
                })
            })?;
            let counts = transactions_with(&log, "INSERT INTO \"scan\"");
            Ok((size, counts.into_iter().max().unwrap_or_default()))
        })
        .collect()
}
