//! Check-in: idempotent, one at a time, undone with a reason; attendance and figures follow.

use std::sync::atomic::{AtomicUsize, Ordering};

use hemicycle_domain::{
    check_in::{Attendance, CheckInRefusal, Direction, Method, NewScan},
    event::{EventStatus, EventStep},
    id::{EventId, Id, RecordKind, RegistrationId, ScanId},
    problem::ProblemCode,
    registration::{RegistrationFilter, RegistrationRefusal, RegistrationTest},
    text::Passage,
};
use hemicycle_persistence::{EventAttendance, EventTally, Failure};
use hemicycle_test_database::DatabaseKind;
use uuid::Uuid;

use crate::{
    each_database,
    fixture::Fixture,
    people::{administrator, coordinator, fewest_statements, manager, operator, problem, system, viewer},
};

pub(crate) fn coming_in(id: u128, event: EventId, registration: RegistrationId) -> NewScan {
    NewScan {
        id: Uuid::from_u128(id).into(),
        event: Some(event),
        checkpoint: None,
        session: None,
        registration: Some(registration),
        walk_in: None,
        credential: None,
        direction: Direction::In,
        method: Method::Qr,
        captured_at: None,
        sequence: None,
        manifest: None,
        local_verdict: None,
        operator_name: None,
    }
}

fn reason() -> Passage {
    Passage::parse("reason", "Wrong badge.").unwrap()
}

pub(crate) async fn pass(fixture: &Fixture<'_>, new: NewScan) -> Attendance {
    let mut work = fixture.work(&operator(new.event.unwrap())).await;
    let passed = work.check_in(new).await.unwrap();
    work.commit().await.unwrap();
    passed.entry.unwrap().attendance.unwrap()
}

async fn figures(fixture: &Fixture<'_>, event: EventId) -> EventAttendance {
    fixture.reading(&operator(event)).attendance_of_event(event).await.unwrap().unwrap()
}

async fn prepared<const N: usize>(fixture: &Fixture<'_>, names: [&str; N]) -> (EventId, [RegistrationId; N]) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Conference").await;
    let ids = fixture.crowd(event, names).await;
    (event, ids)
}

each_database!(attendance_and_figures_follow_from_scans);
async fn attendance_and_figures_follow_from_scans(fixture: &Fixture<'_>) {
    let (event, [anna, _]) = prepared(fixture, ["Anna A", "Boris B"]).await;
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 2, attended: 0, inside: 0 });
    let inside = pass(fixture, coming_in(1, event, anna)).await;
    assert!(inside.has_attended && inside.is_inside && inside.first_in_at.is_some());
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 2, attended: 1, inside: 1 });
    let out = NewScan { direction: Direction::Out, ..coming_in(2, event, anna) };
    let outside = pass(fixture, out).await;
    assert!(outside.has_attended && !outside.is_inside && outside.last_out_at > inside.first_in_at);
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 2, attended: 1, inside: 0 });

    let reading = fixture.reading(&manager(event));
    let entry = reading.find_registration(anna).await.unwrap().unwrap();
    assert_eq!(entry.attendance.unwrap(), outside);
    assert_eq!(reading.attendance_of_registrations(&[anna]).await.unwrap()[&anna], outside);
    assert_eq!(reading.scans_of_registrations(&[anna]).await.unwrap()[&anna].len(), 2);
    let attended = RegistrationFilter::Is(RegistrationTest::Attended(true));
    assert_eq!(reading.count_registrations(event, &attended).await.unwrap(), 1);
}

each_database!(the_same_scan_again_answers_as_before_and_writes_nothing);
async fn the_same_scan_again_answers_as_before_and_writes_nothing(fixture: &Fixture<'_>) {
    let (event, [anna, boris]) = prepared(fixture, ["Anna A", "Boris B"]).await;
    let before = pass(fixture, coming_in(1, event, anna)).await;
    let mut work = fixture.work(&operator(event)).await;
    let again = work.check_in(coming_in(1, event, anna)).await.unwrap();
    assert!(again.is_replay && again.entry.unwrap().attendance.unwrap() == before);
    for other in
        [coming_in(1, event, boris), NewScan { direction: Direction::Out, ..coming_in(1, event, anna) }]
    {
        assert_eq!(problem(work.check_in(other).await), CheckInRefusal::IdReused.into());
    }
    work.commit().await.unwrap();
    let scans = fixture.reading(&system()).scans_of_registrations(&[anna, boris]).await.unwrap();
    assert_eq!((scans.len(), scans[&anna].len()), (1, 1));
}

