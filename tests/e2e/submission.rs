//! Batches of scans over HTTP: what cannot be read is answered by itself, and large batches come through.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    check_in::{Direction, Method, NewScan, Presence},
};
use hemicycle_persistence::{Handed, Recorded};
use hemicycle_test_database::DatabaseKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    answer::Answer,
    app::App,
    badge::uuid,
    client::Client,
    device::device,
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
};

fn scan_id(number: u32) -> String {
    format!("0198a1d2-7b3c-7e4f-8a5b-{number:012}")
}

fn scan(number: u32, registration: &str) -> Value {
    json!({
        "scanId": scan_id(number), "registrationId": registration, "capturedAt": "2025-01-01T09:00:00+05:00",
        "method": "LIST",
    })
}

async fn submit(client: &Client, scans: Vec<Value>) -> Answer {
    let fields = "results { scanId outcome reason path flags scan { counts } } lostSequences { first last } receivedAt";
    client.mutate("submitScans", json!({ "scans": scans }), fields).await
}

fn outcomes(answer: &Answer) -> Vec<(String, String)> {
    let results = answer.data("submitScans.results").as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    results.iter().map(|result| (text(&result["outcome"]), text(&result["path"]))).collect()
}

each_database!(one_scan_that_cannot_be_read_harms_no_other);
async fn one_scan_that_cannot_be_read_harms_no_other(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let with = |number: u32, field: &str, value: Value| {
        let mut scan = scan(number, &guest);
        scan[field] = value;
        scan
    };
    let batch = vec![
        scan(1, &guest),
        with(2, "scanId", json!("not an id")),
        with(3, "scanId", Value::Null),
        with(4, "sequence", json!("99999999999999999999")),
        with(5, "capturedAt", json!("yesterday")),
        with(6, "direction", json!({ "up": true })),
        with(7, "eventId", json!(17)),
        with(8, "registrationId", json!(event)),
        with(9, "credential", json!("x".repeat(5_000))),
        with(10, "credential", json!("a\u{0}b")),
        with(11, "capturedAt", json!("9999-12-31T23:59:59Z")),
        scan(1, &guest),
    ];
    let answer = submit(&host, batch.clone()).await;
    let expected = [
        ("ACCEPTED", ""),
        ("REJECTED_FINAL", "scanId"),
        ("REJECTED_FINAL", "scanId"),
        ("REJECTED_FINAL", "sequence"),
        ("REJECTED_FINAL", "capturedAt"),
        ("REJECTED_FINAL", "direction"),
        ("REJECTED_FINAL", "eventId"),
        ("REJECTED_FINAL", "registrationId"),
        ("REJECTED_FINAL", "credential"),
        ("ACCEPTED", ""),
        ("ACCEPTED_FLAGGED", ""),
        ("REPLAY", ""),
    ];
    let expected = expected.map(|(outcome, path)| (outcome.to_owned(), path.to_owned()));
    assert_eq!(outcomes(&answer), expected);
    assert_eq!(answer.data("submitScans.results.8.reason"), "TOO_LARGE");
    assert_eq!(answer.data("submitScans.results.10.flags"), &json!(["CLOCK_SUSPECT"]));
    assert_eq!(answer.data("submitScans.errors"), &json!([]));
    // All of it again: nothing more is kept.
    let before = app.database.row_counts().await.unwrap();
    submit(&host, batch).await;
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(a_scan_whose_time_has_nanoseconds_is_known_again);
async fn a_scan_whose_time_has_nanoseconds_is_known_again(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let mut precise = scan(1, &guest);
    precise["capturedAt"] = json!("2025-01-01T09:00:00.123456789+05:00");
    for outcome in ["ACCEPTED", "REPLAY"] {
        let answer = submit(&host, vec![precise.clone()]).await;
        assert_eq!(outcomes(&answer), [(outcome.to_owned(), String::new())]);
    }
}

each_database!(a_thousand_scans_are_a_batch_and_one_more_is_too_many);
async fn a_thousand_scans_are_a_batch_and_one_more_is_too_many(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let batch = |count: u32| (0..count).map(|number| scan(number, &guest)).collect::<Vec<_>>();
    let refused = submit(&host, batch(1_001)).await;
    refused.assert_turned_down("submitScans", "INVALID_INPUT", "scans");
    let noted = |mut scan: Value| {
        scan["operator"] = json!("x".repeat(300));
        scan
    };
    let answer = submit(&host, batch(1_000).into_iter().map(noted).collect()).await;
    assert_eq!(outcomes(&answer).len(), 1_000);
    assert!(outcomes(&answer).iter().all(|(outcome, _)| outcome == "ACCEPTED"));
}

each_database!(ten_megabytes_of_a_code_are_answered_and_do_no_harm);
async fn ten_megabytes_of_a_code_are_answered_and_do_no_harm(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let mut huge = scan(1, &guest);
    huge["credential"] = json!("x".repeat(10 * 1024 * 1024));
    let answer = submit(&host, vec![huge.clone(), scan(2, &guest)]).await;
    let expected = [("REJECTED_FINAL", "credential"), ("ACCEPTED", "")];
    assert_eq!(outcomes(&answer), expected.map(|(outcome, path)| (outcome.to_owned(), path.to_owned())));
    // Nobody who has not signed in is listened to for so long.
    let body = json!({ "query": "{ __typename }", "variables": { "scans": [huge] } });
    let refused = app.anonymous().post().json(&body).send().await;
    // The server may hang up before all of it was sent.
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status() == 413));
}

