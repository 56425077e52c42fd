//! One calendar date that may stop at the month or the year, with doubts about each of its parts.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::EdtfError;

/// A year, a month of a year, or a day, in the proleptic Gregorian calendar, years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    first: NaiveDate,
    unit: Unit,
    /// Of year, month and day; beyond the unit always [`Qualifier::None`].
    qualifiers: [Qualifier; 3],
}

/// The last part that a date states, from the finest to the coarsest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Year, month and day.
    Day,
    /// Year and month.
    Month,
    /// The year alone.
    Year,
}

/// What EDTF says against a part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Qualifier {
    /// Nothing.
    #[default]
    None,
    /// `?`: the source is read so, but may mean otherwise.
    Uncertain,
    /// `~`: about then.
    Approximate,
    /// `%`: both.
    UncertainAndApproximate,
}

impl Qualifier {
    /// Whether the part is marked `?` or `%`.
    #[must_use]
    pub fn is_uncertain(self) -> bool {
        matches!(self, Self::Uncertain | Self::UncertainAndApproximate)
    }

    pub(super) fn from_sign(sign: char) -> Option<Self> {
        match sign {
            '?' => Some(Self::Uncertain),
            '~' => Some(Self::Approximate),
            '%' => Some(Self::UncertainAndApproximate),
            _ => None,
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Uncertain => "?",
            Self::Approximate => "~",
            Self::UncertainAndApproximate => "%",
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, Self::None) | (Self::None, one) => one,
            (one, other) if one == other => one,
            _ => Self::UncertainAndApproximate,
        }
    }
}

impl PartialDate {
    /// A year, from 1 to 9999.
    pub fn year(year: u16) -> Result<Self, EdtfError> {
        Self::new(year, 1, 1, Unit::Year)
    }

    /// A month, from 1 to 12, of a year.
    pub fn month(year: u16, month: u8) -> Result<Self, EdtfError> {
        Self::new(year, month, 1, Unit::Month)
    }

    /// A day that the calendar has.
    pub fn day(year: u16, month: u8, day: u8) -> Result<Self, EdtfError> {
        Self::new(year, month, day, Unit::Day)
    }

    /// A day of the calendar, in the years from 1 to 9999.
    pub fn on(day: NaiveDate) -> Result<Self, EdtfError> {
        if !(1..=9999).contains(&day.year()) {
            return Err(EdtfError::NoSuchYear { year: day.year() });
        }
        Ok(Self { first: day, unit: Unit::Day, qualifiers: [Qualifier::None; 3] })
    }

    fn new(year: u16, month: u8, day: u8, unit: Unit) -> Result<Self, EdtfError> {
        if !(1..=9999).contains(&year) {
            return Err(EdtfError::NoSuchYear { year: year.into() });
        }
        if !(1..=12).contains(&month) {
            return Err(EdtfError::NoSuchMonth { year, month });
        }
        let first = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
            .ok_or(EdtfError::NoSuchDay { year, month, day })?;
        Ok(Self { first, unit, qualifiers: [Qualifier::None; 3] })
    }

    /// The same date with one more doubt about the part; a part that it does not state stays as it is.
    #[must_use]
    pub fn qualified(mut self, part: Unit, qualifier: Qualifier) -> Self {
        if part >= self.unit {
            let place = place(part);
            self.qualifiers[place] = self.qualifiers[place].and(qualifier);
        }
        self
    }

    /// What is said against a part.
    #[must_use]
    pub fn qualifier(self, part: Unit) -> Qualifier {
        self.qualifiers[place(part)]
    }

    /// The last part it states.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.unit
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// Its last day: itself, the end of the month, or 31 December.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        last_day(self.first, self.unit)
    }

    /// The days among which it lies if its doubtful parts are left aside.
    ///
    /// A doubtful day leaves the month, a doubtful month the year. A doubtful year is read as it stands:
    /// in this field the year is the part that sources leave out and officers infer.
    pub(super) fn undoubted(self) -> (NaiveDate, NaiveDate) {
        let doubtful = |part| self.qualifier(part) != Qualifier::None;
        let unit = if self.unit == Unit::Year || doubtful(Unit::Month) {
            Unit::Year
        } else if self.unit == Unit::Month || doubtful(Unit::Day) {
            Unit::Month
        } else {
            Unit::Day
        };
        (first_day(self.first, unit), last_day(self.first, unit))
    }
}

impl fmt::Display for PartialDate {
    /// Writes the canonical form: one sign at the end where all parts share it, else one before each part.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day] = self.qualifiers;
        let shared = match self.unit {
            Unit::Year => true,
            Unit::Month => year == month,
            Unit::Day => year == month && month == day,
        };
        let sign = |qualifier: Qualifier| if shared { "" } else { qualifier.sign() };
        write!(formatter, "{}{:04}", sign(year), self.first.year())?;
        if self.unit <= Unit::Month {
            write!(formatter, "-{}{:02}", sign(month), self.first.month())?;
        }
        if self.unit == Unit::Day {
            write!(formatter, "-{}{:02}", sign(day), self.first.day())?;
        }
        formatter.write_str(if shared { year.sign() } else { "" })
    }
}

const fn place(part: Unit) -> usize {
    match part {
        Unit::Year => 0,
        Unit::Month => 1,
        Unit::Day => 2,
    }
}

fn first_day(day: NaiveDate, unit: Unit) -> NaiveDate {
    let first = match unit {
        Unit::Day => Some(day),
        Unit::Month => day.with_day(1),
        Unit::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    };
    first.expect("every month has a day 1")
}

fn last_day(day: NaiveDate, unit: Unit) -> NaiveDate {
    let months = match unit {
        Unit::Day => return day,
        Unit::Month => 1,
        Unit::Year => 12,
    };
    first_day(day, unit) + Months::new(months) - Days::new(1)
}