each_database!(who_waits_at_the_same_moment_is_recorded_together_and_judged_alone);
async fn who_waits_at_the_same_moment_is_recorded_together_and_judged_alone(fixture: &Fixture<'_>) {
    let (event, [anna, boris]) = prepared(fixture, ["Anna A", "Boris B"]).await;
    let (other, [clara]) = prepared(fixture, ["Clara C"]).await;
    let before = fixture.store.statements();
    // Four doors for each of three people; and one at which nobody may let anyone in.
    let mut doors = tokio::task::JoinSet::new();
    for (number, (event, who)) in
        [(event, anna), (event, boris), (other, clara)].repeat(4).into_iter().enumerate()
    {
        let (store, now) = (fixture.store.clone(), fixture.now());
        let scan = coming_in(u128::try_from(number).unwrap() + 1, event, who);
        doors.spawn(async move { store.check_in(&operator(event), "a request", now, scan, true).await });
    }
    let (store, now) = (fixture.store.clone(), fixture.now());
    let foreign = coming_in(100, event, anna);
    doors.spawn(async move { store.check_in(&operator(other), "a request", now, foreign, true).await });
    let mut outcomes: Vec<String> = doors
        .join_all()
        .await
        .into_iter()
        .map(|outcome| match outcome {
            Ok(passed) => {
                format!("in: {}", passed.entry.unwrap().attendance.unwrap().is_inside && !passed.is_replay)
            }
            Err(failure) => failure.to_string(),
        })
        .collect();
    outcomes.sort_unstable();
    let expected = [
        vec!["in: true".to_owned(); 3],
        vec![CheckInRefusal::AlreadyIn.to_string(); 9],
        vec!["the registration was not found".to_owned()],
    ];
    let mut expected = expected.concat();
    expected.sort_unstable();
    assert_eq!(outcomes, expected);
    let scans = fixture.reading(&system()).scans_of_registrations(&[anna, boris, clara]).await.unwrap();
    assert_eq!(scans.values().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    let alone = {
        let before = fixture.store.statements();
        let out = NewScan { direction: Direction::Out, ..coming_in(200, event, anna) };
        fixture.store.check_in(&operator(event), "a request", fixture.now(), out, true).await.unwrap();
        fixture.store.statements() - before
    };
    assert!(fixture.store.statements() - before < 13 * alone, "they shared transactions");
    let unseen = NewScan { direction: Direction::In, ..coming_in(201, event, anna) };
    let passed =
        fixture.store.check_in(&operator(event), "a request", fixture.now(), unseen, false).await.unwrap();
    assert!(
        passed.entry.is_none() && passed.scan.registration == Some(anna),
        "nobody wanted to be told of her"
    );
}

each_database!(to_count_who_comes_for_the_first_time_is_no_way_to_the_database_of_its_own);
async fn to_count_who_comes_for_the_first_time_is_no_way_to_the_database_of_its_own(fixture: &Fixture<'_>) {
    let (event, people) = prepared(fixture, ["Anna A", "Boris B", "Clara C"]).await;
    let number = AtomicUsize::new(0);
    let pass = async |direction| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let id = u128::try_from(number).unwrap() + 1;
        let scan = NewScan { direction, ..coming_in(id, event, people[number % people.len()]) };
        fixture.store.check_in(&operator(event), "a request", fixture.now(), scan, true).await.unwrap();
    };
    let first = fewest_statements(&fixture.store, async || pass(Direction::In).await).await;
    let later = fewest_statements(&fixture.store, async || pass(Direction::Out).await).await;
    // SQLite inserts table by table.
    let own = u64::from(fixture.database.kind() == DatabaseKind::Sqlite);
    assert_eq!(first, later + own);
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 3, attended: 3, inside: 0 });
}

