//! The change feed as followers hear it: every change once, at every node, however late it is kept.

use std::time::Duration;

use hemicycle_domain::{
    event::EventChange,
    id::RegistrationId,
    registration::{RegistrationChange, RegistrationRole},
};
use hemicycle_persistence::{Failure, Notice, Store, Work};
use hemicycle_test_database::DatabaseKind;
use tokio::sync::broadcast::Receiver;

use crate::{
    each_database,
    fixture::{Fixture, names},
    people::{fewest_statements, system, viewer},
};

/// How long a change may take; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

async fn speak(work: &mut Work, registration: RegistrationId) -> Result<(), Failure> {
    let role = Some(RegistrationRole::Speaker);
    let change = RegistrationChange { role, ..RegistrationChange::default() };
    work.update_registration(registration, None, change).await.map(drop)
}

/// The registrations of the next changes of their roles.
async fn next(told: &mut Receiver<Notice>, count: usize) -> Vec<RegistrationId> {
    let mut found = Vec::new();
    while found.len() < count {
        let change = tokio::time::timeout(PATIENCE, told.recv()).await.expect("a change is told");
        let change = change.expect("the feed goes on");
        if change.action == "registration.update" {
            found.push(change.subject_id.into());
        }
    }
    found
}

each_database!(a_change_that_is_kept_late_is_told_at_every_node);
async fn a_change_that_is_kept_late_is_told_at_every_node(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    // At two events: whoever changes a role keeps others from changing another one at the same event.
    let event = fixture.open_event(host, "Conference").await;
    let [anna] = fixture.crowd(event, ["Anna A"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [boris, clara] = fixture.crowd(event, ["Boris B", "Clara C"]).await;
    let other = fixture.reopened().await;
    let (mut here, mut there) = (fixture.store.follow(), other.follow());
    let mut early = fixture.work(&system()).await;
    speak(&mut early, anna).await.unwrap();
    // SQLite has one writer: there, nobody can come later before the first is done.
    let is_held_open = fixture.database.kind() == DatabaseKind::Postgres;
    let held = if is_held_open { Some(early) } else { early.commit().await.map(|()| None).unwrap() };
    fixture.prepare(async |work| speak(work, boris).await).await;
    if let Some(early) = held {
        early.commit().await.unwrap();
    }
    fixture.prepare(async |work| speak(work, clara).await).await;
    for told in [&mut here, &mut there] {
        // Each once, those of the transaction that began first before the others.
        assert_eq!(next(told, 3).await, [anna, boris, clara]);
    }
}

each_database!(an_event_that_a_node_keeps_is_read_anew_when_another_changed_it);
async fn an_event_that_a_node_keeps_is_read_anew_when_another_changed_it(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let other = fixture.reopened().await;
    let mut there = other.follow();
    let read = async |store: &Store| {
        let reading = store.acting_as(&viewer()).unwrap();
        reading.find_event(event).await.unwrap().expect("everyone sees it")
    };
    assert_eq!(read(&other).await, read(&fixture.store).await);
    let again = async || assert_eq!(read(&other).await.names, names(&["Seminar"]));
    assert_eq!(fewest_statements(&other, again).await, 0, "the node asks no second time");
    let renamed = EventChange { names: Some(names(&["Conference"])), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(event, None, renamed).await).await;
    assert_eq!(
        read(&fixture.store).await.names,
        names(&["Conference"]),
        "at the node that changed it, at once"
    );
    while there.recv().await.expect("the feed goes on").action != "event.update" {}
    assert_eq!(read(&other).await.names, names(&["Conference"]), "at the others, as soon as they hear of it");
}
