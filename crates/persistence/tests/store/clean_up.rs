//! What is deleted once it is spent, and what is not yet.

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    access::{Grant, Place, Role},
    account::{
        ChallengeKind, EmailAddress, LinkKind, NewAccount, PROVIDER_SIGN_IN_TIME, PasswordHash,
        SESSION_LENGTH, Visitor,
    },
    id::AccountId,
    problem::ProblemCode,
    text::Line,
};
use hemicycle_persistence::{Failure, NewProviderSignIn, SessionToken};

use crate::{each_database, fixture::Fixture};

/// How long what is past its time is kept.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);

fn token(name: impl std::fmt::Display) -> SessionToken {
    SessionToken { hash: format!("hash of {name}") }
}

async fn account(fixture: &Fixture<'_>) -> AccountId {
    let new = NewAccount {
        email: EmailAddress::parse("email", "someone@example.org").unwrap(),
        display_name: Line::parse("displayName", "Someone").unwrap(),
        password: PasswordHash("a hash".to_owned()),
        grants: vec![Grant { role: Role::Viewer, place: Place::Platform }],
    };
    fixture.prepare(async |work| work.create_account(new).await).await.id
}

/// Exchanges a token for the next one; the code of the refusal where it is refused.
async fn rotate(fixture: &Fixture<'_>, from: &str, to: &str, now: DateTime<Utc>) -> Option<ProblemCode> {
    let visitor = Visitor::default();
    match fixture.store.rotate_session(&token(from), token(to), &visitor, now).await {
        Ok(_) => None,
        Err(Failure::Problem(problem)) => Some(problem.code()),
        Err(failure) => panic!("{failure}"),
    }
}

async fn delete_all(fixture: &Fixture<'_>, now: DateTime<Utc>) {
    while fixture.store.delete_spent(now).await.unwrap() {}
}

each_database!(a_used_refresh_token_betrays_a_copy_as_long_as_it_would_have_been_good);
async fn a_used_refresh_token_betrays_a_copy_as_long_as_it_would_have_been_good(fixture: &Fixture<'_>) {
    let (account, began) = (account(fixture).await, fixture.now());
    fixture.store.open_session(account, token("first"), Visitor::default(), began).await.unwrap();
    let later = began + SESSION_LENGTH - TimeDelta::days(1);
    assert_eq!(rotate(fixture, "first", "second", later).await, None);

    let last = began + SESSION_LENGTH - TimeDelta::seconds(1);
    delete_all(fixture, last + KEPT_FOR).await;
    // The thief comes with the first token at the last moment, and ends the session for both.
    assert_eq!(rotate(fixture, "first", "stolen", last).await, Some(ProblemCode::SessionEnded));
    assert_eq!(rotate(fixture, "second", "third", last).await, Some(ProblemCode::SessionEnded));
}

each_database!(what_is_long_past_its_time_goes_batch_by_batch_and_is_answered_as_before);
async fn what_is_long_past_its_time_goes_batch_by_batch_and_is_answered_as_before(fixture: &Fixture<'_>) {
    let (account, began) = (account(fixture).await, fixture.now());
    fixture.store.open_session(account, token("session"), Visitor::default(), began).await.unwrap();
    let kind = ChallengeKind::SecondFactor;
    for number in 0..1_001 {
        fixture.store.open_challenge(account, kind, token(number), began).await.unwrap();
    }
    fixture.prepare(async |work| work.send_link(account, LinkKind::PasswordReset, token("link")).await).await;
    let sign_in = NewProviderSignIn {
        provider: "ministry".to_owned(),
        state_hash: "state".to_owned(),
        browser_hash: "browser".to_owned(),
        sealed_secrets: "sealed".to_owned(),
        code_challenge: "challenge".to_owned(),
        return_to: "https://app.example.org/".to_owned(),
    };
    fixture.store.begin_provider_sign_in(sign_in, began).await.unwrap();
    let come_back =
        async |now| fixture.store.take_provider_return("ministry", "state", "browser", now).await.unwrap();

    // Within a day of their time nothing goes, and a session goes on.
    let soon = began + kind.lifetime() + KEPT_FOR;
    assert!(!fixture.store.delete_spent(soon).await.unwrap());
    assert!(come_back(began + PROVIDER_SIGN_IN_TIME).await.is_some_and(|came| came.sign_in.is_err()));
    let later = began + KEPT_FOR + TimeDelta::hours(2);
    let mut batches = 1;
    while fixture.store.delete_spent(later).await.unwrap() {
        batches += 1;
    }
    assert_eq!(batches, 3);
    assert!(come_back(later).await.is_none());
    let spent = fixture.store.find_challenge(&token(1), kind, began).await.unwrap_err();
    assert!(matches!(spent, Failure::Problem(problem) if problem.code() == ProblemCode::ChallengeSpent));
    let spent =
        fixture.store.find_addressee(&token("link"), LinkKind::PasswordReset, began).await.unwrap_err();
    assert!(matches!(spent, Failure::Problem(problem) if problem.code() == ProblemCode::LinkSpent));
    assert_eq!(rotate(fixture, "session", "next", later).await, None);

    delete_all(fixture, later + SESSION_LENGTH + KEPT_FOR + TimeDelta::seconds(1)).await;
    assert_eq!(rotate(fixture, "next", "more", later).await, Some(ProblemCode::SessionEnded));
}
