//! Walk-ins: registered at the door, proposed to be known people, and merged with them.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    account::EmailAddress,
    check_in::{Attendance, Direction, Finding, NewScan, ScanFlag},
    event::{EventChange, NewEvent},
    id::{EventId, ParticipantId, RegistrationId, WalkInId},
    participant::{NewParticipant, PersonalData, PhoneNumber},
    problem::ProblemCode,
    registration::RegistrationStatus,
    text::Passage,
    walk_in::{NewWalkIn, WalkIn, WalkInOutcome},
};
use hemicycle_persistence::{EventTally, Failure, FlaggedFilter, Recorded};
use uuid::Uuid;

use crate::{
    check_in::{coming_in, pass},
    each_database,
    fixture::{Fixture, code_of, is_not_found, is_refused, new_event},
    people::{administrator, as_participant, manager, new_person, operator, person_of, system, viewer},
    submission::handed,
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
    assert!(before.attendance.unwrap().has_attended);

    let host = administrator(home);
    let merged = fixture.act(&host, async |work| work.merge_walk_in(made.id, known.id, reason()).await);
    let settlement = merged.await.unwrap().settlement.unwrap();
    assert_eq!((settlement.outcome, settlement.known), (WalkInOutcome::KnownPerson, Some(known.id)));
    let reading = fixture.reading(&system());
    let entry = reading.find_registration(made.registration).await.unwrap().unwrap();
    assert_eq!((entry.participant.id, entry.attendance.unwrap()), (known.id, before.attendance.unwrap()));
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
    assert_eq!((entry.participant.id, entry.attendance.unwrap()), (made.participant, Attendance::default()));
}

each_database!(what_was_seen_of_a_walk_in_becomes_facts_of_whom_was_on_the_list);
async fn what_was_seen_of_a_walk_in_becomes_facts_of_whom_was_on_the_list(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let known = fixture.person(person_of(home, "Anna Guest")).await.id;
    let listed = fixture.register(event, known, as_participant()).await;
    let new = walk_in(1, event, new_person("Anna Guest"));
    let made = at_the_door(fixture, &operator(event), new).await.unwrap();
    let_in(fixture, event, made.registration).await;
    assert_eq!(fixture.prepare_failing(made.id, made.participant).await, Some(ProblemCode::Circular));
    let tally = async || fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap()[&event];
    assert_eq!(tally().await, EventTally { registrations: 2, attended: 1 });

    let host = administrator(home);
    let merge =
        async || fixture.act(&host, async |work| work.merge_walk_in(made.id, known, reason()).await).await;
    let settled = merge().await.unwrap();
    let reading = fixture.reading(&system());
    let entry = async |id| fixture.reading(&system()).find_registration(id).await.unwrap().unwrap();
    let (ended, goes_on) = (entry(made.registration).await, entry(listed).await);
    assert_eq!(ended.registration.status, RegistrationStatus::Cancelled);
    assert_eq!(ended.registration.merged_into, Some(listed));
    assert_eq!((ended.participant.id, ended.attendance.unwrap()), (known, Attendance::default()));
    assert!(goes_on.attendance.unwrap().has_attended && goes_on.attendance.unwrap().is_inside);
    assert_eq!(tally().await, EventTally { registrations: 1, attended: 1 });
    let figures = reading.attendance_of_event(event).await.unwrap().unwrap();
    assert_eq!((figures.expected, figures.attended, figures.inside), (1, 1, 1));
    // Said again, nothing happens again.
    assert_eq!(merge().await.unwrap(), settled);
    assert_eq!(entry(made.registration).await, ended);
    // The same scan again is known; one that comes later for the badge of the door is theirs.
    let again = NewScan { captured_at: None, ..coming_in(77, event, made.registration) };
    let mut work = fixture.work(&operator(event)).await;
    let recorded = work.record_scans(handed(&operator(event), &[again])).await.unwrap();
    assert!(matches!(&recorded[0], Recorded::Kept { is_replay: true, .. }), "{recorded:?}");
    work.commit().await.unwrap();
    let out = NewScan { direction: Direction::Out, ..coming_in(78, event, made.registration) };
    pass(fixture, out).await;
    let entry = entry(listed).await;
    assert!(!entry.attendance.unwrap().is_inside && entry.attendance.unwrap().last_out_at.is_some());
}

