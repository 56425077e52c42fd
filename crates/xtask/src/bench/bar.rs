//! What was measured, what is asked of it, and whether it holds.
//!
//! Counts hold or fail on any machine. Times are told, and fail nothing: what else a machine does moves them.

use super::stage::Stage;
use crate::failure::Failure;
use crate::report;

/// One line of the outcome.
pub(super) struct Bar {
    about: String,
    measured: String,
    asked: String,
    holds: Option<bool>,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Count,
    Time,
}

impl Bar {
    /// Something counted, or true or not, whatever the machine.
    pub(super) fn count(about: &str, measured: String, asked: &str, holds: bool) -> Self {
        Self::new(about, measured, asked, Some(holds), Kind::Count)
    }

    /// Something that must not have happened even once.
    pub(super) fn none(about: &str, count: usize) -> Self {
        Self::count(about, count.to_string(), "0", count == 0)
    }

    /// How many times as much as something else, measured right beside it.
    pub(super) fn ratio(about: &str, ratio: f64, least: f64, aim: f64) -> Self {
        let asked =
            if aim > least { format!("≥ {least} ×, aim {aim} ×") } else { format!("≥ {least} ×") };
        Self::new(about, format!("{ratio:.2} ×"), &asked, Some(ratio >= least), Kind::Time)
    }

    /// Something that must not be more than so many times something else.
    pub(super) fn at_most(about: &str, ratio: f64, most: f64) -> Self {
        Self::new(about, format!("{ratio:.2} ×"), &format!("≤ {most} ×"), Some(ratio <= most), Kind::Time)
    }

    /// A time, or a rate, that is measured by itself.
    pub(super) fn time(about: &str, measured: String, asked: &str, holds: bool) -> Self {
        Self::new(about, measured, asked, Some(holds), Kind::Time)
    }

    /// A figure of which nothing is asked.
    pub(super) fn told(about: &str, measured: String) -> Self {
        Self::new(about, measured, "–", None, Kind::Time)
    }

    fn new(about: &str, measured: String, asked: &str, holds: Option<bool>, kind: Kind) -> Self {
        Self { about: about.to_owned(), measured, asked: asked.to_owned(), holds, kind }
    }

    fn fails(&self) -> bool {
        self.kind == Kind::Count && self.holds == Some(false)
    }
}

/// Shows the outcome as a table, and fails where a count does not hold; checking a harness, it shows counts alone.
pub(super) fn conclude(stage: &Stage, title: &str, bars: &[Bar]) -> Result<(), Failure> {
    let is_shown = |bar: &&Bar| !stage.check || bar.kind == Kind::Count;
    let mut lines = vec![
        title.to_owned(),
        String::new(),
        "| what | measured | asked | holds |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    lines.extend(bars.iter().filter(is_shown).map(line));
    lines.push(String::new());
    stage.show(&lines.join("\n"))?;
    if stage.check {
        report::line("the harness works; the times of an unoptimised server say nothing");
    }
    match bars.iter().find(|bar| bar.fails()) {
        None => Ok(()),
        Some(bar) => {
            let what = format!("{}: {}, where {} is asked", bar.about, bar.measured, bar.asked);
            Err(Failure::Unexpected { what })
        }
    }
}

fn line(bar: &Bar) -> String {
    let holds = match bar.holds {
        None => "–",
        Some(true) => "yes",
        Some(false) => "no",
    };
    format!("| {} | {} | {} | {holds} |", bar.about, bar.measured, bar.asked)
}

/// The figure in the middle; not a number where there is none.
pub(super) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    quantile(figures, 0.5)
}

/// The figure below which this part of them lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a count is a count"
)]
pub(super) fn quantile(figures: impl IntoIterator<Item = f64>, part: f64) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let at = (figures.len() as f64 * part) as usize;
    figures.get(at.min(figures.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_in_the_middle_counts() {
        assert!((median([9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
    }

    #[test]
    fn of_a_hundred_the_last_but_one_is_beyond_the_99th_part() {
        let hundred = (1..=100).map(f64::from);
        assert!((quantile(hundred, 0.99) - 100.0).abs() < f64::EPSILON);
        assert!((quantile([1.0], 0.99) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_slow_machine_fails_nothing_and_a_wrong_count_does() {
        assert!(!Bar::ratio("as fast", 0.1, 1.0, 1.0).fails());
        assert!(Bar::none("deadlocks", 1).fails());
        assert!(!Bar::none("deadlocks", 0).fails());
    }
}
