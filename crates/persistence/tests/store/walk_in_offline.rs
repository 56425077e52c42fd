//! Walk-ins that a door without a network took in: with their scans, before or after them, once and again.

use std::{collections::BTreeMap, sync::Arc};

use hemicycle_domain::{
    access::Actor,
    check_in::{Attendance, Direction, Finding, NewScan, ScanFlag, ScanReason},
    event::{EventChange, EventStep, NewEvent},
    id::{EventId, ParticipantCategoryId, RegistrationId, ScanId, WalkInId},
    problem::{Fault, Invalid},
    registration::{RegistrationDetails, RegistrationStatus},
    text::Passage,
    walk_in::{LeftOut, NewWalkIn, WalkIn},
};
use hemicycle_persistence::{EventTally, Failure, Recorded, RecordedWalkIn, Store, StoreSettings};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, new_event},
    people::{as_participant, first, new_person, operator, system, viewer},
    submission::{Chance, Course, at, handed},
    walk_in::walk_in,
};

/// What a device hands in.
#[derive(Clone)]
enum Coming {
    WalkIn(NewWalkIn),
    Scan(NewScan),
}

fn id(n: u128) -> WalkInId {
    Uuid::from_u128(n).into()
}

/// A scan that names a walk-in, at a minute of the first day.
fn scan_of(n: u128, number: u128, event: EventId, minute: i64, direction: Direction) -> NewScan {
    NewScan {
        registration: None,
        walk_in: Some(id(n)),
        captured_at: Some(at(minute)),
        direction,
        ..coming_in(number, event, Uuid::nil().into())
    }
}

async fn hand_in(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    walk_ins: Vec<NewWalkIn>,
    scans: &[NewScan],
) -> (Vec<RecordedWalkIn>, Vec<Recorded>) {
    let mut work = fixture.work(actor).await;
    let recorded = work.hand_in(walk_ins, handed(actor, scans)).await.unwrap();
    work.commit().await.unwrap();
    recorded
}

fn kept(recorded: &RecordedWalkIn) -> (&WalkIn, bool) {
    match recorded {
        RecordedWalkIn::Kept { walk_in, is_replay, .. } => (walk_in, *is_replay),
        RecordedWalkIn::Rejected(reason) => panic!("rejected: {reason}"),
    }
}

fn rejection(recorded: &RecordedWalkIn) -> Option<ScanReason> {
    match recorded {
        RecordedWalkIn::Rejected(reason) => Some(*reason),
        RecordedWalkIn::Kept { .. } => None,
    }
}

fn flags(recorded: &Recorded) -> &[ScanFlag] {
    match recorded {
        Recorded::Kept { scan, .. } => &scan.flags,
        other => panic!("not kept: {other:?}"),
    }
}

/// The registrations of walk-ins, by walk-in.
async fn registrations(fixture: &Fixture<'_>, event: EventId) -> BTreeMap<WalkInId, RegistrationId> {
    let page = fixture.reading(&system()).list_walk_ins(event, None, &first(200)).await.unwrap();
    page.rows.into_iter().map(|(_, walk_in)| (walk_in.id, walk_in.registration)).collect()
}

async fn attendance(fixture: &Fixture<'_>, registration: RegistrationId) -> Attendance {
    let entry = fixture.reading(&system()).find_registration(registration).await.unwrap();
    entry.unwrap().attendance.unwrap()
}

