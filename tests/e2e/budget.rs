//! Budgets of cost: what is spent, what comes back, and what a refusal says.

use std::{num::NonZeroU32, time::Duration};

use hemicycle_api::{ApiSettings, Budget, Budgets};
use serde_json::{Value, json};

use crate::{
    answer::Answer, app::App, client::Client, device::device, each_database, event_stream::EventStream,
    registration::open_event, socket::Socket,
};

/// How long a budget may take to come back; nothing waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);
const DOCUMENT: &str = "{ events(first: 10) { nodes { id } } }";

fn budget(capacity: u32, per_second: u32) -> Budget {
    let number = |number| NonZeroU32::new(number).unwrap();
    Budget { capacity: number(capacity), per_second: number(per_second) }
}

/// A server where accounts have little to spend.
fn thrifty(settings: ApiSettings) -> ApiSettings {
    let budgets = Budgets { account: budget(30, 1), ..Budgets::default() };
    ApiSettings { budgets, ..settings }
}

async fn spend_all(client: &Client, document: &str) -> Answer {
    loop {
        let answer = client.query(document).await;
        if answer.status != 200 {
            return answer;
        }
    }
}

each_database!(who_has_spent_the_budget_is_told_how_long_to_wait, crate::budget::thrifty);
async fn who_has_spent_the_budget_is_told_how_long_to_wait(app: &App<'_>) {
    let viewer = app.viewer().await;
    assert!(viewer.query(DOCUMENT).await.data("events").is_object());
    let refused = spend_all(&viewer, DOCUMENT).await;
    refused.assert_refused(429, "RATE_LIMITED");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    let told = &refused.body["errors"][0]["extensions"];
    assert_eq!(told["retryAfter"], seconds);
    let cost = |field: &str| told["cost"][field].as_u64().unwrap();
    assert!(cost("remaining") < cost("requested"), "{told}");
    assert_eq!(cost("maximum"), 20_000);
    // Others have budgets of their own.
    assert!(app.officer().await.query(DOCUMENT).await.data("events").is_object());
}

each_database!(what_no_budget_could_pay_says_so, crate::budget::thrifty);
async fn what_no_budget_could_pay_says_so(app: &App<'_>) {
    let refused = app.viewer().await.query("{ events(first: 200) { nodes { id title } } }").await;
    refused.assert_refused(200, "COST_EXCEEDED");
    let told = &refused.body["errors"][0]["extensions"];
    assert!(told["cost"]["requested"].as_u64().unwrap() > 30, "{told}");
    assert_eq!(told.get("retryAfter"), None, "no wait would help");
}

each_database!(a_spent_budget_is_told_over_a_socket_and_as_an_event, crate::budget::thrifty);
async fn a_spent_budget_is_told_over_a_socket_and_as_an_event(app: &App<'_>) {
    let viewer = app.viewer().await;
    let mut socket = Socket::enter(app, viewer.token()).await.unwrap();
    spend_all(&viewer, DOCUMENT).await;
    socket.subscribe("1", DOCUMENT).await;
    let message = socket.hear().await;
    assert_eq!(message["type"], "error", "{message}");
    let mut stream = EventStream::open(viewer.post().json(&json!({ "query": DOCUMENT }))).await;
    for error in [&message["payload"][0], &stream.next().await["errors"][0]] {
        assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{error}");
        assert!(error["extensions"]["retryAfter"].as_u64().is_some_and(|seconds| seconds > 0), "{error}");
    }
}

/// A server where what is spent comes back soon.
fn generous(settings: ApiSettings) -> ApiSettings {
    let budgets = Budgets { account: budget(30, 30), ..Budgets::default() };
    ApiSettings { budgets, ..settings }
}

each_database!(what_was_spent_comes_back, crate::budget::generous);
async fn what_was_spent_comes_back(app: &App<'_>) {
    let viewer = app.viewer().await;
    spend_all(&viewer, DOCUMENT).await.assert_refused(429, "RATE_LIMITED");
    let back = async { while viewer.query(DOCUMENT).await.status != 200 {} };
    tokio::time::timeout(PATIENCE, back).await.expect("it comes back");
}

/// A server where devices have little to spend.
fn thrifty_with_devices(settings: ApiSettings) -> ApiSettings {
    let budgets = Budgets { device: budget(10, 1), ..Budgets::default() };
    ApiSettings { budgets, ..settings }
}

each_database!(a_device_has_a_budget_of_its_own, crate::budget::thrifty_with_devices);
async fn a_device_has_a_budget_of_its_own(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let (_, phone) = device(app, &host, &event, "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a01").await;
    let (_, other) = device(app, &host, &event, "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a02").await;
    let document = "{ rateLimit { remaining } }";
    spend_all(&phone, document).await.assert_refused(429, "RATE_LIMITED");
    assert_ne!(other.query(document).await.data("rateLimit"), &Value::Null);
    assert_ne!(host.query(document).await.data("rateLimit"), &Value::Null);
}
