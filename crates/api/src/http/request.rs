//! What comes in: bodies and query strings to what they ask of the gate, or a refusal that is JSON.

use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::response::Refusal;
use crate::{gate::Asked, graphql::ErrorCode};

/// Reads the JSON body of a POST.
pub(super) fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Asked, Refusal> {
    check_media_type(headers)?;
    let text = std::str::from_utf8(body).map_err(|_| bad_request("the body is not valid UTF-8"))?;
    let json: Value = serde_json::from_str(text).map_err(|error| {
        bad_request(&format!("the body is not valid JSON: line {}, column {}", error.line(), error.column()))
    })?;
    from_json(json)
}

/// Reads the query string of a GET.
pub(super) fn from_query_string(query: &str) -> Result<Asked, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Pairs {
        query: Option<String>,
        document_id: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
    }
    if !is_utf8_when_decoded(query) {
        return Err(bad_request("the query string is not valid UTF-8"));
    }
    let uri = format!("/?{query}").parse().map_err(|_| bad_request("the query string cannot be read"))?;
    let axum::extract::Query(pairs) = axum::extract::Query::<Pairs>::try_from_uri(&uri)
        .map_err(|_| bad_request("the query string cannot be read"))?;
    let json = |name: &str, text: Option<String>| {
        text.map(|text| {
            serde_json::from_str(&text).map_err(|_| bad_request(&format!("{name} is not valid JSON")))
        })
        .transpose()
    };
    let mut object = serde_json::Map::new();
    if let Some(query) = pairs.query {
        object.insert("query".to_owned(), query.into());
    }
    if let Some(id) = pairs.document_id {
        object.insert("documentId".to_owned(), id.into());
    }
    if let Some(name) = pairs.operation_name {
        object.insert("operationName".to_owned(), name.into());
    }
    if let Some(variables) = json("variables", pairs.variables)? {
        object.insert("variables".to_owned(), variables);
    }
    if let Some(extensions) = json("extensions", pairs.extensions)? {
        object.insert("extensions".to_owned(), extensions);
    }
    from_json(Value::Object(object))
}

/// Reads the parameters of a request, as the GraphQL-over-HTTP specification names them.
pub(super) fn from_json(json: Value) -> Result<Asked, Refusal> {
    let Value::Object(mut object) = json else {
        return Err(bad_request(match json {
            Value::Array(_) => "batches are not accepted: send one operation per request",
            _ => "the body must be a JSON object",
        }));
    };
    let extensions = take_object(&mut object, "extensions")?;
    Ok(Asked {
        query: take_text(&mut object, "query")?,
        document_id: take_text(&mut object, "documentId")?,
        sha256: extensions.map(persisted_query).transpose()?.flatten(),
        operation_name: take_text(&mut object, "operationName")?,
        variables: take_object(&mut object, "variables")?.unwrap_or_default(),
    })
}

/// The hash of the convention of automatic persisted queries: `{"persistedQuery": {"version": 1, "sha256Hash"}}`.
fn persisted_query(mut extensions: Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(mut persisted) = take_object(&mut extensions, "persistedQuery")? else {
        return Ok(None);
    };
    if persisted.get("version") != Some(&Value::from(1)) {
        return Err(bad_request("extensions.persistedQuery.version must be 1"));
    }
    match take_text(&mut persisted, "sha256Hash")? {
        Some(hash) => Ok(Some(hash.to_ascii_lowercase())),
        None => Err(bad_request("extensions.persistedQuery.sha256Hash is missing")),
    }
}

fn take_text(object: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad_request(&format!("{name} must be a string or null"))),
    }
}

fn take_object(object: &mut Map<String, Value>, name: &str) -> Result<Option<Map<String, Value>>, Refusal> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => Ok(Some(fields)),
        Some(_) => Err(bad_request(&format!("{name} must be an object or null"))),
    }
}

/// Whether the bytes behind the percent signs of a query string are text; a reader of forms would replace them.
fn is_utf8_when_decoded(query: &str) -> bool {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let escaped = escaped.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let refusal =
        |message: &str| Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, message);
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| refusal("the content type is missing: send application/json"))?;
    let mut parts = value.split(';').map(str::trim);
    if !parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Err(refusal("the content type must be application/json"));
    }
    for parameter in parts {
        if let Some((name, charset)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("charset")
            && !charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        {
            return Err(refusal("the charset must be utf-8"));
        }
    }
    Ok(())
}

fn bad_request(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
}