each_database!(any_order_repetition_and_division_gives_the_same_people_and_attendance);
async fn any_order_repetition_and_division_gives_the_same_people_and_attendance(fixture: &Fixture<'_>) {
    const PEOPLE: u128 = 60;
    let course = Course::prepare(fixture, 0).await;
    let mut chance = Chance(0x3a1e);
    let mut of_person: BTreeMap<u128, Vec<NewScan>> = BTreeMap::new();
    let mut arrived: Vec<Coming> = Vec::new();
    for n in 1..=PEOPLE {
        arrived.push(Coming::WalkIn(walk_in(n, course.event, new_person(&format!("Guest {n}")))));
        for number in 0..chance.below(6) as u128 {
            let minute = i64::try_from(chance.below(2 * 24 * 4)).unwrap() * 15;
            let direction = if chance.below(2) == 0 { Direction::In } else { Direction::Out };
            let checkpoint = course.days.get(chance.below(3)).copied();
            let scan = scan_of(n, 0x1000 + n * 100 + number, course.event, minute, direction);
            let scan = NewScan { checkpoint, ..scan };
            arrived.push(Coming::Scan(scan.clone()));
            of_person.entry(n).or_default().push(scan);
        }
    }
    let repeated: Vec<_> =
        (0..arrived.len() / 2).map(|_| arrived[chance.below(arrived.len())].clone()).collect();
    arrived.extend(repeated);
    chance.shuffle(&mut arrived);
    let mut rest = arrived.as_slice();
    while !rest.is_empty() {
        let (batch, after) = rest.split_at((1 + chance.below(40)).min(rest.len()));
        let (mut walk_ins, mut scans) = (Vec::new(), Vec::new());
        for one in batch.iter().cloned() {
            match one {
                Coming::WalkIn(walk_in) => walk_ins.push(walk_in),
                Coming::Scan(scan) => scans.push(scan),
            }
        }
        let (walked_in, recorded) = hand_in(fixture, &system(), walk_ins, &scans).await;
        assert!(walked_in.iter().all(|one| rejection(one).is_none()));
        assert!(recorded.iter().all(|one| matches!(one, Recorded::Kept { .. })), "{recorded:?}");
        rest = after;
    }
    let registered = registrations(fixture, course.event).await;
    assert_eq!(registered.len() as u128, PEOPLE);
    let mut attended = 0;
    for (n, scans) in &of_person {
        let registration = registered[&id(*n)];
        let known: Vec<NewScan> =
            scans.iter().map(|scan| NewScan { registration: Some(registration), ..scan.clone() }).collect();
        let expected = course.expected(fixture, &known).await;
        assert_eq!(attendance(fixture, registration).await, expected, "{scans:?}");
        attended += i64::from(expected.has_attended);
    }
    let tallies = fixture.reading(&system()).tallies_of_events(&[course.event]).await.unwrap();
    let people = i64::try_from(PEOPLE).unwrap();
    assert_eq!(tallies[&course.event], EventTally { registrations: people, attended });
}

each_database!(a_scan_and_the_walk_in_that_it_names_do_not_pass_by_each_other);
async fn a_scan_and_the_walk_in_that_it_names_do_not_pass_by_each_other(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let event = course.event;
    let brought = (1..=24_u128).map(|number| {
        let (store, now, n) = (fixture.store.clone(), fixture.now(), number.div_ceil(2));
        tokio::spawn(async move {
            let mut work = store.begin(&system(), now).await?;
            if number % 2 == 0 {
                work.hand_in(vec![walk_in(n, event, new_person(&format!("Guest {n}")))], Vec::new()).await?;
            } else {
                let scan = scan_of(n, 0x1000 + n, event, 0, Direction::In);
                work.hand_in(Vec::new(), handed(&system(), &[scan])).await?;
            }
            work.commit().await
        })
    });
    for one in brought.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    let tallies = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
    assert_eq!(tallies[&event], EventTally { registrations: 12, attended: 12 });
}

each_database!(the_same_identifier_is_one_walk_in_however_it_comes);
async fn the_same_identifier_is_one_walk_in_however_it_comes(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let door = operator(course.event);
    let anna = walk_in(1, course.event, new_person("Anna Guest"));
    let boris = walk_in(1, course.event, new_person("Boris Guest"));
    let all = vec![anna.clone(), anna.clone(), boris.clone()];
    let (recorded, _) = hand_in(fixture, &door, all, &[]).await;
    assert_eq!((kept(&recorded[0]).1, kept(&recorded[1]).1), (false, true));
    assert_eq!(rejection(&recorded[2]), Some(ScanReason::IdReused));
    // Registered while someone waited, the answer lost, and handed in later: it is the same.
    let online = walk_in(2, course.event, new_person("Clara Guest"));
    let (made, _) =
        fixture.act(&door, async |work| work.register_walk_in(online.clone()).await).await.unwrap();
    let (recorded, _) = hand_in(fixture, &door, vec![online, boris], &[]).await;
    assert_eq!(kept(&recorded[0]), (&made, true));
    assert_eq!(rejection(&recorded[1]), Some(ScanReason::IdReused));
    assert_eq!(registrations(fixture, course.event).await.len(), 2);
}

