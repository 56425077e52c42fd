//! The review of flagged scans: a queue of an event, and decisions each with an answer of its own.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    device::device,
    each_database,
    event::advance,
    known,
    participant::new_person,
    registration::{open_event, register_new},
    statements::statements,
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

const MADE_BY: &str = "query($id: ID!) { event(id: $id) { flaggedScans(first: 200) { nodes { id
    scan { device { id name } enrolmentId sequence operatorId operatorName localVerdict hadManifest method
        sentAt capturedAt receivedAt countedAt }
    resolution { kind accountId accountName device { id } } } } } }";
const DOOR_PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d41";

/// What a device hands in of a code that nobody has: all that it can tell of a scan.
async fn unknown_code_at_a_device(phone: &Client, event: &str, sent_at: &str) {
    let scan = json!({
        "scanId": "0198a1d2-7b3c-7e4f-8a5b-000000000002", "eventId": event, "credential": "HMB:nobody",
        "capturedAt": sent_at, "sequence": 3, "operator": "Boris, north", "localVerdict": "Let in.",
        "manifestCursor": "as of this morning",
    });
    let input = json!({ "scans": [scan], "sentAt": sent_at });
    let answer = phone.mutate("submitScans", input, "results { outcome }").await;
    assert_eq!(answer.text("submitScans.results.0.outcome"), "ACCEPTED_FLAGGED");
}

async fn made_by(client: &Client, event: &str) -> Vec<Value> {
    let queue = client.ask(MADE_BY, json!({ "id": event })).await;
    queue.list("event.flaggedScans.nodes").to_vec()
}

