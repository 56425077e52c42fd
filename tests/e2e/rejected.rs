//! What devices handed in and could never be taken, as the host reads it.

use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    device::device,
    each_database, known,
    participant::new_person,
    registration::{open_event, register_new},
};

const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d31";
const OTHER_PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d32";
const LIST: &str = "query($id: ID!, $device: ID, $first: Int, $after: String) {
    rejectedScans(eventId: $id, deviceId: $device, first: $first, after: $after) { totalCount
        pageInfo { hasNextPage endCursor }
        nodes { device { id name } enrolmentId receivedAt reason sequence text } } }";

/// Hands in what cannot be taken: a scan without a time, and a walk-in without a name.
async fn hand_in(phone: &Client, registration: &str, sequence: i64, mail: &str) {
    let scan = json!({
        "scanId": format!("0198a1d2-7b3c-7e4f-8a5b-{sequence:012}"), "registrationId": registration,
        "sequence": sequence, "capturedAt": "yesterday", "operator": "Boris",
    });
    let walk_in = json!({ "walkInId": format!("0198a1d2-7b3c-7e4f-8a5b-1{sequence:011}"), "email": mail });
    let input = json!({ "scans": [scan], "walkIns": [walk_in] });
    let fields = "results { outcome } walkInResults { outcome }";
    let answer = phone.mutate("submitScans", input, fields).await;
    for path in ["submitScans.results.0.outcome", "submitScans.walkInResults.0.outcome"] {
        assert_eq!(answer.text(path), "REJECTED_FINAL");
    }
}

async fn list(client: &Client, event: &str) -> Value {
    client.ask(LIST, json!({ "id": event })).await.data("rejectedScans").clone()
}

each_database!(the_host_reads_what_could_not_be_taken);
async fn the_host_reads_what_could_not_be_taken(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let (north, phone) = device(app, &host, &event, PHONE).await;
    hand_in(&phone, &guest, 1, "someone@door.example").await;
    app.wait(chrono::TimeDelta::seconds(1));
    let (_, other) = device(app, &host, &event, OTHER_PHONE).await;
    hand_in(&other, &guest, 2, "someone.else@door.example").await;
    // What comes again is kept once.
    hand_in(&phone, &guest, 1, "someone@door.example").await;

    let all = host.ask(LIST, json!({ "id": event })).await;
    assert_eq!(all.number("rejectedScans.totalCount"), 4);
    let enrolments = all.texts("rejectedScans.nodes", "enrolmentId");
    assert_eq!(enrolments, [OTHER_PHONE, OTHER_PHONE, PHONE, PHONE]);
    let of_north = json!({ "id": event, "device": north, "first": 1 });
    let first = host.ask(LIST, of_north).await;
    assert_eq!(first.number("rejectedScans.totalCount"), 2);
    let after = first.text("rejectedScans.pageInfo.endCursor");
    let second = host.ask(LIST, json!({ "id": event, "device": north, "first": 1, "after": after })).await;
    assert_eq!(second.data("rejectedScans.pageInfo.hasNextPage"), &json!(false));
    let mut nodes =
        [first.data("rejectedScans.nodes.0").clone(), second.data("rejectedScans.nodes.0").clone()];
    nodes.sort_by_key(|node| node["sequence"].is_null());
    let [scan, walk_in] = nodes;
    assert_eq!(scan["device"], json!({ "id": north, "name": "North door" }));
    assert_eq!((&scan["reason"], &scan["sequence"]), (&json!("MALFORMED"), &json!(1)));
    assert!(scan["receivedAt"].is_string());
    let text = scan["text"].as_str().unwrap();
    assert!(text.lines().any(|line| line == "capturedAt: yesterday"), "{text}");
    assert!(text.lines().any(|line| line == format!("registrationId: {guest}")), "{text}");
    assert_eq!((&walk_in["reason"], &walk_in["sequence"]), (&json!("MALFORMED"), &Value::Null));
    assert!(walk_in["text"].as_str().unwrap().contains("email: someone@door.example"));

    // When the person is erased, so is the text that names them.
    let person =
        host.ask("query($id: ID!) { registration(id: $id) { participant { id } } }", json!({ "id": guest }));
    let person = person.await.text("registration.participant.id").to_owned();
    let erase = json!({ "id": person, "reason": "Letter 17" });
    app.administrator().await.mutate("eraseParticipant", erase, "__typename").await.data("eraseParticipant");
    let told = list(&host, &event).await;
    assert_eq!(told["totalCount"], 4);
    assert!(!told.to_string().contains("capturedAt: yesterday"), "{told}");
}

each_database!(those_at_the_door_and_strangers_read_nothing_of_it);
async fn those_at_the_door_and_strangers_read_nothing_of_it(app: &App<'_>) {
    let administrator = app.administrator().await;
    let event = known::event(&administrator, known::DELHI_CONFERENCE).await;
    let guest = register_new(&administrator, &event, new_person("Guest", "Anna")).await.id;
    let (_, phone) = device(app, &administrator, &event, PHONE).await;
    hand_in(&phone, &guest, 1, "someone@door.example").await;
    assert_eq!(list(&administrator, &event).await["totalCount"], 2);
    for client in [app.operator().await, app.viewer().await, app.officer().await, app.coordinator().await] {
        let told = list(&client, &event).await;
        assert_eq!((&told["totalCount"], &told["nodes"]), (&json!(0), &json!([])));
    }
    let asked = phone.ask(LIST, json!({ "id": event })).await;
    assert_eq!(asked.error_codes()[0], "NOT_FOUND");
    // Who coordinates the country runs its devices and sees its people, and nobody's contacts.
    let account = json!({
        "email": "coordinator.in@demo.example", "displayName": "Coordinator", "password": "a long password",
        "grants": [{ "role": "COUNTRY_COORDINATOR", "placeKind": "COUNTRY", "country": "IN" }],
    });
    administrator.mutate("createAccount", account, "account { id }").await.data("createAccount.account.id");
    let coordinator = app.anonymous().sign_in("coordinator.in@demo.example", "a long password").await;
    let told = list(&coordinator, &event).await;
    assert_eq!(told["totalCount"], 2);
    assert!(told["nodes"].as_array().unwrap().iter().all(|node| node["text"].is_null()), "{told}");
}
