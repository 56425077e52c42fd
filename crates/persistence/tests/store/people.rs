//! People and events for the tests of participants, registrations and check-in.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Grant, Place, Role},
    event::{Event, EventStep, NewEvent},
    fold,
    id::{AccountId, EventId, ParticipantId, PartnerId, RegistrationId},
    language::Language,
    name::NameKind,
    page::PageRequest,
    participant::{Disability, NewParticipant, Participant, PersonName, PersonNames, PersonalData},
    problem::Problem,
    registration::{NewRegistration, RegistrationDetails, RegistrationRole},
    text::{Line, LocalizedText},
};
use hemicycle_persistence::{Failure, Reading, RosterEntry, Store, StoreSettings, Work};
use uuid::Uuid;

use crate::fixture::{Fixture, country, new_event};

/// The program itself.
pub(crate) fn system() -> Arc<Actor> {
    Arc::new(Actor::System { reason: "test" })
}

/// An account with one role.
pub(crate) fn holder(role: Role, place: Place) -> Arc<Actor> {
    assert!(role.is_held_at(place), "{role} is not held at {place:?}");
    let id = AccountId::from(Uuid::from_u128(0xacc0_0001));
    Arc::new(Actor::Account { id, grants: vec![Grant { role, place }], person: None, glass: Vec::new() })
}

/// An account that only reads.
pub(crate) fn viewer() -> Arc<Actor> {
    holder(Role::Viewer, Place::Platform)
}

/// A coordinator of a country.
pub(crate) fn coordinator(code: &str) -> Arc<Actor> {
    holder(Role::CountryCoordinator, Place::Country(country(code)))
}

/// A text in English.
pub(crate) fn text(text: &str) -> LocalizedText {
    LocalizedText::parse("text", [("en", text)]).expect("the test writes texts that fit")
}

/// The folded words of a search.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold::query_terms(text).expect("the test searches for whole words")
}

/// A page of this size, from the start.
pub(crate) fn first(size: i32) -> PageRequest {
    PageRequest::parse(Some(size), None, None, None).expect("the test asks for pages that fit")
}

/// The problem that a command was refused with.
pub(crate) fn problem<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Problem {
    match answer {
        Err(Failure::Problem(problem)) => problem,
        other => panic!("expected a problem, got {other:?}"),
    }
}

/// A person of whom nothing but one written name is known; its last word is the family name.
pub(crate) fn new_person(name: &str) -> NewParticipant {
    let family = name
        .rsplit(' ')
        .next()
        .map(|family| Line::parse("family", family).expect("the preparation succeeds"));
    let text = Line::parse("asWritten", name).expect("the preparation succeeds");
    let language = Language::parse("language", "und").expect("the preparation succeeds");
    let name = PersonName { family, ..PersonName::as_written(text, language, NameKind::AsWritten) };
    NewParticipant {
        names: PersonNames::parse(vec![name]).expect("the preparation succeeds"),
        personal: PersonalData::default(),
        disability: Disability::default(),
        home_partner: None,
        position: None,
        territory: None,
        country: None,
    }
}

/// A person at home with an institution.
pub(crate) fn person_of(home: PartnerId, name: &str) -> NewParticipant {
    NewParticipant { home_partner: Some(home), ..new_person(name) }
}

pub(crate) fn in_role(role: RegistrationRole) -> RegistrationDetails {
    RegistrationDetails::in_role(role)
}

pub(crate) fn as_participant() -> RegistrationDetails {
    in_role(RegistrationRole::Participant)
}

/// An account that runs one event.
pub(crate) fn manager(event: EventId) -> Arc<Actor> {
    holder(Role::EventManager, Place::Event(event))
}

/// An account that checks people in at one event.
pub(crate) fn operator(event: EventId) -> Arc<Actor> {
    holder(Role::CheckInOperator, Place::Event(event))
}

/// An account that runs an institution.
pub(crate) fn administrator(partner: PartnerId) -> Arc<Actor> {
    holder(Role::PartnerAdministrator, Place::Partner(partner))
}