each_database!(whoever_reviews_is_told_who_made_a_scan_and_who_decided_about_it);
async fn whoever_reviews_is_told_who_made_a_scan_and_who_decided_about_it(app: &App<'_>) {
    let host = app.host().await;
    let me = host.query("{ me { id displayName } }").await;
    let event = open_event(&host, "Conference").await;
    let (device, phone) = device(app, &host, &event, DOOR_PHONE).await;
    let sent_at = (app.now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    unknown_code_at_a_device(&phone, &event, &sent_at).await;
    app.wait(chrono::TimeDelta::seconds(1));
    unknown_code(&host, &event).await;

    let queue = made_by(&host, &event).await;
    let scan = &queue[0]["scan"];
    assert_eq!(scan["device"], json!({ "id": device, "name": "North door" }));
    assert_eq!((&scan["enrolmentId"], &scan["sequence"]), (&json!(DOOR_PHONE), &json!(3)));
    assert_eq!((&scan["operatorId"], &scan["operatorName"]), (&Value::Null, &json!("Boris, north")));
    assert_eq!((&scan["localVerdict"], &scan["hadManifest"]), (&json!("Let in."), &json!(true)));
    assert_eq!((&scan["sentAt"], &scan["method"]), (&scan["capturedAt"], &json!("QR")));
    // The clock was an hour behind: it counts by the server's.
    assert_eq!(scan["countedAt"], scan["receivedAt"]);
    let scan = &queue[1]["scan"];
    assert_eq!(
        (&scan["device"], &scan["enrolmentId"], &scan["sequence"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&scan["operatorId"], &scan["operatorName"]), (me.data("me.id"), me.data("me.displayName")));
    assert_eq!((&scan["localVerdict"], &scan["hadManifest"]), (&Value::Null, &json!(false)));

    assert!(queue.iter().all(|flagged| flagged["resolution"].is_null()));
    resolve(&host, &event, json!({ "flaggedScanId": queue[0]["id"], "finding": "REJECT" })).await;
    let decided = json!({ "kind": "REJECTED", "accountId": me.text("me.id"),
        "accountName": me.text("me.displayName"), "device": null });
    assert_eq!(made_by(&host, &event).await[0]["resolution"], decided);
}

each_database!(a_walk_in_that_comes_after_its_scan_is_found_out_by_the_device);
async fn a_walk_in_that_comes_after_its_scan_is_found_out_by_the_device(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let (device, phone) = device(app, &host, &event, DOOR_PHONE).await;
    let walk_in = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a2b";
    let scan = json!({
        "scanId": "0198a1d2-7b3c-7e4f-8a5b-000000000003", "eventId": event, "walkInId": walk_in, "sequence": 1,
        "capturedAt": app.now().to_rfc3339(),
    });
    phone
        .mutate("submitScans", json!({ "scans": [scan] }), "results { outcome }")
        .await
        .data("submitScans.results");
    let guest = json!({ "walkInId": walk_in, "eventId": event, "name": "Anna Guest" });
    let input = json!({ "scans": [], "walkIns": [guest] });
    phone.mutate("submitScans", input, "walkInResults { outcome }").await.data("submitScans.walkInResults.0");
    let decided =
        json!({ "kind": "ATTACHED", "accountId": null, "accountName": null, "device": { "id": device } });
    assert_eq!(made_by(&host, &event).await[0]["resolution"], decided);
}

each_database!(at_the_door_it_is_not_told_who_scanned_or_decided);
async fn at_the_door_it_is_not_told_who_scanned_or_decided(app: &App<'_>) {
    let administrator = app.administrator().await;
    let event = known::event(&administrator, known::DELHI_CONFERENCE).await;
    let (device, phone) = device(app, &administrator, &event, DOOR_PHONE).await;
    unknown_code_at_a_device(&phone, &event, &app.now().to_rfc3339()).await;
    let queue = made_by(&administrator, &event).await;
    resolve(&administrator, &event, json!({ "flaggedScanId": queue[0]["id"], "finding": "REJECT" })).await;
    let seen = &made_by(&app.operator().await, &event).await[0];
    // The device is seen by those who check people in with it.
    assert_eq!((&seen["scan"]["device"]["id"], &seen["scan"]["sequence"]), (&json!(device), &json!(3)));
    for field in ["operatorId", "operatorName", "localVerdict"] {
        assert_eq!(seen["scan"][field], Value::Null, "{field}");
    }
    assert_eq!(
        seen["resolution"],
        json!({ "kind": "REJECTED", "accountId": null, "accountName": null, "device": null })
    );
    let check_in = json!({ "scanId": "0198a1d2-7b3c-7e4f-8a5b-000000000009", "credential": "HMB:nobody" });
    let asked = phone.mutate("checkIn", check_in, "scan { operatorName device { name } }").await;
    assert_eq!(asked.error_codes(), ["NOT_FOUND", "NOT_FOUND"]);
}

each_database!(two_hundred_flagged_scans_take_as_many_statements_as_one);
async fn two_hundred_flagged_scans_take_as_many_statements_as_one(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let mut phones = vec![host.clone()];
    for number in 1..=4 {
        let phone = format!("0198a1d2-7b3c-7e4f-8a5b-{:012x}", 0x00f1_0000 + number);
        phones.push(device(app, &host, &event, &phone).await.1);
    }
    let now = app.now().to_rfc3339();
    for (place, phone) in phones.iter().enumerate() {
        let scan = |number: usize| {
            json!({
                "scanId": format!("0198a1d2-7b3c-7e4f-8a5b-{:012}", place * 1_000 + number), "eventId": event,
                "credential": "HMB:nobody", "capturedAt": now, "sequence": (place > 0).then_some(number),
            })
        };
        let scans: Vec<Value> = (1..=40).map(scan).collect();
        phone
            .mutate("submitScans", json!({ "scans": scans }), "results { outcome }")
            .await
            .data("submitScans");
    }
    let queue = made_by(&host, &event).await;
    assert_eq!(queue.len(), 200);
    for part in queue.chunks(100) {
        let reject = |flagged: &Value| json!({ "flaggedScanId": flagged["id"], "finding": "REJECT" });
        let resolutions: Vec<Value> = part.iter().map(reject).collect();
        let input = json!({ "eventId": event, "resolutions": resolutions, "reason": "Nobody knows." });
        host.mutate("resolveScans", input, "results { errors { code } }").await.data("resolveScans.results");
    }
    let ask = |first: i64| {
        let fields = MADE_BY.split_once("nodes").unwrap().1;
        format!("{{ event(id: \"{event}\") {{ flaggedScans(last: {first}) {{ nodes {fields}")
    };
    let counts = [statements(app, &host, &ask(1)).await, statements(app, &host, &ask(200)).await];
    assert_eq!(counts[0], counts[1], "with one and with two hundred");
}
