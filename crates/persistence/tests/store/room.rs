//! Rooms that hold so many, and devices that stand at some checkpoints or at one event alone.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    check_in::{NewScan, ScanFlag, ScanReason},
    checkpoint::{CheckpointChange, CheckpointKind, CheckpointRules, MissingExit, NewCheckpoint},
    device::{Duty, EnrolmentId},
    id::CheckpointId,
    problem::ProblemCode,
};
use hemicycle_persistence::{Failure, Recorded};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, code_of, text},
    people::{manager, system},
    submission::{Course, at, flags, handed, submit},
};

/// A room of the course that holds so many.
async fn room(fixture: &Fixture<'_>, course: &Course, name: &str, capacity: i32) -> CheckpointId {
    let new = NewCheckpoint {
        event: course.event,
        kind: CheckpointKind::Door,
        name: Some(text(name)),
        day: None,
        session: None,
        rules: CheckpointRules { capacity: Some(capacity), ..CheckpointRules::default() },
    };
    fixture.prepare(async |work| work.create_checkpoint(new).await).await.id
}

/// People of the course who want into a room, each with a scan of their own.
fn wanting(course: &Course, room: CheckpointId, people: std::ops::Range<usize>) -> Vec<NewScan> {
    let scan = |person: usize| NewScan {
        checkpoint: Some(room),
        captured_at: Some(at(60)),
        ..coming_in(0x1000 + person as u128, course.event, course.people[person])
    };
    people.map(scan).collect()
}

/// Hands a batch in, in a transaction of its own that is not begun again; tells how many found a place.
fn hand_in(fixture: &Fixture<'_>, batch: Vec<NewScan>) -> tokio::task::JoinHandle<Result<usize, Failure>> {
    let (store, now) = (fixture.store.clone(), fixture.now());
    tokio::spawn(async move {
        let mut work = store.begin(&system(), now).await?;
        let recorded = work.record_scans(handed(&system(), &batch)).await?;
        work.commit().await?;
        let is_full = |one: &&Recorded| flags(one).contains(&ScanFlag::CapacityExceeded);
        Ok(recorded.len() - recorded.iter().filter(is_full).count())
    })
}

each_database!(batches_that_come_at_one_moment_fill_a_room_and_no_more);
async fn batches_that_come_at_one_moment_fill_a_room_and_no_more(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 40).await;
    let hall = room(fixture, &course, "Hall", 12).await;
    let batches = (0..8).map(|number| hand_in(fixture, wanting(&course, hall, number * 5..number * 5 + 5)));
    let mut found_a_place = 0;
    for batch in batches.collect::<Vec<_>>() {
        found_a_place += batch.await.unwrap().unwrap();
    }
    assert_eq!(found_a_place, 12);
}

each_database!(those_who_wait_at_one_moment_get_as_many_places_as_there_are);
async fn those_who_wait_at_one_moment_get_as_many_places_as_there_are(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 12).await;
    let hall = room(fixture, &course, "Hall", 5).await;
    let waiting = wanting(&course, hall, 0..12).into_iter().map(|scan| {
        let (store, now) = (fixture.store.clone(), fixture.now());
        // Each in a transaction of its own: none has to share one with those before it.
        tokio::spawn(async move {
            let mut work = store.begin(&system(), now).await?;
            work.check_in(NewScan { captured_at: None, ..scan }).await?;
            work.commit().await
        })
    });
    let (mut let_in, mut turned_away) = (0, 0);
    for waiting in waiting.collect::<Vec<_>>() {
        let outcome = waiting.await.unwrap();
        let_in += usize::from(outcome.is_ok());
        turned_away += usize::from(code_of(outcome) == Some(ProblemCode::CheckpointFull));
    }
    assert_eq!((let_in, turned_away), (5, 7));
}

