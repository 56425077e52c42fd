//! Rooms that hold so many, and devices that stand at some checkpoints alone.

use hemicycle_domain::{
    check_in::{NewScan, ScanFlag, ScanReason},
    checkpoint::{CheckpointChange, CheckpointKind, CheckpointRules, NewCheckpoint},
};
use hemicycle_persistence::Recorded;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, text},
    people::manager,
    submission::{Course, at, flags, submit},
};

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