each_database!(a_walk_in_that_cannot_be_placed_does_not_harm_the_others);
async fn a_walk_in_that_cannot_be_placed_does_not_harm_the_others(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let other = Course::prepare(fixture, 0).await;
    let guest = |n, event| walk_in(n, event, new_person("Anna Guest"));
    let unknown = ParticipantCategoryId::from(Uuid::from_u128(9));
    let odd = NewWalkIn {
        details: RegistrationDetails { category: Some(unknown), ..as_participant() },
        left_out: vec![LeftOut { text: "12".to_owned(), invalid: Invalid::new("phone", Fault::Empty) }],
        ..guest(3, course.event)
    };
    let batch =
        vec![guest(1, Uuid::from_u128(5).into()), guest(2, other.event), odd.clone(), guest(4, course.event)];
    let (recorded, _) = hand_in(fixture, &operator(course.event), batch, &[]).await;
    let reasons: Vec<_> = recorded.iter().map(rejection).collect();
    assert_eq!(reasons, [Some(ScanReason::UnknownEvent), Some(ScanReason::NotPermitted), None, None]);
    let RecordedWalkIn::Kept { walk_in, left_out, .. } = &recorded[2] else { unreachable!() };
    let paths: Vec<_> = left_out.iter().map(|left_out| left_out.invalid.path.join(".")).collect();
    assert_eq!(paths, ["phone", "categoryId"]);
    let personal =
        fixture.reading(&system()).personal_data_of_participants(&[walk_in.participant]).await.unwrap();
    let note = personal[&walk_in.participant].data.note.as_ref().unwrap().as_str();
    assert_eq!(note, format!("phone: 12\ncategoryId: {unknown}"));
    // What was left out is a part of it all the same.
    let (again, _) = hand_in(fixture, &operator(course.event), vec![odd.clone()], &[]).await;
    assert!(kept(&again[0]).1);
    let (less, _) =
        hand_in(fixture, &operator(course.event), vec![NewWalkIn { left_out: Vec::new(), ..odd }], &[]).await;
    assert_eq!(rejection(&less[0]), Some(ScanReason::IdReused));
    let (hidden, _) = hand_in(fixture, &viewer(), vec![guest(9, course.event)], &[]).await;
    assert_eq!(rejection(&hidden[0]), Some(ScanReason::NotPermitted));
}

each_database!(a_walk_in_of_the_door_is_flagged_and_its_scans_count);
async fn a_walk_in_of_the_door_is_flagged_and_its_scans_count(fixture: &Fixture<'_>) {
    let event = fixture.open(NewEvent { capacity: Some(1), ..new_event("Seminar", "2025") }).await;
    let door = operator(event);
    let guests =
        vec![walk_in(1, event, new_person("Anna Guest")), walk_in(2, event, new_person("Boris Guest"))];
    let scans = [scan_of(1, 11, event, 0, Direction::In), scan_of(3, 13, event, 0, Direction::In)];
    let (guests, recorded) = hand_in(fixture, &door, guests, &scans).await;
    assert_eq!(kept(&guests[0]).0.flags, [ScanFlag::WalkIn]);
    assert_eq!(kept(&guests[1]).0.flags, [ScanFlag::CapacityExceeded, ScanFlag::WalkIn]);
    assert_eq!(flags(&recorded[0]), [ScanFlag::WalkIn]);
    assert_eq!(flags(&recorded[1]), [ScanFlag::WalkIn, ScanFlag::UnknownCredential]);
    assert!(attendance(fixture, kept(&guests[0]).0.registration).await.has_attended);
    // The figures are final: the walk-in is there, and its scans count for nothing yet.
    fixture.step(event, &[EventStep::Hold, EventStep::Close]).await;
    let late = vec![walk_in(4, event, new_person("Clara Guest"))];
    let scan = scan_of(4, 14, event, 0, Direction::In);
    let (late, recorded) = hand_in(fixture, &door, late, &[scan]).await;
    assert!(kept(&late[0]).0.flags.contains(&ScanFlag::LateAfterLock));
    assert_eq!(flags(&recorded[0]), [ScanFlag::WalkIn, ScanFlag::LateAfterLock]);
    assert!(!attendance(fixture, kept(&late[0]).0.registration).await.has_attended);
}

