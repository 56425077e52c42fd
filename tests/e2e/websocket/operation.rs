//! Queries, mutations and subscriptions over a socket: what is told, in which order, how many at once.

use std::collections::HashSet;

use hemicycle_api::SocketSettings;
use hemicycle_test_database::DatabaseKind::Sqlite;
use serde_json::{Value, json};

use super::with_sockets;
use crate::{
    app::{App, run_with},
    client::Client,
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
};

const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) { expected change } }";

async fn enter(app: &App<'_>, client: &Client) -> Socket {
    Socket::enter(app, client.token()).await.expect("the token is good")
}

fn follow(event: &str) -> Value {
    json!({ "query": FOLLOW, "variables": { "id": event } })
}

each_database!(a_query_and_a_mutation_are_answered_once);
async fn a_query_and_a_mutation_are_answered_once(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut socket = enter(app, &administrator).await;
    let query = "query A { a: __typename } query B { b: __typename }";
    socket.subscribe_with("q", json!({ "query": query, "operationName": "B" })).await;
    let next = socket.hear().await;
    assert_eq!((&next["id"], &next["type"]), (&json!("q"), &json!("next")));
    assert_eq!(next["payload"]["data"], json!({ "b": "Query" }));
    assert!(next["payload"]["extensions"]["cost"]["remaining"].is_u64(), "{next}");
    assert_eq!(socket.hear().await, json!({ "id": "q", "type": "complete" }));

    let mutation = "mutation($input: CreateEventInput!) { createEvent(input: $input) { event { title } } }";
    let input = crate::event::new_event("Over a socket");
    socket.subscribe_with("m", json!({ "query": mutation, "variables": { "input": input } })).await;
    let answer = socket.hear().await;
    assert_eq!(answer["payload"]["data"]["createEvent"]["event"]["title"], "Over a socket", "{answer}");
    assert_eq!(socket.hear().await, json!({ "id": "m", "type": "complete" }));
}

each_database!(a_request_error_is_an_error_and_nothing_follows);
async fn a_request_error_is_an_error_and_nothing_follows(app: &App<'_>) {
    let host = app.host().await;
    let mut socket = enter(app, &host).await;
    for (parameters, code) in [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "{ nothing }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "subscription { nothing }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ __typename }", "operationName": "A" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": FOLLOW }), "BAD_USER_INPUT"),
        (json!({ "query": FOLLOW, "variables": { "id": "a\0b" } }), "BAD_USER_INPUT"),
        (json!({ "query": FOLLOW, "variables": { "id": "x" } }), "BAD_USER_INPUT"),
    ] {
        socket.subscribe_with("1", parameters.clone()).await;
        let message = socket.hear().await;
        assert_eq!(message["type"], "error", "{parameters}: {message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{parameters}: {message}");
        // Had a `complete` followed, it would stand here.
        socket.say(json!({ "type": "ping" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "pong" }), "{parameters}");
    }
}

each_database!(a_field_error_is_an_answer_with_data);
async fn a_field_error_is_an_answer_with_data(app: &App<'_>) {
    let mut socket = Socket::enter(app, None).await.unwrap();
    socket.subscribe("1", "{ __typename partner(id: \"x\") { id } }").await;
    let message = socket.hear().await;
    assert_eq!(message["type"], "next", "{message}");
    assert_eq!(message["payload"]["data"], json!({ "__typename": "Query", "partner": null }));
    assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
}

each_database!(an_internal_error_tells_nothing);
async fn an_internal_error_tells_nothing(app: &App<'_>) {
    let host = app.host().await;
    let mut socket = enter(app, &host).await;
    app.database.break_table("event").await.unwrap();
    socket.subscribe("1", "{ events { nodes { id } } }").await;
    let message = socket.hear().await;
    let error = &message["payload"]["errors"][0];
    assert_eq!(error["message"], "internal server error", "{message}");
    assert_eq!(error["extensions"]["code"], "INTERNAL_SERVER_ERROR", "{message}");
    assert!(
        !message.to_string().contains("no such") && !message.to_string().contains("relation"),
        "{message}"
    );
}

each_database!(a_subscription_is_told_until_it_is_ended);
async fn a_subscription_is_told_until_it_is_ended(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let mut socket = enter(app, &host).await;
    socket.subscribe_with("1", follow(&event)).await;
    let figures = json!({ "data": { "eventAttendance": { "expected": 0, "change": "CURRENT" } } });
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "next", "payload": figures }));

    socket.say(json!({ "type": "complete", "id": "1" })).await;
    // The answer to a ping says that the end has arrived.
    socket.say(json!({ "type": "ping" })).await;
    while socket.hear().await["type"] != "pong" {}
    register_new(&host, &event, new_person("Guest", "Anna")).await;
    // The id is free again, and nothing of the first subscription comes any more.
    socket.subscribe_with("1", follow(&event)).await;
    let message = socket.hear().await;
    assert_eq!(message["payload"]["data"]["eventAttendance"], json!({ "expected": 1, "change": "CURRENT" }));
}

each_database!(operations_go_on_side_by_side);
async fn operations_go_on_side_by_side(app: &App<'_>) {
    let host = app.host().await;
    let mut socket = enter(app, &host).await;
    for number in 0..20 {
        socket.subscribe(&number.to_string(), "{ partners(first: 3) { nodes { name } } }").await;
    }
    let (mut answered, mut done) = (HashSet::new(), HashSet::new());
    while done.len() < 20 {
        let message = socket.hear().await;
        let id = message["id"].as_str().unwrap().to_owned();
        match message["type"].as_str() {
            Some("next") => {
                assert!(answered.insert(id) && !message["payload"]["data"].is_null(), "{message}");
            }
            Some("complete") => assert!(answered.contains(&id) && done.insert(id), "{message}"),
            _ => panic!("{message}"),
        }
    }
}

#[tokio::test]
async fn an_operation_too_many_is_turned_down_and_the_others_go_on() {
    let sockets = SocketSettings { most_operations: 3, ..SocketSettings::default() };
    run_with(Sqlite, with_sockets(sockets), async |app| {
        let host = app.host().await;
        let event = open_event(&host, "Seminar").await;
        let mut socket = enter(app, &host).await;
        for id in ["1", "2", "3"] {
            socket.subscribe_with(id, follow(&event)).await;
            assert_eq!(socket.hear().await["type"], "next");
        }
        socket.subscribe("4", "{ __typename }").await;
        let message = socket.hear().await;
        assert_eq!((&message["id"], &message["type"]), (&json!("4"), &json!("error")), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{message}");

        socket.say(json!({ "type": "complete", "id": "2" })).await;
        socket.subscribe("4", "{ __typename }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["__typename"], "Query");
        assert_eq!(socket.hear().await["type"], "complete");
        register_new(&host, &event, new_person("Guest", "Anna")).await;
        let told: HashSet<_> = [socket.hear().await, socket.hear().await]
            .iter()
            .map(|message| message["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(told, HashSet::from(["1".to_owned(), "3".to_owned()]));
    })
    .await;
}

#[test]
fn fifty_operations_at_once_are_allowed_where_nothing_is_set() {
    assert_eq!(SocketSettings::default().most_operations, 50);
}
