//! Walk-ins: people who came without being on a list, registered at the door as provisional persons.
//!
//! Who runs the event says afterwards who it was: a person nobody knew, or a known one. Until then the provisional
//! person has a registration like everyone, and attends. What a door without a network took down is a fact: it is
//! flagged for what is amiss, and refused for nothing that can be kept.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{
    check_in::ScanFlag,
    event::{Event, EventStatus},
    id::{EventId, ParticipantId, RegistrationId, WalkInId},
    participant::{NewParticipant, PersonNames},
    problem::{Invalid, Problem, ProblemCode},
    registration::{self, RegistrationDetails, RegistrationRole, RegistrationStatus},
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
    /// What is amiss with it beside its being one; empty for one that was registered while someone waited.
    pub flags: Vec<ScanFlag>,
    /// What tells it from another one under its identifier; none of one that is older than fingerprints, or whose
    /// person was anonymised.
    pub fingerprint: Option<String>,
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
    /// What the operator took down beside it and cannot be taken as it is.
    pub left_out: Vec<LeftOut>,
}

/// A part of what an operator took down that cannot be taken as it is. A wrong address keeps nobody from being there:
/// the text stays in the note about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The part, as it came.
    pub text: String,
    /// Which part, and what is wrong with it.
    pub invalid: Invalid,
}

/// Why a command on walk-ins is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WalkInRefusal {
    /// It was said before who it is.
    #[error("it was settled before who this walk-in is")]
    SettledBefore,
    /// The identifier came before with someone else, or at another event.
    #[error("another walk-in was recorded under this identifier")]
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
    pub fn check_repeated(&self, new: &NewWalkIn) -> Result<(), WalkInRefusal> {
        let is_same = |fingerprint: &String| *fingerprint == new.fingerprint();
        if self.event == new.event && self.fingerprint.as_ref().is_none_or(is_same) {
            Ok(())
        } else {
            Err(WalkInRefusal::IdReused)
        }
    }

    /// Whether the figures of the event were final when it came. Then its registration is parked, and nothing of it counts
    /// until someone says who it is or accepts a scan of it.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.flags.contains(&ScanFlag::LateAfterLock)
    }

    /// Where the registration of the walk-in begins.
    #[must_use]
    pub fn registration_status(&self) -> RegistrationStatus {
        if self.is_late() { RegistrationStatus::Parked } else { RegistrationStatus::Registered }
    }

    /// Refuses to say who it is where the people of the event no longer change: of a late one it can be said all the same.
    pub fn check_open(&self, event: &Event) -> Result<(), Problem> {
        if self.is_late() && !event.is_archived { Ok(()) } else { registration::check_open(event) }
    }

    /// Whether it was said before that it is this person.
    #[must_use]
    pub fn is_settled_as(&self, known: ParticipantId) -> bool {
        self.settlement.as_ref().is_some_and(|settlement| settlement.known == Some(known))
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

impl NewWalkIn {
    /// Tells this walk-in from any other, however it came; it lives as long as the identifier does.
    ///
    /// What counts is what was taken down, not what could be made of it: a category may be gone when it comes again.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let (personal, details) = (&self.person.personal, &self.details);
        let mut said = vec![("event", self.event.to_string()), ("role", details.role.to_string())];
        let mut say = |part, text: Option<String>| said.extend(text.map(|text| (part, text)));
        for name in self.person.names.iter() {
            say("language", Some(name.language.as_str().to_owned()));
            say("name", Some(name.as_written.as_str().to_owned()));
        }
        say("email", personal.email.as_ref().map(|email| email.as_str().to_owned()));
        say("phone", personal.phone.as_ref().map(|phone| phone.as_str().to_owned()));
        say("category", details.category.map(|category| category.to_string()));
        say("partner", details.partner.map(|partner| partner.to_string()));
        say("country", details.country.map(|country| country.to_string()));
        for left_out in &self.left_out {
            say("left out", Some(left_out.text.clone()));
        }
        let mut hash = Sha256::new();
        for (part, text) in said {
            hash.update(format!("{part}\u{1f}{text}\u{1e}"));
        }
        HEXLOWER.encode(&hash.finalize())
    }

    /// The person, with what could not be taken as it is in the note about them.
    #[must_use]
    pub fn noted_person(self) -> NewParticipant {
        let text = |left_out: &LeftOut| format!("{}: {}", left_out.invalid.path.join("."), left_out.text);
        let left_out: Vec<String> = self.left_out.iter().map(text).collect();
        let mut person = self.person;
        if !left_out.is_empty() {
            let given = person.personal.note.iter().map(|note| note.as_str().to_owned());
            let note = given.chain(left_out).collect::<Vec<_>>().join("\n");
            let fits: String =
                note.chars().filter(|c| !c.is_control() || *c == '\n').take(Passage::MAXIMUM).collect();
            person.personal.note = Passage::parse("note", &fits).ok();
        }
        person
    }
}

