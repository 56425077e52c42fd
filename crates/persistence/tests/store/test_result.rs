//! Test results: recorded all or none, seen by whoever sees results, and carried by merges.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{Days, NaiveDate};
use hemicycle_domain::{
    access::{Actor, Grant, Place, Role, ServiceScopes},
    event::EventStep,
    glass_break::{OpenGlass, OpenedData, OpenedPlace},
    id::{EventId, ParticipantId, RegistrationId},
    problem::{Fault, Invalid, Problem, ProblemCode},
    registration::RegistrationRefusal,
    test_result::{
        MOST_AT_ONCE, NewTestResult, Score, TestResult, TestResultChange, TestResultRefusal, TestStage,
    },
    text::Passage,
    walk_in::NewWalkIn,
};
use hemicycle_persistence::{Failure, Reading, Weighed};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, code_of, day, is_not_found, is_refused},
    people::{
        administrator, as_participant, coordinator, holder, in_role, manager, new_person, operator,
        person_of, problem, system, viewer,
    },
};

fn taken() -> NaiveDate {
    day("2025-12-31")
}

fn scored(registration: RegistrationId, stage: TestStage, points: i32) -> Result<NewTestResult, Invalid> {
    let score = Score::parse(points, 20)?;
    Ok(NewTestResult { registration, stage, score, taken_on: taken() })
}

async fn record(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    event: EventId,
    results: Vec<Result<NewTestResult, Invalid>>,
) -> Result<Weighed, Failure> {
    fixture.act(actor, async |work| work.record_test_results(event, results).await).await
}

/// Records results of which none is refused.
async fn kept(
    fixture: &Fixture<'_>,
    event: EventId,
    results: Vec<Result<NewTestResult, Invalid>>,
) -> Vec<TestResult> {
    match record(fixture, &manager(event), event, results).await.unwrap() {
        Weighed::Kept(results) => results,
        Weighed::Refused(refused) => panic!("{refused:?}"),
    }
}

/// The results of a registration in the order in which the tests were taken; none where they are withheld.
async fn read(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    registration: RegistrationId,
) -> Option<Vec<TestResult>> {
    let reading = fixture.reading(actor);
    let found = reading.test_results_of_registrations(&[registration]).await.unwrap().remove(&registration);
    // By their ids they are seen by the same people.
    let all = fixture.reading(&system()).test_results_of_registrations(&[registration]).await.unwrap();
    let ids: Vec<_> = all[&registration].iter().map(|result| result.id).collect();
    let by_id = reading.find_test_results(&ids).await.unwrap();
    assert_eq!(by_id.len(), found.as_ref().map_or(0, Vec::len));
    found
}

fn account(grants: Vec<Grant>, person: Option<ParticipantId>, glass: Vec<OpenGlass>) -> Arc<Actor> {
    Arc::new(Actor::Account { id: Uuid::from_u128(1).into(), grants, person, glass })
}

fn service(event: EventId, scopes: &str) -> Arc<Actor> {
    let scopes = ServiceScopes::parse(scopes).unwrap();
    let (id, places) = (Uuid::from_u128(2).into(), vec![Place::Event(event)]);
    Arc::new(Actor::ServiceAccount { id, scopes, places })
}

fn officer(fixture: &Fixture<'_>, event: EventId, opens: OpenedData) -> Arc<Actor> {
    let until = fixture.now() + chrono::TimeDelta::hours(1);
    let (id, place) = (Uuid::from_u128(5).into(), OpenedPlace::Event(event));
    let open = OpenGlass { id, place, opens: vec![OpenedData::People, opens], until };
    let grant = Grant { role: Role::InternationalProgramOfficer, place: Place::Platform };
    account(vec![grant], None, vec![open])
}

