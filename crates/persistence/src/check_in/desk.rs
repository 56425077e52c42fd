//! The desk: online check-ins that wait at the same moment, recorded and committed together.
//!
//! What a single check-in costs most is what comes with every transaction; while some are being recorded, the next
//! ones gather. Where no clerk is at work nobody is kept waiting for company: who comes alone is served alone. What is
//! decided about each does not depend on who waits beside it.

use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    check_in::{NewScan, Presence},
};
use sea_orm::{DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use tokio::{
    sync::{
        Mutex, Notify, OwnedSemaphorePermit, Semaphore,
        mpsc::{self, Receiver, Sender},
        oneshot,
    },
    time::{Instant, sleep_until, timeout},
};

use super::{CheckedIn, Handed};
use crate::{
    fault::{Failure, StoreFault},
    store::{Inner, Store},
};

/// Where check-ins wait.
pub(crate) struct Desk {
    line: Sender<Waiting>,
    /// Over which its clerks record.
    connections: DatabaseConnection,
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
/// How long a clerk keeps the others from beginning, and how long one of them gathers beside it: one that waits for a row
/// that someone else has lets them pass.
const LONGEST_TURN: Duration = Duration::from_millis(25);
/// How many clerks there are on PostgreSQL: those at work, and others in the place of those that are held up.
pub(crate) const CLERKS: u32 = 4;
/// How many of them work at once: while the database works or commits for the one, the other reads and decides. Were
/// there more, each would have fewer of a crowd.
const AT_WORK: usize = 2;

impl Desk {
    /// Makes the desk, and the line that its clerks serve.
    pub(crate) fn open(connections: DatabaseConnection) -> (Self, Line) {
        let (line, waiting) = mpsc::channel(LONGEST_LINE);
        let turns = Arc::new(Semaphore::new(AT_WORK));
        let floor =
            Floor { line: Mutex::new(waiting), turns, at_work: AtomicUsize::new(0), ended: Notify::new() };
        (Self { line, connections }, Line(Arc::new(floor)))
    }
}

/// The line before the desk.
pub(crate) struct Line(Arc<Floor>);

impl Line {
    /// Lets clerks serve the line until the store is gone: several where one can work while another commits.
    pub(crate) fn serve(&self, store: &Arc<Inner>, backend: DbBackend) {
        let clerks = if backend == DbBackend::Postgres { CLERKS } else { 1 };
        for _ in 0..clerks {
            tokio::spawn(serve(Arc::downgrade(store), Arc::clone(&self.0)));
        }
    }
}

/// What clerks share.
struct Floor {
    line: Mutex<Receiver<Waiting>>,
    turns: Arc<Semaphore>,
    /// How many check-ins clerks are at work with.
    at_work: AtomicUsize,
    /// Tells that a turn ended.
    ended: Notify,
}

/// The turn of a clerk at work, with so many check-ins.
struct Turn {
    floor: Arc<Floor>,
    size: usize,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.floor.at_work.fetch_sub(self.size, Ordering::AcqRel);
        self.floor.ended.notify_one();
    }
}

impl Floor {
    /// Takes all who wait, once someone does, and begins a turn with them; none when the line is closed.
    ///
    /// Beside a clerk at work another begins with as many as that one has, else when that one is done: were each to
    /// begin as soon as someone waits, they would share a crowd by ones and twos, and each would cost a transaction.
    async fn take(self: &Arc<Self>) -> Option<(Vec<Waiting>, Turn)> {
        let permit = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let mut line = self.line.lock().await;
        let mut together = Vec::new();
        gather(&mut line, &mut together).await;
        let at_last = Instant::now() + LONGEST_TURN;
        while (1..MOST_TOGETHER).contains(&together.len())
            && together.len() < self.at_work.load(Ordering::Acquire)
            && !line.is_closed()
        {
            tokio::select! {
                () = gather(&mut line, &mut together) => {}
                () = self.ended.notified() => {}
                () = sleep_until(at_last) => break,
            }
        }
        // Counted before the next clerk looks.
        let size = together.len();
        self.at_work.fetch_add(size, Ordering::AcqRel);
        let turn = Turn { floor: Arc::clone(self), size, _permit: permit };
        (size > 0).then_some((together, turn))
    }
}

/// Waits for someone and takes all who wait then, as many as are recorded together; nobody when the line is closed.
///
/// Whoever is about to get into the line at this very moment is let in, or the first of a crowd would always be
/// served alone: the runtime would go on with the clerk as soon as someone waits. Whoever was taken stays taken when
/// this is given up.
async fn gather(line: &mut Receiver<Waiting>, together: &mut Vec<Waiting>) {
    let room = MOST_TOGETHER - together.len();
    let mut came = line.recv_many(together, room).await;
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

impl Store {
    /// Lets a registered person in or out at the door of an event, of a session or of a checkpoint.
    ///
    /// As [`Work::check_in`], in a transaction shared with whoever waits at the same moment. Who is not told of the person
    /// makes nobody read who it is.
    pub async fn check_in(
        &self,
        actor: &Arc<Actor>,
        request: &str,
        now: DateTime<Utc>,
        scan: NewScan,
        is_told: bool,
    ) -> Result<CheckedIn, Failure> {
        if actor.is_anonymous() {
            return Err(Failure::Unauthenticated);
        }
        let (actor, request) = (Arc::clone(actor), Some(request.to_owned()));
        let handed = Handed { actor, request, presence: Presence::Online, is_told, sent_at: None, scan };
        let (answer, answered) = oneshot::channel();
        self.desk().line.send(Waiting { handed, now, answer }).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn serve(store: Weak<Inner>, floor: Arc<Floor>) {
    while let Some((together, turn)) = floor.take().await
        && let Some(store) = store.upgrade()
    {
        record(&Store::from(store), together, Some(turn)).await;
    }
}

/// Records those who wait together, and tells each what became of it.
async fn record(store: &Store, mut together: Vec<Waiting>, turn: Option<Turn>) {
    match attempt(store, &together, turn).await {
        Ok(answers) => {
            for (waiting, answer) in together.into_iter().zip(answers) {
                // Whoever went away has its scan recorded all the same.
                drop(waiting.answer.send(answer));
            }
        }
        // A database that serves nobody now is nobody's fault, and would keep each of them waiting in turn.
        Err(Failure::Fault(StoreFault::Unavailable(error))) => {
            let text = error.to_string();
            for waiting in together {
                drop(waiting.answer.send(Err(unavailable(&text))));
            }
        }
        // One of them may be what the database refuses: the others shall not suffer for it.
        Err(_) if together.len() > 1 => {
            for waiting in together {
                Box::pin(record(store, vec![waiting], None)).await;
            }
        }
        Err(failure) => {
            if let Some(waiting) = together.pop() {
                drop(waiting.answer.send(Err(failure)));
            }
        }
    }
}

/// Records and commits; the turn ends with the commit, or before where it takes long.
async fn attempt(
    store: &Store,
    together: &[Waiting],
    turn: Option<Turn>,
) -> Result<Vec<Result<CheckedIn, Failure>>, Failure> {
    let now = together.iter().map(|waiting| waiting.now).max().unwrap_or_default();
    let actor = Arc::new(Actor::System { reason: "check in those who wait" });
    let handed: Vec<Handed> = together.iter().map(|waiting| waiting.handed.clone()).collect();
    let work = store.attempt_over(&store.desk().connections, &actor, now, None, move |work| {
        Box::pin(work.check_in_together(handed.clone()))
    });
    let mut work = std::pin::pin!(work);
    if let Ok(answers) = timeout(LONGEST_TURN, &mut work).await {
        return answers;
    }
    drop(turn);
    work.await
}

/// The store is being closed.
fn closed() -> Failure {
    unavailable("the store is closed")
}

fn unavailable(why: &str) -> Failure {
    StoreFault::Unavailable(DbErr::Conn(RuntimeErr::Internal(why.to_owned()))).into()
}
