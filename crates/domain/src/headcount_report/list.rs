//! Lists of headcount reports: what they are filtered and ordered by.

use super::{Basis, Measure, Qualifier, ReportState, Unit};
use crate::{
    filter::Filter,
    id::{EventId, HeadcountReportId},
    page::Direction,
    vocabulary::vocabulary,
};

/// One test on headcount reports.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadcountTest {
    /// Is one of these.
    Ids(Vec<HeadcountReportId>),
    /// Speaks of one of these events.
    Events(Vec<EventId>),
    /// Counts one of these.
    Measures(Vec<Measure>),
    /// Counts in one of these units.
    Units(Vec<Unit>),
    /// Is meant in one of these ways.
    Qualifiers(Vec<Qualifier>),
    /// Counts people in one of these states.
    States(Vec<ReportState>),
    /// Came about in one of these ways.
    Bases(Vec<Basis>),
    /// Is contained in another figure or not.
    Subset(bool),
    /// Was withdrawn or not.
    Withdrawn(bool),
}

/// A condition on headcount reports.
pub type HeadcountFilter = Filter<HeadcountTest>;

vocabulary! {
    /// What headcount reports are ordered by.
    pub enum HeadcountOrderField {
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of headcount reports.
pub type HeadcountOrder = (HeadcountOrderField, Direction);
