//! How many requests are worked on at once, and how long each may take: more are refused early and cheaply.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::response::{MediaType, Refusal};
use crate::server::Api;

/// The turns that there are; an operation that is executed has one.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

/// The turn of one operation, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// So many turns at once.
    pub(crate) fn new(number: usize) -> Self {
        Self(Arc::new(Semaphore::new(number)))
    }

    /// Takes a turn; refused where none is free. To wait for one would only make the answers late.
    pub(super) fn take(&self) -> Result<Turn, Refusal> {
        let permit = Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::overloaded())?;
        Ok(Turn { _permit: permit })
    }
}

/// Refuses a request for which no turn is free, before its body is read.
///
/// The turn itself is taken when the operation is executed: a body that comes slowly holds none.
pub(crate) async fn refuse_overload(State(api): State<Api>, request: Request, next: Next) -> Response {
    if api.turns.0.available_permits() > 0 {
        return next.run(request).await;
    }
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    Refusal::overloaded().into_http(media_type)
}

/// Gives up a request that takes too long.
pub(crate) async fn limit_time(State(api): State<Api>, request: Request, next: Next) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    match tokio::time::timeout(api.settings.request_time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::timeout().into_http(media_type),
    }
}
