//! The manifest, as a phone takes it in: people page by page, then what has changed, with as much of names as the event
//! allows.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    app::App,
    badge::uuid,
    client::Client,
    device::device,
    each_database,
    event::advance,
    participant::new_person,
    registration::{cancel, open_event, register_new},
};

const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0c11";
const MANIFEST: &str = "query($id: ID!, $after: String, $first: Int) {
    checkInManifest(eventId: $id, after: $after, first: $first) {
        event { id uuid title status names } entries { registrationId registrationUuid name role firstGoodSerial }
        removed { registrationId registrationUuid reason } keys { name publicKey readUntil } checkpoints { kind day version }
        cursor hasMore requiresFullResync } }";
const REVOCATIONS: &str =
    "query($id: ID!, $after: String) { checkInRevocations(eventId: $id, after: $after, first: 2) {
    revocations { registrationId registrationUuid isCancelled firstGoodSerial } cursor hasMore requiresFullResync } }";

/// How long a change may take until it is settled; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a phone holds: names by registration.
#[derive(Default)]
struct Held {
    names: BTreeMap<String, Value>,
    cursor: Option<String>,
}

impl Held {
    /// Takes in pages until there is no more; the last page.
    async fn catch_up(&mut self, phone: &Client, event: &str) -> Value {
        loop {
            let variables = json!({ "id": event, "after": self.cursor, "first": 2 });
            let answer = phone.ask(MANIFEST, variables).await;
            let page = answer.data("checkInManifest").clone();
            for entry in page["entries"].as_array().unwrap() {
                let id = entry["registrationId"].as_str().unwrap();
                assert_eq!(entry["registrationUuid"], uuid(id).to_string());
                self.names.insert(id.to_owned(), entry["name"].clone());
            }
            for removed in page["removed"].as_array().unwrap() {
                self.names.remove(removed["registrationId"].as_str().unwrap());
            }
            self.cursor = page["cursor"].as_str().map(ToOwned::to_owned);
            if page["hasMore"] == false {
                return page;
            }
        }
    }

    /// Catches up until it holds this: a change is told once all that is older is settled, be it another test's.
    async fn until(&mut self, phone: &Client, event: &str, expected: &[(&str, Value)]) {
        let expected: BTreeMap<String, Value> =
            expected.iter().map(|(id, name)| ((*id).to_owned(), name.clone())).collect();
        let asking = async {
            while self.names != expected {
                self.catch_up(phone, event).await;
            }
        };
        let outcome = tokio::time::timeout(PATIENCE, asking).await;
        assert!(outcome.is_ok(), "{:?} where {expected:?} was expected", self.names);
    }
}

each_database!(a_phone_holds_the_people_who_are_expected_and_learns_of_each_change);
async fn a_phone_holds_the_people_who_are_expected_and_learns_of_each_change(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let anna = register_new(&host, &event, new_person("Petrova", "Anna")).await;
    let boris = register_new(&host, &event, new_person("Ivanov", "Boris")).await;
    let clara = register_new(&host, &event, new_person("Orlova", "Clara")).await;
    let (_, phone) = device(app, &host, &event, PHONE).await;

    let mut held = Held::default();
    held.catch_up(&phone, &event).await;
    let all = [
        (anna.id.as_str(), json!("Anna Petrova")),
        (boris.id.as_str(), json!("Boris Ivanov")),
        (clara.id.as_str(), json!("Clara Orlova")),
    ];
    held.until(&phone, &event, &all).await;
    let page = held.catch_up(&phone, &event).await;
    assert_eq!(
        page["event"],
        json!({ "id": event, "uuid": uuid(&event).to_string(), "title": "Conference", "status": "OPEN",
            "names": "FULL" })
    );
    assert_eq!(page["requiresFullResync"], false);

    // One is cancelled, one gets another name, one comes late.
    cancel(&host, &boris.id).await.data("cancelRegistration.registration.status");
    let renamed = json!({ "id": anna.participant, "names": new_person("Sidorova", "Anna")["names"] });
    host.mutate("updateParticipant", renamed, "participant { id }")
        .await
        .data("updateParticipant.participant.id");
    let dina = register_new(&host, &event, new_person("Late", "Dina")).await;
    let now = [
        (anna.id.as_str(), json!("Anna Sidorova")),
        (clara.id.as_str(), json!("Clara Orlova")),
        (dina.id.as_str(), json!("Dina Late")),
    ];
    held.until(&phone, &event, &now).await;
    let refused = phone.ask(REVOCATIONS, json!({ "id": event })).await;
    assert_eq!(
        refused.data("checkInRevocations.revocations"),
        &json!([{ "registrationId": boris.id, "registrationUuid": uuid(&boris.id).to_string(),
            "isCancelled": true, "firstGoodSerial": 1 }])
    );
}

each_database!(a_phone_holds_as_much_of_names_as_the_event_allows);
async fn a_phone_holds_as_much_of_names_as_the_event_allows(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let anna = register_new(&host, &event, new_person("Petrova", "Anna")).await.id;
    let (_, phone) = device(app, &host, &event, PHONE).await;
    for (names, shown) in
        [("INITIALS", json!("A. P.")), ("NOTHING", Value::Null), ("FULL", json!("Anna Petrova"))]
    {
        let mut before = Held::default();
        before.catch_up(&phone, &event).await;
        let input = json!({ "id": event, "manifestNames": names });
        let updated = host.mutate("updateEvent", input, "event { manifestNames }").await;
        assert_eq!(updated.text("updateEvent.event.manifestNames"), names);
        // What it holds of names is not what it may hold: it has to begin anew.
        let stale = phone.ask(MANIFEST, json!({ "id": event, "after": before.cursor })).await;
        assert_eq!(stale.data("checkInManifest.requiresFullResync"), &json!(true));
        assert_eq!(stale.data("checkInManifest.cursor"), &Value::Null);
        assert_eq!(stale.list("checkInManifest.entries").len(), 0);
        let mut held = Held::default();
        held.until(&phone, &event, &[(anna.as_str(), shown)]).await;
    }
}

each_database!(who_does_not_stand_at_the_doors_has_no_manifest_and_a_wrong_page_is_named);
async fn who_does_not_stand_at_the_doors_has_no_manifest_and_a_wrong_page_is_named(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let elsewhere = open_event(&host, "Elsewhere").await;
    let (_, phone) = device(app, &host, &event, PHONE).await;
    for (client, event) in
        [(&phone, &elsewhere), (&app.manager().await, &event), (&app.officer().await, &event)]
    {
        for document in [MANIFEST, REVOCATIONS] {
            let answer = client.ask(document, json!({ "id": event })).await;
            let data = &answer.body["data"];
            assert_eq!(data.as_object().unwrap().values().next(), Some(&Value::Null), "{}", answer.body);
        }
    }
    for (variables, path) in [
        (json!({ "id": event, "first": 501 }), "first"),
        (json!({ "id": event, "first": 0 }), "first"),
        (json!({ "id": event, "after": "x" }), "after"),
        (json!({ "id": "x" }), "eventId"),
    ] {
        let answer = phone.ask(MANIFEST, variables).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{path}: {}", answer.body);
        assert!(answer.error_message().starts_with(path), "{}", answer.body);
    }
    // An event that goes on in its life is told with the next page.
    advance(&host, &event, "START").await.data("advanceEvent.event.status");
    let page = phone.ask(MANIFEST, json!({ "id": event })).await;
    assert_eq!(page.text("checkInManifest.event.status"), "IN_PROGRESS");
}
