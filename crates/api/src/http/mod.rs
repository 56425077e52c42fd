//! GraphQL over HTTP and WebSocket: what comes in, what goes out, and what stands between.

mod body;
mod cache;
mod compression;
mod cross_origin;
mod events;
mod follow;
mod health;
mod keys;
mod oauth;
mod operation;
mod origin;
mod overload;
mod peer;
mod provider;
mod request;
mod response;
mod route;
mod standing;
mod upload;
mod websocket;

pub(crate) use compression::compression;
pub(crate) use cross_origin::cors;
pub use cross_origin::{NotAnOrigin, WebOrigin};
pub(crate) use health::{live, ready};
pub(crate) use keys::jwks;
pub(crate) use oauth::token;
pub(crate) use operation::execute_own;
pub(crate) use origin::Door;
pub(crate) use overload::{Load, Turns, limit_time};
pub(crate) use peer::PeerAddress;
pub(crate) use provider::{finish_sign_in, start_sign_in};
pub(crate) use route::{get, other, post};
pub(crate) use websocket::{is_upgrade, upgrade};

use axum::{http::HeaderMap, response::Response};
use tokio::sync::watch;

/// The id of a request, as its client or the server named it.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    id.chars().filter(char::is_ascii_graphic).take(64).collect()
}

/// Answers where something gave way.
pub(crate) fn panicked() -> Response {
    response::Refusal::panicked().into_http(response::MediaType::Json)
}

/// Waits until the server is asked to stop, which ends connections that would stay open.
pub(crate) async fn end_of_service(stopping: &mut watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}
