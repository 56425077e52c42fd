//! More than the server can carry: refused early, and over as soon as it is over.

use std::time::Duration;

use hemicycle_api::ApiSettings;
use hemicycle_test_database::DatabaseKind::Sqlite;
use serde_json::json;

use crate::{
    answer::Answer,
    app::{App, run_with},
    each_database,
    registration::open_event,
    socket::Socket,
};

/// How long anything here may take; nothing waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

fn without_turns(settings: ApiSettings) -> ApiSettings {
    ApiSettings { requests_in_flight: 0, ..settings }
}

each_database!(a_request_too_many_is_refused_with_503, crate::overload::without_turns);
async fn a_request_too_many_is_refused_with_503(app: &App<'_>) {
    for accept in ["application/json", "application/graphql-response+json", "text/event-stream"] {
        let request = app.anonymous().post().header("accept", accept);
        let answer = Answer::to(request.json(&json!({ "query": "{ __typename }" }))).await;
        answer.assert_refused(503, "RATE_LIMITED");
        assert_eq!(answer.header("retry-after"), "1");
        assert!(!answer.header("x-request-id").is_empty());
    }
}

each_database!(health_is_told_under_any_load, crate::overload::without_turns);
async fn health_is_told_under_any_load(app: &App<'_>) {
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(app.request(reqwest::Method::GET, path).send().await.unwrap().status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_crowd_is_served_one_after_the_other() {
    let set = |settings| ApiSettings { requests_in_flight: 2, ..settings };
    run_with(Sqlite, set, async |app| {
        let viewer = app.viewer().await;
        let ask = || viewer.query("{ partners(first: 5) { nodes { name } } }");
        for answer in futures_util::future::join_all((0..20).map(|_| ask())).await {
            // On a slow machine the last may not get a turn in time.
            if answer.status == 503 {
                answer.assert_refused(503, "RATE_LIMITED");
                assert_eq!(answer.header("retry-after"), "1");
            } else {
                assert!(!answer.list("partners.nodes").is_empty());
            }
        }
        assert!(!ask().await.list("partners.nodes").is_empty());
    })
    .await;
}

/// A server that reads one large body at a time.
fn narrow(settings: ApiSettings) -> ApiSettings {
    ApiSettings { body_bytes_in_flight: 1, ..settings }
}

each_database!(large_bodies_are_answered_one_after_the_other, crate::overload::narrow);
async fn large_bodies_are_answered_one_after_the_other(app: &App<'_>) {
    let room = " ".repeat(40 * 1024);
    let ask = |query: &str| {
        let body = format!("{{{room}\"query\": \"{query}\"}}");
        Answer::to(app.anonymous().post().header("content-type", "application/json").body(body))
    };
    // Those that are refused, and those that are no JSON, leave their place as well.
    let queries = ["{ __typename }", "{ nothing }", "\"", "{ territories(first: 1) { nodes { id } } }"];
    let answers = futures_util::future::join_all((0..40).map(|index| ask(queries[index % 4]))).await;
    for (index, answer) in answers.iter().enumerate() {
        let expected = [200, 200, 400, 200][index % 4];
        assert_eq!(answer.status, expected, "{}", queries[index % 4]);
    }
}

/// A server that gives up every request that has to wait for anything.
fn impatient(settings: ApiSettings) -> ApiSettings {
    ApiSettings { request_time_limit: Duration::ZERO, ..settings }
}

each_database!(a_request_that_takes_too_long_is_given_up_with_503, crate::overload::impatient);
async fn a_request_that_takes_too_long_is_given_up_with_503(app: &App<'_>) {
    let document = "mutation { signIn(input: { email: \"a@b.example\", password: \"a\" }) { accessToken } }";
    let answer = app.anonymous().query(document).await;
    answer.assert_refused(503, "TIMEOUT");
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

each_database!(so_is_an_operation_over_a_socket, crate::overload::impatient);
async fn so_is_an_operation_over_a_socket(app: &App<'_>) {
    let mut socket = Socket::enter(app, None).await.unwrap();
    let document = "mutation { signIn(input: { email: \"a@b.example\", password: \"a\" }) { accessToken } }";
    socket.subscribe("1", document).await;
    let message = socket.hear().await;
    assert_eq!(message["type"], "error", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "TIMEOUT", "{message}");
}

/// A server with room for one who follows.
fn crowded(settings: ApiSettings) -> ApiSettings {
    ApiSettings { subscriptions: 1, ..settings }
}

each_database!(a_subscription_too_many_is_refused_until_one_ends, crate::overload::crowded);
async fn a_subscription_too_many_is_refused_until_one_ends(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let follow = format!("subscription {{ eventAttendance(eventId: \"{event}\") {{ expected }} }}");
    let mut first = Socket::enter(app, host.token()).await.unwrap();
    let mut second = Socket::enter(app, host.token()).await.unwrap();
    first.subscribe("1", &follow).await;
    assert_eq!(first.hear().await["type"], "next");
    second.subscribe("1", &follow).await;
    let refused = second.hear().await;
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{refused}");
    second.subscribe("1", "{ __typename }").await;
    assert_eq!(second.hear().await["type"], "next", "a query is no subscription");
    assert_eq!(second.hear().await["type"], "complete");

    first.say(json!({ "type": "complete", "id": "1" })).await;
    let begun = tokio::time::timeout(PATIENCE, async {
        loop {
            second.subscribe("2", &follow).await;
            if second.hear().await["type"] == "next" {
                return;
            }
        }
    });
    begun.await.expect("there is a place again");
}

each_database!(an_operation_too_many_over_a_socket_is_refused, crate::overload::without_turns);
async fn an_operation_too_many_over_a_socket_is_refused(app: &App<'_>) {
    let mut socket = Socket::enter(app, None).await.unwrap();
    socket.subscribe("1", "{ __typename }").await;
    let message = socket.hear().await;
    assert_eq!(message["type"], "error", "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{message}");
}
