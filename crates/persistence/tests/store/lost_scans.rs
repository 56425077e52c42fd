//! Scans that never came: told of each device to whoever sees it, whichever way the others came, in two statements.

use std::sync::Arc;

use chrono::TimeDelta;
use hemicycle_domain::{
    access::Actor,
    check_in::{NewScan, Received, ScanReason},
    device::EnrolmentId,
    id::DeviceId,
};
use hemicycle_persistence::{Reading, Stray, Work};

use crate::{
    check_in::coming_in,
    each_database,
    fixture::Fixture,
    people::{manager, operator, viewer},
    submission::{Course, at, submit},
};

/// Scans of these numbers, each of another person; `phone` keeps those of one apart from those of another.
fn numbered(course: &Course, phone: u128, numbers: &[i64]) -> Vec<NewScan> {
    let scan = |number: &i64| {
        let id = phone * 1_000_000 + u128::try_from(*number).unwrap();
        let person = course.people[usize::try_from(*number).unwrap() % course.people.len()];
        let scan = coming_in(id, course.event, person);
        NewScan { sequence: Some(*number), captured_at: Some(at(0)), ..scan }
    };
    numbers.iter().map(scan).collect()
}

fn stray(number: i64) -> Stray {
    Stray {
        sequence: Some(number),
        reason: ScanReason::Malformed,
        registration: None,
        credential: None,
        body: "scanId: ?".to_owned(),
        digest: format!("of {number}"),
    }
}

fn gaps(received: &Received) -> Vec<(i64, i64)> {
    received.gaps().iter().map(|gap| (gap.first, gap.last)).collect()
}

fn enrolment_of(actor: &Actor) -> EnrolmentId {
    match actor {
        Actor::Device { enrolment, .. } => *enrolment,
        other => panic!("not a device: {other:?}"),
    }
}

/// What the manager is told of a device; none where it was never enrolled.
async fn told(fixture: &Fixture<'_>, course: &Course, device: DeviceId) -> Option<Vec<(i64, i64)>> {
    let reading = fixture.reading(&manager(course.event));
    let found = reading.numbers_of_devices(&[device]).await.unwrap();
    found.get(&device).map(gaps)
}

/// Looks at the numbers of a device as a batch of it does.
async fn look(fixture: &Fixture<'_>, phone: &Arc<Actor>) -> Vec<(i64, i64)> {
    let enrolment = enrolment_of(phone);
    let look = async |work: &mut Work| work.numbers_of_enrolment(enrolment).await;
    gaps(&fixture.act(phone, look).await.unwrap())
}

each_database!(what_never_came_is_told_until_it_comes);
async fn what_never_came_is_told_until_it_comes(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 5).await;
    let phone = fixture.enrolled(course.event, 7).await;
    let id = phone.device().unwrap();
    assert_eq!(told(fixture, &course, id).await, Some(vec![]));
    submit(fixture, &phone, &numbered(&course, 7, &[1, 2, 5, 9])).await;
    // It is told whether or not someone has looked at the numbers of the device before.
    assert_eq!(told(fixture, &course, id).await, Some(vec![(3, 4), (6, 8)]));
    assert_eq!(look(fixture, &phone).await, [(3, 4), (6, 8)]);
    assert_eq!(told(fixture, &course, id).await, Some(vec![(3, 4), (6, 8)]));
    // One comes late, one was rejected for good, one goes beyond: nobody has looked since.
    submit(fixture, &phone, &numbered(&course, 7, &[7, 12])).await;
    fixture.act(&phone, async |work| work.keep_strays(vec![stray(4), stray(-1)]).await).await.unwrap();
    assert_eq!(told(fixture, &course, id).await, Some(vec![(3, 3), (6, 6), (8, 8), (10, 11)]));
    assert_eq!(look(fixture, &phone).await, [(3, 3), (6, 6), (8, 8), (10, 11)]);
    submit(fixture, &phone, &numbered(&course, 7, &[3, 6, 8, 10, 11])).await;
    assert_eq!(told(fixture, &course, id).await, Some(vec![]));
    assert_eq!(look(fixture, &phone).await, []);
}

each_database!(a_scan_that_was_rejected_for_good_is_not_lost);
async fn a_scan_that_was_rejected_for_good_is_not_lost(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let phone = fixture.enrolled(course.event, 7).await;
    submit(fixture, &phone, &numbered(&course, 7, &[1])).await;
    fixture.act(&phone, async |work| work.keep_strays(vec![stray(2), stray(4)]).await).await.unwrap();
    // The highest that came was rejected: what is missing below it is lost.
    assert_eq!(told(fixture, &course, phone.device().unwrap()).await, Some(vec![(3, 3)]));
}

