//! Participants: persons with names by script, and where they are at home.
//!
//! What a person is at an event (role, position and territory at that time) is a `registration`;
//! sex, birth year and contacts are [`PersonalData`], which is asked for apart, as is [`Disability`].

mod disability;
mod list;
mod name;
mod personal;

pub use disability::{AccessNeeds, Disability, DisabilityAnswer, DisabilityChange};
pub use list::{ParticipantFilter, ParticipantOrder, ParticipantOrderField, ParticipantTest};
pub use name::{PersonName, PersonNames};
pub use personal::{Disclosed, PersonalData, PersonalDataChange, PersonalDataKind, PhoneNumber, Sex};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    access::{Action, Actor, Permit, Refusal, Subject, Whereabouts, actions, permit},
    country::CountryCode,
    id::{EventId, ParticipantId, PartnerId, TerritoryId},
    problem::{Fault, Invalid, Problem, ProblemCode},
    text::LocalizedText,
};

/// A person, without personal data.
#[derive(Debug, Clone, PartialEq)]
pub struct Participant {
    /// Their identifier.
    pub id: ParticipantId,
    /// How often the record was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// Their names.
    pub names: PersonNames,
    /// The institution they are at home with.
    pub home_partner: Option<PartnerId>,
    /// Their position now; what it was at an event stands in the registration.
    pub position: Option<LocalizedText>,
    /// The territory they serve in now.
    pub territory: Option<TerritoryId>,
    /// The country they belong to.
    pub country: Option<CountryCode>,
    /// Whether the record is archived: kept, and no longer offered.
    pub is_archived: bool,
    /// The record it was merged into, if it was.
    pub merged_into: Option<ParticipantId>,
    /// Where the person stands for access: the home institution with its parents, the country.
    pub whereabouts: Whereabouts,
}

impl Subject for Participant {
    type Id = ParticipantId;

    fn id(&self) -> ParticipantId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Participant;
    /// Adds a person, changes, archives or restores the record, merges it with another.
    Edit "edit" => EditRegistrations;
    /// Takes out all that is known of a person.
    Export "export" => ExportPersonalData;
    /// Erases what identifies a person.
    Erase "erase" => ErasePersonalData;
}

/// A command: a person to be added.
#[derive(Debug, Clone)]
pub struct NewParticipant {
    /// Their names.
    pub names: PersonNames,
    /// Sex, birth year, contacts, note.
    pub personal: PersonalData,
    /// What they said of disabilities.
    pub disability: Disability,
    /// The institution they are at home with.
    pub home_partner: Option<PartnerId>,
    /// Their position.
    pub position: Option<LocalizedText>,
    /// The territory they serve in.
    pub territory: Option<TerritoryId>,
    /// The country they belong to; told from the territory or the institution where it is not given.
    pub country: Option<CountryCode>,
}

/// A command: what to change about a person. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct ParticipantChange {
    /// New names in place of all old ones.
    pub names: Option<PersonNames>,
    /// What to change about the personal data.
    pub personal: PersonalDataChange,
    /// What to change about what is known of disabilities.
    pub disability: DisabilityChange,
    /// Another home institution.
    pub home_partner: Option<Option<PartnerId>>,
    /// Another position.
    pub position: Option<Option<LocalizedText>>,
    /// Another territory.
    pub territory: Option<Option<TerritoryId>>,
    /// Another country.
    pub country: Option<Option<CountryCode>>,
    /// Archives (`true`) or restores (`false`).
    pub is_archived: Option<bool>,
}

/// Why a command on participants is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParticipantRefusal {
    /// A record was to be merged into itself.
    #[error("a person cannot be merged into the same record")]
    MergedIntoItself,
    /// The record was merged before; the person lives on in another one.
    #[error("the record of this person was merged into another one before")]
    MergedBefore,
    /// What identified the person was erased before.
    #[error("this person was anonymised before, for good")]
    ErasedBefore,
    /// Both records are registered at the same events.
    #[error("both records are registered at {} of the same events; cancel one registration of each first", .events.len())]
    BothRegistered {
        /// The events.
        events: Vec<EventId>,
    },
}