/// What is amiss with a walk-in that a door without a network took in, of so many who had a seat before.
#[must_use]
pub fn amiss(event: &Event, role: RegistrationRole, seats_taken: i64) -> Vec<ScanFlag> {
    let is_full = registration::check_capacity(event.capacity, role, seats_taken).is_err();
    let is_early = matches!(event.status, EventStatus::Draft | EventStatus::Planned | EventStatus::Postponed);
    let is_late = event.is_archived || event.status.is_finished();
    let found = [
        (is_early, ScanFlag::OutsideWindow),
        (is_full, ScanFlag::CapacityExceeded),
        (true, ScanFlag::WalkIn),
        (is_late, ScanFlag::LateAfterLock),
    ];
    found.into_iter().filter_map(|(is_so, flag)| is_so.then_some(flag)).collect()
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
    use crate::{
        event::sample,
        language::Language,
        name::NameKind,
        participant::{Disability, PersonName, PersonalData},
        problem::Fault,
        text::Line,
    };

    fn walk_in() -> WalkIn {
        WalkIn {
            id: Uuid::from_u128(1).into(),
            event: Uuid::from_u128(2).into(),
            registration: Uuid::from_u128(3).into(),
            participant: Uuid::from_u128(4).into(),
            made_at: DateTime::UNIX_EPOCH,
            flags: Vec::new(),
            fingerprint: None,
            settlement: None,
        }
    }

    fn new(event: u128, name: &str, left_out: &[&str]) -> NewWalkIn {
        let person = NewParticipant {
            names: names(&[name]),
            personal: PersonalData::default(),
            disability: Disability::default(),
            home_partner: None,
            position: None,
            territory: None,
            country: None,
        };
        let left_out = left_out
            .iter()
            .map(|text| LeftOut { text: (*text).to_owned(), invalid: Invalid::new("phone", Fault::Empty) });
        NewWalkIn {
            id: Uuid::from_u128(1).into(),
            event: Uuid::from_u128(event).into(),
            person,
            details: RegistrationDetails::in_role(RegistrationRole::Participant),
            left_out: left_out.collect(),
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
    fn another_event_name_or_remark_under_the_same_identifier_is_another_walk_in() {
        let first = new(2, "Anna Guest", &["12"]);
        let known = WalkIn { fingerprint: Some(first.fingerprint()), ..walk_in() };
        assert_eq!(known.check_repeated(&first), Ok(()));
        for other in [
            new(8, "Anna Guest", &["12"]),
            new(2, "Boris Guest", &["12"]),
            new(2, "Anna Guest", &["13"]),
            new(2, "Anna Guest", &[]),
        ] {
            assert_eq!(known.check_repeated(&other), Err(WalkInRefusal::IdReused));
        }
        // Of one whose person was anonymised nothing is left to compare.
        assert_eq!(walk_in().check_repeated(&new(2, "Boris Guest", &[])), Ok(()));
    }

    #[test]
    fn what_cannot_be_taken_as_it_is_stays_in_the_note() {
        let person = new(2, "Anna Guest", &["12", "or 13\u{0}"]).noted_person();
        let note = person.personal.note.unwrap();
        assert_eq!(note.as_str(), "phone: 12\nphone: or 13");
        assert_eq!(new(2, "Anna Guest", &[]).noted_person().personal.note, None);
    }

    #[test]
    fn a_fact_of_the_door_is_flagged_and_never_refused() {
        let event = |status, capacity| Event { status, capacity, ..sample::event() };
        let flags = |event: &Event| amiss(event, RegistrationRole::Participant, 2);
        assert_eq!(flags(&event(EventStatus::InProgress, Some(3))), [ScanFlag::WalkIn]);
        let early = flags(&event(EventStatus::Planned, Some(2)));
        assert_eq!(early, [ScanFlag::OutsideWindow, ScanFlag::CapacityExceeded, ScanFlag::WalkIn]);
        assert_eq!(flags(&event(EventStatus::Closed, None)), [ScanFlag::WalkIn, ScanFlag::LateAfterLock]);
    }

    #[test]
    fn a_late_walk_in_is_parked_and_settled_at_a_closed_event() {
        let [open, closed] =
            [EventStatus::Open, EventStatus::Closed].map(|status| Event { status, ..sample::event() });
        let late = WalkIn { flags: vec![ScanFlag::WalkIn, ScanFlag::LateAfterLock], ..walk_in() };
        let early = WalkIn { flags: vec![ScanFlag::WalkIn], ..walk_in() };
        assert_eq!(late.registration_status(), RegistrationStatus::Parked);
        assert_eq!(early.registration_status(), RegistrationStatus::Registered);
        for walk_in in [&late, &early] {
            assert_eq!(walk_in.check_open(&open), Ok(()));
        }
        assert_eq!(late.check_open(&closed), Ok(()));
        assert!(early.check_open(&closed).is_err());
        let archived = Event { is_archived: true, ..closed };
        assert_eq!(late.check_open(&archived), Err(Problem::Archived));
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
