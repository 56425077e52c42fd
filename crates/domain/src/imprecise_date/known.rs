//! A date together with how it is known: the wording, what is inferred, the readings that were turned down.
//!
//! The source itself is cited on the record that holds the date, not here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Edge, EdtfError, ImpreciseDate, PartialDate, Unit};
use crate::{
    problem::{Fault, Invalid},
    vocabulary::vocabulary,
};

vocabulary! {
    /// How a part of a date is known.
    #[derive(Default)]
    pub enum Certainty {
        /// The source says it.
        #[default]
        Stated = "stated",
        /// It follows from other documents or from the calendar.
        Inferred = "inferred",
        /// It follows from the source itself: the end of "a two-day training".
        Derived = "derived",
        /// It is the likelier reading of an unclear wording.
        Probable = "probable",
    }
}

vocabulary! {
    /// In what respect a date is not fully stated by its source.
    pub enum DateGap {
        /// The year is not stated.
        Year = "year",
        /// Day and month of the start are not stated as they stand.
        Start = "start",
        /// Day and month of the end are not stated as they stand.
        End = "end",
        /// When it starts is not known.
        StartUnknown = "start_unknown",
        /// When it ends is not known.
        EndUnknown = "end_unknown",
        /// Only bounds are known; the day between them is not.
        WindowOnly = "window_only",
    }
}

/// When something took place or was signed, and how each part of that date is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EventDatesDraft", into = "EventDatesDraft")]
pub struct EventDates {
    date: ImpreciseDate,
    as_written: Option<String>,
    start: Certainty,
    end: Certainty,
    year: Certainty,
    note: Option<String>,
    alternatives: Vec<Alternative>,
}

/// Another reading of the wording, and why it was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    date: ImpreciseDate,
    reason: String,
}

/// A date as it is entered or stored, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EventDatesDraft {
    /// The date as EDTF text.
    pub date: String,
    /// The words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_written: Option<String>,
    /// How day and month are known; of a span, those of its start.
    #[serde(default)]
    pub start: Certainty,
    /// How day and month of the end of a span are known.
    #[serde(default)]
    pub end: Certainty,
    /// How the year is known.
    #[serde(default)]
    pub year: Certainty,
    /// The officer's reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Readings that were turned down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<AlternativeDraft>,
}

/// A reading that was turned down, not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AlternativeDraft {
    /// The date as EDTF text.
    pub date: String,
    /// Why it was turned down.
    pub reason: String,
}

impl EventDates {
    /// The longest wording, note or reason, in characters.
    pub const MAXIMUM_TEXT: usize = 2000;
    /// The most readings that may be kept beside the chosen one.
    pub const MAXIMUM_ALTERNATIVES: usize = 10;

    /// Accepts a date that is stated as it stands.
    #[must_use]
    pub fn stated(date: ImpreciseDate) -> Self {
        Self {
            date,
            as_written: None,
            start: Certainty::Stated,
            end: Certainty::Stated,
            year: Certainty::Stated,
            note: None,
            alternatives: Vec::new(),
        }
    }

    /// Accepts a date for the named field; a fault names the way to the part that is wrong.
    ///
    /// A part that the date marks `?` or `%` cannot be called stated.
    pub fn parse(field: &str, draft: EventDatesDraft) -> Result<Self, Invalid> {
        Self::try_from(draft).map_err(|fault| fault.within(field))
    }

    /// The date.
    #[must_use]
    pub fn date(&self) -> &ImpreciseDate {
        &self.date
    }

    /// The first day it may touch; `None` when unknown or without beginning.
    #[must_use]
    pub fn earliest(&self) -> Option<NaiveDate> {
        self.date.earliest()
    }

    /// The last day it may touch; `None` when unknown or without end.
    #[must_use]
    pub fn latest(&self) -> Option<NaiveDate> {
        self.date.latest()
    }

    /// The words of the source.
    #[must_use]
    pub fn as_written(&self) -> Option<&str> {
        self.as_written.as_deref()
    }

    /// How day and month of the start are known.
    #[must_use]
    pub fn start(&self) -> Certainty {
        self.start
    }

    /// How day and month of the end are known.
    #[must_use]
    pub fn end(&self) -> Certainty {
        self.end
    }

    /// How the year is known.
    #[must_use]
    pub fn year(&self) -> Certainty {
        self.year
    }