impl ParticipantRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::MergedIntoItself => ProblemCode::Circular,
            Self::MergedBefore | Self::ErasedBefore => ProblemCode::Archived,
            Self::BothRegistered { .. } => ProblemCode::AlreadyRegistered,
        }
    }
}

impl Participant {
    /// Decides what the person looks like after a change; personal data, country and whereabouts are apart.
    pub fn changed(&self, change: &ParticipantChange) -> Result<Self, Problem> {
        self.check_in_use(change.is_archived)?;
        let mut next = self.clone();
        next.version += 1;
        if let Some(names) = &change.names {
            next.names = names.clone();
        }
        if let Some(position) = &change.position {
            next.position.clone_from(position);
        }
        next.home_partner = change.home_partner.unwrap_or(next.home_partner);
        next.territory = change.territory.unwrap_or(next.territory);
        next.is_archived = change.is_archived.unwrap_or(next.is_archived);
        Ok(next)
    }

    /// Decides what another record looks like after this one was merged into it.
    ///
    /// The other keeps what it knows and takes over what it does not. `both_at` are the events at which both
    /// are registered: nobody but a person can tell which of the two registrations is right.
    pub fn merged_into(&self, other: &Self, both_at: Vec<EventId>) -> Result<Self, Problem> {
        if self.id == other.id {
            return Err(ParticipantRefusal::MergedIntoItself.into());
        }
        self.check_in_use(Some(false))?;
        other.check_in_use(None)?;
        if !both_at.is_empty() {
            return Err(ParticipantRefusal::BothRegistered { events: both_at }.into());
        }
        let mut next = other.clone();
        next.version += 1;
        next.names = other.names.joined_with(&self.names);
        next.home_partner = other.home_partner.or(self.home_partner);
        next.position = other.position.clone().or_else(|| self.position.clone());
        next.territory = other.territory.or(self.territory);
        next.country = other.country.or(self.country);
        Ok(next)
    }

    /// Refuses a record that was merged, or that is archived and not about to be restored.
    pub fn check_in_use(&self, archives: Option<bool>) -> Result<(), Problem> {
        if self.merged_into.is_some() {
            return Err(ParticipantRefusal::MergedBefore.into());
        }
        if self.is_archived && archives != Some(false) {
            return Err(Problem::Archived);
        }
        Ok(())
    }
}

/// Decides whether the actor may change, export or erase a person's record.
///
/// It takes the capability over the person's home, or over every event the person was ever registered at: who is
/// known only at one's own events may be corrected by those who run them, and nobody changes a record that others
/// work with too.
pub fn permit_over<A: Action<On = Participant>>(
    actor: &Actor,
    participant: &Participant,
    events: &[Whereabouts],
) -> Result<Permit<A>, Refusal> {
    let mut decision = permit::<A>(actor, participant);
    if decision.is_err() {
        for event in events {
            let there = Participant { whereabouts: event.clone(), ..participant.clone() };
            decision = Ok(permit::<A>(actor, &there)?);
        }
    }
    decision
}

