//! An event of three institutions of two countries: hosted by one, organised with another, paid for by a third.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    client::Client,
    event::{advance, create, new_event},
    participant::new_person,
};

use super::ground::score;

/// Makes the event and a draft like it, the people at it, and an event that follows from a draft.
pub(super) async fn prepare(administrator: &Client, ids: &mut HashMap<&'static str, String>) {
    for (name, written) in [("funder", "Foundation of the tests"), ("outsider", "Academy of the tests")] {
        let names = json!([{ "text": written, "language": "en" }]);
        let input = json!({ "kind": "NGO", "country": "IN", "names": names });
        let answer = administrator.mutate("createPartner", input, "partner { id }").await;
        ids.insert(name, answer.text("createPartner.partner.id").to_owned());
    }
    for (name, written) in [("shared", "Shared course"), ("shared-draft", "Draft of a shared course")] {
        let mut input = new_event(written);
        input["hostId"] = json!(ids["eci"]);
        input["partners"] = json!([
            { "partnerId": ids["jspi"], "role": "CO_ORGANISER" },
            { "partnerId": ids["funder"], "role": "FUNDER" },
        ]);
        ids.insert(name, create(administrator, input).await);
    }
    for step in ["PLAN", "OPEN"] {
        advance(administrator, &ids["shared"], step).await.data("advanceEvent.event.status");
    }
    let mut follows = new_event("Public event after a draft");
    follows["parent"] = json!({ "eventId": ids["draft-eci"], "relation": "FOLLOW_UP" });
    let follows = create(administrator, follows).await;
    advance(administrator, &follows, "PLAN").await.data("advanceEvent.event.status");
    ids.insert("follow-up", follows);
    people(administrator, ids).await;
    program(administrator, ids).await;
}

/// A program with a category and a basis.
async fn program(administrator: &Client, ids: &mut HashMap<&'static str, String>) {
    let text = |text: &str| json!([{ "text": text, "language": "en" }]);
    let input = json!({
        "names": text("Program of the tests"),
        "categories": [{ "code": "trainer", "name": text("trainers") }],
        "bases": [{ "kind": "AGREEMENT", "agreementId": ids["agreement"] }],
    });
    let fields = "program { categories { id } bases { id } }";
    let answer = administrator.mutate("createProgram", input, fields).await;
    for (name, path) in [("category", "categories.0.id"), ("basis", "bases.0.id")] {
        ids.insert(name, answer.text(&format!("createProgram.program.{path}")).to_owned());
    }
}

/// One whom the co-organiser sent, one whom nobody sent, and one who facilitates.
async fn people(administrator: &Client, ids: &mut HashMap<&'static str, String>) {
    for (person, registration, details) in [
        ("nominee", "nominee-registration", json!({ "partnerId": ids["jspi"] })),
        ("hosted", "hosted-registration", json!({})),
        ("facilitator", "facilitator-registration", json!({ "role": "FACILITATOR" })),
    ] {
        let mut input: Value = details;
        let mut new = new_person("Shared", person);
        new["email"] = json!(format!("{person}@people.example"));
        new["phone"] = json!("+998 71 239 15 63");
        new["birthYear"] = json!(1985);
        new["note"] = json!("Speaks three languages.");
        new["disability"] = json!("NO");
        input["eventId"] = json!(ids["shared"]);
        input["participant"] = json!({ "new": new });
        let answer = administrator
            .mutate("registerParticipant", input, "registration { id participant { id } }")
            .await;
        ids.insert(person, answer.text("registerParticipant.registration.participant.id").to_owned());
        ids.insert(registration, answer.text("registerParticipant.registration.id").to_owned());
    }
    let result = score(administrator, &ids["shared"], &ids["nominee-registration"]).await;
    ids.insert("nominee-result", result);
}
