//! The stay of one person at one place: when they were in, by the rules of the place.

use chrono::{DateTime, TimeDelta, Utc};

use super::Direction;
use crate::checkpoint::{CheckpointRules, MissingExit, Window};

/// A time for which someone was in; the end is not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Whether the end follows from a rule, because no exit was seen.
    pub is_imputed: bool,
}

/// What the scans of one place say of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stay {
    /// Whether the person came in at all, at a time that is known or not.
    pub came: bool,
    /// Whether the last that was seen of the person is that they came in.
    pub is_inside: bool,
    /// When the person first came in.
    pub first_in_at: Option<DateTime<Utc>>,
    /// When the person last went out.
    pub last_out_at: Option<DateTime<Utc>>,
    /// When the person was last seen.
    pub last_at: Option<DateTime<Utc>>,
    /// When the person was in, within the hours of the place: in their order, and none touches another.
    pub intervals: Vec<Interval>,
}

impl Stay {
    /// The longest stay that is believed where the hours of a place are not stated; longer, an exit was missed.
    pub const LONGEST: TimeDelta = TimeDelta::hours(16);

    /// Whether the person came in and nothing tells for how long.
    pub(super) fn is_open(&self) -> bool {
        self.came && self.intervals.is_empty()
    }
}

/// Folds what was seen at one place, in the order of time; what has no time comes first, and counts as presence.
pub(super) fn stay(
    rules: &CheckpointRules,
    facts: impl IntoIterator<Item = (Option<DateTime<Utc>>, Direction)>,
) -> Stay {
    let mut stay = Stay::default();
    let mut timed = Vec::new();
    for (at, direction) in facts {
        stay.came |= direction == Direction::In;
        if let Some(at) = at {
            timed.push((at, direction));
        }
    }
    let is = |wanted: Direction| move |fact: &&(DateTime<Utc>, Direction)| fact.1 == wanted;
    stay.first_in_at = timed.iter().find(is(Direction::In)).map(|fact| fact.0);
    stay.last_out_at = timed.iter().rfind(is(Direction::Out)).map(|fact| fact.0);
    stay.last_at = timed.last().map(|fact| fact.0);
    stay.is_inside = timed.last().is_some_and(|fact| fact.1 == Direction::In);
    stay.intervals = united(spans(rules, &timed).into_iter().filter_map(|span| clipped(span, rules.hours)));
    stay
}

/// The times between entries and exits; an entry without an exit lasts as long as the rules say.
fn spans(rules: &CheckpointRules, timed: &[(DateTime<Utc>, Direction)]) -> Vec<Interval> {
    let mut spans = Vec::new();
    let mut since: Option<DateTime<Utc>> = None;
    for (place, (at, direction)) in timed.iter().enumerate() {
        match direction {
            // Where exits are scanned, someone who comes in twice never left: two doors, or one badge shown twice.
            Direction::In if rules.scans_exits => since = since.or(Some(*at)),
            Direction::In => {
                let exit = timed[place..].iter().find(|fact| fact.1 == Direction::Out).map(|fact| fact.0);
                spans.extend(span(rules, *at, exit));
            }
            Direction::Out => {
                if let Some(from) = since.take() {
                    spans.extend(span(rules, from, Some(*at)));
                }
            }
        }
    }
    spans.extend(since.and_then(|from| span(rules, from, None)));
    spans
}

/// One stay from an entry to an exit that was seen, or by the rule for a missing one.
fn span(rules: &CheckpointRules, from: DateTime<Utc>, exit: Option<DateTime<Utc>>) -> Option<Interval> {
    let has_end = rules.hours.until.is_some();
    let is_believed = |until: &DateTime<Utc>| has_end || *until - from <= Stay::LONGEST;
    if rules.scans_exits
        && let Some(until) = exit.filter(is_believed)
    {
        return Some(Interval { from, until, is_imputed: false });
    }
    let end = rules.hours.until.or(rules.doors.until);
    let until = match rules.missing_exit {
        MissingExit::UntilEnd => end?,
        MissingExit::AfterMinutes => {
            let minutes = TimeDelta::minutes(i64::from(rules.missing_exit_minutes.unwrap_or_default()));
            let until = from.checked_add_signed(minutes)?;
            end.map_or(until, |end| until.min(end))
        }
        MissingExit::Nothing => return exit_seen(from, exit.filter(is_believed)),
    };
    // An exit that was seen, though none need be, ends the stay.
    match exit.filter(|exit| *exit <= until) {
        Some(until) => Some(Interval { from, until, is_imputed: false }),
        None => (from < until).then_some(Interval { from, until, is_imputed: true }),
    }
}

fn exit_seen(from: DateTime<Utc>, exit: Option<DateTime<Utc>>) -> Option<Interval> {
    exit.map(|until| Interval { from, until, is_imputed: false })
}

/// What of a stay lies within the hours.
fn clipped(span: Interval, hours: Window) -> Option<Interval> {
    let from = hours.from.map_or(span.from, |from| from.max(span.from));
    let until = hours.until.map_or(span.until, |until| until.min(span.until));
    (from < until).then_some(Interval { from, until, ..span })
}

/// The union of times. Where one that was seen and one that is imputed overlap, what was seen is seen.
pub(super) fn united(intervals: impl IntoIterator<Item = Interval>) -> Vec<Interval> {
    let (mut seen, mut imputed) = (Vec::new(), Vec::new());
    for interval in intervals {
        if interval.is_imputed { imputed.push(interval) } else { seen.push(interval) }
    }
    let seen = merged(seen);
    let mut all: Vec<Interval> = merged(imputed).into_iter().flat_map(|one| without(one, &seen)).collect();
    all.extend(seen);
    all.sort_unstable();
    all
}

/// How long they last together; none may overlap another.
pub(super) fn total(intervals: &[Interval]) -> TimeDelta {
    intervals.iter().map(|interval| interval.until - interval.from).sum()
}

fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for next in intervals {
        match merged.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            _ => merged.push(next),
        }
    }
    merged
}

/// What remains of a time without others, which are in their order.
fn without(whole: Interval, others: &[Interval]) -> Vec<Interval> {
    let mut rest = Vec::new();
    let mut from = whole.from;
    for other in others.iter().filter(|other| other.from < whole.until && other.until > whole.from) {
        if from < other.from {
            rest.push(Interval { from, until: other.from, ..whole });
        }
        from = from.max(other.until);
    }
    if from < whole.until {
        rest.push(Interval { from, ..whole });
    }
    rest
}
