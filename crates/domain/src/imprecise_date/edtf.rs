//! EDTF (ISO 8601-2) text: the part of it that the documents of this field need, read strictly, written canonically.
//!
//! Kept: years, months, days; intervals with unknown or open ends; `?`, `~`, `%` on the whole or on a part;
//! a window `[a..b]`. Not kept: seasons, unspecified digits, times of day, lists, sets of all, years beyond 9999.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{Edge, ImpreciseDate, PartialDate, Qualifier, Shape, Unit};

/// The longest text the parser looks at, in bytes; the longest date that it accepts has 30.
const MAXIMUM_BYTES: usize = 64;

/// Why a text is no imprecise date.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EdtfError {
    /// The text is empty.
    #[error("the date is empty; a date that is not known is left out")]
    Empty,
    /// The text is too long to be a date.
    #[error("the date is {actual} bytes long where at most {maximum} are allowed")]
    TooLong {
        /// What was given.
        actual: usize,
        /// What is allowed.
        maximum: usize,
    },
    /// A part of the text is not a year, a month of a year, or a day.
    #[error("`{text}` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")]
    NotADate {
        /// The part.
        text: String,
    },
    /// The form is EDTF, but nothing in this field needs it.
    #[error("`{text}` is {form}, which is not kept: {instead}")]
    NotKept {
        /// The part of the text.
        text: String,
        /// What it is.
        form: &'static str,
        /// How to say it.
        instead: &'static str,
    },
    /// The year is 0, or has more than four digits.
    #[error("there is no year {year}: years run from 1 to 9999")]
    NoSuchYear {
        /// The year.
        year: i32,
    },
    /// The month is not one of twelve.
    #[error("there is no month {month} in {year}")]
    NoSuchMonth {
        /// The year.
        year: u16,
        /// The month.
        month: u8,
    },
    /// The month has no such day.
    #[error("there is no day {day} in month {month} of {year}")]
    NoSuchDay {
        /// The year.
        year: u16,
        /// The month.
        month: u8,
        /// The day.
        day: u8,
    },
    /// The end lies before the start.
    #[error("the end {end} lies before the start {start}")]
    EndBeforeStart {
        /// The start, or the lower bound.
        start: PartialDate,
        /// The end, or the upper bound.
        end: PartialDate,
    },
    /// An interval or a window states no date on either side.
    #[error("neither side states a date; a date that is not known is left out")]
    NoDate,
    /// An interval has more than one slash.
    #[error("`{text}` has more than one slash: an interval is START/END")]
    TooManySides {
        /// The text.
        text: String,
    },
    /// A window is not closed, or is not a range.
    #[error("`{text}` is not a window: write [FROM..UNTIL], [..UNTIL] or [FROM..]")]
    NotAWindow {
        /// The text.
        text: String,
    },
}

impl FromStr for ImpreciseDate {
    type Err = EdtfError;

