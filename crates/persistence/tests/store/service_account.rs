//! Service accounts: who gives what where, who sees and ends them, and the door at which a secret is known.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    access::{Actor, Capability, Place, Role, ServiceScopes},
    id::{PartnerId, RecordKind},
    problem::{Fault, Invalid, ProblemCode},
    service_account::{ServiceAccount, ServiceAccountChange, ServiceAccountPlan},
    text::{Line, Passage},
};
use hemicycle_persistence::{Failure, SessionToken, Store};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, code_of, first, is_not_found, is_refused},
    people::{administrator, coordinator, holder, problem, viewer},
};

const GOOD_FOR: TimeDelta = TimeDelta::days(90);

fn hash(secret: &str) -> SessionToken {
    SessionToken { hash: format!("hash of {secret}") }
}

fn plan(scopes: &str, places: &[Place]) -> ServiceAccountPlan {
    ServiceAccountPlan {
        name: Line::parse("name", "Registry").unwrap(),
        scopes: ServiceScopes::parse(scopes).unwrap(),
        places: places.to_vec(),
    }
}

async fn opened(fixture: &Fixture<'_>, scopes: &str, places: &[Place]) -> ServiceAccount {
    let until = fixture.now() + GOOD_FOR;
    let plan = plan(scopes, places);
    fixture.prepare(async |work| work.create_service_account(plan, hash("first"), until).await).await
}

async fn open(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    plan: ServiceAccountPlan,
) -> Result<ServiceAccount, Failure> {
    let until = fixture.now() + GOOD_FOR;
    let mut work = fixture.work(actor).await;
    work.create_service_account(plan, hash("another"), until).await
}

/// Whether the secret lets its service account in at this server.
async fn lets_in(store: &Store, account: &ServiceAccount, secret: &str, now: DateTime<Utc>) -> bool {
    store.prove_client(account.id, &hash(secret), now).await.unwrap().is_some()
}

fn reason() -> Passage {
    Passage::parse("reason", "It leaked.").unwrap()
}

each_database!(what_one_could_not_do_oneself_one_gives_to_no_service_account);
async fn what_one_could_not_do_oneself_one_gives_to_no_service_account(fixture: &Fixture<'_>) {
    let [own, other] = fixture.partners("UZ", ["Own", "Other"]).await;
    let event = fixture.open_event(own, "Seminar").await;
    let host = administrator(own);
    for (places, may) in [
        (vec![Place::Partner(own)], true),
        (vec![Place::Event(event)], true),
        (vec![Place::Partner(own), Place::Partner(other)], false),
        (vec![Place::Platform], false),
    ] {
        let answer = open(fixture, &host, plan("registrations:read results:read", &places)).await;
        assert_eq!((answer.is_ok(), is_refused(answer)), (may, !may), "{places:?}");
    }
    for stranger in [coordinator("UZ"), holder(Role::EventManager, Place::Event(event)), viewer()] {
        assert!(is_refused(open(fixture, &stranger, plan("events:read", &[Place::Partner(own)])).await));
    }
    let nowhere = PartnerId::from(Uuid::max());
    let places = [Place::Partner(own), Place::Partner(nowhere)];
    let unknown = problem(open(fixture, &fixture.system(), plan("events:read", &places)).await);
    assert_eq!(unknown, Invalid::new("placeId", Fault::NotFound).within(1).within("places").into());
}

