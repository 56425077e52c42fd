//! Sets of places: what an actor has a capability over.
//!
//! [`Scope::reaches`] takes a set apart into the ways in which it reaches a record. Both [`Scope::covers`], which answers
//! for one record, and the SQL of `persistence`, which answers for a table, go through them without a wildcard.

use std::collections::BTreeSet;

use super::{Place, Tie, Whereabouts};
use crate::{
    country::CountryCode,
    id::{EventId, ParticipantId, PartnerId, ProgramId},
};

/// A set of places: the union of all it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether it is the whole platform.
    pub everything: bool,
    /// Whole countries.
    pub countries: BTreeSet<CountryCode>,
    /// Institutions, each with its branches.
    pub partners: BTreeSet<PartnerId>,
    /// By what else than running it those institutions reach a record.
    pub ties: &'static [Tie],
    /// Programs with their events.
    pub programs: BTreeSet<ProgramId>,
    /// Single events.
    pub events: BTreeSet<EventId>,
    /// People, for the events that they facilitate or speak at.
    pub trainers: BTreeSet<ParticipantId>,
    /// People, for their own records.
    pub people: BTreeSet<ParticipantId>,
}

/// One way in which a scope reaches records.
#[derive(Debug, Clone, Copy)]
pub enum Reach<'a> {
    /// Each record there is.
    Everything,
    /// What belongs to one of these countries.
    InCountry(&'a BTreeSet<CountryCode>),
    /// What one of these institutions runs.
    RunBy(&'a BTreeSet<PartnerId>),
    /// What one of these institutions has this part in.
    SharedBy(&'a BTreeSet<PartnerId>, Tie),
    /// What belongs to one of these programs.
    InProgram(&'a BTreeSet<ProgramId>),
    /// What is or belongs to one of these events.
    AtEvent(&'a BTreeSet<EventId>),
    /// What is or belongs to an event that one of these people facilitates or speaks at.
    ServedBy(&'a BTreeSet<ParticipantId>),
    /// What is about one of these people.
    Of(&'a BTreeSet<ParticipantId>),
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
        self.reaches().next().is_none()
    }

    /// The ways in which it reaches records; none where it is empty, and only the first where it is everything.
    pub fn reaches(&self) -> impl Iterator<Item = Reach<'_>> {
        let everything = self.everything.then_some(Reach::Everything);
        let limited = !self.everything;
        let countries = (limited && !self.countries.is_empty()).then_some(Reach::InCountry(&self.countries));
        let partners = limited && !self.partners.is_empty();
        let run = partners.then_some(Reach::RunBy(&self.partners));
        let shared =
            self.ties.iter().filter(move |_| partners).map(|tie| Reach::SharedBy(&self.partners, *tie));
        let programs = (limited && !self.programs.is_empty()).then_some(Reach::InProgram(&self.programs));
        let events = (limited && !self.events.is_empty()).then_some(Reach::AtEvent(&self.events));
        let served = (limited && !self.trainers.is_empty()).then_some(Reach::ServedBy(&self.trainers));
        let own = (limited && !self.people.is_empty()).then_some(Reach::Of(&self.people));
        [everything, countries, run]
            .into_iter()
            .flatten()
            .chain(shared)
            .chain([programs, events, served, own].into_iter().flatten())
    }

    /// Whether a record that stands there is within one of its places.
    #[must_use]
    pub fn covers(&self, whereabouts: &Whereabouts) -> bool {
        self.reaches().any(|reach| reach.covers(whereabouts))
    }
}

impl Reach<'_> {
    /// Whether it reaches a record that stands there.
    #[must_use]
    pub fn covers(self, whereabouts: &Whereabouts) -> bool {
        let shares = &whereabouts.shares;
        match self {
            Self::Everything => true,
            Self::InCountry(countries) => any(&whereabouts.countries, countries),
            Self::RunBy(partners) => any(&whereabouts.partners, partners),
            Self::SharedBy(partners, Tie::Organiser) => any(&shares.organisers, partners),
            Self::SharedBy(partners, Tie::Funder) => any(&shares.funders, partners),
            Self::SharedBy(partners, Tie::Nominator) => {
                any(&shares.nominators, partners) && any(&shares.organisers, partners)
            }
            Self::InProgram(programs) => any(&whereabouts.program, programs),
            Self::AtEvent(events) => any(&whereabouts.event, events),
            Self::ServedBy(people) => any(&shares.trainers, people),
            Self::Of(people) => any(&shares.person, people),
        }
    }
}

fn any<'a, T: Ord + 'a>(of: impl IntoIterator<Item = &'a T>, wanted: &BTreeSet<T>) -> bool {
    of.into_iter().any(|one| wanted.contains(one))
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
