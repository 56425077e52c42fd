//! Whether the process runs, and whether it can serve.

use axum::{extract::State, http::StatusCode};

use crate::server::Api;

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "live\n"
}

/// The database can be reached and has all migrations.
pub(crate) async fn ready(State(api): State<Api>) -> (StatusCode, String) {
    match api.door.services.store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => (StatusCode::OK, "ready\n".to_owned()),
        Ok(pending) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {} migrations are not applied\n", pending.len()),
        ),
        Err(fault) => {
            tracing::error!(fault = %fault, "the database cannot be reached");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database cannot be reached\n".to_owned())
        }
    }
}
