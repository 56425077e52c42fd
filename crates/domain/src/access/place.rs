//! Places where roles are held, and where records stand.

use serde::{Deserialize, Serialize};

use super::words::described;
use crate::{
    country::CountryCode,
    id::{EventId, ParticipantId, PartnerId, ProgramId},
};

/// Where a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Place {
    /// Everywhere.
    Platform,
    /// All that belongs to a country.
    Country(CountryCode),
    /// An institution with its branches: what it hosts, and itself.
    Partner(PartnerId),
    /// A program with its events.
    Program(ProgramId),
    /// One event.
    Event(EventId),
}

described! {
    /// What kind of place something is.
    pub enum PlaceKind {
        /// Everywhere.
        Platform = "platform",
        /// All that belongs to a country.
        Country = "country",
        /// An institution with its branches: what it hosts, and itself.
        Partner = "partner",
        /// A program with its events.
        Program = "program",
        /// One event.
        Event = "event",
        /// The events that a person facilitates or speaks at.
        Served = "served_events",
        /// A person's own records.
        Own = "own_records",
    }
}

/// How an institution is tied to an event, beside hosting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// It organises the event, alone or with others.
    Organiser,
    /// It pays for the event.
    Funder,
    /// It organises the event, and it is the one whom the person there represents.
    Nominator,
}

/// Where a record stands: every place whose role holders are responsible for it, and who else has a part in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whereabouts {
    /// The countries it belongs to.
    pub countries: Vec<CountryCode>,
    /// The institutions that run it, each with all its parents.
    pub partners: Vec<PartnerId>,
    /// The program it belongs to.
    pub program: Option<ProgramId>,
    /// The event it is or belongs to.
    pub event: Option<EventId>,
    /// Who has a part in it without running it.
    pub shares: Shares,
}

/// Who has a part in a record without running it. It opens things to read, never to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares {
    /// The institutions that organise the event, each with all its parents.
    pub organisers: Vec<PartnerId>,
    /// The institutions that pay for the event, each with all its parents.
    pub funders: Vec<PartnerId>,
    /// The institutions that the person represents there, each with all its parents.
    pub nominators: Vec<PartnerId>,
    /// The people who facilitate or speak at the event.
    pub trainers: Vec<ParticipantId>,
    /// The person whom the record is about.
    pub person: Option<ParticipantId>,
}

impl Place {
    /// What kind of place it is.
    #[must_use]
    pub const fn kind(self) -> PlaceKind {
        match self {
            Self::Platform => PlaceKind::Platform,
            Self::Country(_) => PlaceKind::Country,
            Self::Partner(_) => PlaceKind::Partner,
            Self::Program(_) => PlaceKind::Program,
            Self::Event(_) => PlaceKind::Event,
        }
    }
}
