//! The records that the table asks about: those of the demonstration, and some that only few may see.

use std::collections::HashMap;

use serde_json::json;

use super::shared;
use crate::{
    client::Client,
    event::{create, new_event},
    glass_break::REASON,
    known,
    service_account::open,
};

/// Records by the name that the table gives them.
#[derive(Clone)]
pub(super) struct Ground(HashMap<&'static str, String>);

impl Ground {
    /// Finds the records, and makes those that the demonstration does not have.
    pub(super) async fn prepare(administrator: &Client) -> Self {
        let mut ids = HashMap::new();
        for (name, words) in [
            ("seminar", known::JIZZAKH_SEMINAR),
            ("refresher", known::REFRESHER_COURSE),
            ("training", known::AKTOBE_TRAINING),
            ("conference", known::DELHI_CONFERENCE),
            ("zhambyl", known::ZHAMBYL_SEMINAR),
        ] {
            ids.insert(name, known::event(administrator, words).await);
        }
        for (name, words) in [
            ("eci", "election commission of india"),
            ("jspi", "jizzakh state pedagogical institute"),
            ("senate-kz", "senate of the parliament kazakhstan"),
        ] {
            ids.insert(name, known::partner(administrator, words).await);
        }
        let found = administrator
            .query("{ programs(first: 1) { nodes { id } } agreements(first: 1) { nodes { id } } }");
        let found = found.await;
        ids.insert("program", found.text("programs.nodes.0.id").to_owned());
        ids.insert("agreement", found.text("agreements.nodes.0.id").to_owned());
        for (name, code) in [("uz", "UZ"), ("kz", "KZ"), ("uz-ji", "UZ-JI"), ("kz-31", "KZ-31")] {
            ids.insert(name, known::territory(administrator, code).await);
        }
        let mut draft = new_event("Draft in Kazakhstan");
        draft["territoryId"] = json!(ids["kz-31"]);
        ids.insert("draft-kz", create(administrator, draft).await);
        let mut draft = new_event("Draft of the Indian host");
        draft["hostId"] = json!(ids["eci"]);
        ids.insert("draft-eci", create(administrator, draft).await);
        let door = json!({
            "eventId": ids["draft-eci"], "kind": "DOOR", "name": [{ "language": "en", "text": "Main door" }],
        });
        let door = administrator.mutate("createCheckpoint", door, "checkpoint { id }").await;
        ids.insert("door-eci", door.text("createCheckpoint.checkpoint.id").to_owned());
        let account = json!({
            "email": "someone@demo.example", "displayName": "Someone of the host", "password": "a long password",
            "grants": [{ "role": "VIEWER", "placeKind": "PARTNER", "placeId": ids["eci"] }],
        });
        let account = administrator.mutate("createAccount", account, "account { id grants { id } }").await;
        let device =
            json!({ "name": "Door", "eventIds": [ids["conference"]], "closesAt": "2026-11-03T00:00:00Z" });
        let device = administrator.mutate("prepareDevice", device, "device { id }").await;
        ids.insert("device", device.text("prepareDevice.device.id").to_owned());
        let place = json!({ "placeKind": "PARTNER", "placeId": ids["eci"] });
        let service = open(administrator, "Registry of the host", &["REACH_READ"], place).await;
        ids.insert("service-account", service.id);
        ids.insert("client-secret", service.secret_id);
        people(administrator, &mut ids).await;
        shared::prepare(administrator, &mut ids).await;
        figures(administrator, &mut ids).await;
        ids.insert("glass-break", break_glass(administrator, &ids["conference"]).await);
        ids.insert("account-eci", account.text("createAccount.account.id").to_owned());
        ids.insert("grant-eci", account.text("createAccount.account.grants.0.id").to_owned());
        Self(ids)
    }

    /// The id of a record.
    pub(super) fn id(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("the ground has no {name}"))
    }

    /// The names of all records, in the order of the alphabet.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The same ground with another record under this name.
    pub(super) fn with(&self, name: &'static str, id: String) -> Self {
        let mut other = self.clone();
        other.0.insert(name, id);
        other
    }

    /// Puts ids in the place of `@name`.
    pub(super) fn fill(&self, document: &str) -> String {
        let mut parts = document.split('@');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            let id = self.id(name);
            filled.extend(["\"", id, "\"", rest]);
        }
        filled
    }
}