each_database!(a_scan_that_waited_counts_for_whom_the_walk_in_turned_out_to_be);
async fn a_scan_that_waited_counts_for_whom_the_walk_in_turned_out_to_be(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let known = fixture.person(person_of(home, "Anna Guest")).await.id;
    let listed = fixture.register(event, known, as_participant()).await;
    let new = walk_in(1, event, new_person("Anna Guest"));
    let made = at_the_door(fixture, &operator(event), new).await.unwrap();
    let archive = async |is_archived| {
        let change = EventChange { is_archived: Some(is_archived), ..EventChange::default() };
        fixture.prepare(async |work| work.update_event(event, None, change).await).await;
    };
    archive(true).await;
    let late = NewScan { captured_at: Some(fixture.now()), ..coming_in(5, event, made.registration) };
    let hand_in = async |scan| {
        let mut work = fixture.work(&operator(event)).await;
        let mut recorded = work.record_scans(handed(&operator(event), &[scan])).await.unwrap();
        work.commit().await.unwrap();
        match recorded.pop() {
            Some(Recorded::Kept { scan, .. }) => *scan,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(hand_in(late).await.flags, [ScanFlag::LateAfterLock]);
    archive(false).await;
    let host = administrator(home);
    let merged = fixture.act(&host, async |work| work.merge_walk_in(made.id, known, reason()).await);
    merged.await.unwrap();
    let attends = async || {
        let entry = fixture.reading(&system()).find_registration(listed).await.unwrap();
        entry.unwrap().attendance.unwrap().has_attended
    };
    assert!(!attends().await);
    let accept = vec![(Uuid::from_u128(5).into(), Finding::Accept)];
    let answers = fixture.act(&host, async |work| work.resolve_scans(event, accept, &reason()).await).await;
    assert_eq!(answers.unwrap().remove(0).unwrap().scan.counts_for(), Some(listed));
    assert!(attends().await);
    // Of one that comes later and names the walk-in nothing is amiss: who it is was said.
    let scan =
        NewScan { walk_in: Some(made.id), registration: None, ..coming_in(6, event, made.registration) };
    let scan = hand_in(NewScan { direction: Direction::Out, ..scan }).await;
    assert_eq!((scan.registration, scan.flags.as_slice()), (Some(listed), [].as_slice()));
}

each_database!(who_a_walk_in_is_settles_what_was_flagged_about_their_scans);
async fn who_a_walk_in_is_settles_what_was_flagged_about_their_scans(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let guest = walk_in(1, event, new_person("Anna Guest"));
    let scan = |id| NewScan {
        walk_in: Some(guest.id),
        registration: None,
        ..coming_in(id, event, Uuid::nil().into())
    };
    let outside = NewScan { captured_at: Some("9999-12-31T23:59:59Z".parse().unwrap()), ..scan(6) };
    let mut work = fixture.work(&operator(event)).await;
    work.hand_in(vec![guest.clone()], handed(&operator(event), &[scan(5), outside])).await.unwrap();
    work.commit().await.unwrap();
    let open = async || {
        let filter = FlaggedFilter { is_resolved: Some(false), ..FlaggedFilter::default() };
        fixture.reading(&system()).count_flagged_scans(event, &filter).await.unwrap()
    };
    assert_eq!(open().await, 2);
    fixture.act(&manager(event), async |work| work.confirm_walk_in(guest.id, reason()).await).await.unwrap();
    // The other scan has a clock that a person should look at.
    assert_eq!(open().await, 1);
}

impl Fixture<'_> {
    /// Why a walk-in cannot be merged.
    async fn prepare_failing(&self, id: WalkInId, known: ParticipantId) -> Option<ProblemCode> {
        code_of(self.attempt(async |work| work.merge_walk_in(id, known, reason()).await).await)
    }
}
