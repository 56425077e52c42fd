//! Operations as server-sent events, by the protocol graphql-sse.

use std::time::Duration;

use chrono::TimeDelta;
use hemicycle_api::ApiSettings;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
};

const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) { expected change } }";
const EVENTS: &str = "text/event-stream";

/// How long an event may take; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream of events.
pub(crate) struct EventStream {
    response: reqwest::Response,
    buffer: String,
}

/// What comes over a stream.
#[derive(Debug, PartialEq)]
pub(crate) enum Coming {
    Next(Value),
    Complete,
    Comment,
    End,
}

impl EventStream {
    /// Opens a stream.
    pub(crate) async fn open(request: reqwest::RequestBuilder) -> Self {
        let response = request.header("accept", EVENTS).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], EVENTS);
        Self { response, buffer: String::new() }
    }

    fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Waits for what comes next, a comment or an event.
    async fn coming(&mut self) -> Coming {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.buffer = rest;
                return read(&block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes");
            match chunk.expect("the stream does not break") {
                Some(bytes) => self.buffer.push_str(std::str::from_utf8(&bytes).unwrap()),
                None => return Coming::End,
            }
        }
    }

    /// Waits for the next event.
    pub(crate) async fn event(&mut self) -> Coming {
        loop {
            match self.coming().await {
                Coming::Comment => {}
                coming => return coming,
            }
        }
    }

    /// Waits for the next answer.
    pub(crate) async fn next(&mut self) -> Value {
        match self.event().await {
            Coming::Next(answer) => answer,
            other => panic!("an answer was expected: {other:?}"),
        }
    }
}

/// Reads the lines of one event, in the form in which clients of the protocol read them.
fn read(block: &str) -> Coming {
    let lines: Vec<&str> = block.lines().collect();
    match lines.as_slice() {
        [comment] if comment.starts_with(':') => Coming::Comment,
        ["event: next", data] => {
            let data = data.strip_prefix("data: ").expect("an answer has data");
            Coming::Next(serde_json::from_str(data).expect("data is JSON"))
        }
        // A browser passes over an event without data: the field is there, and empty.
        ["event: complete", data] => {
            assert_eq!(*data, "data: ");
            Coming::Complete
        }
        _ => panic!("no event of the protocol: {block}"),
    }
}

async fn answer(app: &App<'_>, accept: &str, parameters: Value) -> Answer {
    let request = app.anonymous().post().header("accept", accept).json(&parameters);
    Answer::to(request).await
}

each_database!(a_query_is_one_answer_and_its_completion);
async fn a_query_is_one_answer_and_its_completion(app: &App<'_>) {
    let viewer = app.viewer().await;
    let mut stream =
        EventStream::open(viewer.post().json(&json!({ "query": "{ __typename me { email } }" }))).await;
    for (name, value) in [("cache-control", "no-store"), ("x-content-type-options", "nosniff")] {
        assert_eq!(stream.headers()[name], value);
    }
    assert!(stream.headers().contains_key("x-request-id"));
    let email = &app.account("VIEWER").email;
    let answer = stream.next().await;
    assert_eq!(answer["data"], json!({ "__typename": "Query", "me": { "email": email } }));
    assert!(answer["extensions"]["cost"]["requested"].is_number(), "{answer}");
    assert_eq!(stream.event().await, Coming::Complete);
    assert_eq!(stream.event().await, Coming::End);
}

each_database!(a_subscription_is_told_as_it_happens_by_post_and_by_get);
async fn a_subscription_is_told_as_it_happens_by_post_and_by_get(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let variables = json!({ "id": event });
    let posted = host.post().json(&json!({ "query": FOLLOW, "variables": variables }));
    let asked = host.get().query(&[("query", FOLLOW), ("variables", &variables.to_string())]);
    for (before, request) in [posted, asked].into_iter().enumerate() {
        let mut stream = EventStream::open(request).await;
        let told = |expected: usize, change: &str| json!({ "data": { "eventAttendance": { "expected": expected, "change": change } } });
        assert_eq!(stream.next().await, told(before, "CURRENT"));
        register_new(&host, &event, new_person("Guest", &format!("Anna {before}"))).await;
        assert_eq!(stream.next().await, told(before + 1, "REGISTERED"));
    }
}

each_database!(a_mutation_comes_by_post_alone);
async fn a_mutation_comes_by_post_alone(app: &App<'_>) {
    let mutation = "mutation { signOut(input: { refreshToken: \"a\" }) { done } }";
    let mut stream = EventStream::open(app.anonymous().post().json(&json!({ "query": mutation }))).await;
    assert_eq!(stream.next().await["data"], json!({ "signOut": { "done": true } }));
    assert_eq!(stream.event().await, Coming::Complete);
    let by_get = app.anonymous().get().query(&[("query", mutation)]).header("accept", EVENTS);
    let answer = Answer::to(by_get).await;
    answer.assert_refused(405, "BAD_REQUEST");
    assert_eq!(answer.header("allow"), "POST");
}

