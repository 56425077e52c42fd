//! The review of flagged scans: what waits, what a person decides, and the attendance that follows.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    check_in::{Finding, NewScan, Presence, ResolutionKind, ScanFlag},
    id::{EventId, RegistrationId, ScanId},
    problem::ProblemCode,
    text::Passage,
};
use hemicycle_persistence::{Failure, FlaggedFilter, FlaggedScan, Handed};

use crate::{
    check_in::coming_in,
    each_database,
    fixture::{Fixture, code_of, is_refused},
    people::{first, manager, operator, system, viewer},
};

fn reason() -> Passage {
    Passage::parse("reason", "Asked at the door.").unwrap()
}

/// An event with two people, and an offline scan of a code that nobody has.
async fn prepared(fixture: &Fixture<'_>) -> (EventId, [RegistrationId; 2]) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Conference").await;
    let people = fixture.crowd(event, ["Anna A", "Boris B"]).await;
    let unknown = NewScan {
        registration: None,
        credential: Some("a code of someone else".to_owned()),
        ..coming_in(1, event, people[0])
    };
    hand_in(fixture, event, vec![unknown]).await;
    (event, people)
}

async fn hand_in(fixture: &Fixture<'_>, event: EventId, scans: Vec<NewScan>) {
    let actor = operator(event);
    let hand = |scan| Handed {
        actor: Arc::clone(&actor),
        request: None,
        presence: Presence::Offline,
        is_told: false,
        sent_at: None,
        scan,
    };
    fixture
        .act(&actor, async |work| work.record_scans(scans.into_iter().map(hand).collect()).await)
        .await
        .unwrap();
}

async fn queue(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    event: EventId,
    filter: FlaggedFilter,
) -> Vec<FlaggedScan> {
    let reading = fixture.reading(actor);
    let page = reading.list_flagged_scans(event, &filter, &first(10)).await.unwrap();
    assert_eq!(reading.count_flagged_scans(event, &filter).await.unwrap(), page.rows.len() as u64);
    page.rows.into_iter().map(|(_, scan)| scan).collect()
}

async fn resolve(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    event: EventId,
    findings: Vec<(ScanId, Finding)>,
) -> Result<Vec<Result<FlaggedScan, Failure>>, Failure> {
    fixture.act(actor, async |work| work.resolve_scans(event, findings, &reason()).await).await
}

async fn has_attended(fixture: &Fixture<'_>, registration: RegistrationId) -> bool {
    let entry = fixture.reading(&system()).find_registration(registration).await.unwrap();
    entry.unwrap().attendance.unwrap().has_attended
}

each_database!(an_unknown_code_counts_for_whom_it_is_attached_to_and_no_longer_when_rejected);
async fn an_unknown_code_counts_for_whom_it_is_attached_to_and_no_longer_when_rejected(
    fixture: &Fixture<'_>,
) {
    let (event, [anna, boris]) = prepared(fixture).await;
    let manager = manager(event);
    let open = FlaggedFilter { is_resolved: Some(false), ..FlaggedFilter::default() };
    let waiting = queue(fixture, &manager, event, open.clone()).await;
    assert_eq!(waiting[0].scan.flags, [ScanFlag::UnknownCredential]);
    assert_eq!(waiting[0].scan.credential.as_deref(), Some("a code of someone else"));
    let id = waiting[0].id;

    // Nobody is shown: there is nothing to accept.
    let accepted =
        resolve(fixture, &manager, event, vec![(id, Finding::Accept)]).await.unwrap().pop().unwrap();
    assert_eq!(code_of(accepted), Some(ProblemCode::IllegalStep));

    let decided = async |finding| {
        let mut answers = resolve(fixture, &manager, event, vec![(id, finding)]).await.unwrap();
        answers.pop().unwrap().unwrap().scan.resolution.unwrap()
    };
    let attached = decided(Finding::Attach(anna)).await;
    assert_eq!((attached.kind, attached.registration), (ResolutionKind::Attached, Some(anna)));
    assert!(has_attended(fixture, anna).await && queue(fixture, &manager, event, open).await.is_empty());
    // A later finding takes the place of the former one.
    decided(Finding::Attach(boris)).await;
    assert!(!has_attended(fixture, anna).await && has_attended(fixture, boris).await);
    assert_eq!(decided(Finding::Reject).await.kind, ResolutionKind::Rejected);
    assert!(!has_attended(fixture, boris).await);
    let tally = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
    assert_eq!(tally[&event].attended, 0);
}

