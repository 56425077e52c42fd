//! Dates as the sources of this field give them: a day, a month, a year, a half-month, a span, an open end.
//!
//! The text form is EDTF (ISO 8601-2), read and written in `edtf.rs`; how a date lies to a period stands in
//! `period.rs`, how it is known in `known.rs`. Exact times with a zone are not kept here.

mod edtf;
mod known;
mod partial;
mod period;
#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

pub use edtf::EdtfError;
pub use known::{Alternative, AlternativeDraft, Certainty, DateGap, EventDates, EventDatesDraft};
pub use partial::{PartialDate, Qualifier, Unit};
pub use period::{DayBounds, FIRST_DAY, LAST_DAY, PeriodMatch};

use crate::vocabulary::vocabulary;

/// A date, or a stretch of time, as precise as its source and no more.
///
/// It is either a *single* date (`2021-05-17`, `2021-04`, `2024`); a *span* that lasts from one date to
/// another (`2021-05-17/2021-05-21`); or a *window*, within which lies one day that nobody knows
/// (`[2018-10-16..2018-10-31]`). A half-month is such a window: EDTF has no shorter form for it.
/// A date of which nothing at all is known is the absence of an `ImpreciseDate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImpreciseDate(Shape);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Shape {
    Single(PartialDate),
    /// At least one edge is a date.
    Span(Edge, Edge),
    /// At least one bound is a date.
    Window(Option<PartialDate>, Option<PartialDate>),
}

/// Where a span begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    /// On this date.
    On(PartialDate),
    /// On a date that is not known: an empty side of the slash.
    Unknown,
    /// Never: it has no beginning or no end, written `..`.
    Open,
}

/// One half of a month, as "in the second half of October".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HalfMonth {
    /// Days 1 to 15.
    First,
    /// Day 16 to the last of the month.
    Second,
}

vocabulary! {
    /// How closely a date is known.
    pub enum Precision {
        /// To the day; of a span, both its days.
        Day = "day",
        /// Some day in one half of a month.
        HalfMonth = "half_month",
        /// To the month; of a span, its less precise edge.
        Month = "month",
        /// To the year; of a span, its less precise edge.
        Year = "year",
        /// Some day between two dates.
        Window = "window",
        /// Only the beginning is known.
        From = "from",
        /// Only the end is known.
        Until = "until",
    }
}

impl From<PartialDate> for ImpreciseDate {
    fn from(date: PartialDate) -> Self {
        Self(Shape::Single(date))
    }
}

impl ImpreciseDate {
    /// One day.
    pub fn day(day: NaiveDate) -> Result<Self, EdtfError> {
        PartialDate::on(day).map(Self::from)
    }

    /// A span that lasts from one edge to the other; two equal dates are one single date.
    pub fn span(start: Edge, end: Edge) -> Result<Self, EdtfError> {
        match (start, end) {
            (Edge::On(start), Edge::On(end)) if start == end => Ok(start.into()),
            (Edge::On(start), Edge::On(end)) => {
                in_order(start, end)?;
                Ok(Self(Shape::Span(Edge::On(start), Edge::On(end))))
            }
            (Edge::On(_), _) | (_, Edge::On(_)) => Ok(Self(Shape::Span(start, end))),
            _ => Err(EdtfError::NoDate),
        }
    }

    /// Some day within the bounds; a window of one day is that day.
    pub fn window(from: Option<PartialDate>, until: Option<PartialDate>) -> Result<Self, EdtfError> {
        match (from, until) {
            (None, None) => Err(EdtfError::NoDate),
            (Some(from), Some(until)) => {
                in_order(from, until)?;
                let one_day = from == until && from.unit() == Unit::Day;
                Ok(if one_day { from.into() } else { Self(Shape::Window(Some(from), Some(until))) })
            }
            _ => Ok(Self(Shape::Window(from, until))),
        }
    }

    /// Some day in one half of a month.
    pub fn half_month(year: u16, month: u8, half: HalfMonth) -> Result<Self, EdtfError> {
        let day = |day| PartialDate::day(year, month, day);
        let (from, until) = match half {
            HalfMonth::First => (day(1)?, day(15)?),
            HalfMonth::Second => (day(16)?, PartialDate::on(PartialDate::month(year, month)?.last())?),
        };
        Self::window(Some(from), Some(until))
    }

