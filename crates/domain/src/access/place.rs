//! Places where roles are held, where records stand, and sets of places.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::words::described;
use crate::{
    country::CountryCode,
    id::{EventId, PartnerId, ProgramId},
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

/// Where a record stands: every place whose role holders are responsible for it.
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

    /// Whether a record that stands there is within this place.
    #[must_use]
    pub fn covers(self, whereabouts: &Whereabouts) -> bool {
        match self {
            Self::Platform => true,
            Self::Country(country) => whereabouts.countries.contains(&country),
            Self::Partner(partner) => whereabouts.partners.contains(&partner),
            Self::Program(program) => whereabouts.program == Some(program),
            Self::Event(event) => whereabouts.event == Some(event),
        }
    }
}

/// A set of places: the union of all it names. `persistence` turns it into SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether it is the whole platform.
    pub everything: bool,
    /// Whole countries.
    pub countries: BTreeSet<CountryCode>,
    /// Institutions, each with its branches.
    pub partners: BTreeSet<PartnerId>,
    /// Programs with their events.
    pub programs: BTreeSet<ProgramId>,
    /// Single events.
    pub events: BTreeSet<EventId>,
}

impl Scope {
    /// The whole platform.
    #[must_use]
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether no place is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a record that stands there is within one of its places.
    #[must_use]
    pub fn covers(&self, whereabouts: &Whereabouts) -> bool {
        self.everything
            || whereabouts.countries.iter().any(|country| self.countries.contains(country))
            || whereabouts.partners.iter().any(|partner| self.partners.contains(partner))
            || whereabouts.program.is_some_and(|program| self.programs.contains(&program))
            || whereabouts.event.is_some_and(|event| self.events.contains(&event))
    }
}

impl FromIterator<Place> for Scope {
    fn from_iter<I: IntoIterator<Item = Place>>(places: I) -> Self {
        let mut scope = Self::default();
        for place in places {
            match place {
                Place::Platform => scope.everything = true,
                Place::Country(country) => drop(scope.countries.insert(country)),
                Place::Partner(partner) => drop(scope.partners.insert(partner)),
                Place::Program(program) => drop(scope.programs.insert(program)),
                Place::Event(event) => drop(scope.events.insert(event)),
            }
        }
        scope
    }
}