each_database!(results_are_seen_by_whoever_sees_results_at_the_event_and_by_the_person);
async fn results_are_seen_by_whoever_sees_results_at_the_event_and_by_the_person(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let trainer = fixture.person(new_person("Bek Trainer")).await.id;
    let registration = fixture.register(event, person, as_participant()).await;
    let facilitates = in_role(hemicycle_domain::registration::RegistrationRole::Facilitator);
    fixture.register(event, trainer, facilitates).await;
    let post = scored(registration, TestStage::PostTest, 17);
    let result = kept(fixture, event, vec![post]).await;
    for (actor, may) in [
        (administrator(host), true),
        (manager(event), true),
        (account(Vec::new(), Some(person), Vec::new()), true),
        (account(Vec::new(), Some(trainer), Vec::new()), true),
        (service(event, "results:read"), true),
        (officer(fixture, event, OpenedData::Results), true),
        (officer(fixture, event, OpenedData::Disabilities), false),
        (service(event, "registrations:read contacts:read demographics:read"), false),
        // Whose home it is sees the person, and not how the person did at somebody else's event.
        (administrator(home), false),
        (coordinator("UZ"), false),
        (operator(event), false),
        (holder(Role::InternationalProgramOfficer, Place::Platform), false),
        (viewer(), false),
    ] {
        assert_eq!(read(fixture, &actor, registration).await, may.then(|| result.clone()), "{actor:?}");
    }
}

each_database!(who_took_no_test_is_told_from_whom_one_may_not_ask);
async fn who_took_no_test_is_told_from_whom_one_may_not_ask(fixture: &Fixture<'_>) {
    let [one, other] = fixture.partners("UZ", ["One", "Other"]).await;
    let (own, away) = (fixture.open_event(one, "Own").await, fixture.open_event(other, "Other").await);
    let [anna, bek] = fixture.crowd(own, ["Anna Guest", "Bek Guest"]).await;
    let [clara] = fixture.crowd(away, ["Clara Guest"]).await;
    let results = [TestStage::PreTest, TestStage::PostTest].map(|stage| scored(anna, stage, 9));
    kept(fixture, own, results.into()).await;
    let ask = async |reading: Reading| {
        let found = reading.test_results_of_registrations(&[anna, bek, clara]).await.unwrap();
        let counts = [anna, bek, clara].map(|id| found.get(&id).map(Vec::len));
        assert_eq!(counts, [Some(2), Some(0), None]);
    };
    assert_eq!(fixture.statements(&administrator(one), ask).await, 1);
}

each_database!(results_are_recorded_by_whoever_edits_registrations_and_sees_results);
async fn results_are_recorded_by_whoever_edits_registrations_and_sees_results(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [anna] = fixture.crowd(event, ["Anna Guest"]).await;
    let known = kept(fixture, event, vec![scored(anna, TestStage::PreTest, 3)]).await.remove(0);
    let change = TestResultChange { points: Some(4), ..TestResultChange::default() };
    for (actor, may) in [
        (administrator(host), true),
        (service(event, "registrations:write results:read"), true),
        // Edits registrations, and sees no results.
        (coordinator("UZ"), false),
        (service(event, "registrations:write"), false),
        // Sees results, and edits no registrations.
        (service(event, "results:read"), false),
        (officer(fixture, event, OpenedData::Results), false),
        (operator(event), false),
    ] {
        let again = vec![scored(anna, TestStage::PreTest, 3)];
        let mut work = fixture.work(&actor).await;
        let recorded = work.record_test_results(event, again).await;
        assert_eq!((recorded.is_ok(), is_refused(recorded)), (may, !may), "{actor:?}");
        let corrected = work.correct_test_result(known.id, None, &change).await;
        let turned_down = |outcome| is_refused_or_hidden(outcome);
        assert_eq!((corrected.is_ok(), turned_down(corrected)), (may, !may), "{actor:?}");
        let removed = work.remove_test_result(known.id).await;
        assert_eq!((removed.is_ok(), turned_down(removed)), (may, !may), "{actor:?}");
    }
}

fn is_refused_or_hidden(outcome: Result<TestResult, Failure>) -> bool {
    match outcome {
        Err(Failure::NotFound(_)) => is_not_found(outcome),
        other => is_refused(other),
    }
}