each_database!(one_walk_in_and_two_hundred_are_as_many_statements);
async fn one_walk_in_and_two_hundred_are_as_many_statements(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let store = Store::open(&StoreSettings::at(fixture.database.url())).await.unwrap();
    let statements = async |from: u128, count: u128| {
        let numbers = from..from + count;
        // Half of the scans came before the walk-ins that they name.
        let scan = |n: u128| scan_of(n, 0x10_000 + n, course.event, 0, Direction::In);
        let (early, late): (Vec<_>, Vec<_>) = numbers.clone().partition(|n| n % 2 == 0);
        let early: Vec<NewScan> = early.into_iter().map(scan).collect();
        hand_in(fixture, &system(), Vec::new(), &early).await;
        let scans: Vec<NewScan> = late.into_iter().map(scan).collect();
        let guests: Vec<_> =
            numbers.map(|n| walk_in(n, course.event, new_person(&format!("Guest {n}")))).collect();
        let before = store.statements();
        let mut work = store.begin(&system(), fixture.now()).await?;
        work.hand_in(guests, handed(&system(), &scans)).await?;
        work.commit().await?;
        Ok::<_, Failure>(store.statements() - before)
    };
    let of_two = statements(1, 2).await.unwrap();
    let of_many = statements(1_000, 200).await.unwrap();
    assert_eq!(of_two, of_many);
    assert!(of_two <= 40, "{of_two}");
    let tallies = fixture.reading(&system()).tallies_of_events(&[course.event]).await.unwrap();
    assert_eq!(tallies[&course.event], EventTally { registrations: 202, attended: 202 });
}

async fn tally(fixture: &Fixture<'_>, event: EventId) -> (i64, i64) {
    let tallies = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
    (tallies[&event].registrations, tallies[&event].attended)
}

async fn status(fixture: &Fixture<'_>, registration: RegistrationId) -> RegistrationStatus {
    let entry = fixture.reading(&system()).find_registration(registration).await.unwrap();
    entry.unwrap().registration.status
}

fn reason() -> Passage {
    Passage::parse("reason", "Asked around.").unwrap()
}

/// A walk-in that comes after the event was closed, with a scan that comes as late; another scan came in time.
async fn came_late(fixture: &Fixture<'_>, course: &Course) -> WalkIn {
    let early = scan_of(1, 11, course.event, 0, Direction::In);
    hand_in(fixture, &course.phone(1), Vec::new(), &[early]).await;
    fixture.step(course.event, &[EventStep::Hold, EventStep::Close]).await;
    let guest = vec![walk_in(1, course.event, new_person("Anna Guest"))];
    let late = scan_of(1, 12, course.event, 60, Direction::Out);
    let (recorded, _) = hand_in(fixture, &course.phone(1), guest, &[late]).await;
    kept(&recorded[0]).0.clone()
}

each_database!(a_late_walk_in_counts_once_someone_says_who_it_is);
async fn a_late_walk_in_counts_once_someone_says_who_it_is(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let guest = came_late(fixture, &course).await;
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Parked);
    assert_eq!(tally(fixture, course.event).await, (1, 0));
    let live = async || {
        let live = fixture.reading(&system()).live_attendance(course.event).await.unwrap().unwrap();
        (live.figures.expected, live.by_category.iter().map(|(_, figures)| figures.expected).sum::<i64>())
    };
    assert_eq!(live().await, (1, 1));
    fixture.prepare(async |work| work.confirm_walk_in(guest.id, reason()).await).await;
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Registered);
    // The scan that came in time waited for the walk-in alone; the other one waits on.
    assert_eq!((tally(fixture, course.event).await, live().await), ((2, 1), (2, 2)));
    let scans = fixture.reading(&system()).scans_of_registrations(&[guest.registration]).await.unwrap();
    let late = scans[&guest.registration].iter().find(|scan| scan.id == Uuid::from_u128(12).into()).unwrap();
    assert!(late.flags.contains(&ScanFlag::LateAfterLock) && !late.counts());
}

