//! GraphQL over HTTP and WebSocket: what comes in, what goes out, and what stands between.

mod health;
mod origin;
mod request;
mod response;
mod route;
mod websocket;

pub(crate) use health::{live, ready};
pub(crate) use origin::Door;
pub(crate) use response::clean;
pub(crate) use route::{get, other, post};
pub(crate) use websocket::upgrade;

use axum::http::HeaderMap;

/// The id of a request, as its client or the server named it.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    id.chars().filter(char::is_ascii_graphic).take(64).collect()
}