each_database!(where_one_result_cannot_be_recorded_none_is_and_each_says_why);
async fn where_one_result_cannot_be_recorded_none_is_and_each_says_why(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [anna, bek] = fixture.crowd(event, ["Anna Guest", "Bek Guest"]).await;
    let elsewhere = fixture.open_event(host, "Other").await;
    let [clara] = fixture.crowd(elsewhere, ["Clara Guest"]).await;
    kept(fixture, event, vec![scored(anna, TestStage::PreTest, 3)]).await;
    let cancel = Passage::parse("reason", "Fell ill.").unwrap();
    fixture.prepare(async |work| work.cancel_registration(bek, None, cancel).await).await;
    let tomorrow = fixture.now().date_naive().checked_add_days(Days::new(2)).unwrap();
    let batch = vec![
        scored(anna, TestStage::PostTest, 17),
        scored(anna, TestStage::PreTest, 4),
        scored(bek, TestStage::PostTest, 11),
        scored(clara, TestStage::PostTest, 12),
        scored(anna, TestStage::PostTest, 21),
        scored(anna, TestStage::PostTest, 16),
        scored(anna, TestStage::Reassessment, 16).map(|new| NewTestResult { taken_on: tomorrow, ..new }),
    ];
    let Weighed::Refused(refused) = record(fixture, &manager(event), event, batch).await.unwrap() else {
        panic!("some cannot be recorded")
    };
    let recorded = TestResultRefusal::Recorded { stage: TestStage::PreTest, taken_on: taken() };
    let out_of_range = Fault::OutOfRange { actual: 21, minimum: 0, maximum: 20 };
    let expected: [(usize, Problem); 5] = [
        (1, recorded.into()),
        (2, RegistrationRefusal::Cancelled.into()),
        (3, Invalid::new("registrationId", Fault::NotFound).into()),
        (4, Invalid::new("score", out_of_range).into()),
        (5, Invalid::new("stage", Fault::Repeated).into()),
    ];
    assert_eq!(refused[..5], expected);
    assert_eq!((refused.len(), refused[5].0, refused[5].1.path()), (6, 6, &["takenOn".to_owned()][..]));
    assert_eq!(fixture.database.row_counts().await.unwrap()["test_result"], 1);

    let many = (0..=MOST_AT_ONCE).map(|_| scored(anna, TestStage::PostTest, 1)).collect();
    assert_eq!(code_of(record(fixture, &manager(event), event, many).await), Some(ProblemCode::InvalidInput));
}

each_database!(the_same_results_again_change_nothing);
async fn the_same_results_again_change_nothing(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [anna, bek] = fixture.crowd(event, ["Anna Guest", "Bek Guest"]).await;
    let batch = || vec![scored(anna, TestStage::PostTest, 17), scored(bek, TestStage::PostTest, 3)];
    let first = kept(fixture, event, batch()).await;
    let changes = fixture.database.row_counts().await.unwrap()["change"];
    assert_eq!(kept(fixture, event, batch()).await, first);
    assert_eq!(fixture.database.row_counts().await.unwrap()["change"], changes);
    // A closed event takes the re-assessment that follows months later; a cancelled one takes none.
    fixture.step(event, &[EventStep::Hold, EventStep::Close]).await;
    kept(fixture, event, vec![scored(anna, TestStage::Reassessment, 15)]).await;
    let called_off = fixture.open_event(host, "Called off").await;
    let [clara] = fixture.crowd(called_off, ["Clara Guest"]).await;
    let reason = Passage::parse("reason", "Flood.").unwrap();
    let cancel = async |work: &mut hemicycle_persistence::Work| {
        work.advance_event(called_off, None, EventStep::Cancel, Some(reason)).await
    };
    fixture.prepare(cancel).await;
    let refused =
        record(fixture, &manager(called_off), called_off, vec![scored(clara, TestStage::PostTest, 1)]).await;
    assert_eq!(problem(refused), TestResultRefusal::EventCancelled.into());
}

