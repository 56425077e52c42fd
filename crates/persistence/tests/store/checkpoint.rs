//! Checkpoints: made from the timetable, set up and changed by the event's manager, seen with the event.

use hemicycle_domain::{
    checkpoint::{
        Checkpoint, CheckpointChange, CheckpointKind, CheckpointRefusal, CheckpointRules, NewCheckpoint,
    },
    event::{EventChange, EventStep, NewEvent, NewSession, Timetable},
    id::{EventId, RecordKind},
    problem::ProblemCode,
};
use hemicycle_persistence::Failure;

use crate::{
    each_database,
    fixture::{Fixture, code_of, dates, day, is_refused, names, new_event, text},
    people::{manager, operator, system, viewer},
};

fn door(event: EventId) -> NewCheckpoint {
    NewCheckpoint {
        event,
        kind: CheckpointKind::Door,
        name: Some(text("Main door")),
        day: None,
        session: None,
        rules: CheckpointRules::default(),
    }
}

fn timetable(from: &str, until: &str) -> Timetable {
    let at = |text: &str| text.parse().unwrap();
    Timetable { starts_at: at(from), ends_at: at(until), zone: "Asia/Tashkent".parse().unwrap() }
}

async fn checkpoints(fixture: &Fixture<'_>, event: EventId) -> Vec<Checkpoint> {
    let found = fixture.reading(&viewer()).checkpoints_of_events(&[event]).await.unwrap();
    found.get(&event).cloned().unwrap_or_default()
}

async fn days(fixture: &Fixture<'_>, event: EventId) -> Vec<String> {
    let days = checkpoints(fixture, event).await;
    days.iter().filter_map(|checkpoint| checkpoint.day).map(|day| day.to_string()).collect()
}

each_database!(an_event_gets_a_checkpoint_for_each_day_and_keeps_it_in_step_with_its_timetable);
async fn an_event_gets_a_checkpoint_for_each_day_and_keeps_it_in_step_with_its_timetable(
    fixture: &Fixture<'_>,
) {
    let event = fixture.open(new_event("Course", "2026-03-02/2026-03-03")).await;
    assert_eq!(days(fixture, event).await, ["2026-03-02", "2026-03-03"]);
    let made = checkpoints(fixture, event).await;
    assert!(made.iter().all(|checkpoint| checkpoint.is_default && checkpoint.version == 1));
    fixture.step(event, &[EventStep::Start]).await;
    assert_eq!(checkpoints(fixture, event).await, made);

    let timetable = timetable("2026-03-03T09:00:00+05:00", "2026-03-04T17:00:00+05:00");
    let moved = EventChange {
        dates: Some(dates("2026-03-03/2026-03-04")),
        timetable: Some(Some(timetable)),
        ..EventChange::default()
    };
    fixture.prepare(async |work| work.update_event(event, None, moved).await).await;
    assert_eq!(days(fixture, event).await, ["2026-03-03", "2026-03-04"]);
    let followed = checkpoints(fixture, event).await;
    assert_eq!((followed[0].id, followed[0].version), (made[1].id, 2));
    assert_eq!(followed[0].rules.hours.from, Some(timetable.starts_at));
    assert_eq!(followed[1].rules.hours.until, Some(timetable.ends_at));
}

each_database!(a_manager_sets_checkpoints_up_changes_and_removes_them);
async fn a_manager_sets_checkpoints_up_changes_and_removes_them(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Course", "2026-03-02")).await;
    let manager = manager(event);
    let door = fixture.act(&manager, async |work| work.create_checkpoint(door(event)).await).await.unwrap();
    assert_eq!(checkpoints(fixture, event).await.last(), Some(&door));
    let change = CheckpointChange { capacity: Some(Some(40)), ..CheckpointChange::default() };
    let update = async |version| {
        let change = change.clone();
        fixture.act(&manager, async |work| work.update_checkpoint(door.id, version, change).await).await
    };
    let changed = update(Some(1)).await.unwrap();
    assert_eq!((changed.version, changed.rules.capacity), (2, Some(40)));
    assert_eq!(code_of(update(Some(1)).await), Some(ProblemCode::Stale));
    let removed =
        fixture.act(&manager, async |work| work.remove_checkpoint(door.id, Some(2)).await).await.unwrap();
    assert!(removed.is_removed);
    assert_eq!(checkpoints(fixture, event).await.len(), 1);
    assert_eq!(update(None).await.unwrap_err().to_string(), CheckpointRefusal::Removed.to_string());
    let found = fixture.reading(&manager).find_checkpoints(&[door.id]).await.unwrap();
    assert!(found[&door.id].is_removed);
}