each_database!(a_change_takes_the_right_over_what_there_was_and_what_there_is_to_be);
async fn a_change_takes_the_right_over_what_there_was_and_what_there_is_to_be(fixture: &Fixture<'_>) {
    let [own, other] = fixture.partners("UZ", ["Own", "Other"]).await;
    let account = opened(fixture, "events:read", &[Place::Partner(own), Place::Partner(other)]).await;
    let change = async |actor: Arc<Actor>, version, places: &[Place]| {
        let change =
            ServiceAccountChange { places: Some(places.to_vec()), ..ServiceAccountChange::default() };
        fixture.act(&actor, async |work| work.change_service_account(account.id, version, change).await).await
    };
    // Who sees it by one of its places may not take it away from the other.
    assert!(is_refused(change(administrator(own), None, &[Place::Partner(own)]).await));
    let changed = change(fixture.system(), Some(1), &[Place::Partner(own)]).await.unwrap();
    assert_eq!((changed.version, &changed.plan.places), (2, &vec![Place::Partner(own)]));
    assert_eq!(code_of(change(fixture.system(), Some(1), &[]).await), Some(ProblemCode::Stale));
    assert!(change(administrator(own), Some(2), &[Place::Partner(own)]).await.is_ok());
    assert!(is_refused(change(administrator(own), None, &[Place::Partner(other)]).await));
    assert!(is_not_found(change(administrator(other), None, &[Place::Partner(other)]).await));
    assert_eq!(fixture.database.row_counts().await.unwrap()["service_account_place"], 1);
}

each_database!(it_is_seen_by_itself_and_where_it_has_a_place);
async fn it_is_seen_by_itself_and_where_it_has_a_place(fixture: &Fixture<'_>) {
    let [own, other] = fixture.partners("UZ", ["Own", "Other"]).await;
    let event = fixture.open_event(own, "Seminar").await;
    let account = opened(fixture, "events:read", &[Place::Event(event)]).await;
    let itself = |id| {
        let scopes = ServiceScopes::parse("events:read").unwrap();
        Arc::new(Actor::ServiceAccount { id, scopes, places: vec![Place::Event(event)] })
    };
    for (actor, sees) in [
        (itself(account.id), true),
        (itself(Uuid::from_u128(9).into()), false),
        (administrator(own), true),
        (administrator(other), false),
        (coordinator("UZ"), false),
        (viewer(), false),
    ] {
        let reading = fixture.reading(&actor);
        assert_eq!(reading.find_service_account(account.id).await.unwrap().is_some(), sees, "{actor:?}");
        let listed = reading.list_service_accounts(&first(5)).await.unwrap().rows.len();
        assert_eq!(listed, usize::from(sees), "{actor:?}");
        assert_eq!(reading.count_service_accounts().await.unwrap(), u64::from(sees), "{actor:?}");
    }
}

each_database!(a_secret_opens_its_own_service_account_while_it_is_good);
async fn a_secret_opens_its_own_service_account_while_it_is_good(fixture: &Fixture<'_>) {
    let [own] = fixture.partners("UZ", ["Own"]).await;
    let places = [Place::Partner(own)];
    let account = opened(fixture, "events:read reach:read", &places).await;
    let until = fixture.now() + GOOD_FOR;
    let other = fixture
        .prepare(async |work| {
            work.create_service_account(plan("events:read", &places), hash("other"), until).await
        })
        .await;
    let store = &fixture.store;
    let now = fixture.now();
    assert!(lets_in(store, &account, "first", now).await);
    assert!(!lets_in(store, &account, "other", now).await && !lets_in(store, &other, "first", now).await);
    assert!(!lets_in(store, &account, "first", account.secrets[0].expires_at).await);

    // One more secret: both are good until the former one ends.
    let (ends, overlap) = (now + GOOD_FOR, now + TimeDelta::days(7));
    let rotate = async |secret| {
        fixture
            .act(&administrator(own), async |work| {
                work.rotate_client_secret(account.id, hash(secret), ends, overlap).await
            })
            .await
    };
    let rotated = rotate("second").await.unwrap();
    assert_eq!(rotated.secrets.iter().map(|one| one.expires_at).collect::<Vec<_>>(), [overlap, ends]);
    assert_eq!(code_of(rotate("third").await), Some(ProblemCode::IllegalStep));
    let fresh = fixture.reopened().await;
    assert!(lets_in(&fresh, &account, "first", now).await && lets_in(&fresh, &account, "second", now).await);
    assert!(!lets_in(&fresh, &account, "first", overlap).await);
    assert!(lets_in(&fresh, &account, "second", overlap).await);
    // Of the secrets nothing is kept but what was handed in as their hash.
    assert_eq!(fixture.database.row_counts().await.unwrap()["client_secret"], 3);
}

