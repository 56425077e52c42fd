//! Scans that come again: what was shown tells them apart, and whoever handed one in is told so, whatever changed since.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    badge::{Badge, BadgeSecret, Issue, NewKey, Overlap},
    check_in::{Finding, NewScan, ScanFlag, ScanReason},
    id::{EventId, RegistrationId},
    text::{Line, Passage},
};
use hemicycle_persistence::{FlaggedFilter, Recorded};
use uuid::Uuid;

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, is_not_found},
    people::{as_participant, first, new_person, operator, system, viewer},
    submission::{Course, at, flags, submit},
};

/// A scan of a code, at nine in the morning.
fn of_code(number: u128, event: EventId, code: &str) -> NewScan {
    let nobody: RegistrationId = Uuid::nil().into();
    NewScan {
        registration: None,
        credential: Some(code.to_owned()),
        captured_at: Some(at(0)),
        ..coming_in(number, event, nobody)
    }
}

fn is_replay(recorded: &Recorded) -> bool {
    matches!(recorded, Recorded::Kept { is_replay: true, .. })
}

fn rejection(recorded: &Recorded) -> Option<ScanReason> {
    match recorded {
        Recorded::Rejected(reason) => Some(*reason),
        Recorded::Kept { .. } | Recorded::Refused(_) => None,
    }
}

async fn again(fixture: &Fixture<'_>, actor: &Arc<Actor>, scan: &NewScan) -> Recorded {
    submit(fixture, actor, std::slice::from_ref(scan)).await.remove(0)
}

/// Begins a key, whose badges are read from now on; those of former ones are not any more.
async fn begin_key(fixture: &Fixture<'_>, seed: u8) -> BadgeSecret {
    let secret = BadgeSecret::from_seed(&[seed; 32]);
    let id = Uuid::from_u128(seed.into()).into();
    let key = NewKey { id, key: secret.key(), sealed: "sealed".to_owned() };
    fixture.prepare(async |work| work.rotate_badge_key(key, Overlap::of_days(0)).await).await;
    secret
}

async fn badge_of(fixture: &Fixture<'_>, secret: &BadgeSecret, registration: RegistrationId) -> String {
    let reading = fixture.reading(&system());
    let entry = reading.find_registration(registration).await.unwrap().unwrap();
    let event = reading.find_event(entry.registration.event).await.unwrap().unwrap();
    secret.issue(&Badge::of(&entry.registration, &event, &Issue::default())).as_str().to_owned()
}

each_database!(two_unknown_codes_under_one_identifier_are_both_kept);
async fn two_unknown_codes_under_one_identifier_are_both_kept(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let actor = operator(course.event);
    let (one, other) = (of_code(1, course.event, "HC1:A"), of_code(1, course.event, "HC1:B"));
    // In one batch, and again in two.
    let taken = submit(fixture, &actor, &[one.clone(), other.clone(), one.clone()]).await;
    assert_eq!(flags(&taken[0]), [ScanFlag::UnknownCredential]);
    assert_eq!(flags(&taken[1]), [ScanFlag::UnknownCredential, ScanFlag::IdReused]);
    assert!(is_replay(&taken[2]));
    for scan in [&one, &other] {
        assert!(is_replay(&again(fixture, &actor, scan).await));
    }
    let flagged = fixture.reading(&system());
    let flagged = flagged.list_flagged_scans(course.event, &FlaggedFilter::default(), &first(10)).await;
    let mut shown: Vec<_> =
        flagged.unwrap().rows.into_iter().filter_map(|(_, flagged)| flagged.scan.credential).collect();
    shown.sort();
    assert_eq!(shown, ["HC1:A", "HC1:B"]);
}

