//! Dates as sources give them, and how they are known.

use async_graphql::{Enum, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    imprecise_date::{self, AlternativeDraft, EventDates, EventDatesDraft},
    problem::Invalid,
};

use super::scalar::{Date, Edtf};

/// How a part of a date is known.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "imprecise_date::Certainty")]
pub(crate) enum DateCertainty {
    /// The source says it.
    Stated,
    /// It follows from other documents or from the calendar.
    Inferred,
    /// It follows from the source itself: the end of "a two-day training".
    Derived,
    /// It is the likelier reading of an unclear wording.
    Probable,
}

/// How precise a date is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "imprecise_date::Precision")]
pub(crate) enum DatePrecision {
    /// Known to the day; of a span, at both ends.
    Day,
    /// Some day within one half of a month.
    HalfMonth,
    /// Known to the month.
    Month,
    /// Known to the year.
    Year,
    /// Some day between two known dates.
    Window,
    /// Only the start is known.
    From,
    /// Only the end is known.
    Until,
}

/// In what respect a date is not fully stated by its source.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "imprecise_date::DateGap")]
pub(crate) enum DateGap {
    /// The year is not stated.
    Year,
    /// Day and month of the start are not stated as they stand.
    Start,
    /// Day and month of the end are not stated as they stand.
    End,
    /// When it starts is not known.
    StartUnknown,
    /// When it ends is not known.
    EndUnknown,
    /// Only bounds are known; the day between them is not.
    WindowOnly,
}

/// Another reading of a date, and why it was turned down.
#[derive(SimpleObject)]
pub(crate) struct RejectedReading {
    /// The other reading.
    date: Edtf,
    /// Why it was turned down.
    reason: String,
}

/// A date as precise as its source, with how each part of it is known.
pub(crate) struct Dates(pub(crate) EventDates);

/// A date as precise as its source, with how each part of it is known.
#[Object(name = "ImpreciseDate")]
impl Dates {
    /// The date in the Extended Date/Time Format.
    async fn edtf(&self) -> Edtf {
        Edtf(self.0.date().to_string())
    }

    /// The first day it can mean; null where open or unknown.
    async fn earliest(&self) -> Option<Date> {
        self.0.earliest().map(Into::into)
    }

    /// The last day it can mean; null where open or unknown.
    async fn latest(&self) -> Option<Date> {
        self.0.latest().map(Into::into)
    }

    /// How precise it is.
    async fn precision(&self) -> DatePrecision {
        self.0.date().precision().into()
    }

    /// How many days it lasts, both ends included; null unless both ends are known to the day.
    async fn days(&self) -> Option<u32> {
        self.0.date().days()
    }

    /// Whether it is one unknown day within bounds, rather than a span that lasts from one to the other.
    async fn is_window(&self) -> bool {
        self.0.date().is_window()
    }

    /// The words of the source.
    async fn as_written(&self) -> Option<&str> {
        self.0.as_written()
    }

    /// How day and month of the start are known; of a single date, its day and month.
    async fn start_certainty(&self) -> DateCertainty {
        self.0.start().into()
    }

    /// How day and month of the end are known.
    async fn end_certainty(&self) -> DateCertainty {
        self.0.end().into()
    }

    /// How the year is known.
    async fn year_certainty(&self) -> DateCertainty {
        self.0.year().into()
    }

    /// The officer's reasons.
    async fn note(&self) -> Option<&str> {
        self.0.note()
    }

    /// In what respects the date is not fully stated by its source; empty if it is.
    async fn gaps(&self) -> Vec<DateGap> {
        self.0.gaps().into_iter().map(Into::into).collect()
    }

    /// Readings that were turned down.
    async fn alternatives(&self) -> Vec<RejectedReading> {
        let readings = self.0.alternatives().iter();
        readings
            .map(|reading| RejectedReading {
                date: Edtf(reading.date().to_string()),
                reason: reading.reason().to_owned(),
            })
            .collect()
    }
}

/// A date as precise as its source, with how each part of it is known.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ImpreciseDateInput {
    /// The date in the Extended Date/Time Format.
    pub edtf: Edtf,
    /// The words of the source.
    pub as_written: Option<String>,
    /// How day and month of the start are known.
    #[graphql(default_with = "DateCertainty::Stated")]
    pub start_certainty: DateCertainty,
    /// How day and month of the end are known.
    #[graphql(default_with = "DateCertainty::Stated")]
    pub end_certainty: DateCertainty,
    /// How the year is known.
    #[graphql(default_with = "DateCertainty::Stated")]
    pub year_certainty: DateCertainty,
    /// The officer's reasons.
    pub note: Option<String>,
    /// Readings that were turned down.
    #[graphql(default)]
    pub alternatives: Vec<RejectedReadingInput>,
}

/// Another reading of a date, and why it was turned down.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RejectedReadingInput {
    /// The other reading.
    pub date: Edtf,
    /// Why it was turned down.
    pub reason: String,
}

/// Reads a date for a field.
pub(crate) fn dates(field: &str, input: &ImpreciseDateInput) -> Result<EventDates, Invalid> {
    let alternatives = input.alternatives.iter();
    EventDates::parse(
        field,
        EventDatesDraft {
            date: input.edtf.0.clone(),
            as_written: input.as_written.clone(),
            start: input.start_certainty.into(),
            end: input.end_certainty.into(),
            year: input.year_certainty.into(),
            note: input.note.clone(),
            alternatives: alternatives
                .map(|one| AlternativeDraft { date: one.date.0.clone(), reason: one.reason.clone() })
                .collect(),
        },
    )
    .map_err(in_words_of_the_input)
}

/// A fault that names the part as [`ImpreciseDateInput`] does.
fn in_words_of_the_input(mut fault: Invalid) -> Invalid {
    if let [_, part] = fault.path.as_mut_slice() {
        let word = match part.as_str() {
            "date" => "edtf",
            "start" => "startCertainty",
            "end" => "endCertainty",
            "year" => "yearCertainty",
            _ => return fault,
        };
        word.clone_into(part);
    }
    fault
}

/// Reads a date that may be absent.
pub(crate) fn dates_opt(
    field: &str,
    input: Option<&ImpreciseDateInput>,
) -> Result<Option<EventDates>, Invalid> {
    input.map(|input| dates(field, input)).transpose()
}