each_database!(who_does_not_see_a_device_is_told_nothing_of_its_numbers);
async fn who_does_not_see_a_device_is_told_nothing_of_its_numbers(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let elsewhere = Course::prepare(fixture, 1).await;
    let phone = fixture.enrolled(course.event, 7).await;
    submit(fixture, &phone, &numbered(&course, 7, &[2])).await;
    let id = phone.device().unwrap();
    let seen = async |actor: Arc<Actor>| {
        fixture.reading(&actor).numbers_of_devices(&[id]).await.unwrap().contains_key(&id)
    };
    assert!(seen(manager(course.event)).await && seen(operator(course.event)).await);
    assert!(!seen(viewer()).await && !seen(manager(elsewhere.event)).await);
}

each_database!(another_enrolment_counts_from_one_again);
async fn another_enrolment_counts_from_one_again(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 3).await;
    let phone = fixture.enrolled(course.event, 7).await;
    let id = phone.device().unwrap();
    submit(fixture, &phone, &numbered(&course, 7, &[5])).await;
    assert_eq!(look(fixture, &phone).await, [(1, 4)]);
    let phone = fixture.enrolled_anew(id, 8).await;
    assert_eq!(told(fixture, &course, id).await, Some(vec![]));
    submit(fixture, &phone, &numbered(&course, 8, &[2])).await;
    assert_eq!(told(fixture, &course, id).await, Some(vec![(1, 1)]));
}

each_database!(the_live_view_tells_how_many_are_lost_as_the_device_was_heard_of_last);
async fn the_live_view_tells_how_many_are_lost_as_the_device_was_heard_of_last(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let phone = fixture.enrolled(course.event, 7).await;
    let lost = async || {
        let live = fixture.reading(&manager(course.event)).live_attendance(course.event).await.unwrap();
        live.unwrap().devices[0].lost
    };
    assert_eq!(lost().await, 0);
    submit(fixture, &phone, &numbered(&course, 7, &[1, 4])).await;
    look(fixture, &phone).await;
    assert_eq!(lost().await, 2);
    // A device that asks about each scan by itself hands in no batch: it is heard of all the same.
    submit(fixture, &phone, &numbered(&course, 7, &[9])).await;
    let later = fixture.now() + TimeDelta::minutes(2);
    let heard = fixture.store.find_device_actor(phone.device().unwrap(), enrolment_of(&phone), later).await;
    assert!(heard.unwrap().is_some());
    assert_eq!(lost().await, 6);
}

each_database!(fifty_devices_take_as_many_statements_as_one);
async fn fifty_devices_take_as_many_statements_as_one(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 3).await;
    let mut devices = Vec::new();
    for phone in 0..50 {
        let actor = fixture.enrolled(course.event, 0x700 + phone).await;
        submit(fixture, &actor, &numbered(&course, 0x700 + phone, &[1, 3, 6])).await;
        devices.push(actor.device().unwrap());
    }
    let statements = async |devices: &[DeviceId]| {
        let question = async |reading: Reading| {
            let found = reading.numbers_of_devices(devices).await.unwrap();
            assert!(devices.iter().all(|device| gaps(&found[device]) == [(2, 2), (4, 5)]));
        };
        fixture.statements(&manager(course.event), question).await
    };
    assert_eq!([statements(&devices[..1]).await, statements(&devices).await], [2, 2]);
}

each_database!(a_phone_that_loses_every_other_scan_is_told_all_of_them);
async fn a_phone_that_loses_every_other_scan_is_told_all_of_them(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 50).await;
    let phone = fixture.enrolled(course.event, 7).await;
    let most = i64::try_from(Received::MOST_GAPS).unwrap();
    let odd: Vec<i64> = (0..most + 200).map(|number| 2 * number + 1).collect();
    for part in odd.chunks(500) {
        submit(fixture, &phone, &numbered(&course, 7, part)).await;
        look(fixture, &phone).await;
    }
    let expected: Vec<(i64, i64)> = odd.windows(2).map(|pair| (pair[0] + 1, pair[1] - 1)).collect();
    assert_eq!(told(fixture, &course, phone.device().unwrap()).await, Some(expected));
}