    fn from_str(text: &str) -> Result<Self, EdtfError> {
        if text.is_empty() {
            return Err(EdtfError::Empty);
        }
        if text.len() > MAXIMUM_BYTES {
            return Err(EdtfError::TooLong { actual: text.len(), maximum: MAXIMUM_BYTES });
        }
        if let Some(within) = text.strip_prefix('[') {
            return parse_window(text, within);
        }
        let mut sides = text.split('/');
        match (sides.next(), sides.next(), sides.next()) {
            (Some(start), Some(end), None) => Self::span(parse_edge(start)?, parse_edge(end)?),
            (_, None, _) => parse_date(text).map(Self::from),
            _ => Err(EdtfError::TooManySides { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for ImpreciseDate {
    type Error = EdtfError;

    fn try_from(text: String) -> Result<Self, EdtfError> {
        text.parse()
    }
}

impl From<ImpreciseDate> for String {
    fn from(date: ImpreciseDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for ImpreciseDate {
    /// Writes the canonical EDTF text: what it says, parsed, is the same date again.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Shape::Single(date) => date.fmt(formatter),
            Shape::Span(start, end) => write!(formatter, "{start}/{end}"),
            Shape::Window(from, until) => {
                let text =
                    |bound: &Option<PartialDate>| bound.map(|date| date.to_string()).unwrap_or_default();
                write!(formatter, "[{}..{}]", text(from), text(until))
            }
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(formatter),
            Self::Unknown => Ok(()),
            Self::Open => formatter.write_str(".."),
        }
    }
}

fn parse_edge(text: &str) -> Result<Edge, EdtfError> {
    match text {
        "" => Ok(Edge::Unknown),
        ".." => Ok(Edge::Open),
        date => parse_date(date).map(Edge::On),
    }
}

fn parse_window(whole: &str, within: &str) -> Result<ImpreciseDate, EdtfError> {
    let not_a_window = || EdtfError::NotAWindow { text: whole.to_owned() };
    let range = within.strip_suffix(']').ok_or_else(not_a_window)?;
    if range.contains(',') {
        return Err(EdtfError::NotKept {
            text: whole.to_owned(),
            form: "a list of dates",
            instead: "write the window from the first to the last",
        });
    }
    let (from, until) = range.split_once("..").ok_or_else(not_a_window)?;
    let bound = |text: &str| (!text.is_empty()).then(|| parse_date(text)).transpose();
    ImpreciseDate::window(bound(from)?, bound(until)?)
}

/// Reads a date with its qualifiers: a sign left of a part is said of that part,
/// a sign right of a part of that part and all to its left.
fn parse_date(text: &str) -> Result<PartialDate, EdtfError> {
    let not_a_date = || EdtfError::NotADate { text: text.to_owned() };
    if let Some((form, instead)) = form_not_kept(text) {
        return Err(EdtfError::NotKept { text: text.to_owned(), form, instead });
    }
    let mut values = Vec::with_capacity(3);
    let mut signs = Vec::new();
    for (place, part) in text.split('-').enumerate() {
        let (units, width) = match place {
            0 => (&[Unit::Year][..], 4),
            1 => (&[Unit::Month, Unit::Year][..], 2),
            2 => (&[Unit::Day, Unit::Month, Unit::Year][..], 2),
            _ => return Err(not_a_date()),
        };
        let (left, part, right) = split_signs(part);
        signs.extend(left.map(|sign| (units[0], sign)));
        signs.extend(right.into_iter().flat_map(|sign| units.iter().map(move |unit| (*unit, sign))));
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(not_a_date());
        }
        values.push(part.parse::<u16>().map_err(|_| not_a_date())?);
    }
    let small = |value: u16| u8::try_from(value).map_err(|_| not_a_date());
    let date = match values[..] {
        [year] => PartialDate::year(year)?,
        [year, month] => PartialDate::month(year, small(month)?)?,
        [year, month, day] => PartialDate::day(year, small(month)?, small(day)?)?,
        _ => return Err(not_a_date()),
    };
    Ok(signs.into_iter().fold(date, |date, (part, sign)| date.qualified(part, sign)))
}

fn split_signs(part: &str) -> (Option<Qualifier>, &str, Option<Qualifier>) {
    let left = part.chars().next().and_then(Qualifier::from_sign);
    let part = if left.is_some() { &part[1..] } else { part };
    let right = part.chars().next_back().and_then(Qualifier::from_sign);
    let part = if right.is_some() { &part[..part.len() - 1] } else { part };
    (left, part, right)
}

/// Names a form of EDTF that is refused, and what to write instead.
fn form_not_kept(text: &str) -> Option<(&'static str, &'static str)> {
    let is_season = || {
        let month =
            text.split('-').nth(1).and_then(|month| month.get(..2)).and_then(|month| month.parse().ok());
        month.is_some_and(|month: u8| (21..=41).contains(&month))
    };
    if text.starts_with('{') {
        Some(("a set of dates that all apply", "record them one by one"))
    } else if text.starts_with(['Y', 'E']) {
        Some(("a year of more than four digits", "years run from 1 to 9999"))
    } else if text.contains(['T', ':']) {
        Some(("a time of day", "give the day alone; times belong to the timetable"))
    } else if text.contains('X') {
        Some(("a date with unspecified digits", "stop at the month or the year, or write a window"))
    } else if is_season() {
        Some(("a season or another part of a year", "write the window [FROM..UNTIL]"))
    } else {
        None
    }
}
