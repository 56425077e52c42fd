//! Walk-ins: registered at the door by an operator, settled by who runs the event.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::App,
    client::Client,
    each_database, known,
    participant::{create as create_person, new_person},
    registration::open_event,
};

fn walk_in(n: u128, event: &str, name: &str) -> Value {
    json!({
        "walkInId": Uuid::from_u128(n).to_string(), "eventId": event,
        "names": [{ "asWritten": name, "language": "und" }], "phone": "+998 71 239 15 63",
    })
}

async fn register(client: &Client, input: Value) -> (String, String) {
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
    let (id, registration) = register(&host, input.clone()).await;
    assert_eq!(register(&host, input).await, (id.clone(), registration.clone()));

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
    let (id, _) = register(&host, walk_in(1, &event, "Guest Anna")).await;
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
