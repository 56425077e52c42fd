//! Wrong passwords: they slow down whoever tries, tell nothing, and shut nobody out for ever.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use hemicycle_api::{ApiSettings, Budget, Budgets};
use serde_json::{Value, json};

use crate::{answer::Answer, app::App, each_database};

/// A server behind a proxy, which says where clients are; nobody's budget is spent.
fn behind_proxy(settings: ApiSettings) -> ApiSettings {
    let budget = Budget { capacity: NonZeroU32::MAX, per_second: NonZeroU32::MAX };
    let budgets = Budgets { anonymous: budget, ..Budgets::default() };
    ApiSettings { behind_proxy: true, budgets, ..settings }
}

/// Tries to sign in from an address.
async fn try_from(app: &App<'_>, address: &str, email: &str, password: &str) -> Answer {
    let document = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken
        errors { code message path ... on TooManyAttemptsError { retryAfterSeconds } } } }";
    let variables = json!({ "i": { "email": email, "password": password } });
    let body = json!({ "query": document, "variables": variables });
    Answer::to(app.anonymous().post().header("x-forwarded-for", address).json(&body)).await
}

fn code(answer: &Answer) -> &str {
    answer.text("signIn.errors.0.code")
}

const THERE: &str = "203.0.113.66";

each_database!(a_thousand_wrong_passwords_do_not_shut_the_real_user_out, crate::throttle::behind_proxy);
async fn a_thousand_wrong_passwords_do_not_shut_the_real_user_out(app: &App<'_>) {
    let account = app.account("VIEWER");
    let before = app.viewer().await;
    let (mut wrong, mut limited) = (0, 0);
    for number in 0..1_000 {
        let answer = try_from(app, THERE, &account.email, &format!("wrong password {number}")).await;
        assert_eq!(answer.data("signIn.accessToken"), &Value::Null);
        match code(&answer) {
            "WRONG_CREDENTIALS" => wrong += 1,
            "RATE_LIMITED" => limited += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((wrong, limited), (6, 994));

    // The real user comes in from elsewhere, and is not signed out where it was.
    let answer = try_from(app, "198.51.100.7", &account.email, &account.password).await;
    assert!(answer.data("signIn.accessToken").is_string(), "{}", answer.body);
    assert!(before.query("{ me { email } }").await.data("me.email").is_string());
    // From where the attempts came, even the right password waits, and for no longer than is said.
    let answer = try_from(app, THERE, &account.email, &account.password).await;
    let wait = answer.number("signIn.errors.0.retryAfterSeconds");
    assert!((1..=600).contains(&wait), "{wait}");
    app.wait(TimeDelta::seconds(wait));
    let answer = try_from(app, THERE, &account.email, &account.password).await;
    assert!(answer.data("signIn.accessToken").is_string(), "{}", answer.body);
}

each_database!(failures_at_one_server_slow_the_other_down, crate::throttle::behind_proxy);
async fn failures_at_one_server_slow_the_other_down(app: &App<'_>) {
    let account = app.account("VIEWER");
    let other = app.beside_with(crate::throttle::behind_proxy).await;
    for number in 0..6 {
        let server = if number % 2 == 0 { app } else { &other };
        let answer = try_from(server, THERE, &account.email, "wrong").await;
        assert_eq!(code(&answer), "WRONG_CREDENTIALS", "{number}");
    }
    for server in [app, &other] {
        let answer = try_from(server, THERE, &account.email, &account.password).await;
        assert_eq!(code(&answer), "RATE_LIMITED");
    }
    // What is right at one server is forgiven at the other, too.
    app.wait(TimeDelta::seconds(1));
    let answer = try_from(&other, THERE, &account.email, &account.password).await;
    assert!(answer.data("signIn.accessToken").is_string(), "{}", answer.body);
    for number in 0..6 {
        let answer = try_from(app, THERE, &account.email, "wrong").await;
        assert_eq!(code(&answer), "WRONG_CREDENTIALS", "{number}");
    }
}

each_database!(each_wrong_password_costs_more_time_than_the_one_before, crate::throttle::behind_proxy);
async fn each_wrong_password_costs_more_time_than_the_one_before(app: &App<'_>) {
    let account = app.account("VIEWER");
    let mut waits = Vec::new();
    while waits.len() < 8 {
        let answer = try_from(app, THERE, &account.email, "wrong").await;
        if code(&answer) == "RATE_LIMITED" {
            let wait = answer.number("signIn.errors.0.retryAfterSeconds");
            app.wait(TimeDelta::seconds(wait));
            waits.push(wait);
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128]);
}

each_database!(an_unknown_address_is_answered_like_a_known_one, crate::throttle::behind_proxy);
async fn an_unknown_address_is_answered_like_a_known_one(app: &App<'_>) {
    let known = app.account("VIEWER").email.clone();
    let mut answers = Vec::new();
    for (address, email) in
        [(THERE, known.as_str()), ("203.0.113.67", "nobody@demo.example"), ("203.0.113.68", "no address")]
    {
        let mut bodies = Vec::new();
        for _ in 0..12 {
            bodies.push(try_from(app, address, email, "wrong").await.body["data"].clone());
        }
        answers.push(bodies);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

each_database!(who_tries_many_accounts_from_one_address_waits_too, crate::throttle::behind_proxy);
async fn who_tries_many_accounts_from_one_address_waits_too(app: &App<'_>) {
    let mut wrong = 0;
    for number in 0..80 {
        let answer = try_from(app, THERE, &format!("{number}@demo.example"), "wrong").await;
        wrong += usize::from(code(&answer) == "WRONG_CREDENTIALS");
    }
    assert_eq!(wrong, 51);
}

each_database!(who_has_been_there_before_does_not_wait_for_what_a_crowd_tries, crate::throttle::behind_proxy);
async fn who_has_been_there_before_does_not_wait_for_what_a_crowd_tries(app: &App<'_>) {
    let account = app.account("VIEWER");
    let home = "198.51.100.7";
    let sign_in = |address: String| async move {
        let account = app.account("VIEWER");
        try_from(app, &address, &account.email, &account.password).await
    };
    assert!(sign_in(home.to_owned()).await.data("signIn.accessToken").is_string());
    for number in 0..60 {
        try_from(app, &format!("203.0.113.{number}"), &account.email, "wrong").await;
    }
    assert_eq!(code(&sign_in("192.0.2.1".to_owned()).await), "RATE_LIMITED");
    assert!(sign_in(home.to_owned()).await.data("signIn.accessToken").is_string());
    app.wait(TimeDelta::seconds(30));
    assert!(sign_in("192.0.2.1".to_owned()).await.data("signIn.accessToken").is_string());
}
