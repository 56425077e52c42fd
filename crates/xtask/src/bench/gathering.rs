//! Events made for the benchmark through the API: who is expected there, and the devices at their doors.

use std::hash::{BuildHasher as _, RandomState};
use std::thread;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::http::Client;
use super::ours::Ours;
use crate::failure::Failure;

/// An event that people come to.
pub(super) struct Gathering {
    /// Its global id.
    pub(super) event: String,
    /// The global ids of the registrations.
    pub(super) people: Vec<String>,
}

/// What the live figures of an event say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) expected: u64,
    pub(super) attended: u64,
    pub(super) inside: u64,
}

const FIND: &str = "query($name: String!) { events(where: { named: $name }) { nodes { id title } } }";
const PROGRAM: &str = "{ programs(first: 1) { nodes { id } } }";
const CREATE: &str = "mutation($input: CreateEventInput!) {
    createEvent(input: $input) { event { id } errors { message } } }";
const ADVANCE: &str = "mutation($input: AdvanceEventInput!) {
    advanceEvent(input: $input) { event { id } errors { message } } }";
const ROSTER: &str = "query($id: ID!, $after: String) { event(id: $id) {
    registrations(first: 200, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } }";
const PREPARE: &str = "mutation($input: PrepareDeviceInput!) {
    prepareDevice(input: $input) { code { code } errors { message } } }";
const ENROL: &str = "mutation($input: EnrolDeviceInput!) {
    enrolDevice(input: $input) { accessToken errors { message } } }";
const FIGURES: &str = "query($id: ID!) { eventAttendance(eventId: $id) { expected attended inside } }";

/// How many people are registered in one request: an operation has at most 30 fields.
const TOGETHER: usize = 30;
/// How many register people at once.
const CLERKS: usize = 4;

impl Gathering {
    /// Plans an event of this name and registers so many people, or finds those that are there.
    pub(super) fn find_or_make(ours: &Ours, token: &str, name: &str, size: usize) -> Result<Self, Failure> {
        let found = ours.client(token).ask(FIND, &json!({ "name": name }))?;
        let mut found = found["events"]["nodes"].as_array().into_iter().flatten();
        match found.find(|event| event["title"] == name) {
            Some(event) => Self::fill(ours, token, text(&event["id"]), size),
            None => Self::make(ours, token, name, size),
        }
    }

    /// Plans an event of this name and registers so many people.
    pub(super) fn make(ours: &Ours, token: &str, name: &str, size: usize) -> Result<Self, Failure> {
        let event = plan(&ours.client(token), name)?;
        Self::fill(ours, token, event, size)
    }

    fn fill(ours: &Ours, token: &str, event: String, size: usize) -> Result<Self, Failure> {
        let client = ours.client(token);
        let mut people = roster(&client, &event)?;
        if people.len() < size {
            register(ours, token, &event, people.len()..size)?;
            people = roster(&client, &event)?;
        }
        people.truncate(size);
        Ok(Self { event, people })
    }

    /// Prepares a device for the doors of the event, and enrols it; returns its token.
    pub(super) fn device(&self, ours: &Ours, token: &str) -> Result<String, Failure> {
        let closes_at = (now() + TimeDelta::days(2)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let input = json!({ "name": "A door", "eventIds": [self.event], "closesAt": closes_at });
        let prepared = ours.client(token).change(PREPARE, &input)?;
        let input = json!({ "code": prepared["code"]["code"], "enrolmentId": unique_id() });
        Ok(text(&ours.visitor().change(ENROL, &input)?["accessToken"]))
    }

    /// The live figures of the event.
    pub(super) fn figures(&self, client: &Client) -> Result<Figures, Failure> {
        let answer = client.ask(FIGURES, &json!({ "id": self.event }))?;
        Ok(Figures::read(&answer["eventAttendance"]))
    }
}

impl Figures {
    /// Reads what an answer or a message of a subscription says.
    pub(super) fn read(attendance: &Value) -> Self {
        let number = |name: &str| attendance[name].as_u64().unwrap_or(0);
        Self { expected: number("expected"), attended: number("attended"), inside: number("inside") }
    }
}

/// The present, by this machine's clock, which is the server's too.
#[expect(
    clippy::disallowed_methods,
    reason = "what is measured is real time; nothing here is tested by a clock of its own"
)]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A UUID that no other run uses.
pub(super) fn unique_id() -> String {
    let [first, second] = [(); 2].map(|()| RandomState::new().hash_one(()));
    format!(
        "{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}",
        first >> 32,
        first >> 16 & 0xffff,
        first & 0xfff,
        second >> 48 & 0xfff,
        second & 0xffff_ffff_ffff,
    )
}