each_database!(a_result_is_corrected_by_who_read_it_as_it_is_and_removed);
async fn a_result_is_corrected_by_who_read_it_as_it_is_and_removed(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [anna] = fixture.crowd(event, ["Anna Guest"]).await;
    let stages = [TestStage::PreTest, TestStage::PostTest];
    let results = kept(fixture, event, stages.map(|stage| scored(anna, stage, 17)).into()).await;
    let correct = async |version, change: TestResultChange| {
        let verb = async |work: &mut hemicycle_persistence::Work| {
            work.correct_test_result(results[1].id, version, &change).await
        };
        fixture.act(&manager(event), verb).await
    };
    let points = TestResultChange { points: Some(18), ..TestResultChange::default() };
    let corrected = correct(Some(1), points.clone()).await.unwrap();
    assert_eq!((corrected.score, corrected.version), (Score::parse(18, 20).unwrap(), 2));
    assert_eq!(code_of(correct(Some(1), points).await), Some(ProblemCode::Stale));
    let as_pre = TestResultChange { stage: Some(TestStage::PreTest), ..TestResultChange::default() };
    assert_eq!(code_of(correct(None, as_pre).await), Some(ProblemCode::AlreadyTaken));
    assert_eq!(read(fixture, &manager(event), anna).await, Some(vec![results[0].clone(), corrected]));
    fixture.prepare(async |work| work.remove_test_result(results[0].id).await).await;
    assert_eq!(read(fixture, &manager(event), anna).await.unwrap().len(), 1);
    let again = fixture.act(&system(), async |work| work.remove_test_result(results[0].id).await).await;
    assert!(is_not_found(again));
}

/// Someone who was on the list and took a test, and came to the door as a walk-in who took one, too.
async fn twice_there(fixture: &Fixture<'_>, points: [i32; 2]) -> (Result<RegistrationId, Failure>, EventId) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let known = fixture.person(person_of(host, "Anna Guest")).await.id;
    let listed = fixture.register(event, known, as_participant()).await;
    let walk_in = NewWalkIn {
        id: Uuid::from_u128(7).into(),
        event,
        person: new_person("A. Guest"),
        details: as_participant(),
        left_out: Vec::new(),
    };
    let (walk_in, door) = fixture
        .prepare(async |work| {
            let (walk_in, entry) = work.register_walk_in(walk_in).await?;
            Ok((walk_in.id, entry.registration.id))
        })
        .await;
    let results = vec![
        scored(listed, TestStage::PostTest, points[0]),
        scored(door, TestStage::PostTest, points[1]),
        scored(door, TestStage::PreTest, 2),
    ];
    kept(fixture, event, results).await;
    let reason = Passage::parse("reason", "Showed a passport.").unwrap();
    let merged =
        fixture.act(&manager(event), async |work| work.merge_walk_in(walk_in, known, reason).await).await;
    (merged.map(|_| listed), event)
}

each_database!(results_of_a_walk_in_become_those_of_whom_was_on_the_list);
async fn results_of_a_walk_in_become_those_of_whom_was_on_the_list(fixture: &Fixture<'_>) {
    let (merged, event) = twice_there(fixture, [17, 17]).await;
    let results = read(fixture, &manager(event), merged.unwrap()).await.unwrap();
    let stages: BTreeSet<_> = results.iter().map(|result| result.stage.as_str()).collect();
    assert_eq!((results.len(), stages), (2, BTreeSet::from(["post_test", "pre_test"])));
    assert_eq!(fixture.database.row_counts().await.unwrap()["test_result"], 2);
}

each_database!(two_scores_of_one_test_are_looked_at_before_registrations_become_one);
async fn two_scores_of_one_test_are_looked_at_before_registrations_become_one(fixture: &Fixture<'_>) {
    let (merged, _) = twice_there(fixture, [17, 16]).await;
    let both = TestResultRefusal::BothScored { stage: TestStage::PostTest, taken_on: taken() };
    assert_eq!(problem(merged), both.into());
    assert_eq!(fixture.database.row_counts().await.unwrap()["test_result"], 3);
}