impl Fixture<'_> {
    /// Begins a unit of work.
    pub(crate) async fn work(&self, actor: &Arc<Actor>) -> Work {
        self.store.begin(actor, self.now()).await.expect("the actor has signed in")
    }

    /// Counts the statements of a question, asked of a store that has nothing else to do.
    pub(crate) async fn statements(&self, actor: &Arc<Actor>, question: impl AsyncFn(Reading)) -> u64 {
        let settings = StoreSettings::at(self.database.url());
        let store = Store::open(&settings).await.expect("the store opens");
        fewest_statements(&store, async || {
            question(store.acting_as(actor).expect("the actor has signed in")).await;
        })
        .await
    }

    /// The same, of stores that have kept nothing yet.
    pub(crate) async fn statements_afresh(&self, actor: &Arc<Actor>, question: impl AsyncFn(Reading)) -> u64 {
        let settings = StoreSettings::at(self.database.url());
        let mut fewest = u64::MAX;
        for _ in 0..3 {
            let store = Store::open(&settings).await.expect("the store opens");
            let before = store.statements();
            question(store.acting_as(actor).expect("the actor has signed in")).await;
            fewest = fewest.min(store.statements() - before);
        }
        fewest
    }

    /// Plans an event at a host and opens it for registration.
    pub(crate) async fn open_event(&self, host: PartnerId, name: &str) -> EventId {
        self.open(NewEvent { host: Some(host), ..new_event(name, "2021") }).await
    }

    /// Plans an event and opens it for registration.
    pub(crate) async fn open(&self, new: NewEvent) -> EventId {
        let mut work = self.work(&system()).await;
        let event = work.create_event(new).await.expect("the preparation succeeds").id;
        work.commit().await.expect("the preparation succeeds");
        self.step(event, &[EventStep::Plan, EventStep::Open]).await;
        event
    }

    /// Moves an event through its life.
    pub(crate) async fn step(&self, event: EventId, steps: &[EventStep]) -> Arc<Event> {
        let mut work = self.work(&system()).await;
        let mut after = None;
        for step in steps {
            after =
                Some(work.advance_event(event, None, *step, None).await.expect("the preparation succeeds"));
        }
        work.commit().await.expect("the preparation succeeds");
        after.expect("at least one step was given")
    }

    /// Adds a person.
    pub(crate) async fn person(&self, new: NewParticipant) -> Arc<Participant> {
        let mut work = self.work(&system()).await;
        let person = work.create_participant(new).await.expect("the preparation succeeds");
        work.commit().await.expect("the preparation succeeds");
        person
    }

    /// Registers a known person.
    pub(crate) async fn register(
        &self,
        event: EventId,
        person: ParticipantId,
        details: RegistrationDetails,
    ) -> RegistrationId {
        let mut work = self.work(&system()).await;
        let entry = register(&mut work, event, person, details).await.expect("the preparation succeeds");
        work.commit().await.expect("the preparation succeeds");
        entry.registration.id
    }

    /// Adds and registers as many people as there are names.
    pub(crate) async fn crowd<const N: usize>(
        &self,
        event: EventId,
        names: [&str; N],
    ) -> [RegistrationId; N] {
        let mut work = self.work(&system()).await;
        let mut ids = Vec::new();
        for name in names {
            let entry = work.register_new_participant(event, new_person(name), as_participant()).await;
            ids.push(entry.expect("the preparation succeeds").registration.id);
        }
        work.commit().await.expect("the preparation succeeds");
        ids.try_into().expect("the preparation succeeds")
    }
}

/// Registers a known person within a unit of work.
pub(crate) async fn register(
    work: &mut Work,
    event: EventId,
    participant: ParticipantId,
    details: RegistrationDetails,
) -> Result<Arc<RosterEntry>, Failure> {
    work.register_participant(NewRegistration { event, participant, details }).await
}

/// The fewest statements that something takes over this store.
pub(crate) async fn fewest_statements(store: &Store, ask: impl AsyncFn()) -> u64 {
    hemicycle_test_database::fewest_statements(|| store.statements(), ask).await
}
