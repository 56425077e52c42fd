//! Live figures: one reading for all who follow, few messages for many changes, and what happens at another node.

use std::{fmt::Write, time::Duration};

use hemicycle_api::ApiSettings;
use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    device::device,
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
};

const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0c21";
const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) {
    expected attended inside change changes } }";

/// A server that looks at sessions so rarely that no statement of that is counted.
fn unwatchful(settings: ApiSettings) -> ApiSettings {
    ApiSettings { session_check_every: Duration::from_hours(1), ..settings }
}

async fn follow(socket: &mut Socket, number: usize, event: &str) {
    let parameters = json!({ "query": FOLLOW, "variables": { "id": event } });
    socket.subscribe_with(&number.to_string(), parameters).await;
}

/// The figures of the next message.
async fn figures(socket: &mut Socket) -> Value {
    let message = socket.hear().await;
    assert_eq!(message["type"], "next", "{message}");
    message["payload"]["data"]["eventAttendance"].clone()
}

/// Passes over messages until this many have attended and as many changes were told; how many messages that were.
///
/// The figures can be ahead of the changes that are told, which come when they are settled.
async fn until_attended(socket: &mut Socket, attended: usize) -> usize {
    let (mut messages, mut changes) = (0, 0);
    let wanted = i64::try_from(attended).unwrap();
    loop {
        let figures = figures(socket).await;
        messages += 1;
        changes += figures["changes"].as_i64().unwrap();
        if figures["attended"] == attended && changes >= wanted {
            return messages;
        }
    }
}

/// Checks people in, many in one request.
async fn check_in(client: &Client, registrations: &[String]) {
    let mut document = String::from("mutation {");
    for (number, registration) in registrations.iter().enumerate() {
        write!(
            document,
            " a{number}: checkIn(input: {{ scanId: \"0198a1d2-7b3c-7e4f-8a5b-{:012x}\",
                registrationId: \"{registration}\" }}) {{ errors {{ code }} }}",
            0x00d0_0000 + number
        )
        .unwrap();
    }
    document.push_str(" }");
    client.query(&document).await.data("a0.errors");
}

async fn guests(client: &Client, event: &str, count: usize) -> Vec<String> {
    let mut ids = Vec::with_capacity(count);
    for number in 0..count {
        ids.push(register_new(client, event, new_person("Guest", &format!("Anna {number}"))).await.id);
    }
    ids
}

each_database!(however_many_come_in_few_messages_tell_of_all);
async fn however_many_come_in_few_messages_tell_of_all(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guests = guests(&host, &event, 25).await;
    let mut socket = Socket::enter(app, host.token()).await.unwrap();
    follow(&mut socket, 1, &event).await;
    assert_eq!(figures(&mut socket).await["change"], "CURRENT");
    check_in(&host, &guests).await;
    let messages = until_attended(&mut socket, 25).await;
    assert!(messages < 25, "{messages} messages");
}

each_database!(fifty_who_follow_cost_as_many_statements_as_one, crate::live::unwatchful);
async fn fifty_who_follow_cost_as_many_statements_as_one(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guests = guests(&host, &event, 3).await;
    let mut socket = Socket::enter(app, host.token()).await.unwrap();
    let pass = async |number: usize| {
        let scan = format!("0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f{number:04x}");
        let input = json!({ "registrationId": guests[number], "scanId": scan });
        host.mutate("checkIn", input, "scan { scanId }").await.data("checkIn.scan.scanId");
    };
    follow(&mut socket, 0, &event).await;
    // Whoever comes in before the following has begun is in its first figures, and no news.
    assert_eq!(figures(&mut socket).await["change"], "CURRENT");
    pass(0).await;
    // What happened before has been told once this is: the feed has an order.
    while figures(&mut socket).await["change"] != "CHECKED_IN" {}
    let mut counts = Vec::new();
    for (already, followers) in [(1, 1), (1, 50)] {
        for number in already..followers {
            follow(&mut socket, number, &event).await;
            assert_eq!(figures(&mut socket).await["change"], "CURRENT");
        }
        let before = app.statements();
        pass(1 + counts.len()).await;
        for _ in 0..followers {
            assert_eq!(figures(&mut socket).await["change"], "CHECKED_IN");
        }
        counts.push(app.statements() - before);
    }
    assert_eq!(counts[0], counts[1], "statements with one and with fifty");
}

