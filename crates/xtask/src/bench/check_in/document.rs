//! What devices and managers send: documents, and bodies for the loads.

use serde_json::{Value, json};

use crate::bench::gathering::{now, unique_id};

/// One scan, online.
pub(super) const CHECK_IN: &str = "mutation($input: CheckInInput!) {
    checkIn(input: $input) { scan { scanId } isReplay errors { code message } } }";

/// Scans handed in at once.
pub(super) const SUBMIT: &str = "mutation($input: SubmitScansInput!) {
    submitScans(input: $input) { results { outcome } errors { code message } } }";

/// What stands for a number in the bodies of a load, another one in each request.
const ANOTHER: &str = "@@@@@@@@";

/// The id of a scan: the same number gives another one in each request of a load.
pub(super) fn renewed_scan(number: usize) -> String {
    format!("{ANOTHER}-0000-7000-8000-{number:012x}")
}

/// The input of a batch in which each of these comes in, under other ids in each request of a load.
pub(super) fn renewed_batch<'a>(people: impl IntoIterator<Item = &'a String>) -> Value {
    let scans = people.into_iter().enumerate();
    let scans = scans.map(|(number, registration)| scan(&renewed_scan(number), registration, "IN"));
    json!({ "scans": scans.collect::<Vec<_>>() })
}

/// The input of a batch in which each of these comes in or goes out, under ids of its own.
pub(super) fn fresh_batch<'a>(people: impl IntoIterator<Item = &'a String>, direction: &str) -> Value {
    let scans = people.into_iter().map(|registration| scan(&unique_id(), registration, direction));
    json!({ "scans": scans.collect::<Vec<_>>() })
}

/// A scan that was made now, by a list.
fn scan(id: &str, registration: &str, direction: &str) -> Value {
    json!({ "scanId": id, "registrationId": registration, "direction": direction, "method": "LIST",
        "capturedAt": now().to_rfc3339() })
}

/// The body of a request.
pub(super) fn body(document: &str, input: &Value) -> String {
    json!({ "query": document, "variables": { "input": input } }).to_string()
}
