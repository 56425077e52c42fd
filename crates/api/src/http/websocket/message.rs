//! The messages of graphql-transport-ws: what a client says, read strictly, and what the server says.

use serde_json::{Map, Value, json};

use super::close::Close;
use crate::http::follow::Told;

/// A message of a client.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// Asks to be let in.
    Init(Map<String, Value>),
    /// Begins an operation under an id of the client's choice.
    Subscribe { id: String, payload: Value },
    /// Ends an operation.
    Complete { id: String },
    /// Asks for a sign of life.
    Ping(Option<Value>),
    /// Gives a sign of life.
    Pong,
}

impl Incoming {
    /// Reads a message; one that the protocol does not know closes the socket.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        let malformed = |reason| move || Close::malformed(reason);
        let message: Value =
            serde_json::from_str(text).map_err(|_| Close::malformed("message is not JSON"))?;
        let Value::Object(mut message) = message else {
            return Err(Close::malformed("message is not an object"));
        };
        let kind = message.remove("type");
        let kind = kind.as_ref().and_then(Value::as_str).ok_or_else(malformed("message has no type"))?;
        match kind {
            "connection_init" => Ok(Self::Init(object(message.remove("payload"))?.unwrap_or_default())),
            "ping" => Ok(Self::Ping(object(message.remove("payload"))?.map(Value::Object))),
            "pong" => object(message.remove("payload")).map(|_| Self::Pong),
            "complete" => Ok(Self::Complete { id: id(&mut message)? }),
            "subscribe" => {
                let id = id(&mut message)?;
                let payload = object(message.remove("payload"))?;
                let payload = payload.ok_or_else(malformed("subscribe has no payload"))?;
                check_parameters(&payload)?;
                Ok(Self::Subscribe { id, payload: Value::Object(payload) })
            }
            _ => Err(Close::malformed("message is of unknown type")),
        }
    }
}

/// An object, or nothing; anything else is malformed.
fn object(value: Option<Value>) -> Result<Option<Map<String, Value>>, Close> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Close::malformed("payload is not an object")),
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::malformed("message has no id")),
    }
}

/// Refuses parameters of another form than the protocol gives them. A document may be left to `extensions`, which
/// can name one that the server knows.
fn check_parameters(payload: &Map<String, Value>) -> Result<(), Close> {
    let is = |name: &str, allowed: fn(&Value) -> bool| {
        payload.get(name).is_none_or(|value| value.is_null() || allowed(value))
    };
    let names_document = match payload.get("query") {
        Some(query) => query.is_string(),
        None => payload.contains_key("extensions") || payload.contains_key("documentId"),
    };
    let is_right = names_document
        && is("operationName", Value::is_string)
        && is("variables", Value::is_object)
        && is("extensions", Value::is_object);
    if is_right { Ok(()) } else { Err(Close::malformed("subscribe is malformed")) }
}

/// The message that says the client is let in.
pub(super) fn acknowledgement() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// The message that gives a sign of life.
pub(super) fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }),
        None => json!({ "type": "pong" }),
    }
    .to_string()
}

/// The message about an operation.
pub(super) fn about(id: &str, told: &Told) -> String {
    match told {
        // The answer is JSON already: it is not read again only to be written again.
        Told::Answer(payload) => format!(r#"{{"id":{},"type":"next","payload":{payload}}}"#, json!(id)),
        Told::Refused(errors) => json!({ "id": id, "type": "error", "payload": errors }).to_string(),
        Told::Done => json!({ "id": id, "type": "complete" }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> &'static str {
        match Incoming::read(text) {
            Err(Close::Malformed(reason)) => reason,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_message_of_each_type_is_read() {
        for (text, expected) in [
            (r#"{"type":"connection_init"}"#, Incoming::Init(Map::new())),
            (r#"{"type":"connection_init","payload":null}"#, Incoming::Init(Map::new())),
            (r#"{"type":"ping"}"#, Incoming::Ping(None)),
            (r#"{"type":"ping","payload":{"a":1}}"#, Incoming::Ping(Some(json!({ "a": 1 })))),
            (r#"{"type":"pong","payload":{}}"#, Incoming::Pong),
            (r#"{"type":"complete","id":"1"}"#, Incoming::Complete { id: "1".to_owned() }),
            (
                r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":null}}"#,
                Incoming::Subscribe {
                    id: "1".to_owned(),
                    payload: json!({ "query": "{ a }", "variables": null }),
                },
            ),
        ] {
            assert_eq!(Incoming::read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for (text, expected) in [
            ("", "message is not JSON"),
            ("{", "message is not JSON"),
            ("[]", "message is not an object"),
            ("{}", "message has no type"),
            (r#"{"type":1}"#, "message has no type"),
            (r#"{"type":"start"}"#, "message is of unknown type"),
            (r#"{"type":"next","id":"1"}"#, "message is of unknown type"),
            (r#"{"type":"connection_init","payload":1}"#, "payload is not an object"),
            (r#"{"type":"ping","payload":"a"}"#, "payload is not an object"),
            (r#"{"type":"complete"}"#, "message has no id"),
            (r#"{"type":"complete","id":1}"#, "message has no id"),
            (r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#, "message has no id"),
            (r#"{"type":"subscribe","id":"1"}"#, "subscribe has no payload"),
            (r#"{"type":"subscribe","id":"1","payload":{}}"#, "subscribe is malformed"),
            (r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#, "subscribe is malformed"),
            (
                r#"{"type":"subscribe","id":"1","payload":{"query":"a","variables":[]}}"#,
                "subscribe is malformed",
            ),
            (
                r#"{"type":"subscribe","id":"1","payload":{"query":"a","operationName":1}}"#,
                "subscribe is malformed",
            ),
            (
                r#"{"type":"subscribe","id":"1","payload":{"query":"a","extensions":"a"}}"#,
                "subscribe is malformed",
            ),
        ] {
            assert_eq!(reason(text), expected, "{text}");
        }
    }
}