each_database!(a_day_that_a_manager_changed_or_removed_is_left_alone);
async fn a_day_that_a_manager_changed_or_removed_is_left_alone(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Course", "2026-03-02/2026-03-03")).await;
    let made = checkpoints(fixture, event).await;
    fixture
        .prepare(async |work| {
            let change = CheckpointChange { scans_exits: Some(false), ..CheckpointChange::default() };
            work.update_checkpoint(made[0].id, None, change).await?;
            work.remove_checkpoint(made[1].id, None).await
        })
        .await;
    let moved = EventChange { dates: Some(dates("2026-03-03/2026-03-04")), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(event, None, moved).await).await;
    assert_eq!(days(fixture, event).await, ["2026-03-02", "2026-03-04"]);
    // A day that was taken away can be set up anew.
    let again =
        NewCheckpoint { kind: CheckpointKind::Day, name: None, day: Some(day("2026-03-03")), ..door(event) };
    let create = async || {
        let again = again.clone();
        fixture.attempt(async |work| work.create_checkpoint(again).await).await
    };
    assert!(create().await.is_ok());
    assert_eq!(code_of(create().await), Some(ProblemCode::InvalidInput));
}

each_database!(a_session_has_one_checkpoint_and_belongs_to_the_event);
async fn a_session_has_one_checkpoint_and_belongs_to_the_event(fixture: &Fixture<'_>) {
    let event = fixture.open(new_event("Course", "2026")).await;
    let other = fixture.open(new_event("Other", "2026")).await;
    assert!(checkpoints(fixture, event).await.is_empty());
    let session = NewSession { event, number: 1, names: names(&["Opening"]), dates: None, topics: None };
    let session = fixture.prepare(async |work| work.create_session(session).await).await.id;
    let create = async |event, session| {
        let kind = CheckpointKind::Session;
        let new = NewCheckpoint { kind, name: None, session: Some(session), ..door(event) };
        fixture.attempt(async |work| work.create_checkpoint(new).await).await
    };
    assert!(create(event, session).await.is_ok());
    assert_eq!(code_of(create(event, session).await), Some(ProblemCode::InvalidInput));
    let elsewhere = create(other, session).await.unwrap_err();
    assert_eq!(elsewhere.to_string(), CheckpointRefusal::SessionOfOtherEvent.to_string());
    let nowhere = create(event, uuid::Uuid::from_u128(7).into()).await;
    assert_eq!(code_of(nowhere), Some(ProblemCode::ReferenceNotFound));
}

each_database!(checkpoints_are_seen_with_their_event_and_changed_by_who_may_change_it);
async fn checkpoints_are_seen_with_their_event_and_changed_by_who_may_change_it(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let draft = NewEvent { host: Some(host), ..new_event("Draft", "2026-03-02") };
    let draft = fixture.event(draft).await.id;
    let seen = fixture.reading(&system()).checkpoints_of_events(&[draft]).await.unwrap();
    let id = seen[&draft][0].id;
    assert!(checkpoints(fixture, draft).await.is_empty());
    let change = CheckpointChange::default;
    let hidden = fixture.act(&viewer(), async |work| work.update_checkpoint(id, None, change()).await).await;
    assert!(matches!(hidden, Err(Failure::NotFound(RecordKind::Checkpoint))));
    fixture.step(draft, &[EventStep::Plan]).await;
    assert_eq!(checkpoints(fixture, draft).await.len(), 1);
    for actor in [viewer(), operator(draft)] {
        let change = async |work: &mut hemicycle_persistence::Work| {
            work.update_checkpoint(id, None, CheckpointChange::default()).await
        };
        assert!(is_refused(fixture.act(&actor, change).await));
        assert!(is_refused(fixture.act(&actor, async |work| work.remove_checkpoint(id, None).await).await));
        let create = fixture.act(&actor, async |work| work.create_checkpoint(door(draft)).await).await;
        assert!(is_refused(create));
    }
}
