//! What comes in: bodies and query strings to GraphQL requests, or a refusal that is JSON.

use async_graphql::{
    Request, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationType},
};
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::response::Refusal;
use crate::graphql::ErrorCode;

/// The parameters of a request, as the GraphQL-over-HTTP specification names them.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<Value>,
}

impl Parameters {
    /// Reads the JSON body of a POST.
    pub(super) fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        check_media_type(headers)?;
        let text = std::str::from_utf8(body).map_err(|_| bad_request("the body is not valid UTF-8"))?;
        let json: Value = serde_json::from_str(text).map_err(|error| {
            bad_request(&format!(
                "the body is not valid JSON: line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        Self::from_json(json)
    }

    /// Reads the query string of a GET.
    pub(super) fn from_query_string(query: &str) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Pairs {
            query: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
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
        if let Some(name) = pairs.operation_name {
            object.insert("operationName".to_owned(), name.into());
        }
        if let Some(variables) = json("variables", pairs.variables)? {
            object.insert("variables".to_owned(), variables);
        }
        if let Some(extensions) = json("extensions", pairs.extensions)? {
            object.insert("extensions".to_owned(), extensions);
        }
        Self::from_json(Value::Object(object))
    }

    fn from_json(json: Value) -> Result<Self, Refusal> {
        let Value::Object(mut object) = json else {
            return Err(bad_request(match json {
                Value::Array(_) => "batches are not accepted: send one operation per request",
                _ => "the body must be a JSON object",
            }));
        };
        let query = match object.remove("query") {
            Some(Value::String(query)) => query,
            Some(_) => return Err(bad_request("query must be a string")),
            None => return Err(bad_request("query is missing")),
        };
        let operation_name = match object.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(bad_request("operationName must be a string or null")),
        };
        let variables = match object.remove("variables") {
            None | Some(Value::Null) => None,
            Some(variables @ Value::Object(_)) => Some(variables),
            Some(_) => return Err(bad_request("variables must be an object or null")),
        };
        match object.remove("extensions") {
            None | Some(Value::Null | Value::Object(_)) => {}
            Some(_) => return Err(bad_request("extensions must be an object or null")),
        }
        if query.contains('\0') || query.contains("\\u0000") || variables.as_ref().is_some_and(holds_nul) {
            return Err(bad_request(
                "the request contains the character U+0000, which no text here can hold",
            ));
        }
        Ok(Self { query, operation_name, variables })
    }

    /// Parses the document and selects the operation.
    pub(super) fn into_request(self, method: &Method) -> Result<Request, Refusal> {
        let document = async_graphql::parser::parse_query(&self.query)
            .map_err(|error| Refusal::request_error(ErrorCode::GraphqlParseFailed, &error.to_string()))?;
        let operation = select(&document, self.operation_name.as_deref())?;
        if method == Method::GET && operation != OperationType::Query {
            return Err(Refusal::method_not_allowed("only queries can be sent by GET"));
        }
        if operation == OperationType::Subscription {
            let message = "subscriptions are served over WebSocket, with the protocol graphql-transport-ws";
            return Err(Refusal::request_error(ErrorCode::GraphqlValidationFailed, message));
        }
        let variables = self.variables.map(Variables::from_json).unwrap_or_default();
        let mut request = Request::new(self.query).variables(variables);
        request.operation_name = self.operation_name;
        request.set_parsed_query(document);
        Ok(request)
    }
}

/// The type of the operation that the name selects.
fn select(document: &ExecutableDocument, name: Option<&str>) -> Result<OperationType, Refusal> {
    let unknown = |message: &str| Refusal::request_error(ErrorCode::GraphqlValidationFailed, message);
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(operation.node.ty),
        (DocumentOperations::Single(_), Some(_)) => {
            Err(unknown("the document has no operation of this name"))
        }
        (DocumentOperations::Multiple(all), Some(name)) => all
            .get(name)
            .map(|operation| operation.node.ty)
            .ok_or_else(|| unknown("the document has no operation of this name")),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => {
            Ok(all.values().next().map_or(OperationType::Query, |operation| operation.node.ty))
        }
        (DocumentOperations::Multiple(_), None) => {
            Err(unknown("the document has several operations: say which one in operationName"))
        }
    }
}

/// Whether a NUL character stands anywhere in the variables; PostgreSQL cannot store one.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
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
