//! Answers in one form, so that ours, PostGraphile's and the bare SQL's can be compared.
//!
//! What a client of the other two would do with the stored form is done here: a name is taken out of its list, a
//! word is written as the enum value, a count out of a text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Map, Value};

/// How long a global id of the API is.
const GLOBAL_ID: usize = 23;

/// Fields whose stored words are enum values in the API.
const WORDS: [&str; 3] = ["kind", "role", "status"];

/// Brings an answer into the common form.
pub(super) fn common(answer: &Value) -> Value {
    under("", answer)
}

fn under(key: &str, value: &Value) -> Value {
    match value {
        Value::Array(all) => match all.first().and_then(|first| text(first, &["as_written", "text"])) {
            Some(name) => name,
            None => all.iter().map(|one| under("", one)).collect(),
        },
        Value::Object(fields) => {
            text(value, &["edtf", "date"]).unwrap_or_else(|| Value::Object(object(fields)))
        }
        Value::String(text) if key == "id" && text.len() == GLOBAL_ID => identifier(text).into(),
        Value::String(text) if WORDS.contains(&key) => text.to_uppercase().into(),
        Value::String(text) if key == "firstInAt" => instant(text).into(),
        _ => value.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut common: Map<String, Value> = Map::new();
    let mut counts: Map<String, Value> = Map::new();
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("registered", count) => drop(counts.insert("registrations".to_owned(), number(count))),
            ("attended", count) => drop(counts.insert("attended".to_owned(), number(count))),
            // Where the page ends is each one's own affair.
            ("endCursor" | "errors", _) => {}
            // Nobody at the door and nothing written of it are one.
            ("attendance", Value::Null) => {
                let nothing =
                    [("hasAttended", false.into()), ("isInside", false.into()), ("firstInAt", Value::Null)];
                let nothing = nothing.map(|(key, value)| (key.to_owned(), value));
                common.insert(key.clone(), nothing.into_iter().collect::<Map<_, _>>().into());
            }
            ("counts", Value::Object(_)) => drop(common.insert(key.clone(), value.clone())),
            _ => drop(common.insert(key.clone(), under(key, value))),
        }
    }
    if !counts.is_empty() {
        common.insert("counts".to_owned(), counts.into());
    }
    common
}

fn text(value: &Value, keys: &[&str]) -> Option<Value> {
    let fields = value.as_object()?;
    keys.iter().find_map(|key| fields.get(*key)).filter(|found| found.is_string()).cloned()
}

fn number(value: &Value) -> Value {
    value.as_str().and_then(|text| text.parse::<i64>().ok()).map_or_else(|| value.clone(), Value::from)
}

/// The identifier within a global id, as the database writes it.
pub(in crate::bench) fn identifier(global: &str) -> String {
    let bytes = BASE64.decode(global).unwrap_or_default();
    let mut written = String::new();
    for (at, byte) in bytes.iter().skip(1).enumerate() {
        let hyphen = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
        written.push_str(hyphen);
        written.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
    }
    written
}

/// An instant of the whole second in UTC, without the spelling of its zone.
fn instant(text: &str) -> String {
    text.get(..19).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_spellings_of_an_event_are_one() {
        let ours = json!({ "id": "BAAAAAAAAAAAAAAAAAAAACo", "title": "Seminar", "status": "HELD",
            "dates": { "edtf": "2020-05-01" }, "counts": { "registrations": 7, "attended": 6 } });
        let stored = json!({ "id": "00000000-0000-0000-0000-00000000002a", "title": [{ "text": "Seminar" }],
            "status": "held", "dates": { "date": "2020-05-01" }, "registered": "7", "attended": "6" });
        assert_eq!(common(&ours), common(&stored));
    }

    #[test]
    fn two_events_are_two() {
        let one = json!({ "event": { "id": "BAAAAAAAAAAAAAAAAAAAACo" } });
        let other = json!({ "event": { "id": "BAAAAAAAAAAAAAAAAAAAACs" } });
        assert_ne!(common(&one), common(&other));
    }
}
