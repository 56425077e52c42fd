//! Sessions of an event: numbered, titled, with their topics; and topics where they may be unknown.

use super::{Event, EventRefusal};
use crate::{
    id::{EventId, SessionId},
    imprecise_date::EventDates,
    name::Names,
    problem::{Fault, Invalid, Problem},
    text::LocalizedText,
};

/// Topics; `None` where unknown, which is not the same as having none.
pub type Topics = Option<Vec<LocalizedText>>;

/// A session of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The event.
    pub event: EventId,
    /// Its number within the event, from 1.
    pub number: i32,
    /// Its title.
    pub names: Names,
    /// When it is, where that is known beyond the event's own dates.
    pub dates: Option<EventDates>,
    /// What it is about.
    pub topics: Topics,
}

/// A command: a session to be added to an event.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The event.
    pub event: EventId,
    /// Its number within the event.
    pub number: i32,
    /// Its title.
    pub names: Names,
    /// When it is.
    pub dates: Option<EventDates>,
    /// What it is about.
    pub topics: Topics,
}

impl NewSession {
    /// The largest number of a session.
    pub const MAXIMUM_NUMBER: i32 = 1_000;

    /// Refuses a number outside 1 to 1,000, and an event about which nothing changes any more.
    pub fn checked(self, event: &Event) -> Result<Self, Problem> {
        if event.is_archived {
            return Err(Problem::Archived);
        }
        if event.status.is_finished() {
            return Err(EventRefusal::Finished { status: event.status }.into());
        }
        if (1..=Self::MAXIMUM_NUMBER).contains(&self.number) {
            Ok(self)
        } else {
            let (actual, maximum) = (self.number.into(), Self::MAXIMUM_NUMBER.into());
            Err(Invalid::new("number", Fault::OutOfRange { actual, minimum: 1, maximum }).into())
        }
    }
}
