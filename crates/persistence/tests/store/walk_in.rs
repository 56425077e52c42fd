//! Walk-ins: registered at the door, proposed to be known people, and merged with them.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    account::EmailAddress,
    check_in::Attendance,
    event::NewEvent,
    id::{EventId, ParticipantId, RegistrationId, WalkInId},
    participant::{NewParticipant, PersonalData, PhoneNumber},
    problem::ProblemCode,
    registration::RegistrationStatus,
    text::Passage,
    walk_in::{NewWalkIn, WalkIn, WalkInOutcome},
};
use hemicycle_persistence::Failure;
use uuid::Uuid;

use crate::{
    check_in::{coming_in, pass},
    each_database,
    fixture::{Fixture, code_of, is_not_found, is_refused, new_event},
    people::{
        administrator, as_participant, first, manager, new_person, operator, person_of, system, viewer,
    },
};

pub(crate) fn walk_in(n: u128, event: EventId, person: NewParticipant) -> NewWalkIn {
    NewWalkIn {
        id: WalkInId::from(Uuid::from_u128(n)),
        event,
        person,
        details: as_participant(),
        left_out: Vec::new(),
    }
}

fn with_contact(person: NewParticipant, email: &str, phone: &str) -> NewParticipant {
    let personal = PersonalData {
        email: Some(EmailAddress::parse("email", email).unwrap()),
        phone: Some(PhoneNumber::parse("phone", phone).unwrap()),
        ..PersonalData::default()
    };
    NewParticipant { personal, ..person }
}

fn reason() -> Passage {
    Passage::parse("reason", "Showed a passport.").unwrap()
}

async fn at_the_door(fixture: &Fixture<'_>, actor: &Arc<Actor>, new: NewWalkIn) -> Result<WalkIn, Failure> {
    fixture.act(actor, async |work| Ok(work.register_walk_in(new).await?.0)).await
}

async fn let_in(fixture: &Fixture<'_>, event: EventId, registration: RegistrationId) {
    pass(fixture, coming_in(77, event, registration)).await;
}

async fn proposals(fixture: &Fixture<'_>, actor: &Arc<Actor>, walk_in: &WalkIn) -> Vec<ParticipantId> {
    let proposed = fixture.reading(actor).proposals_for(walk_in).await.unwrap();
    proposed.iter().map(|person| person.id).collect()
}

each_database!(an_operator_registers_who_is_on_no_list_and_once);
async fn an_operator_registers_who_is_on_no_list_and_once(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let door = operator(event);
    let made = at_the_door(fixture, &door, walk_in(1, event, new_person("Anna Guest"))).await.unwrap();
    let again = at_the_door(fixture, &door, walk_in(1, event, new_person("Anna Guest"))).await.unwrap();
    assert_eq!(again, made);
    let reading = fixture.reading(&door);
    let entry = reading.find_registration(made.registration).await.unwrap().unwrap();
    assert_eq!((entry.participant.id, entry.registration.event), (made.participant, event));
    assert_eq!(reading.count_walk_ins(event, Some(false)).await.unwrap(), 1);
    let found = reading.walk_ins_of_registrations(&[made.registration]).await.unwrap();
    assert_eq!(found.get(&made.registration), Some(&made));
    // The operator may not make such records elsewhere, nor under this identifier.
    let elsewhere = fixture.open_event(home, "Conference").await;
    let not_permitted = at_the_door(fixture, &door, walk_in(2, elsewhere, new_person("Boris Guest"))).await;
    assert!(is_refused(not_permitted));
    for other in
        [walk_in(1, elsewhere, new_person("Anna Guest")), walk_in(1, event, new_person("Anna Guess"))]
    {
        let reused = at_the_door(fixture, &system(), other).await;
        assert_eq!(code_of(reused), Some(ProblemCode::IdReused));
    }
    assert!(is_refused(at_the_door(fixture, &viewer(), walk_in(3, event, new_person("Clara Guest"))).await));
}

each_database!(a_full_event_takes_no_walk_in_at_an_online_door);
async fn a_full_event_takes_no_walk_in_at_an_online_door(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = NewEvent { host: Some(home), capacity: Some(1), ..new_event("Seminar", "2021") };
    let event = fixture.open(event).await;
    at_the_door(fixture, &operator(event), walk_in(1, event, new_person("Anna Guest"))).await.unwrap();
    let second = at_the_door(fixture, &operator(event), walk_in(2, event, new_person("Boris Guest"))).await;
    assert_eq!(code_of(second), Some(ProblemCode::EventFull));
    assert_eq!(fixture.reading(&system()).count_walk_ins(event, None).await.unwrap(), 1);
}

each_database!(a_known_person_is_proposed_by_name_in_the_other_script);
async fn a_known_person_is_proposed_by_name_in_the_other_script(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let known = fixture.person(person_of(home, "Бахтиёр Рахимович Кучкаров")).await.id;
    let namesake = fixture.person(person_of(home, "Bakhtiyor Kuchkarov")).await.id;
    fixture.person(person_of(home, "Bakhtiyor Karimov")).await;
    let new = walk_in(1, event, new_person("Bakhtiyor Kuchkarov"));
    let made = at_the_door(fixture, &operator(event), new).await.unwrap();
    let mut proposed = proposals(fixture, &administrator(home), &made).await;
    proposed.sort_unstable();
    let mut expected = vec![known, namesake];
    expected.sort_unstable();
    assert_eq!(proposed, expected);
    // Who does not see these people is not told of them.
    assert!(proposals(fixture, &operator(event), &made).await.is_empty());
}

