//! The keys that sign access tokens: kept once, replaced in order, and heard of by every node.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::{Place, Role},
    account::{FormerKeys, LONGEST_TOKEN, NewSigningKey, SigningKey},
    problem::Problem,
};
use hemicycle_persistence::Failure;
use uuid::Uuid;

use crate::{each_database, fixture::Fixture};

fn key(number: u128) -> NewSigningKey {
    NewSigningKey {
        id: Uuid::from_u128(number).into(),
        public: format!("public {number}"),
        sealed: format!("sealed {number}"),
    }
}

/// Keeps a first key; every key that is there can be used.
async fn begin(fixture: &Fixture<'_>, number: u128, now: DateTime<Utc>) -> Result<SigningKey, Failure> {
    let mut work = fixture.store.begin(&fixture.system(), now).await?;
    let kept = work.begin_signing(key(number), |_| true).await?;
    work.commit().await?;
    Ok(kept)
}

each_database!(of_nodes_that_begin_at_once_one_makes_the_key);
async fn of_nodes_that_begin_at_once_one_makes_the_key(fixture: &Fixture<'_>) {
    let now = fixture.now();
    let (first, second, third) =
        tokio::join!(begin(fixture, 1, now), begin(fixture, 2, now), begin(fixture, 3, now));
    let (first, second, third) = (first.unwrap(), second.unwrap(), third.unwrap());
    assert_eq!((first.id, first.id), (second.id, third.id));
    assert_eq!(fixture.store.signing_keys(now).await.unwrap(), [first]);
}

each_database!(a_former_key_is_believed_until_its_tokens_are_over);
async fn a_former_key_is_believed_until_its_tokens_are_over(fixture: &Fixture<'_>) {
    let now = fixture.now();
    let first = begin(fixture, 1, now).await.unwrap();
    let mut work = fixture.store.begin(&fixture.system(), now).await.unwrap();
    let second = work.rotate_signing_key(key(2), FormerKeys::Believed).await.unwrap();
    work.commit().await.unwrap();

    let until = Some(now + LONGEST_TOKEN);
    let known = fixture.store.signing_keys(now).await.unwrap();
    assert_eq!(known, [second.clone(), SigningKey { believed_until: until, ..first }]);
    let later = fixture.store.signing_keys(now + LONGEST_TOKEN).await.unwrap();
    assert_eq!(later, std::slice::from_ref(&second));

    let mut work = fixture.store.begin(&fixture.system(), now).await.unwrap();
    let third = work.rotate_signing_key(key(3), FormerKeys::Distrusted).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(fixture.store.signing_keys(now).await.unwrap(), [third]);
}

each_database!(only_the_platform_replaces_keys);
async fn only_the_platform_replaces_keys(fixture: &Fixture<'_>) {
    let now = fixture.now();
    for role in [Role::InternationalProgramOfficer, Role::Viewer] {
        let actor = fixture.account(role, Place::Platform);
        let mut work = fixture.store.begin(&actor, now).await.unwrap();
        let refused = work.rotate_signing_key(key(1), FormerKeys::Distrusted).await;
        assert!(matches!(refused, Err(Failure::Problem(Problem::Refused(_)))), "{role}");
    }
    assert!(fixture.store.signing_keys(now).await.unwrap().is_empty());
}
