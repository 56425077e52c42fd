//! Works that want the same records in opposite orders: each comes to its end, and nobody hears of a deadlock.

use hemicycle_domain::{
    check_in::{Direction, Finding, NewScan},
    id::{EventId, Id, ParticipantId, RegistrationId, ScanId},
    text::Passage,
};
use hemicycle_persistence::{Failure, Recorded, Store};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::Fixture,
    people::{as_participant, new_person, person_of, system},
    submission::{Course, at, handed},
    walk_in::walk_in,
};

/// How often a case lets works meet.
const ROUNDS: u128 = 20;

fn reason() -> Passage {
    Passage::parse("reason", "Showed a passport.").unwrap()
}

fn scan(number: u128, event: EventId, registration: RegistrationId) -> NewScan {
    NewScan { captured_at: Some(at(0)), ..coming_in(number, event, registration) }
}

/// Of two opposite merges one succeeds, and the other is refused by a rule.
fn assert_one_was_refused<T, U>(one: Result<T, Failure>, other: Result<U, Failure>) {
    match (one, other) {
        (Ok(_), Err(Failure::Problem(_))) | (Err(Failure::Problem(_)), Ok(_)) => {}
        (one, other) => panic!("{:?} and {:?}", one.err(), other.err()),
    }
}

each_database!(of_two_opposite_merges_of_partners_one_is_refused);
async fn of_two_opposite_merges_of_partners_one_is_refused(fixture: &Fixture<'_>) {
    for round in 0..ROUNDS {
        let [one, other] = fixture.partners("UZ", [&format!("A {round}"), &format!("B {round}")]).await;
        for partner in [one, other] {
            fixture.open_event(partner, "Seminar").await;
        }
        let (done, undone) = tokio::join!(
            fixture.attempt(async |work| work.merge_partners(one, other).await),
            fixture.attempt(async |work| work.merge_partners(other, one).await),
        );
        assert_one_was_refused(done, undone);
    }
}

each_database!(of_two_opposite_merges_of_people_one_is_refused);
async fn of_two_opposite_merges_of_people_one_is_refused(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let events = [fixture.open_event(home, "Seminar").await, fixture.open_event(home, "Conference").await];
    for round in 0..ROUNDS {
        let one = fixture.person(person_of(home, &format!("Anna {round}"))).await.id;
        let other = fixture.person(person_of(home, &format!("Ann {round}"))).await.id;
        for (person, event) in [(one, events[0]), (other, events[1])] {
            fixture.register(event, person, as_participant()).await;
        }
        let (done, undone) = tokio::join!(
            fixture.attempt(async |work| work.merge_participants(one, other).await),
            fixture.attempt(async |work| work.merge_participants(other, one).await),
        );
        assert_one_was_refused(done, undone);
    }
}

each_database!(a_batch_with_walk_ins_and_one_of_the_same_people_both_come_to_an_end);
async fn a_batch_with_walk_ins_and_one_of_the_same_people_both_come_to_an_end(fixture: &Fixture<'_>) {
    for round in 0..ROUNDS {
        let course = Course::prepare(fixture, 8).await;
        let (event, first) = (course.event, 0x1_0000 * (round + 1));
        let scans = |from: u128| -> Vec<NewScan> {
            (from..).zip(&course.people).map(|(number, person)| scan(number, event, *person)).collect()
        };
        // As many walk-ins as touch each of the event's counters, beside those whom the other batch shows.
        let guests: Vec<_> =
            (first..first + 24).map(|n| walk_in(n, event, new_person(&format!("Guest {n}")))).collect();
        let (with_guests, without) =
            (handed(&system(), &scans(first)), handed(&system(), &scans(first + 50)));
        let (one, other) = tokio::join!(
            fixture.attempt(async |work| work.hand_in(guests, with_guests).await),
            fixture.attempt(async |work| work.hand_in(Vec::new(), without).await),
        );
        assert_eq!(one.unwrap().1.len() + other.unwrap().1.len(), 16);
        let tallies = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
        assert_eq!((tallies[&event].registrations, tallies[&event].attended), (32, 8));
    }
}

/// Hands scans in as the API does, begun anew where it crossed another work.
async fn hand_in(store: Store, fixture: &Fixture<'_>, scans: Vec<NewScan>) -> Result<Vec<Recorded>, Failure> {
    let actor = system();
    let done = store.attempt(&actor, fixture.now(), None, |work| {
        let handed = handed(&actor, &scans);
        Box::pin(async move { Ok(work.hand_in(Vec::new(), handed).await?.1) })
    });
    done.await
}

async fn scans_that_show(fixture: &Fixture<'_>, registrations: &[RegistrationId]) -> usize {
    let scans = fixture.reading(&system()).scans_of_registrations(registrations).await.unwrap();
    scans.values().map(Vec::len).sum()
}

