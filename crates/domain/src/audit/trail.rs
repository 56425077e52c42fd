//! What auditors read of the trail, and what they look for in it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Entry, Head};
use crate::{filter::Filter, id::RecordKind};

/// A row of the trail as an auditor reads it: nothing personal stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrailEntry {
    /// The row.
    pub entry: Entry,
    /// Whether its personal part was blanked.
    pub is_blanked: bool,
    /// Its seal; none while it belongs to the tail.
    pub seal: Option<Head>,
}

/// One test on rows of the trail.
#[derive(Debug, Clone, PartialEq)]
pub enum TrailTest {
    /// Was done by one of these: the kind of principal and which.
    Actors(Vec<(RecordKind, Uuid)>),
    /// Tells of one of these actions.
    Actions(Vec<String>),
    /// Was done to one of these records.
    Subjects(Vec<Uuid>),
    /// Belongs to one of these events.
    Events(Vec<Uuid>),
    /// Was done in one of these requests.
    Requests(Vec<String>),
    /// Happened at this moment or later.
    From(DateTime<Utc>),
    /// Happened before this moment.
    Before(DateTime<Utc>),
}

/// A condition on rows of the trail.
pub type TrailFilter = Filter<TrailTest>;
