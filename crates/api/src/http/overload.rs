//! How many requests are worked on at once, and how long each may take: more wait a moment and are refused.

use std::{sync::Arc, time::Duration};

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

/// How long a request waits for its turn. Who is refused comes again at once, as a rule: were there no wait, the server
/// would do nothing but refuse.
const PATIENCE: Duration = Duration::from_millis(500);

impl Turns {
    /// So many turns at once.
    pub(crate) fn new(number: usize) -> Self {
        Self(Arc::new(Semaphore::new(number)))
    }

    /// Takes a turn, one after the other; refused where none comes within a moment.
    pub(super) async fn take(&self) -> Result<Turn, Refusal> {
        let turns = Arc::clone(&self.0);
        match tokio::time::timeout(PATIENCE, turns.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(Refusal::overloaded()),
        }
    }

    /// Takes a turn where one is free now.
    pub(super) fn take_free(&self) -> Result<Turn, Refusal> {
        let permit = Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::overloaded())?;
        Ok(Turn { _permit: permit })
    }
}

/// Gives up a request that takes too long.
pub(crate) async fn limit_time(State(api): State<Api>, request: Request, next: Next) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    match tokio::time::timeout(api.settings.request_time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::timeout().into_http(media_type),
    }
}