/// A walk-in that turns out to be someone who was registered before, with both registrations.
async fn guest_and_known(
    fixture: &Fixture<'_>,
    event: EventId,
    n: u128,
) -> (hemicycle_domain::walk_in::WalkIn, ParticipantId, RegistrationId) {
    let known = fixture.prepare(async |work| {
        work.register_new_participant(event, new_person(&format!("Known {n}")), as_participant()).await
    });
    let known = known.await;
    let guest = walk_in(n, event, new_person(&format!("Guest {n}")));
    let guest = fixture.prepare(async |work| Ok(work.register_walk_in(guest).await?.0)).await;
    (guest, known.participant.id, known.registration.id)
}

each_database!(batches_that_show_a_walk_in_while_it_is_merged_come_to_an_end);
async fn batches_that_show_a_walk_in_while_it_is_merged_come_to_an_end(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let event = course.event;
    for round in 0..ROUNDS {
        let first = 0x1_0000 * (round + 1);
        let (guest, known, goes_on) = guest_and_known(fixture, event, first).await;
        let by_walk_in =
            NewScan { registration: None, walk_in: Some(guest.id), ..scan(first + 1, event, goes_on) };
        // One names the registration that ends alone, one both, the one that goes on first; one the walk-in.
        let batches = [
            vec![scan(first + 2, event, guest.registration)],
            vec![scan(first + 3, event, goes_on), scan(first + 4, event, guest.registration)],
            vec![by_walk_in, scan(first + 5, event, goes_on)],
        ];
        let [one, two, three] = batches.map(|scans| hand_in(fixture.store.clone(), fixture, scans));
        let actor = system();
        let merge = fixture.store.attempt(&actor, fixture.now(), None, |work| {
            Box::pin(work.merge_walk_in(guest.id, known, reason()))
        });
        let (one, merged, two, three) = tokio::join!(one, merge, two, three);
        merged.unwrap();
        for recorded in [one, two, three].into_iter().flat_map(Result::unwrap) {
            assert!(matches!(recorded, Recorded::Kept { .. }), "{recorded:?}");
        }
        let reading = fixture.reading(&system());
        let entry = reading.find_registration(goes_on).await.unwrap().unwrap();
        assert!(entry.attendance.unwrap().has_attended);
        assert_eq!(scans_that_show(fixture, &[goes_on, guest.registration]).await, 5);
        let tallies = reading.tallies_of_events(&[event]).await.unwrap();
        let people = i64::try_from(round + 1).unwrap();
        assert_eq!((tallies[&event].registrations, tallies[&event].attended), (people, people));
    }
}

each_database!(a_batch_does_not_wait_out_of_order_for_whom_a_walk_in_was_merged_into);
async fn a_batch_does_not_wait_out_of_order_for_whom_a_walk_in_was_merged_into(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let event = course.event;
    let (guest, known, goes_on) = guest_and_known(fixture, event, 1).await;
    fixture.prepare(async |work| work.merge_walk_in(guest.id, known, reason()).await).await;
    // It holds the one that goes on, and will want the one that ended.
    let mut open = fixture.work(&system()).await;
    open.record_scans(handed(&system(), &[scan(11, event, goes_on)])).await.unwrap();
    let other = hand_in(fixture.store.clone(), fixture, vec![scan(12, event, guest.registration)]);
    let rest = async {
        for _ in 0..2_000 {
            tokio::task::yield_now().await;
        }
        open.record_scans(handed(&system(), &[scan(13, event, guest.registration)])).await?;
        open.commit().await
    };
    let (other, rest) = tokio::join!(other, rest);
    rest.unwrap();
    assert!(matches!(other.unwrap()[0], Recorded::Kept { .. }));
    assert_eq!(scans_that_show(fixture, &[goes_on, guest.registration]).await, 3);
}

each_database!(of_two_who_attach_one_scan_to_two_people_the_last_holds);
async fn of_two_who_attach_one_scan_to_two_people_the_last_holds(fixture: &Fixture<'_>) {
    for round in 0..ROUNDS {
        let course = Course::prepare(fixture, 2).await;
        let event = course.event;
        let unknown = NewScan {
            registration: None,
            credential: Some("a code of nobody".to_owned()),
            direction: Direction::In,
            ..scan(0x1_0000 * (round + 1), event, Uuid::nil().into())
        };
        hand_in(fixture.store.clone(), fixture, vec![unknown.clone()]).await.unwrap();
        let actor = system();
        let attach = |to: RegistrationId| {
            let finding = (ScanId::from(unknown.id.uuid()), Finding::Attach(to));
            fixture.store.attempt(&actor, fixture.now(), None, move |work| {
                Box::pin(async move { work.resolve_scans(event, vec![finding], &reason()).await })
            })
        };
        let (one, other) = tokio::join!(attach(course.people[0]), attach(course.people[1]));
        for answers in [one, other] {
            assert!(answers.unwrap().iter().all(Result::is_ok));
        }
        let reading = fixture.reading(&system());
        let mut attended = 0;
        for person in &course.people {
            let entry = reading.find_registration(*person).await.unwrap().unwrap();
            attended += i64::from(entry.attendance.unwrap().has_attended);
        }
        assert_eq!(attended, 1, "the scan counts for one of them");
        let tallies = reading.tallies_of_events(&[event]).await.unwrap();
        assert_eq!(tallies[&event].attended, 1);
    }
}
