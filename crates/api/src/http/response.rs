//! What goes out: the media type a client asked for, the status that belongs to it, errors without secrets.

use async_graphql::{ErrorExtensionValues, Response, ServerError};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response as HttpResponse,
};
use serde_json::{Value, json};

use crate::{
    gate::{Charge, Fault, Refused},
    graphql::{ApiError, ErrorCode, Ours},
};

/// The two media types of the GraphQL-over-HTTP specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: a well-formed request is always 200.
    Json,
    /// `application/graphql-response+json`: the status tells whether there is data.
    GraphqlResponse,
}

impl MediaType {
    fn value(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// The media type that `Accept` asks for; none where it accepts neither.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let mut best: Option<(f32, Self)> = None;
        for (essence, weight) in ranges(headers) {
            let media_type = match essence.as_str() {
                "application/graphql-response+json" => Self::GraphqlResponse,
                "application/json" | "application/*" | "*/*" => Self::Json,
                _ => continue,
            };
            if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, media_type));
            }
        }
        best.map(|(_, media_type)| media_type)
    }
}

/// What `Accept` names, in small letters and each with its weight.
pub(super) fn ranges(headers: &HeaderMap) -> impl Iterator<Item = (String, f32)> {
    let values = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .find_map(|weight| weight.trim().parse::<f32>().ok())
            .unwrap_or(1.0);
        (essence, weight)
    })
}

/// A request that is turned down before it is executed.
#[derive(Debug)]
pub(super) struct Refusal {
    status: Status,
    code: ErrorCode,
    faults: Vec<Fault>,
    /// What HTTP asks to be said with this status.
    advice: Option<Advice>,
    /// What it would have cost, where that is why.
    charge: Option<Charge>,
    /// The reference of an error of ours, by which its cause is found in the log.
    request_id: Option<String>,
}

/// What a client can do about a refusal, as a header says it.
#[derive(Debug)]
enum Advice {
    /// Use one of these methods.
    Allow(&'static str),
    /// Send a bearer token.
    Bearer,
    /// Try again after so many seconds.
    RetryAfter(u64),
}

impl Advice {
    fn header(&self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Allow(methods) => (header::ALLOW, HeaderValue::from_static(methods)),
            Self::Bearer => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::RetryAfter(seconds) => (header::RETRY_AFTER, HeaderValue::from(*seconds)),
        }
    }
}

