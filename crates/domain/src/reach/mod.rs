//! Reach: how many people were reached, counted from attendance and, beside it, as reported. Never mixed.
//!
//! The rules stand here and need no database: `question.rs` says what is asked, `ledger.rs` which reported
//! figure stands for its event, `assembly.rs` how the answer is put together. What each number means is the
//! indicator dictionary of the field: unique people are never summed, unknown is never zero.

mod assembly;
mod ledger;
mod question;
#[cfg(test)]
mod tests;

pub use assembly::{CountedFact, EventsFact, Facts, Grouped, ReportFact, assemble};
pub use ledger::{BASES, CategoryPart, REACHED, SetAside, WEIGHED};
pub use question::{Dimension, GroupKey, Question, ReachFilter};

use chrono::{DateTime, Utc};

use crate::{
    event::EventStatus,
    headcount_report::{Qualifier, ReportState},
    id::{EventId, HeadcountReportId},
    vocabulary::vocabulary,
};

vocabulary! {
    /// Which of the selected events the counted numbers cover.
    pub enum CountedScope {
        /// All of them.
        Everything = "everything",
        /// Those within the places where the asker may read figures.
        Limited = "limited",
        /// None: the asker may read counted figures nowhere.
        Nothing = "nothing",
    }
}

/// An answer: one row for the whole selection, and one for each group.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// The moment the answer is true for.
    pub as_of: DateTime<Utc>,
    /// Which events the counted numbers cover; reported figures cover every event the asker sees.
    pub counted_scope: CountedScope,
    /// The whole selection. Its unique participants are not the sum of the groups'.
    pub whole: ReachRow,
    /// The groups, in the order of their keys, unknown keys last; empty where no grouping was asked for.
    pub groups: Vec<ReachRow>,
    /// Whether an event stands in more than one group, so that not even events can be summed over them.
    pub rows_overlap: bool,
}

/// The numbers of one selection of events.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachRow {
    /// What the events have in common, one key for each dimension asked for.
    pub keys: Vec<GroupKey>,
    /// How many events there are; none in a grouping by category, which events do not have.
    pub events: Option<i64>,
    /// The counted ledger; none where the asker may read no counted figure.
    pub counted: Option<Counted>,
    /// The reported ledger.
    pub reported: Reported,
}

/// Numbers from named people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// The events whose people are counted here; none in a grouping by category.
    pub events: Option<i64>,
    /// Registrations that are not cancelled, in every role.
    pub registrations: i64,
    /// Those of them in the role of a participant.
    pub registered_participants: i64,
    /// Participants who have attended, once for each event.
    pub participations: i64,
    /// Distinct persons among them, duplicates merged.
    pub unique_participants: i64,
}

/// Figures that sources report of events, without lists of names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reported {
    /// The sum of the exact figures; none where there is no exact figure, which is not zero.
    pub exact_sum: Option<i64>,
    /// The figures that the sum adds up, one for each event.
    pub exact: Listed<ReportedFigure>,
    /// Approximate figures and bounds of events without an exact figure. Nothing adds them up.
    pub inexact: Listed<ReportedFigure>,
    /// Exact figures that contradict one another about the same event. None of them is taken.
    pub competing: Listed<ReportedFigure>,
    /// Figures that are left out, each with the reason.
    pub set_aside: Listed<(ReportedFigure, SetAside)>,
    /// How many events have no figure at all; none in a grouping by category.
    pub events_without_figure: Option<i64>,
    /// The first of them by date. Under categories only their number is given.
    pub without_figure: Vec<EventWithoutFigure>,
}

/// The beginning of a list, and how long all of it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { total: 0, first: Vec::new() }
    }
}

impl<T> Listed<T> {
    /// How many entries an answer lists at most.
    pub const MAXIMUM: usize = 100;

    fn push(&mut self, entry: T) {
        self.total += 1;
        if self.first.len() < Self::MAXIMUM {
            self.first.push(entry);
        }
    }
}

/// A figure as it stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedFigure {
    /// The report.
    pub report: HeadcountReportId,
    /// The event it speaks of.
    pub event: EventId,
    /// Where that event is in its life.
    pub event_status: EventStatus,
    /// The number: of the whole report, or of its parts in the categories asked for.
    pub value: i64,
    /// How it is meant.
    pub qualifier: Qualifier,
    /// In which state the people are.
    pub state: ReportState,
    /// The words of the source.
    pub as_written: Option<String>,
}

/// An event of which nobody reported how many took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventWithoutFigure {
    /// The event.
    pub event: EventId,
    /// Where it is in its life; of a planned one a number cannot be known yet.
    pub status: EventStatus,
}