each_database!(what_is_withdrawn_or_revoked_is_refused_at_once_and_for_good);
async fn what_is_withdrawn_or_revoked_is_refused_at_once_and_for_good(fixture: &Fixture<'_>) {
    let [own, other] = fixture.partners("UZ", ["Own", "Other"]).await;
    let account =
        opened(fixture, "events:read reach:read", &[Place::Partner(own), Place::Partner(other)]).await;
    let (store, now, secret) = (&fixture.store, fixture.now(), account.secrets[0].id);
    let named = ServiceScopes::parse("events:read contacts:read").unwrap();
    let actor = store.find_service_account_actor(account.id, secret, named, now).await.unwrap().unwrap();
    let Actor::ServiceAccount { scopes, places, .. } = actor.as_ref() else { panic!("{actor:?}") };
    // A token carries what it names and what the service account still has.
    assert_eq!((scopes.to_string().as_str(), places.len()), ("events:read", 2));
    assert!(actor.scope(Capability::SeeContacts).is_empty());

    let withdraw = async |actor: Arc<Actor>| {
        fixture.act(&actor, async |work| work.withdraw_client_secret(secret).await).await
    };
    // Whose secret it is, one does not learn from its id.
    let stranger = withdraw(viewer()).await.unwrap_err();
    assert!(matches!(stranger, Failure::NotFound(RecordKind::ClientSecret)));
    // Who manages one of its places ends it for all of them.
    withdraw(administrator(other)).await.unwrap();
    assert!(!lets_in(store, &account, "first", now).await);
    assert!(store.find_service_account_actor(account.id, secret, named, now).await.unwrap().is_none());
    assert!(store.client_secrets_that_go_on([secret], now).await.unwrap().is_empty());

    let ends = now + GOOD_FOR;
    let give = async |secret| {
        fixture
            .act(&fixture.system(), async |work| {
                work.rotate_client_secret(account.id, hash(secret), ends, now).await
            })
            .await
    };
    let next = give("second").await.unwrap().secrets.last().unwrap().id;
    assert_eq!(store.client_secrets_that_go_on([secret, next], now).await.unwrap(), [next].into());
    let revoke = async |actor: Arc<Actor>| {
        fixture.act(&actor, async |work| work.revoke_service_account(account.id, reason()).await).await
    };
    assert!(is_not_found(revoke(viewer()).await));
    assert!(revoke(administrator(own)).await.unwrap().revoked.is_some());
    assert!(!lets_in(store, &account, "second", now).await);
    assert!(store.find_service_account_actor(account.id, next, named, now).await.unwrap().is_none());
    assert!(store.client_secrets_that_go_on([next], now).await.unwrap().is_empty());
    assert_eq!(code_of(give("third").await), Some(ProblemCode::IllegalStep));
}

each_database!(that_a_secret_is_used_is_written_down_once_a_minute);
async fn that_a_secret_is_used_is_written_down_once_a_minute(fixture: &Fixture<'_>) {
    let [own] = fixture.partners("UZ", ["Own"]).await;
    let account = opened(fixture, "events:read", &[Place::Partner(own)]).await;
    let began = fixture.now();
    let used = async |now| {
        assert!(lets_in(&fixture.store, &account, "first", now).await);
        let found = fixture.reading(&fixture.system()).find_service_account(account.id).await.unwrap();
        found.unwrap().secrets[0].last_used_at
    };
    assert_eq!(used(began).await, Some(began));
    assert_eq!(used(began + TimeDelta::seconds(30)).await, Some(began));
    let later = began + TimeDelta::seconds(61);
    assert_eq!(used(later).await, Some(later));
}
