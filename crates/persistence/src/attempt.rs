//! Work that is begun again where it crossed another one.
//!
//! Verbs take locks in one order: walk-ins and enrolments of devices by their lanes, partners, people, events,
//! registrations, rooms that can fill by their lanes, scans; of a kind in the order of ids. Where that cannot be had (whom
//! a scan shows may only be known once its registration is locked) a verb does not wait but gives way: it fails as
//! crossed, and whoever began it begins it anew.

use std::{pin::Pin, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use hemicycle_domain::access::Actor;
use rand::RngExt as _;
use sea_orm::DatabaseConnection;

use crate::{fault::Failure, store::Store, work::Work};

/// What a verb comes to.
pub type Attempt<'w, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'w>>;

/// How often a work is begun at most.
const MOST_ATTEMPTS: u32 = 8;
/// About how long to wait before the second attempt; longer each time.
const PAUSE: Duration = Duration::from_millis(10);

impl Store {
    /// Does a unit of work and keeps it if it succeeds; begins it anew, a few times, where it crossed another one.
    ///
    /// `request` is the id that its changes bear. What failed as crossed has left nothing behind.
    pub async fn attempt<T>(
        &self,
        actor: &Arc<Actor>,
        now: DateTime<Utc>,
        request: Option<&str>,
        verb: impl for<'w> Fn(&'w mut Work) -> Attempt<'w, T> + Sync,
    ) -> Result<T, Failure> {
        self.attempt_over(self.writer(), actor, now, request, verb).await
    }

    /// The same over these connections.
    pub(crate) async fn attempt_over<T>(
        &self,
        connections: &DatabaseConnection,
        actor: &Arc<Actor>,
        now: DateTime<Utc>,
        request: Option<&str>,
        verb: impl for<'w> Fn(&'w mut Work) -> Attempt<'w, T> + Sync,
    ) -> Result<T, Failure> {
        let mut attempts = 1;
        loop {
            match self.attempt_once(connections, actor, now, request, &verb).await {
                Err(failure) if failure.has_crossed() && attempts < MOST_ATTEMPTS => {
                    tracing::debug!(%failure, attempts, "a work is begun again");
                    give_way(attempts).await;
                    attempts += 1;
                }
                done => return done,
            }
        }
    }

    async fn attempt_once<T>(
        &self,
        connections: &DatabaseConnection,
        actor: &Arc<Actor>,
        now: DateTime<Utc>,
        request: Option<&str>,
        verb: &(impl for<'w> Fn(&'w mut Work) -> Attempt<'w, T> + Sync),
    ) -> Result<T, Failure> {
        let mut work = self.begin_over(connections, actor, now).await?;
        if let Some(request) = request {
            work = work.for_request(request);
        }
        let done = verb(&mut work).await?;
        work.commit().await?;
        Ok(done)
    }
}

/// Waits for a while by chance, so that those who crossed do not meet again.
async fn give_way(attempts: u32) {
    let share = rand::rng().random_range(0.5..1.5);
    tokio::time::sleep(PAUSE.saturating_mul(attempts * attempts).mul_f64(share)).await;
}
