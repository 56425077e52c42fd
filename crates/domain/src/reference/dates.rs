//! The dates a territory file may hold: a day, a month or a year, and periods of them.
//!
//! A month or a year stands for its first day where something begins and for its last day where it ends.

use chrono::{Datelike, Months, NaiveDate};

use super::fault::TerritoryProblem;

/// Reads `from/until`, either side left out where it is open or unknown.
pub(super) fn read_period(text: &str) -> Result<(Option<NaiveDate>, Option<NaiveDate>), TerritoryProblem> {
    let bad = || TerritoryProblem::BadDate { date: text.to_owned() };
    let (from, until) = text.split_once('/').ok_or_else(bad)?;
    let from = Some(from.trim()).filter(|day| !day.is_empty()).map(first_day).transpose()?;
    let until = Some(until.trim()).filter(|day| !day.is_empty()).map(last_day).transpose()?;
    match (from, until) {
        (Some(from), Some(until)) if until < from => Err(TerritoryProblem::EndsBeforeItBegins),
        _ => Ok((from, until)),
    }
}

/// The first day of a date given as `2022-06-08`, `2022-06` or `2022`.
pub(super) fn first_day(text: &str) -> Result<NaiveDate, TerritoryProblem> {
    span(text).map(|(first, _)| first)
}

/// The last day of a date given as `2022-06-08`, `2022-06` or `2022`.
pub(super) fn last_day(text: &str) -> Result<NaiveDate, TerritoryProblem> {
    span(text).map(|(_, last)| last)
}

/// The first and the last day of a calendar date, month or year (ISO 8601, extended form only).
fn span(text: &str) -> Result<(NaiveDate, NaiveDate), TerritoryProblem> {
    let shaped = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let bad = || TerritoryProblem::BadDate { date: text.to_owned() };
    let (start, months) = match text.len() {
        _ if !shaped => return Err(bad()),
        10 => (text.to_owned(), 0),
        7 => (format!("{text}-01"), 1),
        4 => (format!("{text}-01-01"), 12),
        _ => return Err(bad()),
    };
    let first: NaiveDate = start.parse().map_err(|_| bad())?;
    let last = match months {
        0 => Some(first),
        months => first.checked_add_months(Months::new(months)).and_then(|day| day.pred_opt()),
    };
    match last {
        Some(last) if first.year() >= 1 => Ok((first, last)),
        _ => Err(bad()),
    }
}
