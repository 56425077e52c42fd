//! The desk: online check-ins that wait at the same moment, recorded and committed together.
//!
//! What a single check-in costs most is what comes with every transaction; while some are being committed, the next
//! ones gather. Nobody is kept waiting for company: who comes alone is served alone. What is decided about each does
//! not depend on who waits beside it.

use std::sync::{Arc, Weak};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    check_in::{NewScan, Presence},
};
use sea_orm::{DbBackend, DbErr, RuntimeErr};
use tokio::sync::{
    Mutex,
    mpsc::{self, Receiver, Sender},
    oneshot,
};

use super::{CheckedIn, Handed};
use crate::{
    fault::{Failure, StoreFault},
    store::{Inner, Store},
};

/// Where check-ins wait.
pub(crate) struct Desk {
    line: Sender<Waiting>,
}

/// A check-in for whose answer someone waits.
struct Waiting {
    handed: Handed,
    now: DateTime<Utc>,
    answer: oneshot::Sender<Result<CheckedIn, Failure>>,
}

/// How many are recorded together at most.
const MOST_TOGETHER: usize = 64;
/// How many wait before the next has to wait to get into the line.
const LONGEST_LINE: usize = 1_024;

impl Desk {
    /// Makes the desk, and the line that its clerks serve.
    pub(crate) fn open() -> (Self, Line) {
        let (line, waiting) = mpsc::channel(LONGEST_LINE);
        (Self { line }, Line(Arc::new(Mutex::new(waiting))))
    }
}

/// The line before the desk.
pub(crate) struct Line(Arc<Mutex<Receiver<Waiting>>>);

impl Line {
    /// Lets clerks serve the line until the store is gone: two where one can work while the other commits.
    pub(crate) fn serve(&self, store: &Arc<Inner>, backend: DbBackend) {
        let clerks = if backend == DbBackend::Postgres { 2 } else { 1 };
        for _ in 0..clerks {
            tokio::spawn(serve(Arc::downgrade(store), Arc::clone(&self.0)));
        }
    }
}

impl Store {
    /// Lets a registered person in or out at the door of an event, of a session or of a checkpoint.
    ///
    /// As [`Work::check_in`], in a transaction shared with whoever waits at the same moment.
    pub async fn check_in(
        &self,
        actor: &Arc<Actor>,
        request: &str,
        now: DateTime<Utc>,
        scan: NewScan,
    ) -> Result<CheckedIn, Failure> {
        if actor.is_anonymous() {
            return Err(Failure::Unauthenticated);
        }
        let (actor, request) = (Arc::clone(actor), Some(request.to_owned()));
        let handed = Handed { actor, request, presence: Presence::Online, sent_at: None, scan };
        let (answer, answered) = oneshot::channel();
        self.desk().line.send(Waiting { handed, now, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn serve(store: Weak<Inner>, line: Arc<Mutex<Receiver<Waiting>>>) {
    loop {
        let mut together = Vec::new();
        take(&mut *line.lock().await, &mut together).await;
        let Some(store) = store.upgrade().filter(|_| !together.is_empty()) else { return };
        record(&Store::from(store), together).await;
    }
}

/// Takes all who wait, once someone does; none when the line is closed.
///
/// Whoever is about to get into the line at this very moment is let in first, or the first of a crowd would always be
/// served alone: the runtime would go on with the clerk as soon as someone waits.
async fn take(line: &mut Receiver<Waiting>, together: &mut Vec<Waiting>) {
    let mut came = line.recv_many(together, MOST_TOGETHER).await;
    while came > 0 && together.len() < MOST_TOGETHER {
        tokio::task::yield_now().await;
        let before = together.len();
        while together.len() < MOST_TOGETHER
            && let Ok(waiting) = line.try_recv()
        {
            together.push(waiting);
        }
        came = together.len() - before;
    }
}

/// Records those who wait together, and tells each what became of it.
async fn record(store: &Store, mut together: Vec<Waiting>) {
    match attempt(store, &together).await {
        Ok(answers) => {
            for (waiting, answer) in together.into_iter().zip(answers) {
                // Whoever went away has its scan recorded all the same.
                drop(waiting.answer.send(answer));
            }
        }
        // One of them may be what the database refuses: the others shall not suffer for it.
        Err(_) if together.len() > 1 => {
            for waiting in together {
                Box::pin(record(store, vec![waiting])).await;
            }
        }
        Err(failure) => {
            if let Some(waiting) = together.pop() {
                drop(waiting.answer.send(Err(failure)));
            }
        }
    }
}

async fn attempt(store: &Store, together: &[Waiting]) -> Result<Vec<Result<CheckedIn, Failure>>, Failure> {
    let now = together.iter().map(|waiting| waiting.now).max().unwrap_or_default();
    let actor = Arc::new(Actor::System { reason: "check in those who wait" });
    let handed: Vec<Handed> = together.iter().map(|waiting| waiting.handed.clone()).collect();
    store.attempt(&actor, now, None, move |work| Box::pin(work.check_in_together(handed.clone()))).await
}

/// The store is being closed.
fn closed() -> Failure {
    StoreFault::Unavailable(DbErr::Conn(RuntimeErr::Internal("the store is closed".to_owned()))).into()
}
