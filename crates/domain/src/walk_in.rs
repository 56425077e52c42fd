//! Walk-ins: people who came without being on a list, registered at the door as provisional persons.
//!
//! Who runs the event says afterwards who it was: a person nobody knew, or a known one. Until then the provisional
//! person has a registration like everyone, and attends.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    id::{EventId, ParticipantId, RegistrationId, WalkInId},
    participant::{NewParticipant, PersonNames},
    problem::{Problem, ProblemCode},
    registration::RegistrationDetails,
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// Who a walk-in turned out to be.
    pub enum WalkInOutcome {
        /// A person nobody knew before.
        NewPerson = "new_person",
        /// A person who was known.
        KnownPerson = "known_person",
    }
}

/// Someone who came without being on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkIn {
    /// The identifier that the client made.
    pub id: WalkInId,
    /// The event.
    pub event: EventId,
    /// The registration that was made at the door.
    pub registration: RegistrationId,
    /// The provisional person.
    pub participant: ParticipantId,
    /// When the server took it in.
    pub made_at: DateTime<Utc>,
    /// Who it turned out to be, once someone has said so.
    pub settlement: Option<Settlement>,
}

/// Who a walk-in turned out to be, and why that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// When it was settled.
    pub at: DateTime<Utc>,
    /// As what.
    pub outcome: WalkInOutcome,
    /// The known person.
    pub known: Option<ParticipantId>,
    /// Why.
    pub reason: Passage,
}

/// A command: someone stands at the door and is on no list.
#[derive(Debug, Clone)]
pub struct NewWalkIn {
    /// The identifier that the client made; a repetition bears the same.
    pub id: WalkInId,
    /// The event.
    pub event: EventId,
    /// The person, as far as the operator learned.
    pub person: NewParticipant,
    /// What the person is there.
    pub details: RegistrationDetails,
}

/// Why a command on walk-ins is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WalkInRefusal {
    /// It was said before who it is.
    #[error("it was settled before who this walk-in is")]
    SettledBefore,
    /// The identifier came before at another event.
    #[error("a walk-in was recorded under this identifier at another event")]
    IdReused,
    /// A provisional person is not someone who is known.
    #[error("the walk-in itself is not a person who was known")]
    MergedIntoItself,
}

impl WalkInRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::SettledBefore => ProblemCode::IllegalStep,
            Self::IdReused => ProblemCode::IdReused,
            Self::MergedIntoItself => ProblemCode::Circular,
        }
    }
}

impl WalkIn {
    /// Tells a repetition of this walk-in from another one under the same identifier.
    pub fn check_repeated(&self, event: EventId) -> Result<(), WalkInRefusal> {
        if self.event == event { Ok(()) } else { Err(WalkInRefusal::IdReused) }
    }

    /// Decides what the walk-in looks like once it is said who it was: a known person, or one nobody knew.
    pub fn settled(
        &self,
        known: Option<ParticipantId>,
        reason: Passage,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        if self.settlement.is_some() {
            return Err(WalkInRefusal::SettledBefore.into());
        }
        if known == Some(self.participant) {
            return Err(WalkInRefusal::MergedIntoItself.into());
        }
        let outcome = if known.is_some() { WalkInOutcome::KnownPerson } else { WalkInOutcome::NewPerson };
        Ok(Self { settlement: Some(Settlement { at: now, outcome, known, reason }), ..self.clone() })
    }
}

/// The searches by which a known person of these names is looked for, the strictest first: all words of a name, then
/// its two longest, since one list has the patronymic or initials and the other has not.
///
/// The words are folded, so that either script finds the other.
#[must_use]
pub fn searches_for(names: &PersonNames) -> Vec<Vec<String>> {
    let mut searches: Vec<Vec<String>> = Vec::new();
    let mut looser = Vec::new();
    for name in names.iter() {
        let Ok(mut terms) = crate::fold::query_terms(name.as_written.as_str()) else { continue };
        if !searches.contains(&terms) {
            searches.push(terms.clone());
        }
        terms.sort_by_key(|term| std::cmp::Reverse(term.chars().count()));
        if terms.len() > 2 {
            terms.truncate(2);
            looser.push(terms);
        }
    }
    looser.retain(|terms| !searches.contains(terms));
    looser.dedup();
    searches.extend(looser);
    searches
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{language::Language, name::NameKind, participant::PersonName, text::Line};

    fn walk_in() -> WalkIn {
        WalkIn {
            id: Uuid::from_u128(1).into(),
            event: Uuid::from_u128(2).into(),
            registration: Uuid::from_u128(3).into(),
            participant: Uuid::from_u128(4).into(),
            made_at: DateTime::UNIX_EPOCH,
            settlement: None,
        }
    }

    fn reason() -> Passage {
        Passage::parse("reason", "Showed a passport.").unwrap()
    }

    fn names(texts: &[&str]) -> PersonNames {
        let name = |text: &&str| {
            let language = Language::parse("language", "und").unwrap();
            PersonName::as_written(Line::parse("name", text).unwrap(), language, NameKind::AsWritten)
        };
        PersonNames::parse(texts.iter().map(name).collect()).unwrap()
    }

    #[test]
    fn a_walk_in_is_settled_once() {
        let settled = walk_in().settled(None, reason(), DateTime::UNIX_EPOCH).unwrap();
        let outcome = settled.settlement.as_ref().map(|settlement| settlement.outcome);
        assert_eq!(outcome, Some(WalkInOutcome::NewPerson));
        let again = settled.settled(Some(Uuid::from_u128(9).into()), reason(), DateTime::UNIX_EPOCH);
        assert_eq!(again, Err(WalkInRefusal::SettledBefore.into()));
    }

    #[test]
    fn a_provisional_person_is_not_the_known_one() {
        let into_itself = walk_in().settled(Some(walk_in().participant), reason(), DateTime::UNIX_EPOCH);
        assert_eq!(into_itself, Err(WalkInRefusal::MergedIntoItself.into()));
    }

    #[test]
    fn the_same_identifier_at_another_event_is_another_walk_in() {
        assert_eq!(walk_in().check_repeated(walk_in().event), Ok(()));
        let elsewhere = walk_in().check_repeated(Uuid::from_u128(8).into());
        assert_eq!(elsewhere, Err(WalkInRefusal::IdReused));
    }

    #[test]
    fn a_name_is_looked_for_by_all_its_words_and_then_by_the_longest() {
        let searches = searches_for(&names(&["Кучкаров Бахтиёр Рахимович"]));
        assert_eq!(searches.len(), 2);
        assert_eq!((searches[0].len(), searches[1].len()), (3, 2));
        let latin = searches_for(&names(&["Kuchkarov Bakhtiyor"]));
        assert_eq!(latin.len(), 1);
        assert!(searches[0].contains(&latin[0][0]), "{searches:?} {latin:?}");
    }
}