each_database!(a_scan_of_a_cancelled_registration_counts_once_it_is_accepted);
async fn a_scan_of_a_cancelled_registration_counts_once_it_is_accepted(fixture: &Fixture<'_>) {
    let (event, [anna, _]) = prepared(fixture).await;
    fixture.prepare(async |work| work.cancel_registration(anna, None, reason()).await).await;
    hand_in(fixture, event, vec![coming_in(2, event, anna)]).await;
    let cancelled = FlaggedFilter { flags: vec![ScanFlag::Cancelled], is_resolved: None };
    let found = queue(fixture, &system(), event, cancelled).await;
    assert_eq!((found.len(), found[0].scan.registration), (1, Some(anna)));
    assert!(!has_attended(fixture, anna).await);
    let accepted =
        resolve(fixture, &manager(event), event, vec![(found[0].id, Finding::Accept)]).await.unwrap();
    assert!(accepted[0].is_ok() && has_attended(fixture, anna).await);
    // Nobody is attached to a registration that was given up.
    let unknown = FlaggedFilter { flags: vec![ScanFlag::UnknownCredential], is_resolved: None };
    let unknown = queue(fixture, &system(), event, unknown).await[0].id;
    let attached = resolve(fixture, &manager(event), event, vec![(unknown, Finding::Attach(anna))]).await;
    assert_eq!(code_of(attached.unwrap().pop().unwrap()), Some(ProblemCode::RegistrationCancelled));
}

each_database!(of_many_findings_each_has_its_own_answer);
async fn of_many_findings_each_has_its_own_answer(fixture: &Fixture<'_>) {
    let (event, [anna, boris]) = prepared(fixture).await;
    let elsewhere = fixture.open(crate::fixture::new_event("Seminar", "2021")).await;
    let [stranger] = fixture.crowd(elsewhere, ["Clara C"]).await;
    hand_in(fixture, event, vec![coming_in(2, event, boris), coming_in(3, event, stranger)]).await;
    let flagged = queue(fixture, &system(), event, FlaggedFilter::default()).await;
    assert_eq!(flagged.len(), 2, "the scan of Boris has no flag");
    let wrong_event = flagged.iter().find(|scan| scan.scan.flags.contains(&ScanFlag::WrongEvent)).unwrap().id;
    let unknown = flagged.iter().find(|scan| scan.id != wrong_event).unwrap().id;
    let id = |n: u128| ScanId::from(uuid::Uuid::from_u128(n));
    let findings = vec![
        (unknown, Finding::Attach(anna)),
        (id(99), Finding::Reject),
        (id(2), Finding::Reject),
        (wrong_event, Finding::Accept),
        (wrong_event, Finding::Attach(stranger)),
        (wrong_event, Finding::Attach(boris)),
    ];
    let answers = resolve(fixture, &system(), event, findings).await.unwrap();
    let codes: Vec<_> = answers.into_iter().map(code_of).collect();
    assert_eq!(
        codes,
        [
            None,
            Some(ProblemCode::ReferenceNotFound),
            Some(ProblemCode::IllegalStep),
            Some(ProblemCode::IllegalStep),
            Some(ProblemCode::WrongEvent),
            None,
        ]
    );
    assert!(has_attended(fixture, anna).await && has_attended(fixture, boris).await);
}

each_database!(who_runs_the_event_resolves_and_others_do_not);
async fn who_runs_the_event_resolves_and_others_do_not(fixture: &Fixture<'_>) {
    let (event, _) = prepared(fixture).await;
    let id = queue(fixture, &operator(event), event, FlaggedFilter::default()).await[0].id;
    assert!(queue(fixture, &viewer(), event, FlaggedFilter::default()).await.is_empty());
    for other in [operator(event), viewer()] {
        assert!(is_refused(resolve(fixture, &other, event, vec![(id, Finding::Reject)]).await));
    }
    assert!(resolve(fixture, &manager(event), event, vec![(id, Finding::Reject)]).await.unwrap()[0].is_ok());
}