#[derive(Debug)]
enum Status {
    /// The same under both media types.
    Always(StatusCode),
    /// A request error of GraphQL: 400 or, under `application/json`, 200.
    RequestError,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: ErrorCode, message: &str) -> Self {
        let refused = Refused::one(code, message.to_owned());
        Self {
            status: Status::Always(status),
            code,
            faults: refused.faults,
            advice: None,
            charge: None,
            request_id: None,
        }
    }

    /// The method cannot be used, or not for this; `allowed` are those that can.
    pub(super) fn method_not_allowed(message: &str, allowed: &'static str) -> Self {
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, message);
        Self { advice: Some(Advice::Allow(allowed)), ..refusal }
    }

    pub(super) fn not_acceptable() -> Self {
        let message = "the answer can be application/graphql-response+json, application/json \
                       or text/event-stream";
        Self::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message)
    }

    /// What kept a request from being let in: no right, or an error of ours.
    pub(super) fn at_the_door(error: &ApiError, request_id: &str) -> Self {
        if let ApiError::Unauthenticated | ApiError::EnrolmentEnded = error {
            let refusal = Self::new(StatusCode::UNAUTHORIZED, error.code(), error.public_message());
            return Self { advice: Some(Advice::Bearer), ..refusal };
        }
        if let Some(fault) = error.fault() {
            tracing::error!(%request_id, %fault, "an actor could not be read");
        }
        if let ApiError::Unavailable(_) = error {
            return Self::try_again(error.code(), error.public_message());
        }
        Self::internal(request_id)
    }

    /// Something gave way; what it was stands in the log.
    pub(super) fn panicked() -> Self {
        let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::InternalServerError);
        Self::new(status, code, "internal server error")
    }

    /// An error of ours, of which a client learns the reference alone.
    pub(super) fn internal(request_id: &str) -> Self {
        Self { request_id: Some(request_id.to_owned()), ..Self::panicked() }
    }

    /// The request took too long.
    pub(super) fn timeout() -> Self {
        let message = "the request took too long and was given up";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Timeout, message)
    }

    /// What is asked for cannot be told now.
    pub(super) fn unavailable() -> Self {
        Self::try_again(ErrorCode::InternalServerError, "this cannot be told now: try again")
    }

    /// The server has as much to do as it can.
    pub(super) fn overloaded() -> Self {
        Self::try_again(ErrorCode::RateLimited, "the server has as much to do as it can: try again")
    }

    /// What cannot be done now can be asked for again in a second.
    fn try_again(code: ErrorCode, message: &str) -> Self {
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        Self { advice: Some(Advice::RetryAfter(1)), ..refusal }
    }

    /// Writes the refusal.
    pub(super) fn into_http(self, media_type: MediaType) -> HttpResponse {
        let status = match self.status {
            Status::Always(status) => status,
            Status::RequestError => request_error_status(media_type),
        };
        let body = json!({ "errors": self.errors() });
        let mut response = write(status, media_type, body.to_string());
        if let Some((name, value)) = self.advice.as_ref().map(Advice::header) {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The refusal as the list of errors of a GraphQL response.
    pub(super) fn errors(&self) -> Value {
        let error = |fault: &Fault| {
            let mut error =
                json!({ "message": shortened(&fault.message), "extensions": { "code": self.code.as_str() } });
            if let Some(request_id) = &self.request_id {
                error["extensions"]["requestId"] = request_id.as_str().into();
            }
            // Where there are no headers, this is where it is told.
            if let Some(Advice::RetryAfter(seconds)) = self.advice {
                error["extensions"]["retryAfter"] = seconds.into();
            }
            if let Some(charge) = self.charge {
                error["extensions"]["cost"] = json!(charge.to_value());
            }
            if !fault.path.is_empty() {
                error["extensions"]["path"] = json!(fault.path);
            }
            if !fault.locations.is_empty() {
                error["locations"] = json!(fault.locations);
            }
            error
        };
        self.faults.iter().take(MOST_ERRORS).map(error).collect()
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        let status = match refused.code {
            ErrorCode::BadRequest => Status::Always(StatusCode::BAD_REQUEST),
            ErrorCode::RateLimited => Status::Always(StatusCode::TOO_MANY_REQUESTS),
            _ => Status::RequestError,
        };
        let advice = refused.retry_after.map(Advice::RetryAfter);
        let Refused { code, faults, charge, .. } = refused;
        Self { status, code, faults, advice, charge, request_id: None }
    }
}

/// Writes an executed response, with what it cost.
pub(super) fn executed(
    mut response: Response,
    charge: Charge,
    media_type: MediaType,
    request_id: &str,
) -> HttpResponse {
    clean(&mut response, request_id);
    response.extensions.insert("cost".to_owned(), charge.to_value());
    if let Some(errors) = request_errors(&response) {
        let body = json!({ "errors": errors, "extensions": response.extensions });
        return write(request_error_status(media_type), media_type, body.to_string());
    }
    match async_graphql::written(&response) {
        Ok(body) => write(StatusCode::OK, media_type, body),
        Err(error) => {
            tracing::error!(%request_id, %error, "an answer could not be written");
            Refusal::internal(request_id).into_http(media_type)
        }
    }
}

/// The errors of an operation that was never executed.
pub(super) fn request_errors(response: &Response) -> Option<Value> {
    let never_executed = response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    never_executed.then(|| json!(response.errors))
}

/// The most errors in one answer.
const MOST_ERRORS: usize = 20;
/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 300;

/// Keeps our own errors and the library's about the request; logs and blanks everything else.
pub(crate) fn clean(response: &mut Response, request_id: &str) {
    response.errors.truncate(MOST_ERRORS);
    for error in &mut response.errors {
        let ours = error.source.as_ref().and_then(|source| source.downcast_ref::<Ours>());
        match ours {
            Some(Ours(ApiError::Internal(fault))) => {
                tracing::error!(%request_id, fault = %fault, "a request failed");
                blank(error, request_id);
            }
            Some(Ours(ApiError::Unavailable(fault))) => {
                tracing::error!(%request_id, fault = %fault, "the database did not answer a request");
            }
            Some(_) => {}
            None if error.source.is_none() && is_about_the_request(error) => set_code(error),
            None => {
                tracing::error!(%request_id, fault = %error.message, "a request failed with an untyped error");
                blank(error, request_id);
            }
        }
        error.message = shortened(&error.message);
    }
}

/// Whether the library says that the request itself is wrong: it was not executed, or an argument cannot be read.
fn is_about_the_request(error: &ServerError) -> bool {
    error.path.is_empty()
        || error.message.starts_with("Expected input type \"")
        || error.message.starts_with("Failed to parse \"")
        || error.message.starts_with("Invalid value for argument")
}

fn set_code(error: &mut ServerError) {
    let code =
        if error.path.is_empty() { ErrorCode::GraphqlValidationFailed } else { ErrorCode::BadUserInput };
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.as_str());
}

