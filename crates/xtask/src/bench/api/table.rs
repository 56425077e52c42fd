//! The table: what was measured, as Markdown.
//!
//! Figures are medians over the repetitions; a ratio is the median of the ratios of loads that stood side by side.

use std::time::Duration;

use super::course::{Measured, Results, Sample};
use super::start::Start;
use crate::bench::stage::Scale;

const OURS: usize = 0;
const PEER: usize = 1;
const BARE: usize = 2;

/// The heads of the two tables.
const LOADS: &str = "| | | requests/s | p50 ms | p99 ms | server CPU ms | database CPU ms |
|---|---|---|---|---|---|---|";
const RATIOS: &str = "| | what | requests/s, of PostGraphile's | p99, of PostGraphile's | CPU, of PostGraphile's | requests/s, of the bare SQL's |
|---|---|---|---|---|---|";

/// Writes the tables of a run.
pub(super) fn write(scale: Scale, results: &Results, start: &Start) -> String {
    let mut lines = vec![
        format!(
            "Scale {}: {} events, {} registrations; {} requests in flight, {} s a load, {} repetitions.",
            scale.name(),
            scale.events(),
            scale.registrations(),
            results.weight.connections,
            results.weight.seconds,
            results.operations.first().map_or(0, |operation| operation.samples.len()),
        ),
        String::new(),
        LOADS.to_owned(),
    ];
    lines.extend(results.operations.iter().flat_map(loads));
    lines.extend([String::new(), RATIOS.to_owned()]);
    lines.extend(results.operations.iter().map(ratios));
    lines.extend([String::new(), memory(results), String::new(), starts(start), String::new()]);
    lines.join("\n")
}

fn loads(measured: &Measured) -> [String; 3] {
    [(OURS, "Hemicycle"), (PEER, "PostGraphile"), (BARE, "bare SQL")].map(|(at, name)| {
        let of = |figure: fn(&Sample) -> f64| median(measured.samples.iter().map(|all| figure(&all[at])));
        let title = if at == OURS { title(measured) } else { String::new() };
        format!(
            "| {title} | {name} | {:.0} | {:.2} | {} | {} | {:.2} |",
            of(|sample| sample.load.per_second),
            of(|sample| sample.load.p50),
            spell(of(|sample| sample.load.p99)),
            spell(of(|sample| sample.server_cpu)),
            of(|sample| sample.database_cpu),
        )
    })
}

/// The name with a capital: `M1g`.
fn title(measured: &Measured) -> String {
    let (first, rest) = measured.operation.name.split_at(1);
    first.to_uppercase() + rest
}

fn ratios(measured: &Measured) -> String {
    let ratio = |other: usize, figure: fn(&Sample) -> f64| {
        median(measured.samples.iter().map(|all| figure(&all[OURS]) / figure(&all[other])))
    };
    format!(
        "| {} | {} | {:.2} × | {:.2} × | {:.2} × | {:.2} × |",
        title(measured),
        measured.operation.about,
        ratio(PEER, |sample| sample.load.per_second),
        ratio(PEER, |sample| sample.load.p99),
        ratio(PEER, |sample| sample.server_cpu + sample.database_cpu),
        ratio(BARE, |sample| sample.load.per_second),
    )
}

fn memory(results: &Results) -> String {
    let [ours, peer] = [results.ours, results.peer].map(|memory| (memory.now / 1_000, memory.most / 1_000));
    format!(
        "Memory at the end and at most: Hemicycle {} and {} MB, PostGraphile {} and {} MB.",
        ours.0, ours.1, peer.0, peer.1
    )
}

fn starts(start: &Start) -> String {
    let times = &start.times;
    let time = |at: usize| times.get(at).map_or(0, Duration::as_millis);
    format!(
        "From the start to the first answer on an embedded database: {} ms (from {} to {} ms), with {} MB of memory.",
        time(times.len() / 2),
        time(0),
        time(times.len().saturating_sub(1)),
        start.memory.now / 1_000,
    )
}

fn spell(milliseconds: f64) -> String {
    if milliseconds.is_nan() { "–".to_owned() } else { format!("{milliseconds:.2}") }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_in_the_middle_counts() {
        assert!((median([9.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).is_nan());
    }
}
