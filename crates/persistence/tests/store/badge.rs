//! Badges: which serial is good, who may replace one, and the keys that all nodes share.

use hemicycle_domain::{
    access::{Place, Role},
    audit::{TrailFilter, TrailTest},
    badge::{BadgeSecret, Issue, KeptKey, NewKey, Overlap},
    id::{BadgeKeyId, RegistrationId},
    page::Direction,
    problem::ProblemCode,
    text::Passage,
};
use hemicycle_persistence::Store;
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, code_of, first, is_not_found, is_refused},
    people::{as_participant, coordinator, manager, operator, person_of, system, viewer},
};

fn lost() -> Passage {
    Passage::parse("reason", "Lost on the way.").unwrap()
}

/// A key as a server would make it, under a seal that this server can open or not.
fn key(n: u8, seal: &str) -> NewKey {
    let id = BadgeKeyId::from(Uuid::from_u128(u128::from(n)));
    NewKey { id, key: BadgeSecret::from_seed(&[n; 32]).key(), sealed: seal.to_owned() }
}

fn opens(kept: &KeptKey) -> bool {
    kept.sealed == "ours"
}

async fn issue(fixture: &Fixture<'_>, id: RegistrationId) -> Issue {
    let issues = fixture.reading(&system()).issues_of_badges(&[id]).await.unwrap();
    issues.get(&id).cloned().unwrap_or_default()
}

fn ids(store: &Store, fixture: &Fixture<'_>) -> Vec<BadgeKeyId> {
    let keys = store.acting_as(&viewer()).unwrap().badge_keys(fixture.now());
    keys.iter().map(|key| key.id).collect()
}

each_database!(a_badge_is_replaced_and_revoked_one_after_the_other);
async fn a_badge_is_replaced_and_revoked_one_after_the_other(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let id = fixture.register(event, person, as_participant()).await;
    let manager = manager(event);
    assert_eq!(issue(fixture, id).await, Issue::default());
    assert!(fixture.reading(&manager).badges_replaced_at(event).await.unwrap().is_empty());

    fixture.act(&manager, async |work| work.reissue_badge(id).await).await.unwrap();
    assert_eq!(issue(fixture, id).await, Issue { serial: 2, revoked: None });

    fixture.act(&manager, async |work| work.revoke_badge(id, lost()).await).await.unwrap();
    let revoked = issue(fixture, id).await;
    assert_eq!((revoked.serial, revoked.first_good()), (2, 3));
    assert_eq!(revoked.revoked.as_ref().map(|revoked| revoked.reason.clone()), Some(lost()));
    let again = fixture.act(&manager, async |work| work.revoke_badge(id, lost()).await).await;
    assert_eq!(code_of(again), Some(ProblemCode::IllegalStep));

    fixture.act(&manager, async |work| work.reissue_badge(id).await).await.unwrap();
    let replaced = fixture.reading(&manager).badges_replaced_at(event).await.unwrap();
    assert_eq!(replaced.into_iter().collect::<Vec<_>>(), [(id, Issue { serial: 3, revoked: None })]);
}

each_database!(a_first_badge_can_be_revoked);
async fn a_first_badge_can_be_revoked(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let id = fixture.register(event, person, as_participant()).await;
    fixture.prepare(async |work| work.revoke_badge(id, lost()).await).await;
    assert_eq!(issue(fixture, id).await.first_good(), 2);
}

each_database!(whoever_runs_the_event_replaces_badges_and_others_do_not);
async fn whoever_runs_the_event_replaces_badges_and_others_do_not(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let elsewhere = fixture.open_event(home, "Conference").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let id = fixture.register(event, person, as_participant()).await;
    let at_the_door = fixture.act(&operator(event), async |work| work.reissue_badge(id).await).await;
    assert!(is_refused(at_the_door));
    for stranger in [viewer(), manager(elsewhere), coordinator("KZ")] {
        assert!(is_not_found(fixture.act(&stranger, async |work| work.revoke_badge(id, lost()).await).await));
        assert!(fixture.reading(&stranger).issues_of_badges(&[id]).await.unwrap().is_empty());
    }
    fixture.act(&manager(event), async |work| work.reissue_badge(id).await).await.unwrap();
    assert!(fixture.reading(&viewer()).badges_replaced_at(event).await.unwrap().is_empty());
    assert_eq!(fixture.reading(&operator(event)).badges_replaced_at(event).await.unwrap().len(), 1);
}