each_database!(of_many_doors_at_one_moment_one_lets_the_person_in);
async fn of_many_doors_at_one_moment_one_lets_the_person_in(fixture: &Fixture<'_>) {
    let (event, [anna]) = prepared(fixture, ["Anna A"]).await;
    let doors = (0..8).map(|door| {
        let store = fixture.store.clone();
        let now = fixture.now();
        tokio::spawn(async move {
            let mut work = store.begin(&operator(event), now).await.unwrap();
            work.check_in(coming_in(100 + door, event, anna)).await?;
            work.commit().await
        })
    });
    let doors: Vec<_> = doors.collect();
    let mut passed = 0;
    for door in doors {
        match door.await.unwrap() {
            Ok(()) => passed += 1,
            Err(failure) => {
                assert_eq!(problem::<()>(Err(failure)), CheckInRefusal::AlreadyIn.into());
            }
        }
    }
    assert_eq!(passed, 1);
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 1, attended: 1, inside: 1 });
}

each_database!(one_scan_sent_many_times_at_one_moment_is_one_scan);
async fn one_scan_sent_many_times_at_one_moment_is_one_scan(fixture: &Fixture<'_>) {
    let (event, [anna, boris]) = prepared(fixture, ["Anna A", "Boris B"]).await;
    let sent = (0..8_u32).map(|number| {
        let store = fixture.store.clone();
        let now = fixture.now();
        let whom = if number % 4 == 3 { boris } else { anna };
        tokio::spawn(async move {
            let mut work = store.begin(&operator(event), now).await.unwrap();
            let passed = work.check_in(coming_in(1, event, whom)).await?;
            work.commit().await.map(|()| (whom, passed.is_replay))
        })
    });
    let sent: Vec<_> = sent.collect();
    let (mut first, mut repeated, mut reused) = (Vec::new(), Vec::new(), 0);
    for one in sent {
        match one.await.unwrap() {
            Ok((whom, false)) => first.push(whom),
            Ok((whom, true)) => repeated.push(whom),
            Err(failure) => {
                assert_eq!(problem::<()>(Err(failure)), CheckInRefusal::IdReused.into());
                reused += 1;
            }
        }
    }
    assert_eq!(first.len(), 1);
    assert!(repeated.iter().all(|whom| *whom == first[0]));
    assert_eq!(repeated.len() + reused, 7);
}

each_database!(a_check_in_is_undone_with_a_reason_and_counts_no_longer);
async fn a_check_in_is_undone_with_a_reason_and_counts_no_longer(fixture: &Fixture<'_>) {
    let (event, [anna]) = prepared(fixture, ["Anna A"]).await;
    pass(fixture, coming_in(1, event, anna)).await;
    let mut work = fixture.work(&manager(event)).await;
    let refused = work.cancel_registration(anna, None, reason()).await;
    assert_eq!(problem(refused), RegistrationRefusal::HasAttended.into());
    let scan: ScanId = Uuid::from_u128(1).into();
    let undone = work.undo_check_in(scan, reason()).await.unwrap();
    assert_eq!(undone.entry.unwrap().attendance.unwrap(), Attendance::default());
    assert_eq!(problem(work.undo_check_in(scan, reason()).await), CheckInRefusal::AlreadyUndone.into());
    work.commit().await.unwrap();
    assert_eq!(figures(fixture, event).await, EventAttendance { expected: 1, attended: 0, inside: 0 });
    let scans = fixture.reading(&system()).scans_of_registrations(&[anna]).await.unwrap();
    assert_eq!(scans[&anna][0].resolution.as_ref().unwrap().reason, reason());
    // The person can come in again, by a scan of its own.
    assert!(pass(fixture, coming_in(2, event, anna)).await.is_inside);
    let tallies = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
    assert_eq!(tallies[&event], EventTally { registrations: 1, attended: 1 });
}

