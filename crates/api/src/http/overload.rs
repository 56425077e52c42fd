//! How many requests are worked on at once, how much they may cost and how long their bodies may be together, and how
//! long each may take: more wait a moment and are refused.

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

/// How large requests may be together that are worked on at once.
///
/// Their size tells about how much memory they take: a batch of scans takes as much as hundreds of check-ins. Small ones
/// pass by, so that a check-in never waits behind a batch.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    free: Arc<Semaphore>,
    whole: u32,
    small: u64,
    /// The places of those that wait, each with a turn of its own: they leave turns to all others.
    places: Arc<Semaphore>,
    patience: Duration,
}

/// The share that a request has of the load, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    _permit: OwnedSemaphorePermit,
}

/// A mutation that costs no more than this needs no share.
const SMALL_COST: u64 = 100;
/// A body of no more bytes than this needs no share.
const SMALL_BODY: u64 = 32 * 1024;
/// How many requests wait for a share at once.
const MOST_WAITING: usize = 64;
/// How long a request waits for its share; whoever hands in a batch can wait.
const PATIENCE_FOR_SHARE: Duration = Duration::from_secs(5);

impl Load {
    /// What mutations may cost together that are executed at once.
    pub(crate) fn of_cost(whole: usize) -> Self {
        Self::new(whole, SMALL_COST)
    }

    /// How many bytes bodies may have together that are read and executed at once. What is read of JSON takes many times
    /// its text, so that who waits waits with the text alone.
    pub(crate) fn of_bodies(whole: usize) -> Self {
        Self::new(whole, SMALL_BODY)
    }

    fn new(whole: usize, small: u64) -> Self {
        let whole = u32::try_from(whole.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let free = Arc::new(Semaphore::new(whole as usize));
        Self {
            free,
            whole,
            small,
            places: Arc::new(Semaphore::new(MOST_WAITING)),
            patience: PATIENCE_FOR_SHARE,
        }
    }

    /// Takes the share of a request of this size, one after the other; one that is larger than all takes all, and those
    /// behind it wait for it.
    pub(super) async fn take(&self, size: u64) -> Result<Option<Share>, Refusal> {
        if size <= self.small {
            return Ok(None);
        }
        let share = u32::try_from(size).unwrap_or(u32::MAX).min(self.whole);
        let _place = self.places.try_acquire().map_err(|_| Refusal::overloaded())?;
        Ok(Some(Share { _permit: wait_for(&self.free, share, self.patience).await? }))
    }
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
        Ok(Turn { _permit: wait_for(&self.0, 1, PATIENCE).await? })
    }

    /// Takes a turn where one is free now.
    pub(super) fn take_free(&self) -> Result<Turn, Refusal> {
        let permit = Arc::clone(&self.0).try_acquire_owned().map_err(|_| Refusal::overloaded())?;
        Ok(Turn { _permit: permit })
    }
}

/// Takes so many permits, one caller after the other; refused where they do not come in time.
async fn wait_for(
    permits: &Arc<Semaphore>,
    number: u32,
    patience: Duration,
) -> Result<OwnedSemaphorePermit, Refusal> {
    let taken = tokio::time::timeout(patience, Arc::clone(permits).acquire_many_owned(number)).await;
    taken.ok().and_then(Result::ok).ok_or_else(Refusal::overloaded)
}

/// Gives up a request that takes too long.
pub(crate) async fn limit_time(State(api): State<Api>, request: Request, next: Next) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    match tokio::time::timeout(api.settings.request_time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::timeout().into_http(media_type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_large_waits_for_room_and_what_is_small_passes_by() {
        let load = Load::of_cost(1_000);
        let first = load.take(700).await.unwrap();
        assert!(first.is_some());
        assert!(load.take(SMALL_COST).await.unwrap().is_none(), "small ones need no room");
        let impatient = Load { patience: Duration::ZERO, ..load.clone() };
        assert!(impatient.take(700).await.is_err(), "there is room for one");
        let waiting = tokio::spawn({
            let load = load.clone();
            async move { load.take(700).await.is_ok() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.unwrap(), "the next one has the room of the first");
        assert!(load.take(20_000).await.unwrap().is_some(), "one that is larger than all is alone");
    }
}