/// Decides which country a person or a registration belongs to: the one given, else the territory's,
/// else the institution's. A given country must be the territory's, where there is a territory.
pub fn country_of(
    given: Option<CountryCode>,
    of_territory: Option<CountryCode>,
    of_partner: Option<CountryCode>,
) -> Result<Option<CountryCode>, Invalid> {
    match (given, of_territory) {
        (Some(given), Some(territory)) if given != territory => {
            let reason = format!("the territory lies in {territory}");
            Err(Invalid::new("country", Fault::Malformed { reason }))
        }
        _ => Ok(given.or(of_territory).or(of_partner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::{Grant, Place, Role},
        language::Language,
        name::NameKind,
        text::Line,
    };
    use uuid::Uuid;

    fn person(id: u128, name: &str) -> Participant {
        let name = PersonName::as_written(
            Line::parse("name", name).unwrap(),
            Language::parse("language", "en").unwrap(),
            NameKind::AsWritten,
        );
        Participant {
            id: Uuid::from_u128(id).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            names: PersonNames::parse(vec![name]).unwrap(),
            home_partner: None,
            position: None,
            territory: None,
            country: None,
            is_archived: false,
            merged_into: None,
            whereabouts: Whereabouts::default(),
        }
    }

    fn country(code: &str) -> CountryCode {
        CountryCode::parse("country", code).unwrap()
    }

    #[test]
    fn a_merged_record_keeps_its_own_and_takes_over_what_it_did_not_know() {
        let from = Participant { country: Some(country("UZ")), ..person(1, "B. Kuchkarov") };
        let into = person(2, "Б. Кучкаров");
        let next = from.merged_into(&into, Vec::new()).unwrap();
        assert_eq!(next.names.iter().count(), 2);
        assert_eq!(next.names.display(&[]), "Б. Кучкаров");
        assert_eq!((next.id, next.version, next.country), (into.id, 2, from.country));
    }

    #[test]
    fn two_records_registered_at_one_event_are_not_merged() {
        let event: EventId = Uuid::from_u128(7).into();
        let refusal = person(1, "A").merged_into(&person(2, "B"), vec![event]).unwrap_err();
        assert_eq!(refusal, ParticipantRefusal::BothRegistered { events: vec![event] }.into());
        assert_eq!(
            refusal.to_string(),
            "both records are registered at 1 of the same events; cancel one registration of each first"
        );
    }

    #[test]
    fn a_record_is_not_merged_into_itself_nor_twice() {
        let one = person(1, "A");
        assert!(one.merged_into(&one, Vec::new()).is_err());
        let merged = Participant { merged_into: Some(one.id), is_archived: true, ..person(2, "B") };
        assert_eq!(merged.merged_into(&one, Vec::new()), Err(ParticipantRefusal::MergedBefore.into()));
        assert_eq!(one.merged_into(&merged, Vec::new()), Err(ParticipantRefusal::MergedBefore.into()));
    }

    #[test]
    fn an_archived_record_is_restored_before_it_is_changed() {
        let archived = Participant { is_archived: true, ..person(1, "A") };
        assert_eq!(archived.changed(&ParticipantChange::default()), Err(Problem::Archived));
        let restore = ParticipantChange { is_archived: Some(false), ..ParticipantChange::default() };
        assert!(!archived.changed(&restore).unwrap().is_archived);
    }

    #[test]
    fn a_person_known_only_at_ones_own_events_may_be_corrected() {
        let own = Whereabouts { event: Some(Uuid::from_u128(1).into()), ..Whereabouts::default() };
        let other = Whereabouts { event: Some(Uuid::from_u128(2).into()), ..Whereabouts::default() };
        let place = Place::Event(own.event.unwrap());
        let grants = vec![Grant { role: Role::EventManager, place }];
        let actor = Actor::Account { id: Uuid::from_u128(9).into(), grants, person: None, glass: Vec::new() };
        let person = person(3, "A");
        assert!(permit_over::<Edit>(&actor, &person, &[]).is_err());
        assert!(permit_over::<Edit>(&actor, &person, std::slice::from_ref(&own)).is_ok());
        assert!(permit_over::<Edit>(&actor, &person, &[own, other]).is_err());
    }

    #[test]
    fn a_country_is_given_or_told_from_the_territory_or_the_institution() {
        let (uz, kz) = (Some(country("UZ")), Some(country("KZ")));
        assert_eq!(country_of(None, uz, kz).unwrap(), uz);
        assert_eq!(country_of(None, None, kz).unwrap(), kz);
        assert_eq!(country_of(uz, None, kz).unwrap(), uz);
        assert_eq!(country_of(kz, uz, None).unwrap_err().path, ["country"]);
    }
}