each_database!(a_badge_whose_key_was_retired_since_is_the_same_badge);
async fn a_badge_whose_key_was_retired_since_is_the_same_badge(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 2).await;
    let secret = begin_key(fixture, 7).await;
    let phone = course.phone(1);
    let badge = async |person| badge_of(fixture, &secret, course.people[person]).await;
    let (anna, boris) = (badge(0).await, badge(1).await);
    let scan = |code: &str| NewScan { sequence: Some(1), ..of_code(1, course.event, code) };
    let taken = again(fixture, &phone, &scan(&anna)).await;
    assert!(flags(&taken).is_empty() && !is_replay(&taken));
    begin_key(fixture, 8).await;
    let counts = fixture.database.row_counts().await.unwrap();
    assert!(is_replay(&again(fixture, &phone, &scan(&anna)).await));
    assert!(is_replay(&again(fixture, &course.phone(2), &scan(&anna)).await));
    assert_eq!(fixture.database.row_counts().await.unwrap(), counts);
    // Another badge, which nobody can read any more either, is another scan.
    let other = again(fixture, &course.phone(2), &scan(&boris)).await;
    assert_eq!(flags(&other), [ScanFlag::UnknownCredential, ScanFlag::IdReused]);
}

each_database!(what_was_blanked_with_its_person_is_known_again);
async fn what_was_blanked_with_its_person_is_known_again(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 0).await;
    let event = course.event;
    let person = fixture.person(new_person("Zulfiya Karimova")).await.id;
    let registration = fixture.register(event, person, as_participant()).await;
    let scan = of_code(1, event, "Passport of Zulfiya");
    assert_eq!(flags(&again(fixture, &operator(event), &scan).await), [ScanFlag::UnknownCredential]);
    let reason = Passage::parse("reason", "Asked.").unwrap();
    let attach = vec![(scan.id, Finding::Attach(registration))];
    fixture.prepare(async |work| work.resolve_scans(event, attach, &reason).await).await;
    let letter = Line::parse("reason", "Letter 17").unwrap();
    fixture.prepare(async |work| work.erase_participant(person, &letter).await).await;
    let flagged = async || {
        let reading = fixture.reading(&system());
        let page = reading.list_flagged_scans(event, &FlaggedFilter::default(), &first(10)).await.unwrap();
        page.rows.into_iter().map(|(_, flagged)| flagged.scan.credential).collect::<Vec<_>>()
    };
    assert_eq!(flagged().await, [Some(String::new())]);
    assert!(is_replay(&again(fixture, &operator(event), &scan).await));
    assert_eq!(flagged().await.len(), 1);
}

each_database!(a_device_is_told_of_its_own_scan_wherever_it_may_stand_by_now);
async fn a_device_is_told_of_its_own_scan_wherever_it_may_stand_by_now(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let other = Course::prepare(fixture, 0).await;
    let [first_day, second_day] = [course.days[0], course.days[1]];
    let scan = |number| NewScan {
        checkpoint: Some(first_day),
        captured_at: Some(at(0)),
        ..coming_in(number, course.event, course.people[0])
    };
    let (taken, never_taken) = (scan(1), scan(2));
    assert!(!is_replay(&again(fixture, &course.phone_at(1, vec![first_day]), &taken).await));
    let counts = fixture.database.row_counts().await.unwrap();
    // Its checkpoints were changed since, and then its events.
    for moved in [course.phone_at(1, vec![second_day]), other.phone(1)] {
        assert!(is_replay(&again(fixture, &moved, &taken).await));
        assert!(rejection(&again(fixture, &moved, &never_taken).await).is_some());
    }
    assert_eq!(fixture.database.row_counts().await.unwrap(), counts);
}