each_database!(what_is_wrong_with_the_operation_is_an_event);
async fn what_is_wrong_with_the_operation_is_an_event(app: &App<'_>) {
    for (parameters, code) in [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED"),
        (json!({ "query": "{ nothing }" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": "{ __typename }", "operationName": "A" }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "query": FOLLOW }), "BAD_USER_INPUT"),
        (json!({ "query": FOLLOW, "variables": { "id": "x" } }), "BAD_USER_INPUT"),
    ] {
        let mut stream = EventStream::open(app.anonymous().post().json(&parameters)).await;
        let answer = stream.next().await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{parameters}: {answer}");
        assert!(answer.get("data").is_none(), "{answer}");
        assert_eq!(stream.event().await, Coming::Complete);
        assert_eq!(stream.event().await, Coming::End);
    }
}

each_database!(what_is_wrong_with_the_request_around_it_is_no_stream);
async fn what_is_wrong_with_the_request_around_it_is_no_stream(app: &App<'_>) {
    answer(app, EVENTS, json!([])).await.assert_refused(400, "BAD_REQUEST");
    answer(app, EVENTS, json!({ "query": 1 })).await.assert_refused(400, "BAD_REQUEST");
    let text = app.request(Method::POST, "/graphql").header("accept", EVENTS).body("{}");
    Answer::to(text).await.assert_refused(415, "BAD_REQUEST");
    let forged = app.with_token("token").post().header("accept", EVENTS);
    let forged = Answer::to(forged.json(&json!({ "query": "{ __typename }" }))).await;
    forged.assert_refused(401, "UNAUTHENTICATED");
}

each_database!(who_takes_both_gets_json_for_one_answer_and_events_for_many);
async fn who_takes_both_gets_json_for_one_answer_and_events_for_many(app: &App<'_>) {
    let both = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let query = answer(app, both, json!({ "query": "{ __typename }" })).await;
    assert_eq!(query.text("__typename"), "Query");
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    let response = host.post().header("accept", both).json(&parameters).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], EVENTS);
    let preferred = "application/json;q=0.5, text/event-stream";
    let request = host.post().header("accept", preferred).json(&json!({ "query": "{ __typename }" }));
    assert_eq!(request.send().await.unwrap().headers()["content-type"], EVENTS);
    let neither = host.post().header("accept", "text/html").json(&parameters);
    Answer::to(neither).await.assert_refused(406, "BAD_REQUEST");
}

/// A server whose streams and sessions are looked at often.
fn watchful(settings: ApiSettings) -> ApiSettings {
    let often = Duration::from_millis(20);
    ApiSettings { session_check_every: often, event_keep_alive: often, ..settings }
}

each_database!(a_stream_says_that_it_goes_on, crate::event_stream::watchful);
async fn a_stream_says_that_it_goes_on(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    let mut stream = EventStream::open(host.post().json(&parameters)).await;
    stream.next().await;
    assert_eq!(stream.coming().await, Coming::Comment);
    assert_eq!(stream.coming().await, Coming::Comment);
}

each_database!(a_stream_ends_with_its_token, crate::event_stream::watchful);
async fn a_stream_ends_with_its_token(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    let mut stream = EventStream::open(host.post().json(&parameters)).await;
    stream.next().await;
    app.wait(TimeDelta::minutes(15));
    assert_eq!(stream.next().await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(stream.event().await, Coming::Complete);
    assert_eq!(stream.event().await, Coming::End);
}

each_database!(a_role_that_is_taken_back_ends_a_stream);
async fn a_role_that_is_taken_back_ends_a_stream(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    let mut stream = EventStream::open(host.post().json(&parameters)).await;
    stream.next().await;
    let grants = host.query("{ me { grants { id } } }").await;
    let input = json!({ "grantId": grants.text("me.grants.0.id") });
    app.administrator().await.mutate("revokeGrant", input, "account { id }").await.data("revokeGrant");
    assert_eq!(stream.next().await["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(stream.event().await, Coming::Complete);
}

each_database!(a_server_that_stops_ends_a_stream_without_completing_it);
async fn a_server_that_stops_ends_a_stream_without_completing_it(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    let mut stream = EventStream::open(host.post().json(&parameters)).await;
    stream.next().await;
    app.stop();
    assert_eq!(stream.event().await, Coming::End);
}