each_database!(batches_that_want_into_two_rooms_in_opposite_orders_both_come_to_an_end);
async fn batches_that_want_into_two_rooms_in_opposite_orders_both_come_to_an_end(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 80).await;
    let (hall, foyer) = (room(fixture, &course, "Hall", 30).await, room(fixture, &course, "Foyer", 30).await);
    let batches = (0..20).map(|number: usize| {
        let (first, second) = if number.is_multiple_of(2) { (hall, foyer) } else { (foyer, hall) };
        let from = number * 4;
        let mut batch = wanting(&course, first, from..from + 2);
        batch.extend(wanting(&course, second, from + 2..from + 4));
        hand_in(fixture, batch)
    });
    let mut found_a_place = 0;
    for batch in batches.collect::<Vec<_>>() {
        found_a_place += batch.await.unwrap().unwrap();
    }
    assert_eq!(found_a_place, 60);
}

each_database!(who_wants_into_a_room_and_who_changes_it_do_not_stand_in_each_others_way);
async fn who_wants_into_a_room_and_who_changes_it_do_not_stand_in_each_others_way(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 40).await;
    let hall = room(fixture, &course, "Hall", 100).await;
    // Whose attendance is folded anew with the rules of the room.
    hand_in(fixture, wanting(&course, hall, 0..10)).await.unwrap().unwrap();
    for round in 0..10 {
        let mut coming = wanting(&course, hall, 10 + round * 3..13 + round * 3);
        // Someone who is in already, seen once more, whom the change waits for.
        coming.push(NewScan {
            id: Uuid::from_u128(0x2000 + round as u128).into(),
            ..wanting(&course, hall, round..round + 1).remove(0)
        });
        let change = CheckpointChange {
            missing_exit_minutes: Some(Some(30 + i32::try_from(round).unwrap())),
            missing_exit: Some(MissingExit::AfterMinutes),
            ..CheckpointChange::default()
        };
        let batch = hand_in(fixture, coming);
        let changed = fixture.attempt(async |work| work.update_checkpoint(hall, None, change).await).await;
        assert!(changed.is_ok(), "{:?}", changed.err());
        assert_eq!(batch.await.unwrap().unwrap(), 4);
    }
}

each_database!(a_room_fills_within_a_batch_and_so_does_one_inside_the_event);
async fn a_room_fills_within_a_batch_and_so_does_one_inside_the_event(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 3).await;
    let actor = manager(course.event);
    let limit = CheckpointChange { capacity: Some(Some(2)), ..CheckpointChange::default() };
    let day = course.days[0];
    fixture.act(&actor, async |work| work.update_checkpoint(day, None, limit).await).await.unwrap();
    let room = NewCheckpoint {
        event: course.event,
        kind: CheckpointKind::Meal,
        name: Some(text("Lunch")),
        day: None,
        session: None,
        rules: CheckpointRules { capacity: Some(1), ..CheckpointRules::default() },
    };
    let meal = fixture.act(&actor, async |work| work.create_checkpoint(room).await).await.unwrap().id;
    let came = |id: u128, checkpoint, person: usize, minute| NewScan {
        checkpoint: Some(checkpoint),
        captured_at: Some(at(minute)),
        ..coming_in(id, course.event, course.people[person])
    };
    let phone = course.phone(1);
    let at_the_door = [came(1, day, 0, 60), came(2, day, 1, 61), came(3, day, 2, 62)];
    let taken = submit(fixture, &phone, &at_the_door).await;
    let full = [ScanFlag::CapacityExceeded];
    assert_eq!(taken.iter().map(flags).collect::<Vec<_>>(), [&[][..], &[], &full]);
    let first = submit(fixture, &phone, &[came(4, meal, 0, 90)]).await;
    let second = submit(fixture, &phone, &[came(5, meal, 1, 91)]).await;
    assert_eq!((flags(&first[0]), flags(&second[0])), (&[][..], &full[..]));
}