/// Breaks the glass of the conference, as an officer of whom nothing else is asked.
async fn break_glass(administrator: &Client, event: &str) -> String {
    let (email, password) = ("another.officer@demo.example", "the long password of an officer");
    let account = json!({
        "email": email, "displayName": "Another officer", "password": password,
        "grants": [{ "role": "INTERNATIONAL_PROGRAM_OFFICER", "placeKind": "PLATFORM" }],
    });
    administrator.mutate("createAccount", account, "account { id }").await.data("createAccount.account.id");
    let officer = administrator.sign_in(email, password).await;
    let input =
        json!({ "place": { "eventId": event }, "opens": ["PEOPLE"], "minutes": 60, "reason": REASON });
    let answer = officer.mutate("breakTheGlass", input, "glassBreak { id }").await;
    answer.text("breakTheGlass.glassBreak.id").to_owned()
}

/// Records what someone scored at a test, and gives the id of the result.
pub(super) async fn score(administrator: &Client, event: &str, registration: &str) -> String {
    let result = json!({
        "registrationId": registration, "stage": "POST_TEST", "score": 17, "maximum": 20, "takenOn": "2021-05-17",
    });
    let input = json!({ "eventId": event, "results": [result] });
    let answer = administrator.mutate("recordTestResults", input, "testResults { id }").await;
    answer.text("recordTestResults.testResults.0.id").to_owned()
}

/// A guest of the conference with a contribution and a delegation, and a trainer at the seminar.
async fn people(administrator: &Client, ids: &mut HashMap<&'static str, String>) {
    for (name, event, person) in
        [("guest", "conference", "Karimova, Dilnoza"), ("trainer", "seminar", "Abdullayev, Rustam")]
    {
        let person = json!({
            "names": [{ "asWritten": person, "language": "en" }],
            "email": "someone@people.example", "birthYear": 1980, "sex": "FEMALE", "disability": "YES",
            "accessNeeds": "A ramp.",
        });
        let input = json!({ "eventId": ids[event], "participant": { "new": person } });
        let fields = "registration { id participant { id } }";
        let answer = administrator.mutate("registerParticipant", input, fields).await;
        ids.insert(name, answer.text("registerParticipant.registration.participant.id").to_owned());
        if name == "guest" {
            ids.insert("guest-registration", answer.text("registerParticipant.registration.id").to_owned());
        }
    }
    ids.insert("test-result", score(administrator, &ids["conference"], &ids["guest-registration"]).await);
    let input = json!({
        "walkInId": "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b", "eventId": ids["conference"],
        "names": [{ "asWritten": "Someone at the door", "language": "en" }],
    });
    let answer = administrator.mutate("registerWalkIn", input, "walkIn { id }").await;
    ids.insert("walk-in", answer.text("registerWalkIn.walkIn.id").to_owned());
    let scan = json!({
        "scanId": "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1e", "eventId": ids["conference"],
        "credential": "a code that nobody has", "capturedAt": "2026-11-22T09:00:00Z",
    });
    let answer = administrator.mutate("submitScans", json!({ "scans": [scan] }), "results { outcome }").await;
    assert_eq!(answer.text("submitScans.results.0.outcome"), "ACCEPTED_FLAGGED");
    let input = json!({ "registrationId": ids["guest-registration"], "kind": "LECTURE" });
    let answer = administrator.mutate("addContribution", input, "contribution { id }").await;
    ids.insert("contribution", answer.text("addContribution.contribution.id").to_owned());
    let input = json!({ "eventId": ids["conference"], "senderId": ids["senate-kz"] });
    let answer = administrator.mutate("createDelegation", input, "delegation { id }").await;
    ids.insert("delegation", answer.text("createDelegation.delegation.id").to_owned());
    let input = json!({ "id": ids["guest-registration"], "delegationId": ids["delegation"] });
    let answer = administrator.mutate("updateRegistration", input, "registration { id }").await;
    answer.data("updateRegistration.registration.id");
}

/// A figure of the seminar and one of a draft, and a source that the seminar cites.
async fn figures(administrator: &Client, ids: &mut HashMap<&'static str, String>) {
    for (name, event) in [("report", "seminar"), ("report-draft", "draft-kz")] {
        let amount = json!({ "qualifier": "EXACT", "value": 10 });
        let input =
            json!({ "eventId": ids[event], "measure": "TESTED", "state": "ATTENDED", "amount": amount });
        let answer = administrator.mutate("reportHeadcount", input, "headcountReport { id }").await;
        ids.insert(name, answer.text("reportHeadcount.headcountReport.id").to_owned());
    }
    let answer =
        administrator.mutate("createSource", json!({ "headline": "A source" }), "source { id }").await;
    ids.insert("source", answer.text("createSource.source.id").to_owned());
    let input = json!({ "sourceId": ids["source"], "subjectId": ids["seminar"] });
    let answer = administrator.mutate("citeSource", input, "citation { id }").await;
    ids.insert("citation", answer.text("citeSource.citation.id").to_owned());
}
