//! Scans that never came, as the host sees them device by device, and as the device is told.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    device::{device, prepare},
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
    statements::statements,
};

const DEVICES: &str =
    "query($id: ID!) { devices(eventId: $id) { nodes { id lostScans { count ranges { first last } } } } }";

fn phone_id(number: usize) -> String {
    format!("0198a1d2-7b3c-7e4f-8a5b-{:012x}", 0x00f0_0000 + number)
}

fn scan(phone: usize, sequence: i64, registration: &str) -> Value {
    json!({
        "scanId": format!("0198a1d2-7b3c-7e4f-8a5b-{:012}", i64::try_from(phone).unwrap() * 1_000 + sequence),
        "registrationId": registration, "sequence": sequence, "capturedAt": "2025-01-01T09:00:00+05:00",
        "method": "LIST",
    })
}

/// Hands scans in, and gives the numbers that the device is told are lost.
async fn submit(client: &Client, scans: Vec<Value>) -> Value {
    let fields = "results { outcome } lostSequences { first last }";
    let answer = client.mutate("submitScans", json!({ "scans": scans, "pending": 0 }), fields).await;
    answer.data("submitScans.lostSequences").clone()
}

async fn lost(client: &Client, event: &str) -> Value {
    client.ask(DEVICES, json!({ "id": event })).await.data("devices.nodes.0.lostScans").clone()
}

each_database!(the_host_is_shown_which_scans_of_a_device_never_came);
async fn the_host_is_shown_which_scans_of_a_device_never_came(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let (_, phone) = device(app, &host, &event, &phone_id(1)).await;
    prepare(app, &host, &event).await;
    assert_eq!(lost(&host, &event).await, json!({ "count": 0, "ranges": [] }));
    let mut rejected = scan(1, 3, &guest);
    rejected["capturedAt"] = json!("yesterday");
    let batch = vec![scan(1, 1, &guest), scan(1, 2, &guest), rejected, scan(1, 6, &guest)];
    let missing = json!([{ "first": 4, "last": 5 }]);
    assert_eq!(submit(&phone, batch).await, missing);
    assert_eq!(lost(&host, &event).await, json!({ "count": 2, "ranges": missing }));
    // One that was never enrolled has nothing to lose.
    let devices = host.ask(DEVICES, json!({ "id": event })).await;
    assert_eq!(devices.data("devices.nodes.1.lostScans"), &Value::Null);
    // One comes late; one goes another way, and numbers are missing before it.
    let other = register_new(&host, &event, new_person("Guest", "Boris")).await.id;
    assert_eq!(submit(&phone, vec![scan(1, 4, &guest)]).await, json!([{ "first": 5, "last": 5 }]));
    let online = json!({ "scanId": phone_id(77), "registrationId": other, "sequence": 9, "method": "QR" });
    phone.mutate("checkIn", online, "scan { scanId }").await.data("checkIn.scan.scanId");
    let missing = json!([{ "first": 5, "last": 5 }, { "first": 7, "last": 8 }]);
    assert_eq!(lost(&host, &event).await, json!({ "count": 3, "ranges": missing }));
    assert_eq!(submit(&phone, vec![]).await, missing);
    let live = "query($id: ID!) { eventAttendance(eventId: $id) { devices { lostScans } } }";
    for client in [&host, &phone] {
        let live = client.ask(live, json!({ "id": event })).await;
        assert_eq!(live.data("eventAttendance.devices.0.lostScans"), &json!(3));
    }
    // The device hears of it as it hands in, and reads nothing of it otherwise.
    let own = phone.query("{ thisDevice { lostScans { count } } }").await;
    assert_eq!(own.error_codes(), ["NOT_FOUND"]);
}

each_database!(what_thirty_devices_lost_takes_as_many_statements_as_what_one_did);
async fn what_thirty_devices_lost_takes_as_many_statements_as_what_one_did(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    for number in 1..=30 {
        let (_, phone) = device(app, &host, &event, &phone_id(number)).await;
        submit(&phone, vec![scan(number, 2, &guest), scan(number, 7, &guest)]).await;
    }
    let ask = |first: i64| {
        format!(
            "{{ devices(eventId: \"{event}\", first: {first}) {{ nodes {{ name lostScans {{ count ranges {{ first }} }} }} }} }}"
        )
    };
    let thirty = host.query(&ask(30)).await;
    assert!(thirty.list("devices.nodes").iter().all(|device| device["lostScans"]["count"] == 5));
    let counts = [statements(app, &host, &ask(1)).await, statements(app, &host, &ask(30)).await];
    assert_eq!(counts, [4, 4], "with one and with thirty");
}