fn blank(error: &mut ServerError, request_id: &str) {
    "internal server error".clone_into(&mut error.message);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", ErrorCode::InternalServerError.as_str());
    extensions.set("requestId", request_id);
    error.extensions = Some(extensions);
}

fn shortened(message: &str) -> String {
    if message.chars().count() <= LONGEST_MESSAGE {
        return message.to_owned();
    }
    let mut short: String = message.chars().take(LONGEST_MESSAGE - 1).collect();
    short.push('…');
    short
}

fn request_error_status(media_type: MediaType) -> StatusCode {
    match media_type {
        MediaType::Json => StatusCode::OK,
        MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
    }
}

fn write(status: StatusCode, media_type: MediaType, body: String) -> HttpResponse {
    let mut response = HttpResponse::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.value()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &[&'static str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        MediaType::accepted(&headers)
    }

    #[test]
    fn the_media_type_is_the_one_a_client_prefers() {
        assert_eq!(accepted(&[]), Some(MediaType::Json));
        assert_eq!(accepted(&["*/*"]), Some(MediaType::Json));
        assert_eq!(accepted(&["application/graphql-response+json"]), Some(MediaType::GraphqlResponse));
        let both = "application/graphql-response+json; charset=utf-8, application/json;q=0.9";
        assert_eq!(accepted(&[both]), Some(MediaType::GraphqlResponse));
        assert_eq!(
            accepted(&["application/graphql-response+json;q=0.5, application/json"]),
            Some(MediaType::Json)
        );
        assert_eq!(accepted(&["text/html"]), None);
        assert_eq!(accepted(&["application/json;q=0"]), None);
    }

    #[test]
    fn whoever_cannot_be_read_now_is_to_come_again_and_an_error_of_ours_is_told_as_one() {
        let answer = |error: ApiError| Refusal::at_the_door(&error, "reference").into_http(MediaType::Json);
        let away = answer(ApiError::Unavailable("no connection".into()));
        assert_eq!(
            (away.status().as_u16(), away.headers()[header::RETRY_AFTER].as_bytes()),
            (503, &b"1"[..])
        );
        let broken = answer(ApiError::Internal("no table".into()));
        assert_eq!((broken.status().as_u16(), broken.headers().get(header::RETRY_AFTER)), (500, None));
    }
}