each_database!(the_door_is_open_while_the_event_is_and_the_list_a_little_longer);
async fn the_door_is_open_while_the_event_is_and_the_list_a_little_longer(fixture: &Fixture<'_>) {
    let (event, [anna, boris, clara]) = prepared(fixture, ["Anna A", "Boris B", "Clara C"]).await;
    fixture.step(event, &[EventStep::Start]).await;
    pass(fixture, coming_in(1, event, anna)).await;
    fixture.step(event, &[EventStep::Hold]).await;
    let mut work = fixture.work(&operator(event)).await;
    let late = work.check_in(coming_in(2, event, boris)).await;
    assert_eq!(problem(late), CheckInRefusal::Over { status: EventStatus::Held }.into());
    drop(work);
    pass(fixture, NewScan { method: Method::List, ..coming_in(3, event, boris) }).await;
    fixture.step(event, &[EventStep::Close]).await;
    let mut work = fixture.work(&operator(event)).await;
    let closed = work.check_in(NewScan { method: Method::List, ..coming_in(4, event, clara) }).await;
    assert_eq!(problem(closed), CheckInRefusal::Over { status: EventStatus::Closed }.into());
    assert!(work.undo_check_in(Uuid::from_u128(1).into(), reason()).await.is_err());
}

each_database!(whoever_comes_to_the_wrong_door_is_refused);
async fn whoever_comes_to_the_wrong_door_is_refused(fixture: &Fixture<'_>) {
    let (event, [anna]) = prepared(fixture, ["Anna A"]).await;
    let [host] = fixture.partners("UZ", ["Another host"]).await;
    let other = fixture.open_event(host, "Other").await;
    let mut work = fixture.work(&system()).await;
    let wrong = work.check_in(coming_in(1, other, anna)).await;
    assert_eq!(problem(wrong), CheckInRefusal::WrongEvent.into());
    let cancelled = work.cancel_registration(anna, None, reason()).await;
    assert!(cancelled.is_ok());
    let refused = work.check_in(coming_in(1, event, anna)).await;
    assert_eq!(problem(refused), CheckInRefusal::Cancelled.into());
    let nowhere = NewScan { session: Some(Uuid::from_u128(9).into()), ..coming_in(1, event, anna) };
    assert_eq!(problem(work.check_in(nowhere).await).code(), ProblemCode::ReferenceNotFound);
}

each_database!(the_door_is_kept_by_those_who_may);
async fn the_door_is_kept_by_those_who_may(fixture: &Fixture<'_>) {
    let (event, [anna]) = prepared(fixture, ["Anna A"]).await;
    let [other] = fixture.partners("UZ", ["Other"]).await;
    let elsewhere = fixture.open_event(other, "Elsewhere").await;
    for actor in [administrator(other), operator(elsewhere), coordinator("KZ"), viewer()] {
        let mut work = fixture.work(&actor).await;
        let hidden = work.check_in(coming_in(1, event, anna)).await;
        assert!(matches!(hidden, Err(Failure::NotFound(RecordKind::Registration))), "{actor:?}");
        assert_eq!(fixture.reading(&actor).attendance_of_event(event).await.unwrap(), None);
    }
    pass(fixture, coming_in(1, event, anna)).await;
    let mut work = fixture.work(&viewer()).await;
    let hidden = work.undo_check_in(Uuid::from_u128(1).into(), reason()).await;
    assert!(matches!(hidden, Err(Failure::NotFound(RecordKind::Scan))));
}

each_database!(followers_are_told_of_whom_a_change_is);
async fn followers_are_told_of_whom_a_change_is(fixture: &Fixture<'_>) {
    let (event, [anna]) = prepared(fixture, ["Anna A"]).await;
    let mut changes = fixture.store.follow();
    pass(fixture, coming_in(1, event, anna)).await;
    // The feed may still tell of what came before.
    let change = loop {
        let change = changes.recv().await.unwrap();
        if change.action == "check_in.scan" {
            break change;
        }
    };
    assert_eq!(change.event, Some(event));
    assert_eq!(change.subject_id, Uuid::from_u128(1));
    assert_eq!(change.registration.map(Id::uuid), Some(anna.uuid()));
}