each_database!(within_a_batch_whoever_is_in_takes_one_place_and_what_does_not_count_takes_none);
async fn within_a_batch_whoever_is_in_takes_one_place_and_what_does_not_count_takes_none(
    fixture: &Fixture<'_>,
) {
    let course = Course::prepare(fixture, 3).await;
    let other = Course::prepare(fixture, 1).await;
    let hall = room(fixture, &course, "Hall", 3).await;
    let came = |id: u128, person, minute| NewScan {
        checkpoint: Some(hall),
        captured_at: Some(at(minute)),
        ..coming_in(id, course.event, person)
    };
    let batch = [
        came(1, course.people[0], 60),
        came(2, course.people[0], 70),
        came(3, other.people[0], 71),
        came(4, course.people[1], 72),
        came(5, course.people[2], 73),
    ];
    let taken = submit(fixture, &system(), &batch).await;
    let told: Vec<_> = taken.iter().map(flags).collect();
    assert_eq!(told, [&[][..], &[], &[ScanFlag::WrongEvent], &[], &[]]);
}

each_database!(whoever_is_in_a_full_room_is_not_one_too_many);
async fn whoever_is_in_a_full_room_is_not_one_too_many(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let hall = room(fixture, &course, "Hall", 1).await;
    let [within, without] = [0, 1].map(|person| wanting(&course, hall, person..person + 1).remove(0));
    let again = NewScan { id: Uuid::from_u128(0x2000).into(), ..within.clone() };
    let taken = submit(fixture, &system(), &[within, again.clone(), without]).await;
    let told: Vec<_> = taken.iter().map(flags).collect();
    assert_eq!(told, [&[][..], &[], &[ScanFlag::CapacityExceeded]]);
    let online = NewScan { id: Uuid::from_u128(0x3000).into(), captured_at: None, ..again };
    let refused = fixture.attempt(async |work| work.check_in(online).await).await;
    assert_eq!(code_of(refused), Some(ProblemCode::AlreadyIn));
}

each_database!(a_device_that_serves_some_checkpoints_names_one_of_them);
async fn a_device_that_serves_some_checkpoints_names_one_of_them(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let [ours, other] = [course.days[0], course.days[1]];
    let phone = course.phone_at(1, vec![ours]);
    for (id, checkpoint, is_kept) in [(1, None, false), (2, Some(other), false), (3, Some(ours), true)] {
        let scan = NewScan {
            checkpoint,
            captured_at: Some(at(60)),
            ..coming_in(id, course.event, course.people[0])
        };
        let taken = submit(fixture, &phone, &[scan]).await;
        let is_refused = matches!(taken[0], Recorded::Rejected(ScanReason::NotPermitted));
        assert_eq!((is_refused, matches!(taken[0], Recorded::Kept { .. })), (!is_kept, is_kept));
    }
}

each_database!(a_scan_that_names_no_place_is_of_the_only_event_that_its_device_serves);
async fn a_scan_that_names_no_place_is_of_the_only_event_that_its_device_serves(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let other = Course::prepare(fixture, 1).await;
    let placeless = |id, registration, code: Option<&str>| NewScan {
        event: None,
        registration,
        credential: code.map(ToOwned::to_owned),
        captured_at: Some(at(0)),
        ..coming_in(id, course.event, course.people[0])
    };
    let batch = [
        placeless(1, None, Some("half of a badge")),
        placeless(2, Some(course.people[0]), None),
        placeless(3, Some(other.people[0]), None),
    ];
    let taken = submit(fixture, &course.phone(1), &batch).await;
    let told: Vec<_> = taken.iter().map(flags).collect();
    assert_eq!(told, [&[ScanFlag::UnknownCredential][..], &[], &[ScanFlag::WrongEvent]]);
    for recorded in &taken {
        assert!(matches!(recorded, Recorded::Kept { scan, .. } if scan.event == course.event));
    }
    // Of several events nobody can say which it was.
    let both = Arc::new(Actor::Device {
        id: Uuid::from_u128(2).into(),
        enrolment: EnrolmentId(Uuid::from_u128(0xe002)),
        events: vec![course.event, other.event],
        checkpoints: Vec::new(),
        duty: Duty::Over,
    });
    let unplaced = submit(fixture, &both, &[placeless(4, None, Some("half of a badge"))]).await;
    assert!(matches!(unplaced[0], Recorded::Rejected(ScanReason::UnknownEvent)));
}