each_database!(a_late_walk_in_counts_once_a_scan_of_it_is_accepted);
async fn a_late_walk_in_counts_once_a_scan_of_it_is_accepted(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let guest = came_late(fixture, &course).await;
    let decide = async |finding| {
        let findings = vec![(ScanId::from(Uuid::from_u128(12)), finding)];
        fixture
            .prepare(async |work| work.resolve_scans(course.event, findings, &reason()).await)
            .await
            .remove(0)
            .unwrap();
    };
    decide(Finding::Reject).await;
    assert_eq!(tally(fixture, course.event).await, (0, 0));
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Parked);
    decide(Finding::Accept).await;
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Registered);
    assert_eq!(tally(fixture, course.event).await.0, 1);
    // Once more, and by saying who it is: it counts once.
    decide(Finding::Accept).await;
    fixture.prepare(async |work| work.confirm_walk_in(guest.id, reason()).await).await;
    assert_eq!(tally(fixture, course.event).await, (1, 1));
}

each_database!(a_late_walk_in_who_was_on_the_list_counts_as_the_one_on_the_list);
async fn a_late_walk_in_who_was_on_the_list_counts_as_the_one_on_the_list(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let guest = came_late(fixture, &course).await;
    let reading = fixture.reading(&system());
    let listed = reading.find_registration(course.people[0]).await.unwrap().unwrap();
    let known = listed.participant.id;
    fixture.prepare(async |work| work.merge_walk_in(guest.id, known, reason()).await).await;
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Cancelled);
    assert_eq!(tally(fixture, course.event).await, (1, 1));
    assert!(attendance(fixture, course.people[0]).await.has_attended);
}

each_database!(a_late_walk_in_who_is_known_and_was_not_on_the_list_counts_as_them);
async fn a_late_walk_in_who_is_known_and_was_not_on_the_list_counts_as_them(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let guest = came_late(fixture, &course).await;
    let known = fixture.person(new_person("Anna Known")).await.id;
    fixture.prepare(async |work| work.merge_walk_in(guest.id, known, reason()).await).await;
    let entry = fixture.reading(&system()).find_registration(guest.registration).await.unwrap().unwrap();
    assert_eq!((entry.participant.id, entry.registration.status), (known, RegistrationStatus::Registered));
    assert_eq!(tally(fixture, course.event).await, (1, 1));
}

/// Someone whom a device hands in while an event is archived, which is taken out of the archive again.
async fn parked_guest(fixture: &Fixture<'_>, course: &Course) -> WalkIn {
    let archive = async |is_archived| {
        let change = EventChange { is_archived: Some(is_archived), ..EventChange::default() };
        fixture.prepare(async |work| work.update_event(course.event, None, change).await).await;
    };
    archive(true).await;
    let guest = vec![walk_in(1, course.event, new_person("Anna Guest"))];
    let (recorded, _) = hand_in(fixture, &course.phone(1), guest, &[]).await;
    let guest = kept(&recorded[0]).0.clone();
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Parked);
    archive(false).await;
    guest
}

each_database!(a_walk_in_of_an_archived_event_counts_once_a_door_lets_them_in_after_all);
async fn a_walk_in_of_an_archived_event_counts_once_a_door_lets_them_in_after_all(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let guest = parked_guest(fixture, &course).await;
    assert_eq!(tally(fixture, course.event).await, (0, 0));
    let scan = scan_of(1, 11, course.event, 60, Direction::In);
    let (_, recorded) = hand_in(fixture, &course.phone(1), Vec::new(), &[scan]).await;
    assert_eq!(flags(&recorded[0]), [ScanFlag::WalkIn]);
    assert_eq!(status(fixture, guest.registration).await, RegistrationStatus::Registered);
    assert_eq!(tally(fixture, course.event).await, (1, 1));
}

each_database!(whoever_lets_a_parked_person_in_is_told_of_them_as_they_are_then);
async fn whoever_lets_a_parked_person_in_is_told_of_them_as_they_are_then(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let guest = parked_guest(fixture, &course).await;
    let (door, scan) = (operator(course.event), coming_in(1, course.event, guest.registration));
    let passed = fixture.store.check_in(&door, "a request", fixture.now(), scan, true).await.unwrap();
    let entry = passed.entry.unwrap();
    assert_eq!(entry.registration.status, RegistrationStatus::Registered);
    assert!(entry.attendance.as_ref().is_some_and(|attendance| attendance.is_inside));
    let now = fixture.reading(&system()).find_registration(guest.registration).await.unwrap().unwrap();
    assert_eq!(entry.registration.version, now.registration.version);
    assert_eq!(tally(fixture, course.event).await, (1, 1));
}