each_database!(whoever_may_not_check_in_hands_in_nothing);
async fn whoever_may_not_check_in_hands_in_nothing(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let answer = submit(&app.viewer().await, vec![scan(1, &guest)]).await;
    assert_eq!(answer.data("submitScans.results.0.outcome"), "REJECTED_FINAL");
    let reason = answer.data("submitScans.results.0.reason").as_str().unwrap_or_default().to_owned();
    assert!(["NOT_PERMITTED", "UNKNOWN_EVENT"].contains(&reason.as_str()), "{reason}");
    let taken = submit(&host, vec![scan(1, &guest)]).await;
    assert_eq!(outcomes(&taken)[0].0, "ACCEPTED");
}

each_database!(what_a_device_gets_wrong_is_kept_with_a_flag_or_rejected_by_itself);
async fn what_a_device_gets_wrong_is_kept_with_a_flag_or_rejected_by_itself(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let elsewhere = open_event(&host, "Elsewhere").await;
    let anna = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let boris = register_new(&host, &event, new_person("Guest", "Boris")).await.id;
    let (_, phone) = device(app, &host, &event, "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d01").await;
    let with = |number: u32, sequence: i64, registration: &str, changes: Value| {
        let mut scan = scan(number, registration);
        scan["method"] = json!("QR");
        scan["capturedAt"] = json!(app.now().to_rfc3339());
        scan["sequence"] = json!(sequence);
        scan.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        scan
    };
    let batch = vec![
        with(1, 1, &anna, json!({})),
        // The same identifier, another person.
        with(1, 2, &boris, json!({})),
        with(3, -1, &anna, json!({})),
        with(4, 0, &anna, json!({})),
        with(5, i64::MIN, &anna, json!({})),
        // The same number, another scan.
        with(6, 1, &boris, json!({})),
        with(7, 3, &anna, json!({ "capturedAt": "9999-12-31T23:59:59.999999Z" })),
        with(8, 4, &anna, json!({ "capturedAt": "0001-01-01T00:00:00Z" })),
        // An event that it does not serve, one that there is not, and no event at all.
        with(9, 5, &anna, json!({ "eventId": elsewhere })),
        with(10, 6, &anna, json!({ "eventId": "BAAAAAAAAAAAAAAAAAAAAAA" })),
        with(11, 7, &anna, json!({ "eventId": "x" })),
    ];
    let expected = [
        ("ACCEPTED", json!([])),
        ("ACCEPTED_FLAGGED", json!(["ID_REUSED"])),
        ("ACCEPTED_FLAGGED", json!(["SEQUENCE_REUSED"])),
        ("ACCEPTED_FLAGGED", json!(["SEQUENCE_REUSED"])),
        ("ACCEPTED_FLAGGED", json!(["SEQUENCE_REUSED"])),
        ("ACCEPTED_FLAGGED", json!(["SEQUENCE_REUSED"])),
        ("ACCEPTED_FLAGGED", json!(["CLOCK_SUSPECT"])),
        ("ACCEPTED_FLAGGED", json!(["CLOCK_SUSPECT"])),
        ("REJECTED_FINAL", json!([])),
        ("REJECTED_FINAL", json!([])),
        ("REJECTED_FINAL", json!([])),
    ];
    let answer = submit(&phone, batch.clone()).await;
    for (place, (outcome, flags)) in expected.iter().enumerate() {
        let result = answer.data(&format!("submitScans.results.{place}"));
        assert_eq!((&result["outcome"], &result["flags"]), (&json!(outcome), flags), "{place}: {result}");
    }
    // All of it again: nothing more is kept, and what was kept is told alike.
    let before = app.database.row_counts().await.unwrap();
    let again = submit(&phone, batch).await;
    for (place, (outcome, flags)) in expected.iter().enumerate() {
        let result = again.data(&format!("submitScans.results.{place}"));
        let outcome = if *outcome == "REJECTED_FINAL" { outcome } else { "REPLAY" };
        assert_eq!((&result["outcome"], &result["flags"]), (&json!(outcome), flags), "{place}: {result}");
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
}

each_database!(two_unknown_codes_under_one_identifier_are_both_kept);
async fn two_unknown_codes_under_one_identifier_are_both_kept(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let of_code = |code: &str| {
        json!({ "scanId": scan_id(1), "eventId": event, "credential": code, "method": "QR",
            "capturedAt": app.now().to_rfc3339() })
    };
    let answer = submit(&host, vec![of_code("A"), of_code("B")]).await;
    assert_eq!(answer.data("submitScans.results.0.flags"), &json!(["UNKNOWN_CREDENTIAL"]));
    assert_eq!(answer.data("submitScans.results.1.flags"), &json!(["UNKNOWN_CREDENTIAL", "ID_REUSED"]));
    // A code of no characters shows nothing.
    let nothing = submit(&host, vec![of_code("")]).await;
    assert_eq!(outcomes(&nothing), [("REJECTED_FINAL".to_owned(), "credential".to_owned())]);
    // What a device remarks on a scan makes no other scan of it.
    let mut remarked = of_code("B");
    for part in ["manifestCursor", "localVerdict", "operator"] {
        remarked[part] = json!("north");
    }
    for again in [of_code("A"), of_code("B"), remarked] {
        assert_eq!(outcomes(&submit(&host, vec![again]).await)[0].0, "REPLAY");
    }
    let queue = "query($id: ID!) { event(id: $id) { flaggedScans { nodes { credential } } } }";
    let queue = host.ask(queue, json!({ "id": event })).await;
    let shown = queue.list("event.flaggedScans.nodes").iter().map(|node| node["credential"].clone());
    let mut shown: Vec<String> = shown.filter_map(|shown| shown.as_str().map(ToOwned::to_owned)).collect();
    shown.sort();
    assert_eq!(shown, ["A", "B"]);
}

each_database!(a_device_whose_checkpoints_were_changed_hears_of_what_it_handed_in_before);
async fn a_device_whose_checkpoints_were_changed_hears_of_what_it_handed_in_before(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let mut doors = Vec::new();
    for name in ["North", "South"] {
        let door = json!({ "eventId": event, "kind": "DOOR", "name": [{ "language": "en", "text": name }] });
        let made = host.mutate("createCheckpoint", door, "checkpoint { id }").await;
        doors.push(made.text("createCheckpoint.checkpoint.id").to_owned());
    }
    let (id, phone) = device(app, &host, &event, "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d02").await;
    let at_north = |number: u32| {
        let mut scan = scan(number, &guest);
        scan["checkpointId"] = json!(doors[0]);
        scan["sequence"] = json!(number);
        scan
    };
    assert_eq!(outcomes(&submit(&phone, vec![at_north(1)]).await)[0].0, "ACCEPTED");
    let south = json!({ "deviceId": id, "checkpointIds": [doors[1]] });
    host.mutate("updateDevice", south, "device { id }").await.data("updateDevice.device.id");
    let answer = submit(&phone, vec![at_north(1), at_north(2)]).await;
    assert_eq!(outcomes(&answer)[0].0, "REPLAY");
    assert_eq!(answer.data("submitScans.results.1.reason"), "NOT_PERMITTED");
}

each_database!(what_cannot_be_read_is_kept_where_its_device_stands);
async fn what_cannot_be_read_is_kept_where_its_device_stands(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let (_, phone) = device(app, &host, &event, "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d03").await;
    let unreadable = json!({ "scanId": scan_id(1), "sequence": 1, "credential": "half of a badge",
        "capturedAt": app.now().to_rfc3339() });
    let answer = submit(&phone, vec![unreadable.clone()]).await;
    assert_eq!(outcomes(&answer)[0].0, "ACCEPTED_FLAGGED");
    assert_eq!(answer.data("submitScans.results.0.flags"), &json!(["UNKNOWN_CREDENTIAL"]));
    let queue = "query($id: ID!) { event(id: $id) { flaggedScans { nodes { credential } } } }";
    let queue = host.ask(queue, json!({ "id": event })).await;
    assert_eq!(queue.text("event.flaggedScans.nodes.0.credential"), "half of a badge");
    // An account stands nowhere by itself.
    let mut unplaced = unreadable;
    unplaced["scanId"] = json!(scan_id(2));
    let answer = submit(&host, vec![unplaced]).await;
    assert_eq!(answer.data("submitScans.results.0.reason"), "UNKNOWN_EVENT");
}

/// A scan that another work is bringing at this moment, under an identifier of these tests.
fn brought(number: u32, registration: &str) -> Handed {
    let actor = Arc::new(Actor::System { reason: "bring a scan" });
    let scan = NewScan {
        id: scan_id(number).parse::<Uuid>().unwrap().into(),
        event: None,
        checkpoint: None,
        session: None,
        registration: Some(uuid(registration).into()),
        walk_in: None,
        credential: None,
        direction: Direction::In,
        method: Method::List,
        captured_at: None,
        sequence: None,
        manifest: None,
        local_verdict: None,
        operator_name: None,
    };
    Handed { actor, request: None, presence: Presence::Offline, is_told: false, sent_at: None, scan }
}

each_database!(a_scan_that_another_work_is_bringing_at_that_moment_is_to_come_again);
async fn a_scan_that_another_work_is_bringing_at_that_moment_is_to_come_again(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let anna = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let boris = register_new(&host, &event, new_person("Guest", "Boris")).await.id;
    let clara = register_new(&host, &event, new_person("Guest", "Clara")).await.id;
    let mut work = app.store().begin(&brought(1, &anna).actor, app.now()).await.unwrap();
    let taken = work.record_scans(vec![brought(1, &anna)]).await.unwrap();
    assert!(matches!(taken[0], Recorded::Kept { is_replay: false, .. }));
    let is_postgres = app.database.kind() == DatabaseKind::Postgres;
    let keep = async {
        // SQLite has one writer: there, nobody else gets as far before this is done.
        while is_postgres && app.database.waiting().await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        work.commit().await.unwrap();
    };
    let batch = vec![scan(1, &boris), scan(2, &clara)];
    let (answer, ()) = tokio::join!(submit(&host, batch.clone()), keep);
    if is_postgres {
        assert_eq!(outcomes(&answer)[0].0, "RETRY_LATER");
        assert_eq!(answer.data("submitScans.results.0.reason"), "BUSY");
        assert_eq!(answer.data("submitScans.results.0.scan"), &Value::Null);
        // The other scan of the batch is taken all the same.
        assert_eq!(outcomes(&answer)[1].0, "ACCEPTED");
    }
    let again = if is_postgres { submit(&host, batch).await } else { answer };
    assert_eq!(again.data("submitScans.results.0.flags"), &json!(["ID_REUSED"]));
    let counts = "query($id: ID!) { event(id: $id) { counts { attended } } }";
    assert_eq!(host.ask(counts, json!({ "id": event })).await.number("event.counts.attended"), 3);
}
