//! Events.
use serde_json::{Value, json};

/// The input of an event with nothing but what it must have.
pub(crate) fn new_event(name: &str) -> Value {
    json!({
        "kind": "TRAINING",
        "names": [{ "text": name, "language": "en" }],
        "dates": { "edtf": "2026-12-01" },
    })
}