each_database!(nobody_else_hears_of_a_scan_without_access);
async fn nobody_else_hears_of_a_scan_without_access(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let other = Course::prepare(fixture, 0).await;
    let scan = |number| NewScan {
        checkpoint: Some(course.days[0]),
        captured_at: Some(at(0)),
        ..coming_in(number, course.event, course.people[0])
    };
    again(fixture, &course.phone(1), &scan(1)).await;
    let badge = async |actor: &Arc<Actor>, number| {
        let by_code = NewScan { event: None, checkpoint: None, ..of_code(number, course.event, "HC1:A") };
        rejection(&again(fixture, actor, &by_code).await)
    };
    again(fixture, &course.phone(1), &of_code(3, course.event, "HC1:A")).await;
    // Another enrolment of the same device, too.
    for stranger in [course.phone_at(2, vec![course.days[1]]), other.phone(2), viewer()] {
        let [of_taken, of_none] = [1, 2].map(scan);
        let told = rejection(&again(fixture, &stranger, &of_taken).await);
        assert!(told.is_some() && told == rejection(&again(fixture, &stranger, &of_none).await), "{told:?}");
    }
    for stranger in [course.phone_at(2, vec![course.days[1]]), viewer()] {
        let told = badge(&stranger, 3).await;
        assert!(told.is_some() && told == badge(&stranger, 4).await, "{told:?}");
    }
    // One that serves another event alone hands in a scan of that event.
    let by_code = NewScan { event: None, ..of_code(3, course.event, "HC1:A") };
    assert!(!is_replay(&again(fixture, &other.phone(2), &by_code).await));
}

each_database!(a_badge_that_alone_tells_the_event_is_known_again_when_it_cannot_be_read_any_more);
async fn a_badge_that_alone_tells_the_event_is_known_again_when_it_cannot_be_read_any_more(
    fixture: &Fixture<'_>,
) {
    let course = Course::prepare(fixture, 1).await;
    let secret = begin_key(fixture, 7).await;
    let badge = badge_of(fixture, &secret, course.people[0]).await;
    let scan = NewScan { event: None, ..of_code(1, course.event, &badge) };
    let account = operator(course.event);
    assert!(flags(&again(fixture, &account, &scan).await).is_empty());
    begin_key(fixture, 8).await;
    assert!(is_replay(&again(fixture, &account, &scan).await));
    let online = fixture.act(&account, async |work| work.check_in(scan).await).await.unwrap();
    assert!(online.is_replay && online.entry.unwrap().registration.id == course.people[0]);
}

each_database!(who_sees_the_people_no_more_is_not_shown_one_by_asking_again);
async fn who_sees_the_people_no_more_is_not_shown_one_by_asking_again(fixture: &Fixture<'_>) {
    let course = Course::prepare(fixture, 1).await;
    let scan = coming_in(1, course.event, course.people[0]);
    let ask = async |actor: &Arc<Actor>| {
        let scan = scan.clone();
        fixture.act(actor, async |work| work.check_in(scan).await).await
    };
    assert!(!ask(&operator(course.event)).await.unwrap().is_replay);
    assert!(ask(&operator(course.event)).await.unwrap().is_replay);
    // The same account, whose role was taken away.
    assert!(is_not_found(ask(&viewer()).await));
    assert!(is_replay(&again(fixture, &viewer(), &scan).await));
}

each_database!(nobody_of_another_event_is_shown_by_asking_again);
async fn nobody_of_another_event_is_shown_by_asking_again(fixture: &Fixture<'_>) {
    let [course, other] = [Course::prepare(fixture, 1).await, Course::prepare(fixture, 1).await];
    let secret = begin_key(fixture, 7).await;
    let badge = badge_of(fixture, &secret, other.people[0]).await;
    let account = operator(course.event);
    let named = coming_in(1, course.event, other.people[0]);
    for scan in [named, of_code(2, course.event, &badge)] {
        // Without a network it is kept for whoever reviews.
        assert_eq!(flags(&again(fixture, &account, &scan).await), [ScanFlag::WrongEvent]);
        assert!(is_replay(&again(fixture, &account, &scan).await));
        let asked = fixture.act(&account, async |work| work.check_in(scan).await).await;
        assert!(asked.is_err(), "{asked:?}");
    }
}