each_database!(what_happens_at_one_node_is_told_at_another);
async fn what_happens_at_one_node_is_told_at_another(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guests = guests(&host, &event, 2).await;
    let other = app.beside().await;
    let mut socket = Socket::enter(&other, host.token()).await.unwrap();
    follow(&mut socket, 1, &event).await;
    assert_eq!(figures(&mut socket).await["attended"], 0);
    check_in(&host, &guests).await;
    until_attended(&mut socket, 2).await;
}

each_database!(categories_and_devices_are_told_to_who_may_see_them);
async fn categories_and_devices_are_told_to_who_may_see_them(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let (id, phone) = device(app, &host, &event, PHONE).await;
    check_in(&phone, &[guest]).await;
    let batch = json!({ "pending": 3, "applicationVersion": "1.5", "scans": [] });
    phone.mutate("submitScans", batch, "results { outcome }").await.data("submitScans.results");
    let document = "query($id: ID!) { eventAttendance(eventId: $id) {
        byCategory { categoryId expected attended inside } devices { deviceId name isEnrolled pending } } }";
    let ask = async |client: &Client| {
        let answer = client.ask(document, json!({ "id": event })).await;
        answer.data("eventAttendance").clone()
    };
    let one = json!([{ "categoryId": null, "expected": 1, "attended": 1, "inside": 1 }]);
    let device = json!([{ "deviceId": id, "name": "North door", "isEnrolled": true, "pending": 3 }]);
    assert_eq!(ask(&host).await, json!({ "byCategory": one, "devices": device }));
    assert_eq!(ask(&phone).await, json!({ "byCategory": one, "devices": device }));
    // Figures are for the officer to see, the doors are not.
    assert_eq!(ask(&officer).await, json!({ "byCategory": one, "devices": [] }));
}

each_database!(figures_are_told_by_checkpoint_once_and_to_who_follows);
async fn figures_are_told_by_checkpoint_once_and_to_who_follows(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guests = guests(&host, &event, 2).await;
    let door = |name: &str| json!({ "eventId": event, "kind": "DOOR", "name": [{ "language": "en", "text": name }] });
    let mut doors = Vec::new();
    for name in ["North", "South"] {
        let made = host.mutate("createCheckpoint", door(name), "checkpoint { id }").await;
        doors.push(made.text("createCheckpoint.checkpoint.id").to_owned());
    }
    let (_, phone) = device(app, &host, &event, PHONE).await;
    let scan = json!({ "scanId": "0198a1d2-7b3c-7e4f-8a5b-0000000000f1", "registrationId": guests[0],
        "checkpointId": doors[1], "capturedAt": "2025-01-01T09:00:00Z", "method": "LIST" });
    let batch = json!({ "scans": [scan], "pending": 3 });
    phone.mutate("submitScans", batch, "results { outcome }").await.data("submitScans.results.0");
    let document = "query($id: ID!) { eventAttendance(eventId: $id) { devices { pending lastSeenAt }
        byCheckpoint { checkpointId expected attended inside checkpoint { kind } } } }";
    for client in [&host, &phone] {
        let document = document.replace(" checkpoint { kind }", "");
        let answer = client.ask(&document, json!({ "id": event })).await;
        let told = answer.data("eventAttendance.byCheckpoint").as_array().unwrap().clone();
        let at =
            |door: &String| told.iter().find(|told| told["checkpointId"] == json!(door)).unwrap().clone();
        let figures = |attended: i64, inside: i64, door: &String| json!({ "checkpointId": door, "expected": 2, "attended": attended, "inside": inside });
        assert_eq!(at(&doors[0]), figures(0, 0, &doors[0]));
        assert_eq!(at(&doors[1]), figures(1, 1, &doors[1]));
        assert_eq!(answer.data("eventAttendance.devices.0.pending"), &json!(3));
    }
    let answer = host.ask(document, json!({ "id": event })).await;
    assert!(answer.data("eventAttendance.byCheckpoint").to_string().contains("DOOR"));
}

