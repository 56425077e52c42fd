//! Lists of events: what they are filtered and ordered by.

use chrono::NaiveDate;

use super::{EventKind, EventStatus};
use crate::{
    country::CountryCode,
    filter::Filter,
    id::{EventId, PartnerId, ProgramId, TerritoryId},
    page::Direction,
    vocabulary::vocabulary,
};

/// One test on events.
#[derive(Debug, Clone, PartialEq)]
pub enum EventTest {
    /// Is one of these.
    Ids(Vec<EventId>),
    /// Is of one of these kinds.
    Kinds(Vec<EventKind>),
    /// Is at one of these points of its life.
    Statuses(Vec<EventStatus>),
    /// Takes place in one of these countries.
    Countries(Vec<CountryCode>),
    /// Takes place in this territory or one within it.
    TerritoryWithin(TerritoryId),
    /// Belongs to one of these programs.
    Programs(Vec<ProgramId>),
    /// Belongs to this stage of its program.
    Stage(i32),
    /// Is hosted by one of these.
    Hosts(Vec<PartnerId>),
    /// Has this institution as host or in any role.
    Involves(PartnerId),
    /// Has a host or not.
    HasHost(bool),
    /// Has any partner as lead, organiser or co-organiser, or not.
    HasOrganiser(bool),
    /// Belongs to this event.
    Parent(EventId),
    /// Can have been on a day of this period; either end may be open.
    ///
    /// An event whose days are only partly known passes if any day it can have been on lies in the period.
    During {
        /// The first day of the period.
        from: Option<NaiveDate>,
        /// The last day of the period.
        until: Option<NaiveDate>,
    },
    /// All its dates are stated by its source as they are.
    DatesFullyStated(bool),
    /// Is archived or not.
    Archived(bool),
    /// Has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on events.
pub type EventFilter = Filter<EventTest>;

vocabulary! {
    /// What events are ordered by.
    pub enum EventOrderField {
        /// The first day it can have been on; unknown days come last in ascending order.
        StartsOn = "starts_on",
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of events.
pub type EventOrder = (EventOrderField, Direction);