each_database!(followers_of_the_event_hear_of_a_badge_that_was_replaced);
async fn followers_of_the_event_hear_of_a_badge_that_was_replaced(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let id = fixture.register(event, person, as_participant()).await;
    let mut changes = fixture.store.follow();
    fixture.prepare(async |work| work.reissue_badge(id).await).await;
    let change = loop {
        let change = changes.recv().await.unwrap();
        if change.action == "badge.reissue" {
            break change;
        }
    };
    assert_eq!((change.event, change.registration), (Some(event), Some(id)));
}

each_database!(the_first_key_is_made_once_however_many_nodes_ask);
async fn the_first_key_is_made_once_however_many_nodes_ask(fixture: &Fixture<'_>) {
    let begin = async |new| fixture.prepare(async |work| work.begin_badge_key(new, opens).await).await.id;
    let first = begin(key(1, "ours")).await;
    assert_eq!(begin(key(2, "ours")).await, first);
    assert_eq!(ids(&fixture.store, fixture), [first]);
    assert_eq!(ids(&fixture.reopened().await, fixture), [first]);
}

each_database!(a_key_under_another_seal_is_followed_by_one_of_ours_and_still_read);
async fn a_key_under_another_seal_is_followed_by_one_of_ours_and_still_read(fixture: &Fixture<'_>) {
    let begin = async |new| fixture.prepare(async |work| work.begin_badge_key(new, opens).await).await.id;
    let theirs = begin(key(1, "theirs")).await;
    let ours = begin(key(2, "ours")).await;
    assert_ne!(ours, theirs);
    assert_eq!(ids(&fixture.store, fixture), [ours, theirs]);
}

each_database!(a_key_that_was_replaced_is_read_for_the_overlap);
async fn a_key_that_was_replaced_is_read_for_the_overlap(fixture: &Fixture<'_>) {
    let rotate = async |new, days| {
        let overlap = Overlap::of_days(days);
        fixture.prepare(async |work| work.rotate_badge_key(new, overlap).await).await.id
    };
    let other_node = fixture.reopened().await;
    let mut heard = other_node.follow();
    let first = rotate(key(1, "ours"), 400).await;
    let second = rotate(key(2, "ours"), 400).await;
    assert_eq!(ids(&fixture.store, fixture), [second, first]);
    let keys = fixture.reading(&viewer()).badge_keys(fixture.now());
    assert_eq!(keys.iter().map(KeptKey::signs).collect::<Vec<_>>(), [true, false]);
    // A secret that was lost: what its key signed is worth nothing from now on.
    let third = rotate(key(3, "ours"), 0).await;
    assert_eq!(ids(&fixture.store, fixture), [third]);
    while heard.recv().await.unwrap().subject_id != Uuid::from_u128(3) {}
    assert_eq!(ids(&other_node, fixture), [third]);
}

each_database!(keys_are_replaced_by_who_runs_the_platform);
async fn keys_are_replaced_by_who_runs_the_platform(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let rotate = async |actor| {
        let overlap = Overlap::of_days(0);
        fixture.act(&actor, async |work| work.rotate_badge_key(key(1, "ours"), overlap).await).await
    };
    let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(home));
    assert!(is_refused(rotate(administrator).await));
    assert!(is_refused(rotate(viewer()).await));
    rotate(fixture.account(Role::PlatformAdministrator, Place::Platform)).await.unwrap();
}

each_database!(the_trail_does_not_hold_the_secret_of_a_key);
async fn the_trail_does_not_hold_the_secret_of_a_key(fixture: &Fixture<'_>) {
    fixture.prepare(async |work| work.begin_badge_key(key(1, "sealed"), opens).await).await;
    let auditor = fixture.reading(&fixture.account(Role::Auditor, Place::Platform));
    let created = TrailFilter::Is(TrailTest::Actions(vec!["badge_key.create".to_owned()]));
    let page = auditor.list_trail(&created, Direction::Ascending, &first(10)).await.unwrap();
    let [(_, row)] = &page.rows[..] else { panic!("one key was made: {page:?}") };
    let after = row.entry.after.as_ref().unwrap().value();
    assert!(after.get("public_key").is_some() && !after.to_string().contains("sealed"));
}