each_database!(a_known_person_is_proposed_by_contact_to_who_may_see_contacts);
async fn a_known_person_is_proposed_by_contact_to_who_may_see_contacts(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let contact = ("guest@people.example", "+998 71 239 15 63");
    let known = fixture.person(with_contact(person_of(home, "Maria Before"), contact.0, contact.1)).await.id;
    let by_phone = with_contact(new_person("Maria After"), "other@people.example", contact.1);
    let made = at_the_door(fixture, &operator(event), walk_in(1, event, by_phone)).await.unwrap();
    assert_eq!(proposals(fixture, &administrator(home), &made).await, [known]);
    // The known person sits at the event, so the operator sees them, and still no contacts.
    fixture.register(event, known, as_participant()).await;
    assert!(proposals(fixture, &operator(event), &made).await.is_empty());
}

each_database!(a_walk_in_merged_into_a_known_person_keeps_the_attendance);
async fn a_walk_in_merged_into_a_known_person_keeps_the_attendance(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let known = fixture.person(person_of(home, "Бахтиёр Кучкаров")).await;
    let new = with_contact(new_person("Bakhtiyor Kuchkarov"), "guest@people.example", "+998712391563");
    let made = at_the_door(fixture, &operator(event), walk_in(1, event, new)).await.unwrap();
    let_in(fixture, event, made.registration).await;
    let before = fixture.reading(&system()).find_registration(made.registration).await.unwrap().unwrap();
    assert!(before.attendance.has_attended);

    let host = administrator(home);
    let merged = fixture.act(&host, async |work| work.merge_walk_in(made.id, known.id, reason()).await);
    let settlement = merged.await.unwrap().settlement.unwrap();
    assert_eq!((settlement.outcome, settlement.known), (WalkInOutcome::KnownPerson, Some(known.id)));
    let reading = fixture.reading(&system());
    let entry = reading.find_registration(made.registration).await.unwrap().unwrap();
    assert_eq!((entry.participant.id, entry.attendance), (known.id, before.attendance));
    assert_eq!(entry.registration.status, RegistrationStatus::Registered);
    // The record of the known person is as it was; the provisional one answers with it.
    assert_eq!(*entry.participant, *known);
    let answers = reading.find_participants(&[made.participant]).await.unwrap();
    assert_eq!(answers[&made.participant].id, known.id);
    assert_eq!(reading.count_walk_ins(event, Some(true)).await.unwrap(), 1);

    let again = fixture.act(&host, async |work| work.confirm_walk_in(made.id, reason()).await).await;
    assert_eq!(code_of(again), Some(ProblemCode::IllegalStep));
}

each_database!(a_walk_in_whom_nobody_knew_stays_as_they_are);
async fn a_walk_in_whom_nobody_knew_stays_as_they_are(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let made =
        at_the_door(fixture, &operator(event), walk_in(1, event, new_person("Anna Guest"))).await.unwrap();
    let confirmed_by = async |actor: Arc<Actor>| {
        fixture.act(&actor, async |work| work.confirm_walk_in(made.id, reason()).await).await
    };
    assert!(is_refused(confirmed_by(operator(event)).await));
    assert!(is_not_found(confirmed_by(viewer()).await));
    let settlement = confirmed_by(manager(event)).await.unwrap().settlement.unwrap();
    assert_eq!(settlement.outcome, WalkInOutcome::NewPerson);
    let entry = fixture.reading(&system()).find_registration(made.registration).await.unwrap().unwrap();
    assert_eq!((entry.participant.id, entry.attendance), (made.participant, Attendance::default()));
}

each_database!(a_known_person_with_a_registration_of_their_own_is_told);
async fn a_known_person_with_a_registration_of_their_own_is_told(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let known = fixture.person(person_of(home, "Anna Guest")).await.id;
    fixture.register(event, known, as_participant()).await;
    let made =
        at_the_door(fixture, &operator(event), walk_in(1, event, new_person("Anna Guest"))).await.unwrap();
    let merged = fixture.prepare_failing(made.id, known).await;
    assert_eq!(merged, Some(ProblemCode::AlreadyRegistered));
    let itself = fixture.prepare_failing(made.id, made.participant).await;
    assert_eq!(itself, Some(ProblemCode::Circular));
    let page = fixture.reading(&system()).list_walk_ins(event, Some(false), &first(5)).await.unwrap();
    assert_eq!(page.rows.iter().map(|(_, walk_in)| walk_in.id).collect::<Vec<_>>(), [made.id]);
}

impl Fixture<'_> {
    /// Why a walk-in cannot be merged.
    async fn prepare_failing(&self, id: WalkInId, known: ParticipantId) -> Option<ProblemCode> {
        code_of(self.attempt(async |work| work.merge_walk_in(id, known, reason()).await).await)
    }
}
