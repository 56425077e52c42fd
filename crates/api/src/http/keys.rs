//! The public keys of access tokens, for whoever verifies them without asking the server.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::response::{MediaType, Refusal};
use crate::server::Api;

/// Answers `GET /.well-known/jwks.json`.
pub(crate) async fn jwks(State(api): State<Api>) -> Response {
    let services = &api.door.services;
    match services.tokens.jwks(services.clock.now()).await {
        Ok(keys) => {
            let headers = [
                (header::CONTENT_TYPE, "application/jwk-set+json"),
                // A token of a key that is not there yet is worth another look at once.
                (header::CACHE_CONTROL, "public, max-age=60"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (StatusCode::OK, headers, keys.to_string()).into_response()
        }
        Err(fault) => {
            tracing::error!(?fault, "the public keys cannot be told");
            Refusal::unavailable().into_http(MediaType::Json)
        }
    }
}