    /// Where it begins: of a single date, that date; of a window, nothing is known but its bounds.
    #[must_use]
    pub fn start(&self) -> Edge {
        match self.0 {
            Shape::Single(date) => Edge::On(date),
            Shape::Span(start, _) => start,
            Shape::Window(..) => Edge::Unknown,
        }
    }

    /// Where it ends; see [`ImpreciseDate::start`].
    #[must_use]
    pub fn end(&self) -> Edge {
        match self.0 {
            Shape::Single(date) => Edge::On(date),
            Shape::Span(_, end) => end,
            Shape::Window(..) => Edge::Unknown,
        }
    }

    /// The first day it may touch, doubtful parts read as they stand; `None` when unknown or without beginning.
    #[must_use]
    pub fn earliest(&self) -> Option<NaiveDate> {
        match self.0 {
            Shape::Single(date) | Shape::Span(Edge::On(date), _) | Shape::Window(Some(date), _) => {
                Some(date.first())
            }
            Shape::Span(..) | Shape::Window(None, _) => None,
        }
    }

    /// The last day it may touch, doubtful parts read as they stand; `None` when unknown or without end.
    #[must_use]
    pub fn latest(&self) -> Option<NaiveDate> {
        match self.0 {
            Shape::Single(date) | Shape::Span(_, Edge::On(date)) | Shape::Window(_, Some(date)) => {
                Some(date.last())
            }
            Shape::Span(..) | Shape::Window(_, None) => None,
        }
    }

    /// How closely it is known.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self.0 {
            Shape::Single(date) => date.unit().into(),
            Shape::Span(Edge::On(start), Edge::On(end)) => start.unit().max(end.unit()).into(),
            Shape::Window(Some(from), Some(until)) if is_half_month(from, until) => Precision::HalfMonth,
            Shape::Window(Some(_), Some(_)) => Precision::Window,
            Shape::Span(Edge::On(_), _) | Shape::Window(Some(_), None) => Precision::From,
            Shape::Span(..) | Shape::Window(None, _) => Precision::Until,
        }
    }

    /// Whether it stands for one unknown day within bounds, and not for all days between them.
    #[must_use]
    pub fn is_window(&self) -> bool {
        matches!(self.0, Shape::Window(..))
    }

    /// The number of days it lasts, both ends counted; `None` unless both are known to the day.
    #[must_use]
    pub fn days(&self) -> Option<u32> {
        match (self.start(), self.end()) {
            (Edge::On(start), Edge::On(end)) if start.unit() == Unit::Day && end.unit() == Unit::Day => {
                u32::try_from((end.first() - start.first()).num_days() + 1).ok()
            }
            _ => None,
        }
    }

    /// The date of its start and that of its end, where they are written; a single date is its own start.
    fn written_dates(&self) -> [Option<PartialDate>; 2] {
        let on = |edge| match edge {
            Edge::On(date) => Some(date),
            Edge::Unknown | Edge::Open => None,
        };
        match self.0 {
            Shape::Single(date) => [Some(date), None],
            Shape::Span(start, end) => [on(start), on(end)],
            Shape::Window(from, until) => [from, until],
        }
    }
}

impl From<Unit> for Precision {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Day => Self::Day,
            Unit::Month => Self::Month,
            Unit::Year => Self::Year,
        }
    }
}

fn in_order(start: PartialDate, end: PartialDate) -> Result<(), EdtfError> {
    if start.first() > end.last() {
        return Err(EdtfError::EndBeforeStart { start, end });
    }
    Ok(())
}

fn is_half_month(from: PartialDate, until: PartialDate) -> bool {
    let [first, last] = [from.first(), until.last()];
    let one_month = (first.year(), first.month()) == (last.year(), last.month());
    let ends_month = last.succ_opt().is_none_or(|next| next.day() == 1);
    let whole_half = (first.day() == 1 && last.day() == 15) || (first.day() == 16 && ends_month);
    from.unit() == Unit::Day && until.unit() == Unit::Day && one_month && whole_half
}
