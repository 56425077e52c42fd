//! Headcount reports: figures that a source gives without a list of names.
//!
//! A figure is a statement, not a total of rows. Several may stand beside one another for one event.
//! What is counted from registrations and attendance is not kept here; `reach` sets the two side by side.

mod amount;
mod breakdown;
mod command;
mod list;

pub use amount::{Amount, Qualifier};
pub use breakdown::{Breakdown, BreakdownDimension, NotComparable, Part, PartsMatch};
pub use command::{HeadcountChange, NewHeadcountReport};
pub use list::{HeadcountFilter, HeadcountOrder, HeadcountOrderField, HeadcountTest};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    id::{EventId, HeadcountReportId},
    problem::ProblemCode,
    text::{LocalizedText, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a figure counts.
    pub enum Measure {
        /// People who take part to learn. Only these are trainees.
        Participants = "participants",
        /// People who train them; they stand outside the participants.
        Trainers = "trainers",
        /// Delegates of a conference; never trainees.
        Delegates = "delegates",
        /// Representatives of an institution who are present; not participants.
        Representatives = "representatives",
        /// Countries that are represented.
        CountriesRepresented = "countries_represented",
        /// Women among the participants.
        Women = "women",
        /// Participants who took the test.
        Tested = "tested",
        /// Certificates that were issued.
        Certificates = "certificates",
        /// Anything else; the label says what.
        Other = "other",
    }
}

vocabulary! {
    /// What one of the counted things is. Figures of different units are never added.
    pub enum Unit {
        /// Persons.
        Persons = "persons",
        /// Seats that were filled: one person in two courses fills two.
        Seats = "seats",
        /// Countries.
        Countries = "countries",
        /// Institutions.
        Institutions = "institutions",
        /// Certificates.
        Certificates = "certificates",
        /// Whole per cent of a total that the label or the wording names.
        Percent = "percent",
    }
}

vocabulary! {
    /// In which state the counted people are.
    pub enum ReportState {
        /// They are planned for.
        Planned = "planned",
        /// They are expected.
        Expected = "expected",
        /// They have registered.
        Registered = "registered",
        /// They have attended.
        Attended = "attended",
        /// They have completed it.
        Completed = "completed",
        /// They have been certified.
        Certified = "certified",
    }
}

vocabulary! {
    /// How a figure came about.
    pub enum Basis {
        /// A source gives it about its own event.
        Reported = "reported",
        /// A source gives it later, looking back.
        ReportedRetrospectively = "reported_retrospectively",
        /// An officer worked it out, such as by counting the names listed. It is nobody's report.
        Derived = "derived",
    }
}

/// What a figure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub measure: Measure,
    /// What the source calls the counted.
    pub label: Option<LocalizedText>,
    /// What one of them is.
    pub unit: Unit,
    /// How many.
    pub amount: Amount,
    /// In which state they are.
    pub state: ReportState,
    /// How the figure came about.
    pub basis: Basis,
    /// The words of the source.
    pub as_written: Option<Passage>,
    /// How it splits up.
    pub breakdown: Option<Breakdown>,
    /// The figure of the same event that this one is contained in.
    pub subset_of: Option<HeadcountReportId>,
    /// Whether it adds up everything so far, earlier events included.
    pub is_running_total: bool,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// A figure that was reported of an event. It stands where its event stands.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadcountReport {
    /// Its identifier.
    pub id: HeadcountReportId,
    /// How often it was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// The event it speaks of.
    pub event: EventId,
    /// What it says.
    pub figure: Figure,
    /// Why it was withdrawn, if it was; it stays readable and nothing counts it.
    pub withdrawn: Option<Passage>,
}

/// Why a headcount command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeadcountRefusal {
    /// It was withdrawn; another report can be made.
    #[error("a headcount report that was withdrawn cannot be changed")]
    Withdrawn,
    /// It would be contained in itself.
    #[error("a headcount report cannot be contained in itself or in its own part")]
    ContainsItself,
}

impl HeadcountRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::Withdrawn => ProblemCode::IllegalStep,
            Self::ContainsItself => ProblemCode::Circular,
        }
    }
}