    /// The officer's reasons.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Readings that were turned down.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// In what respects the source does not state the date; none when it does.
    ///
    /// A month or a year that is all the source means ("in 2024") is fully stated; so is an end left open.
    #[must_use]
    pub fn gaps(&self) -> Vec<DateGap> {
        let unknown = |edge| !self.date.is_window() && edge == Edge::Unknown;
        [
            (DateGap::Year, self.year != Certainty::Stated),
            (DateGap::Start, self.start != Certainty::Stated),
            (DateGap::End, self.end != Certainty::Stated),
            (DateGap::StartUnknown, unknown(self.date.start())),
            (DateGap::EndUnknown, unknown(self.date.end())),
            (DateGap::WindowOnly, self.date.is_window()),
        ]
        .into_iter()
        .filter_map(|(gap, there)| there.then_some(gap))
        .collect()
    }

    /// Whether the source states the date in every part.
    #[must_use]
    pub fn is_fully_stated(&self) -> bool {
        self.gaps().is_empty()
    }
}

impl Alternative {
    /// The date of this reading.
    #[must_use]
    pub fn date(&self) -> &ImpreciseDate {
        &self.date
    }

    /// Why it was turned down.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl TryFrom<EventDatesDraft> for EventDates {
    type Error = Invalid;

    fn try_from(draft: EventDatesDraft) -> Result<Self, Invalid> {
        let date = parse_date(&draft.date)?;
        for (field, certainty, doubted) in doubted_parts(&date, &draft) {
            if certainty == Certainty::Stated && doubted {
                let reason = format!("the date {date} marks this part as uncertain, so it is not stated");
                return Err(Invalid::new(field, Fault::Malformed { reason }));
            }
        }
        let actual = draft.alternatives.len();
        if actual > Self::MAXIMUM_ALTERNATIVES {
            let maximum = Self::MAXIMUM_ALTERNATIVES;
            return Err(Invalid::new("alternatives", Fault::TooMany { actual, maximum }));
        }
        let parse_alternative = |(index, draft): (usize, AlternativeDraft)| {
            Alternative::try_from(draft).map_err(|fault| fault.within(index).within("alternatives"))
        };
        Ok(Self {
            date,
            as_written: draft.as_written.map(|text| parse_text("asWritten", &text)).transpose()?,
            start: draft.start,
            end: draft.end,
            year: draft.year,
            note: draft.note.map(|text| parse_text("note", &text)).transpose()?,
            alternatives: draft
                .alternatives
                .into_iter()
                .enumerate()
                .map(parse_alternative)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<AlternativeDraft> for Alternative {
    type Error = Invalid;

    fn try_from(draft: AlternativeDraft) -> Result<Self, Invalid> {
        Ok(Self { date: parse_date(&draft.date)?, reason: parse_text("reason", &draft.reason)? })
    }
}

impl From<EventDates> for EventDatesDraft {
    fn from(dates: EventDates) -> Self {
        let alternatives = dates.alternatives.into_iter().map(AlternativeDraft::from).collect();
        Self {
            date: dates.date.to_string(),
            as_written: dates.as_written,
            start: dates.start,
            end: dates.end,
            year: dates.year,
            note: dates.note,
            alternatives,
        }
    }
}

impl From<Alternative> for AlternativeDraft {
    fn from(alternative: Alternative) -> Self {
        Self { date: alternative.date.to_string(), reason: alternative.reason }
    }
}

fn parse_date(text: &str) -> Result<ImpreciseDate, Invalid> {
    text.parse()
        .map_err(|error: EdtfError| Invalid::new("date", Fault::Malformed { reason: error.to_string() }))
}

/// Each certainty of the draft, and whether the date itself marks that part as uncertain.
fn doubted_parts(date: &ImpreciseDate, draft: &EventDatesDraft) -> [(&'static str, Certainty, bool); 3] {
    let [first, last] = date.written_dates();
    let uncertain = |date: Option<PartialDate>, parts: &[Unit]| {
        date.is_some_and(|date| parts.iter().any(|part| date.qualifier(*part).is_uncertain()))
    };
    let year = uncertain(first, &[Unit::Year]) || uncertain(last, &[Unit::Year]);
    [
        ("start", draft.start, uncertain(first, &[Unit::Month, Unit::Day])),
        ("end", draft.end, uncertain(last, &[Unit::Month, Unit::Day])),
        ("year", draft.year, year),
    ]
}

fn parse_text(field: &str, text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    let actual = text.chars().count();
    let control = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let fault = match control {
        _ if text.is_empty() => Fault::Empty,
        _ if actual > EventDates::MAXIMUM_TEXT => {
            Fault::TooLong { actual, maximum: EventDates::MAXIMUM_TEXT }
        }
        Some(c) => Fault::ControlCharacter { code: c.into() },
        None => return Ok(text.to_owned()),
    };
    Err(Invalid::new(field, fault))
}