fn plan(client: &Client, name: &str) -> Result<String, Failure> {
    let program = client.ask(PROGRAM, &json!({}))?;
    let input = json!({
        "kind": "CONFERENCE",
        "names": [{ "text": name, "language": "en" }],
        // To the year: no days follow from it, so that the event itself is the only door.
        "dates": { "edtf": now().format("%Y").to_string() },
        "programId": program["programs"]["nodes"][0]["id"],
    });
    let event = text(&client.change(CREATE, &input)?["event"]["id"]);
    for step in ["PLAN", "OPEN"] {
        client.change(ADVANCE, &json!({ "id": event, "step": step }))?;
    }
    Ok(event)
}

fn roster(client: &Client, event: &str) -> Result<Vec<String>, Failure> {
    let mut people = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = client.ask(ROSTER, &json!({ "id": event, "after": after }))?;
        let page = &page["event"]["registrations"];
        people.extend(page["nodes"].as_array().into_iter().flatten().map(|node| text(&node["id"])));
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(people);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn register(ours: &Ours, token: &str, event: &str, numbers: std::ops::Range<usize>) -> Result<(), Failure> {
    let numbers: Vec<usize> = numbers.collect();
    let portion = numbers.len().div_ceil(CLERKS).max(1);
    thread::scope(|scope| {
        let clerks: Vec<_> = numbers
            .chunks(portion)
            .map(|portion| {
                scope.spawn(move || {
                    let client = ours.client(token);
                    portion.chunks(TOGETHER).try_for_each(|together| register_some(&client, event, together))
                })
            })
            .collect();
        clerks.into_iter().try_for_each(|clerk| clerk.join().unwrap_or(Err(Failure::Stopped)))
    })
}

fn register_some(client: &Client, event: &str, numbers: &[usize]) -> Result<(), Failure> {
    let names: Vec<String> = (0..numbers.len()).map(|place| format!("a{place}")).collect();
    let heads: Vec<String> = names.iter().map(|name| format!("${name}: RegisterParticipantInput!")).collect();
    let fields: Vec<String> = names
        .iter()
        .map(|name| format!("{name}: registerParticipant(input: ${name}) {{ errors {{ message }} }}"))
        .collect();
    let document = format!("mutation({}) {{ {} }}", heads.join(", "), fields.join(" "));
    let variables: Map<String, Value> = names
        .iter()
        .zip(numbers)
        .map(|(name, number)| {
            let written = format!("Guest No. {number}");
            let person = json!({ "asWritten": written, "given": "Guest", "family": format!("No. {number}"),
                "language": "en" });
            let input = json!({ "eventId": event, "participant": { "new": { "names": [person] } } });
            (name.clone(), input)
        })
        .collect();
    let answer = client.ask(&document, &variables.into())?;
    let refused =
        answer.as_object().into_iter().flatten().find(|(_, payload)| payload["errors"] != json!([]));
    match refused {
        None => Ok(()),
        Some((_, payload)) => {
            Err(Failure::Unexpected { what: format!("a guest could not be registered: {payload}") })
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_of_a_uuid_and_are_never_the_same() {
        let (one, two) = (unique_id(), unique_id());
        assert_ne!(one, two);
        assert_eq!(one.len(), 36);
        assert_eq!(one.match_indices('-').map(|(at, _)| at).collect::<Vec<_>>(), [8, 13, 18, 23]);
    }
}
