//! Walk-ins: registered at the door by an operator, settled by who runs the event.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    device::device,
    each_database,
    event::advance,
    known,
    participant::{create as create_person, new_person},
    registration::{open_event, register},
};

fn walk_in(n: u128, event: &str, name: &str) -> Value {
    json!({
        "walkInId": Uuid::from_u128(n).to_string(), "eventId": event,
        "names": [{ "asWritten": name, "language": "und" }], "phone": "+998 71 239 15 63",
    })
}

async fn at_the_door(client: &Client, input: Value) -> (String, String) {
    let fields = "walkIn { id settlement { outcome } } registration { id status }";
    let answer = client.mutate("registerWalkIn", input, fields).await;
    let id = |path: &str| answer.text(&format!("registerWalkIn.{path}.id")).to_owned();
    (id("walkIn"), id("registration"))
}

each_database!(a_walk_in_is_proposed_to_be_someone_and_becomes_them);
async fn a_walk_in_is_proposed_to_be_someone_and_becomes_them(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let mut person = new_person("Кучкаров", "Бахтиёр");
    person["homePartnerId"] = json!(known::partner(&host, "election commission of india").await);
    let known = create_person(&host, person).await;
    let input = walk_in(1, &event, "Kuchkarov Bakhtiyor");
    let (id, registration) = at_the_door(&host, input.clone()).await;
    assert_eq!(at_the_door(&host, input).await, (id.clone(), registration.clone()));

    let list = "query($id: ID!) { event(id: $id) { walkIns(isSettled: false) { totalCount nodes {
        id madeAt event { id } registration { id walkIn { id } } proposals { id } settlement { at } } } } }";
    let answer = host.ask(list, json!({ "id": event })).await;
    assert_eq!(answer.number("event.walkIns.totalCount"), 1);
    let open = answer.data("event.walkIns.nodes.0");
    assert_eq!((&open["id"], &open["registration"]["walkIn"]["id"]), (&json!(id), &json!(id)));
    assert_eq!(open["proposals"], json!([{ "id": known }]));

    let input = json!({ "walkInId": id, "participantId": known, "reason": "Showed a passport." });
    let fields = "walkIn { settlement { outcome reason at participant { id } } proposals { id } \
                  registration { id participant { id } } }";
    let merged = host.mutate("mergeWalkIn", input, fields).await;
    let merged = merged.data("mergeWalkIn.walkIn");
    assert_eq!(merged["settlement"]["outcome"], "KNOWN_PERSON");
    assert_eq!(merged["settlement"]["participant"]["id"], json!(known));
    assert_eq!(merged["registration"], json!({ "id": registration, "participant": { "id": known } }));
    assert_eq!(merged["proposals"], json!([]));
    let answer = host.ask(list, json!({ "id": event })).await;
    assert_eq!(answer.number("event.walkIns.totalCount"), 0);
}

each_database!(a_walk_in_whom_nobody_knew_is_confirmed_once);
async fn a_walk_in_whom_nobody_knew_is_confirmed_once(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let (id, _) = at_the_door(&host, walk_in(1, &event, "Guest Anna")).await;
    let input = json!({ "walkInId": id, "reason": "Asked around." });
    let fields = "walkIn { settlement { outcome participant { id } } }";
    let confirmed = host.mutate("confirmWalkIn", input.clone(), fields).await;
    assert_eq!(confirmed.text("confirmWalkIn.walkIn.settlement.outcome"), "NEW_PERSON");
    host.mutate("confirmWalkIn", input, fields).await.assert_turned_down("confirmWalkIn", "ILLEGAL_STEP", "");
}

each_database!(each_bad_field_of_a_walk_in_is_named);
async fn each_bad_field_of_a_walk_in_is_named(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    for (field, value, path) in [
        ("walkInId", json!("1"), "walkInId"),
        ("names", json!([]), "names"),
        ("names", json!([{ "asWritten": "", "language": "en" }]), "names.0.asWritten"),
        ("email", json!("nobody"), "email"),
        ("phone", json!("12"), "phone"),
    ] {
        let mut input = walk_in(1, &event, "Guest Anna");
        input[field] = value;
        let answer = host.mutate("registerWalkIn", input, "walkIn { id }").await;
        answer.assert_turned_down("registerWalkIn", "INVALID_INPUT", path);
    }
}

const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0d01";

fn taken_in(n: u128, event: &str, name: &str) -> Value {
    json!({ "walkInId": Uuid::from_u128(n).to_string(), "eventId": event, "name": name })
}