each_database!(figures_are_told_by_session_with_a_checkpoint_or_without);
async fn figures_are_told_by_session_with_a_checkpoint_or_without(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guests = guests(&host, &event, 3).await;
    let mut sessions = Vec::new();
    for (number, name) in [(1, "Opening"), (2, "Workshop"), (3, "Closing")] {
        let names = json!([{ "text": name, "language": "en" }]);
        let session = json!({ "eventId": event, "number": number, "names": names });
        let made = host.mutate("createSession", session, "session { id }").await;
        sessions.push(made.text("createSession.session.id").to_owned());
    }
    let (_, phone) = device(app, &host, &event, PHONE).await;
    let mut number = 0;
    let mut scan = |guest: usize, session: usize, direction: &str| {
        number += 1;
        json!({ "scanId": format!("0198a1d2-7b3c-7e4f-8a5b-{:012x}", 0x00e0_0000 + number), "sequence": number,
            "registrationId": guests[guest], "sessionId": sessions[session], "direction": direction,
            "capturedAt": format!("2025-01-01T09:{number:02}:00Z"), "method": "LIST" })
    };
    let scans = vec![
        scan(0, 0, "IN"),
        scan(1, 0, "IN"),
        scan(1, 0, "OUT"),
        scan(1, 1, "IN"),
        scan(2, 1, "IN"),
        scan(2, 1, "IN"),
    ];
    phone
        .mutate("submitScans", json!({ "scans": scans }), "results { outcome }")
        .await
        .data("submitScans.results.0");
    let document = "query($id: ID!) { eventAttendance(eventId: $id) { attended byCheckpoint { attended }
        bySession { sessionId expected attended inside } } }";
    let figures = |session: usize, attended: i64, inside: i64| json!({ "sessionId": sessions[session], "expected": 3, "attended": attended, "inside": inside });
    let expected = json!([figures(0, 2, 1), figures(1, 2, 2), figures(2, 0, 0)]);
    for client in [&host, &phone] {
        let told = client.ask(document, json!({ "id": event })).await;
        assert_eq!(told.data("eventAttendance.bySession"), &expected);
        assert_eq!(told.number("eventAttendance.attended"), 3);
    }
    // A checkpoint of its own changes where it is scanned, and not how many were there; those at both doors count once.
    let door = json!({ "eventId": event, "kind": "SESSION", "sessionId": sessions[1] });
    let door = host.mutate("createCheckpoint", door, "checkpoint { id }").await;
    let mut here = scan(2, 1, "IN");
    here["checkpointId"] = door.data("createCheckpoint.checkpoint.id").clone();
    phone
        .mutate("submitScans", json!({ "scans": [here] }), "results { outcome }")
        .await
        .data("submitScans.results.0");
    let told = host.ask(document, json!({ "id": event })).await;
    assert_eq!(told.data("eventAttendance.bySession"), &expected);
    let removed = json!({ "id": door.text("createCheckpoint.checkpoint.id") });
    host.mutate("removeCheckpoint", removed, "checkpoint { id }").await.data("removeCheckpoint.checkpoint");
    let told = host.ask(document, json!({ "id": event })).await;
    assert_eq!(told.data("eventAttendance.bySession"), &expected);
    let titles = "query($id: ID!) { eventAttendance(eventId: $id) { bySession { session { title } } } }";
    let titles = host.ask(titles, json!({ "id": event })).await;
    assert_eq!(titles.data("eventAttendance.bySession.1.session.title"), "Workshop");
}
