//! Wrong attempts: counted once over all servers, none lost, and forgotten in time.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use hemicycle_domain::account::Patience;
use hemicycle_persistence::{AttemptDigest, Store};

use crate::{each_database, fixture::Fixture};

const PATIENCE: &Patience = &Patience::WITH_ACCOUNT_FROM_ADDRESS;

fn digest(name: &str) -> AttemptDigest {
    AttemptDigest(format!("digest of {name}"))
}

fn by(names: &[&str]) -> BTreeMap<AttemptDigest, &'static Patience> {
    names.iter().map(|name| (digest(name), PATIENCE)).collect()
}

async fn count(store: &Store, name: &str) -> u32 {
    store.attempts(&[digest(name)]).await.unwrap().get(&digest(name)).map_or(0, |known| known.count())
}

each_database!(what_is_counted_at_one_server_is_known_to_the_others);
async fn what_is_counted_at_one_server_is_known_to_the_others(fixture: &Fixture<'_>) {
    let (here, there, now) = (&fixture.store, fixture.reopened().await, fixture.now());
    for _ in 0..2 {
        here.count_attempt(&by(&["a", "b"]), now).await.unwrap();
        there.count_attempt(&by(&["b", "c"]), now).await.unwrap();
    }
    for store in [here, &there] {
        let known = store.attempts(&["a", "b", "c", "d"].map(digest)).await.unwrap();
        let counts = ["a", "b", "c", "d"].map(|name| known.get(&digest(name)).map(|known| known.count()));
        assert_eq!(counts, [Some(2), Some(4), Some(2), None]);
    }
    there.forget_attempts(&digest("b")).await.unwrap();
    assert_eq!((count(here, "a").await, count(here, "b").await), (2, 0));
}

each_database!(of_attempts_at_the_same_moment_none_is_lost);
async fn of_attempts_at_the_same_moment_none_is_lost(fixture: &Fixture<'_>) {
    let (there, now) = (fixture.reopened().await, fixture.now());
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..16 {
        let store = if number % 2 == 0 { fixture.store.clone() } else { there.clone() };
        attempts.spawn(async move { store.count_attempt(&by(&["shared", "also shared"]), now).await });
    }
    while let Some(counted) = attempts.join_next().await {
        counted.unwrap().unwrap();
    }
    assert_eq!((count(&there, "shared").await, count(&there, "also shared").await), (16, 16));
}

each_database!(what_is_forgiven_is_forgotten_by_the_clean_up);
async fn what_is_forgiven_is_forgotten_by_the_clean_up(fixture: &Fixture<'_>) {
    let (store, now) = (&fixture.store, fixture.now());
    for _ in 0..3 {
        store.count_attempt(&by(&["a"]), now).await.unwrap();
    }
    let forgiven = now + PATIENCE.forgiven_after * 3;
    let kept_for = TimeDelta::days(1);
    store.delete_spent(forgiven + kept_for).await.unwrap();
    assert_eq!(count(store, "a").await, 3);
    store.delete_spent(forgiven + kept_for + TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(count(store, "a").await, 0);
    assert_eq!(fixture.database.row_counts().await.unwrap()["attempt"], 0);
}