fn scan_of(n: u128, event: Option<&str>, scan: u128) -> Value {
    json!({ "eventId": event, "scanId": Uuid::from_u128(scan).to_string(), "walkInId": Uuid::from_u128(n).to_string(),
        "capturedAt": "2025-01-01T09:00:00+05:00", "method": "LIST" })
}

async fn submit(client: &Client, walk_ins: &[Value], scans: Vec<Value>) -> Answer {
    let fields = "walkInResults { walkInId outcome reason path message flags walkIn { id registration { id \
                  attendance { hasAttended } } } } results { outcome reason flags }";
    client.mutate("submitScans", json!({ "walkIns": walk_ins, "scans": scans }), fields).await
}

fn outcomes(answer: &Answer, list: &str) -> Vec<[String; 3]> {
    let results = answer.data(&format!("submitScans.{list}")).as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |result: &Value| ["outcome", "reason", "path"].map(|field| text(&result[field]));
    results.iter().map(told).collect()
}

each_database!(a_phone_without_a_network_hands_in_whom_it_took_in);
async fn a_phone_without_a_network_hands_in_whom_it_took_in(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let mut person = new_person("Кучкаров", "Бахтиёр");
    person["homePartnerId"] = json!(known::partner(&host, "election commission of india").await);
    let known = create_person(&host, person).await;
    let (_, phone) = device(app, &host, &event, PHONE).await;
    // The scan comes before the walk-in that it names.
    let scan = scan_of(1, Some(&event), 0x11);
    let early = submit(&phone, &[], vec![scan.clone()]).await;
    assert_eq!(early.data("submitScans.results.0.flags"), &json!(["WALK_IN", "UNKNOWN_CREDENTIAL"]));
    let guest = taken_in(1, &event, "Kuchkarov Bakhtiyor");
    let came = submit(&phone, std::slice::from_ref(&guest), vec![scan]).await;
    assert_eq!(outcomes(&came, "walkInResults"), [["ACCEPTED_FLAGGED", "", ""].map(str::to_owned)]);
    assert_eq!(outcomes(&came, "results"), [["REPLAY", "", ""].map(str::to_owned)]);
    assert_eq!(came.data("submitScans.walkInResults.0.flags"), &json!(["WALK_IN"]));
    let registration = came.text("submitScans.walkInResults.0.walkIn.registration.id").to_owned();
    let again = submit(&phone, &[guest], Vec::new()).await;
    assert_eq!(outcomes(&again, "walkInResults")[0][0], "REPLAY");
    let attended = again.data("submitScans.walkInResults.0.walkIn.registration.attendance.hasAttended");
    assert_eq!(attended, &json!(true));
    // Who runs the event is told whom it may be; the phone has no way there.
    let queue = "query($id: ID!) { event(id: $id) { flaggedScans { nodes { walkIn { id flags proposals { id }
        registration { id } } } } } }";
    let answer = host.ask(queue, json!({ "id": event })).await;
    let walk_in = answer.data("event.flaggedScans.nodes.0.walkIn");
    assert_eq!(walk_in["proposals"], json!([{ "id": known }]));
    assert_eq!(walk_in["registration"]["id"], json!(registration));
    let listed = register(&host, &event, &known).await;
    let input = json!({ "walkInId": walk_in["id"], "participantId": known, "reason": "On the list." });
    let fields = "walkIn { registration { status mergedInto { id attendance { hasAttended } } } }";
    let merged = host.mutate("mergeWalkIn", input, fields).await;
    let ended = merged.data("mergeWalkIn.walkIn.registration");
    let goes_on = json!({ "id": listed, "attendance": { "hasAttended": true } });
    assert_eq!(ended, &json!({ "status": "CANCELLED", "mergedInto": goes_on }));
}

