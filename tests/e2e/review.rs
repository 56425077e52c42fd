//! The review of flagged scans: a queue of an event, and decisions each with an answer of its own.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    each_database,
    event::advance,
    known,
    participant::new_person,
    registration::{open_event, register_new},
};

const QUEUE: &str = "query($id: ID!, $where: FlaggedScanWhere) { event(id: $id) {
    flaggedScans(where: $where) { totalCount nodes { id credential scan { flags counts registration { id } }
        resolution { kind reason at registration { id } } } } } }";

/// An offline scan of a code that nobody has.
async fn unknown_code(client: &Client, event: &str) {
    let scan = json!({
        "scanId": "0198a1d2-7b3c-7e4f-8a5b-000000000001", "eventId": event, "credential": "HMB:nobody",
        "capturedAt": "2026-11-22T09:00:00+05:00",
    });
    let answer = client.mutate("submitScans", json!({ "scans": [scan] }), "results { outcome flags }").await;
    let flags = answer.data("submitScans.results.0.flags").as_array().cloned().unwrap_or_default();
    assert!(flags.contains(&json!("UNKNOWN_CREDENTIAL")), "{flags:?}");
}

async fn resolve(client: &Client, event: &str, resolution: Value) -> Value {
    let input = json!({ "eventId": event, "resolutions": [resolution], "reason": "Asked at the door." });
    let fields = "results { flaggedScanId errors { code path }
        flaggedScan { scan { counts } resolution { kind registration { id attendance { hasAttended } } } } }";
    client.mutate("resolveScans", input, fields).await.data("resolveScans.results.0").clone()
}

each_database!(a_flagged_scan_is_attached_to_whom_it_shows);
async fn a_flagged_scan_is_attached_to_whom_it_shows(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    unknown_code(&host, &event).await;

    let open = json!({ "id": event, "where": { "isResolved": false, "flags": ["UNKNOWN_CREDENTIAL"] } });
    let queue = host.ask(QUEUE, open.clone()).await;
    assert_eq!(queue.number("event.flaggedScans.totalCount"), 1);
    let waiting = queue.data("event.flaggedScans.nodes.0");
    assert_eq!((&waiting["credential"], &waiting["resolution"]), (&json!("HMB:nobody"), &Value::Null));
    assert_eq!(waiting["scan"]["counts"], json!(false));
    let other = json!({ "id": event, "where": { "flags": ["WALK_IN"] } });
    assert_eq!(host.ask(QUEUE, other).await.number("event.flaggedScans.totalCount"), 0);

    let id = waiting["id"].clone();
    let accepted = resolve(&host, &event, json!({ "flaggedScanId": id, "finding": "ACCEPT" })).await;
    assert_eq!(accepted["errors"][0]["code"], "ILLEGAL_STEP");
    let attach = json!({ "flaggedScanId": id, "finding": "ATTACH", "registrationId": guest });
    let attached = resolve(&host, &event, attach).await;
    assert_eq!((&attached["errors"], &attached["flaggedScan"]["scan"]["counts"]), (&json!([]), &json!(true)));
    let resolution = &attached["flaggedScan"]["resolution"];
    assert_eq!(resolution["kind"], "ATTACHED");
    assert_eq!(resolution["registration"], json!({ "id": guest, "attendance": { "hasAttended": true } }));
    assert_eq!(host.ask(QUEUE, open).await.number("event.flaggedScans.totalCount"), 0);
    let resolved = host.ask(QUEUE, json!({ "id": event, "where": { "isResolved": true } })).await;
    assert_eq!(resolved.text("event.flaggedScans.nodes.0.resolution.reason"), "Asked at the door.");
}

