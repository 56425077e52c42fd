//! Commands that are sent more than once and done once.

use hemicycle_domain::{id::PartnerId, problem::ProblemCode};
use hemicycle_persistence::{Failure, Idempotency, Work};

use crate::{
    each_database,
    fixture::{Fixture, code_of, keep_while, new_partner},
};

/// The command of a client that sends a key with it: what was made before, or a new partner.
async fn once(work: &mut Work, key: &str, name: &str) -> Result<PartnerId, Failure> {
    let once = Idempotency { key: key.to_owned(), fingerprint: name.to_owned() };
    if let Some(id) = work.repeated(Some(&once)).await? {
        return Ok(work.load_partner(id).await?.id);
    }
    let partner = work.create_partner(new_partner("UZ", name)).await?;
    work.remember(Some(once), partner.id).await?;
    Ok(partner.id)
}

each_database!(a_key_that_comes_again_answers_with_what_it_made);
async fn a_key_that_comes_again_answers_with_what_it_made(fixture: &Fixture<'_>) {
    let first = fixture.prepare(async |work| once(work, "key", "Academy").await).await;
    let before = fixture.database.row_counts().await.unwrap();
    let second = fixture.prepare(async |work| once(work, "key", "Academy").await).await;
    assert_eq!(first, second);
    assert_eq!(fixture.database.row_counts().await.unwrap(), before);
}

each_database!(a_key_stands_for_one_command);
async fn a_key_stands_for_one_command(fixture: &Fixture<'_>) {
    fixture.prepare(async |work| once(work, "key", "Academy").await).await;
    let other = fixture.attempt(async |work| once(work, "key", "University").await).await;
    assert_eq!(code_of(other), Some(ProblemCode::IdempotencyKeyReused));
}

each_database!(a_key_of_a_command_that_failed_is_free);
async fn a_key_of_a_command_that_failed_is_free(fixture: &Fixture<'_>) {
    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    once(&mut work, "key", "Academy").await.unwrap();
    drop(work);
    fixture.prepare(async |work| once(work, "key", "University").await).await;
}

each_database!(of_two_that_come_at_once_the_second_waits_for_the_first);
async fn of_two_that_come_at_once_the_second_waits_for_the_first(fixture: &Fixture<'_>) {
    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    let first = once(&mut work, "key", "Academy").await.unwrap();
    let second = fixture.attempt(async |work| once(work, "key", "Academy").await);
    assert_eq!(keep_while(work, second).await.unwrap(), first);
}
