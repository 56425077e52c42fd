//! What comes in: bodies and query strings to GraphQL requests, or a refusal that is JSON.

use async_graphql::{
    Request, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::response::Refusal;
use crate::graphql::ErrorCode;

/// The parameters of a request, as the GraphQL-over-HTTP specification names them.
#[derive(Debug, Clone, Default)]
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

    /// Reads the parameters as they stand in a JSON object.
    pub(super) fn from_json(json: Value) -> Result<Self, Refusal> {
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

    /// Parses the document, selects the operation, and refuses it where its kind is not allowed here.
    pub(super) fn prepare(
        self,
        allow: impl FnOnce(OperationType) -> Result<(), Refusal>,
    ) -> Result<(Request, OperationType), Refusal> {
        let document = async_graphql::parser::parse_query(&self.query)
            .map_err(|error| Refusal::request_error(ErrorCode::GraphqlParseFailed, &error.to_string()))?;
        let definition = select(&document, self.operation_name.as_deref())?;
        let operation = definition.ty;
        allow(operation)?;
        check_variables(definition, self.variables.as_ref())?;
        let variables = self.variables.map(Variables::from_json).unwrap_or_default();
        let mut request = Request::new(self.query).variables(variables);
        request.operation_name = self.operation_name;
        request.set_parsed_query(document);
        Ok((request, operation))
    }

    /// Makes the request of a query or a mutation that is answered once.
    pub(super) fn into_request(self, method: &Method) -> Result<Request, Refusal> {
        let allow = |operation| match operation {
            OperationType::Mutation | OperationType::Subscription if method == Method::GET => {
                Err(Refusal::method_not_allowed("only queries can be sent by GET", "POST"))
            }
            OperationType::Subscription => {
                let message =
                    "subscriptions are served over WebSocket, with the protocol graphql-transport-ws";
                Err(Refusal::request_error(ErrorCode::GraphqlValidationFailed, message))
            }
            OperationType::Query | OperationType::Mutation => Ok(()),
        };
        self.prepare(allow).map(|(request, _)| request)
    }
}

/// The operation that the name selects.
fn select<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    let unknown = |message: &str| Refusal::request_error(ErrorCode::GraphqlValidationFailed, message);
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => {
            Err(unknown("the document has no operation of this name"))
        }
        (DocumentOperations::Multiple(all), Some(name)) => all
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| unknown("the document has no operation of this name")),
        (DocumentOperations::Multiple(all), None) => match all.values().next() {
            Some(operation) if all.len() == 1 => Ok(&operation.node),
            _ => Err(unknown("the document has several operations: say which one in operationName")),
        },
    }
}

/// Refuses an operation whose required variables are not all there; the library would begin to execute it.
fn check_variables(operation: &OperationDefinition, variables: Option<&Value>) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let name = definition.node.name.node.as_str();
        let has_default = definition.node.default_value.is_some();
        let is_lacking = match variables.and_then(|variables| variables.get(name)) {
            None => !has_default,
            Some(value) => value.is_null(),
        };
        if is_lacking && !definition.node.var_type.node.nullable {
            let message = format!("the variable ${name} of type {} is missing", definition.node.var_type);
            return Err(Refusal::request_error(ErrorCode::BadUserInput, &message));
        }
    }
    Ok(())
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