each_database!(at_the_door_the_queue_is_seen_without_what_was_shown);
async fn at_the_door_the_queue_is_seen_without_what_was_shown(app: &App<'_>) {
    let administrator = app.administrator().await;
    let event = known::event(&administrator, known::DELHI_CONFERENCE).await;
    unknown_code(&administrator, &event).await;
    let seen = app.operator().await.ask(QUEUE, json!({ "id": event })).await;
    assert_eq!(seen.number("event.flaggedScans.totalCount"), 1);
    assert!(seen.data("event.flaggedScans.nodes.0.credential").is_null());
    let hidden = app.viewer().await.ask(QUEUE, json!({ "id": event })).await;
    assert_eq!(hidden.number("event.flaggedScans.totalCount"), 0);
}

each_database!(a_decision_that_cannot_be_read_is_named);
async fn a_decision_that_cannot_be_read_is_named(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    unknown_code(&host, &event).await;
    let queue = host.ask(QUEUE, json!({ "id": event })).await;
    let id = queue.text("event.flaggedScans.nodes.0.id").to_owned();
    let decide = async |resolutions: Value| {
        let input = json!({ "eventId": event, "resolutions": resolutions, "reason": "Asked." });
        host.mutate("resolveScans", input, "results { errors { code } }").await
    };
    let attach = json!([{ "flaggedScanId": id, "finding": "ATTACH" }]);
    let path = "resolutions.0.registrationId";
    decide(attach).await.assert_turned_down("resolveScans", "INVALID_INPUT", path);
    let reject = json!([{ "flaggedScanId": id, "finding": "REJECT", "registrationId": id }]);
    decide(reject).await.assert_turned_down("resolveScans", "INVALID_INPUT", path);
    let wrong = json!([{ "flaggedScanId": event, "finding": "REJECT" }]);
    decide(wrong).await.assert_turned_down("resolveScans", "INVALID_INPUT", "resolutions.0.flaggedScanId");
    let many = json!(vec![json!({ "flaggedScanId": id, "finding": "REJECT" }); 101]);
    decide(many).await.assert_turned_down("resolveScans", "INVALID_INPUT", "resolutions");
}

each_database!(a_late_scan_that_is_accepted_at_a_closed_event_counts);
async fn a_late_scan_that_is_accepted_at_a_closed_event_counts(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    for step in ["HOLD", "CLOSE"] {
        advance(&host, &event, step).await.data("advanceEvent.event.status");
    }
    let scan = json!({ "scanId": "0198a1d2-7b3c-7e4f-8a5b-000000000002", "registrationId": guest,
        "capturedAt": app.now().to_rfc3339() });
    let fields = "results { outcome flags scan { counts } }";
    let late = host.mutate("submitScans", json!({ "scans": [scan] }), fields).await;
    let late = late.data("submitScans.results.0");
    let waits =
        json!({ "outcome": "ACCEPTED_FLAGGED", "flags": ["LATE_AFTER_LOCK"], "scan": { "counts": false } });
    assert_eq!(late, &waits);
    let attended = async || {
        let query = "query($id: ID!, $guest: ID!) { event(id: $id) { counts { attended } }
            registration(id: $guest) { attendance { hasAttended } } }";
        let answer = host.ask(query, json!({ "id": event, "guest": guest })).await;
        let has_attended = answer.data("registration.attendance.hasAttended").as_bool();
        (answer.number("event.counts.attended"), has_attended)
    };
    assert_eq!(attended().await, (0, Some(false)));
    let queue = host.ask(QUEUE, json!({ "id": event, "where": { "flags": ["LATE_AFTER_LOCK"] } })).await;
    let id = queue.data("event.flaggedScans.nodes.0.id").clone();
    let accepted = resolve(&host, &event, json!({ "flaggedScanId": id, "finding": "ACCEPT" })).await;
    assert_eq!(accepted["flaggedScan"]["scan"]["counts"], json!(true), "{accepted}");
    assert_eq!(attended().await, (1, Some(true)));
    // Decided otherwise, the figure goes back.
    resolve(&host, &event, json!({ "flaggedScanId": id, "finding": "REJECT" })).await;
    assert_eq!(attended().await, (0, Some(false)));
}
