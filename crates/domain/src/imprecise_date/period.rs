//! Whether something with an imprecise date touches a period: certainly, possibly, or not.
//!
//! Persistence stores the four days of [`DayBounds`] and compares them in SQL by the same two rules.

use chrono::NaiveDate;

use super::{Edge, ImpreciseDate, Shape};
use crate::vocabulary::vocabulary;

/// The day that stands for "no beginning" or "beginning unknown": 0001-01-01.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day of the calendar");
/// The day that stands for "no end" or "end unknown": 9999-12-31.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day of the calendar");

vocabulary! {
    /// How something with an imprecise date lies to a period.
    pub enum PeriodMatch {
        /// At least one of its days lies in the period, however the date turns out.
        Certainly = "certainly",
        /// One of its days may lie in the period.
        Possibly = "possibly",
        /// None of its days lies in the period.
        No = "no",
    }
}

/// The four days that decide how an imprecise date lies to any period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayBounds {
    /// The first day it may touch.
    pub earliest: NaiveDate,
    /// The last day it may touch.
    pub latest: NaiveDate,
    /// The day by which it has begun, however the date turns out.
    pub begun_by: NaiveDate,
    /// The day until which it has not ended, however the date turns out.
    pub not_over_before: NaiveDate,
}

impl DayBounds {
    /// Compares with the days `from` to `until`, both inside the period; `None` is without limit.
    ///
    /// Possible: `earliest <= until` and `latest >= from`. Certain: `begun_by <= until` and
    /// `not_over_before >= from`. A period that ends before it begins holds no day and matches nothing.
    #[must_use]
    pub fn during(&self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> PeriodMatch {
        let [from, until] = [from.unwrap_or(FIRST_DAY), until.unwrap_or(LAST_DAY)];
        if from > until {
            PeriodMatch::No
        } else if self.begun_by <= until && self.not_over_before >= from {
            PeriodMatch::Certainly
        } else if self.earliest <= until && self.latest >= from {
            PeriodMatch::Possibly
        } else {
            PeriodMatch::No
        }
    }
}

impl ImpreciseDate {
    /// Says whether it touches the period from `from` to `until`, both days inside; `None` is without limit.
    ///
    /// | Kind | Certainly | Possibly |
    /// |---|---|---|
    /// | day | the day lies in the period | – |
    /// | span of days | they share a day | – |
    /// | month, year, half-month, window | the period covers all of it | they share a day |
    /// | span of months or years | however its edges fall, they share a day | its outermost days share one |
    /// | start unknown (`/b`) | the period holds `b` | the period begins by `b` |
    /// | end unknown (`a/`) | the period holds `a` | the period ends on `a` or later |
    /// | without start (`../b`) | the period begins by `b` | – |
    /// | without end (`a/..`) | the period ends on `a` or later | – |
    /// | some day until (`[..b]`) | the period has no beginning and holds `b` | the period begins by `b` |
    /// | some day since (`[a..]`) | the period has no end and holds `a` | the period ends on `a` or later |
    ///
    /// A doubtful day (`?`, `~`, `%`) is certain only where the period covers what remains of its month beside
    /// the other edge, a doubtful month only with its year; possible as it is written. A doubtful year changes
    /// nothing: inferred years are the rule in this field, and a filter must not lose every event because of them.
    #[must_use]
    pub fn during(&self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> PeriodMatch {
        self.bounds().during(from, until)
    }

    /// The four days that decide every comparison with a period.
    #[must_use]
    pub fn bounds(&self) -> DayBounds {
        let (begins, ends) = match self.0 {
            Shape::Single(date) => (date.undoubted(), date.undoubted()),
            Shape::Span(start, end) => span_edges(start, end),
            Shape::Window(from, until) => {
                let from = from.map_or(FIRST_DAY, |date| date.undoubted().0);
                let until = until.map_or(LAST_DAY, |date| date.undoubted().1);
                ((from, until), (from, until))
            }
        };
        DayBounds {
            earliest: self.earliest().unwrap_or(FIRST_DAY),
            latest: self.latest().unwrap_or(LAST_DAY),
            begun_by: begins.1,
            not_over_before: ends.0,
        }
    }
}

/// The first and last day on which it may begin, and on which it may end; it never ends before it begins.
fn span_edges(start: Edge, end: Edge) -> ((NaiveDate, NaiveDate), (NaiveDate, NaiveDate)) {
    let begins = match start {
        Edge::On(date) => date.undoubted(),
        Edge::Unknown => (FIRST_DAY, LAST_DAY),
        Edge::Open => (FIRST_DAY, FIRST_DAY),
    };
    let ends = match end {
        Edge::On(date) => date.undoubted(),
        Edge::Unknown => (FIRST_DAY, LAST_DAY),
        Edge::Open => (LAST_DAY, LAST_DAY),
    };
    ((begins.0, begins.1.min(ends.1)), (ends.0.max(begins.0), ends.1))
}