each_database!(one_walk_in_that_cannot_be_read_harms_no_other);
async fn one_walk_in_that_cannot_be_read_harms_no_other(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let with = |n: u128, field: &str, value: Value| {
        let mut guest = taken_in(n, &event, "Guest Anna");
        guest[field] = value;
        guest
    };
    let batch = [
        with(1, "walkInId", json!("not an id")),
        with(2, "walkInId", Value::Null),
        with(3, "eventId", json!(17)),
        with(4, "name", json!(" ")),
        with(5, "name", json!("x".repeat(600))),
        with(6, "name", json!("Guest\nAnna\u{0}")),
        with(7, "email", json!({ "at": "home" })),
        with(8, "phone", json!(12)),
        with(9, "role", json!("HEAD_OF_DELEGATION")),
        with(10, "role", json!("king")),
        with(11, "language", json!("?")),
        with(12, "categoryId", json!(event)),
        with(13, "country", json!("Nowhere")),
        with(14, "partnerId", json!("")),
        with(14, "name", json!("Guest Boris")),
    ];
    let answer = submit(&host, &batch, vec![scan_of(6, None, 0x14), scan_of(6, Some(&event), 0x16)]).await;
    let expected = [
        ["REJECTED_FINAL", "MALFORMED", "walkInId"],
        ["REJECTED_FINAL", "MALFORMED", "walkInId"],
        ["REJECTED_FINAL", "MALFORMED", "eventId"],
        ["REJECTED_FINAL", "MALFORMED", "name"],
        ["REJECTED_FINAL", "MALFORMED", "name"],
        ["ACCEPTED_FLAGGED", "", ""],
        ["ACCEPTED_FLAGGED", "", "email"],
        ["ACCEPTED_FLAGGED", "", "phone"],
        ["ACCEPTED_FLAGGED", "", "role"],
        ["ACCEPTED_FLAGGED", "", "role"],
        ["ACCEPTED_FLAGGED", "", "language"],
        ["ACCEPTED_FLAGGED", "", "categoryId"],
        ["ACCEPTED_FLAGGED", "", "country"],
        ["ACCEPTED_FLAGGED", "", ""],
        ["REJECTED_FINAL", "ID_REUSED", ""],
    ];
    assert_eq!(outcomes(&answer, "walkInResults"), expected.map(|one| one.map(str::to_owned)));
    // A scan tells its event by itself: it must not depend on what came first.
    assert_eq!(outcomes(&answer, "results")[0][..2], ["REJECTED_FINAL", "MALFORMED"]);
    assert_eq!(outcomes(&answer, "results")[1][0], "ACCEPTED_FLAGGED");
    let again = submit(&host, &batch, Vec::new()).await;
    let replayed = outcomes(&again, "walkInResults").iter().filter(|one| one[0] == "REPLAY").count();
    assert_eq!(replayed, 9);
    let many: Vec<Value> = (0..201).map(|n| taken_in(1_000 + n, &event, "Guest")).collect();
    submit(&host, &many, Vec::new()).await.assert_turned_down("submitScans", "INVALID_INPUT", "walkIns");
}

each_database!(a_phone_that_hands_in_late_moves_no_figure_until_someone_says_so);
async fn a_phone_that_hands_in_late_moves_no_figure_until_someone_says_so(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let (_, phone) = device(app, &host, &event, PHONE).await;
    for step in ["HOLD", "CLOSE"] {
        advance(&host, &event, step).await.data("advanceEvent.event.status");
    }
    let fields = "walkInResults { outcome flags walkIn { id registration { id status } } } results { flags }";
    let batch =
        json!({ "walkIns": [taken_in(1, &event, "Guest Anna")], "scans": [scan_of(1, Some(&event), 0x11)] });
    let late = phone.mutate("submitScans", batch, fields).await;
    let guest = late.data("submitScans.walkInResults.0");
    assert_eq!(guest["outcome"], "ACCEPTED_FLAGGED");
    assert_eq!(guest["flags"], json!(["WALK_IN", "LATE_AFTER_LOCK"]));
    assert_eq!(guest["walkIn"]["registration"]["status"], "PARKED");
    assert_eq!(late.data("submitScans.results.0.flags"), &json!(["WALK_IN", "LATE_AFTER_LOCK"]));
    let figures = async || {
        let query = "query($id: ID!) { event(id: $id) { counts { registrations attended }
            registrations { totalCount } walkIns(isSettled: false) { totalCount } } }";
        let answer = host.ask(query, json!({ "id": event })).await;
        ["counts.registrations", "registrations.totalCount", "walkIns.totalCount"]
            .map(|figure| answer.number(&format!("event.{figure}")))
    };
    assert_eq!(figures().await, [0, 0, 1]);
    let input = json!({ "walkInId": guest["walkIn"]["id"], "reason": "Asked around." });
    let confirmed = host.mutate("confirmWalkIn", input, "walkIn { registration { status } }").await;
    assert_eq!(confirmed.data("confirmWalkIn.walkIn.registration.status"), "REGISTERED");
    assert_eq!(figures().await, [1, 1, 0]);
}
