//! The live figures of events, read once for all who follow an event, a few times a second at most.
//!
//! One task hears of all changes; one for each event that is followed reads its figures when something has happened
//! there. What a follower may see of them is decided for each anew.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hemicycle_domain::{
    access::Actor,
    id::{EventId, RegistrationId},
};
use hemicycle_persistence::{Failure, LiveAttendance, Notice, Store};
use tokio::{
    sync::{
        Notify,
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    time::{Instant, sleep_until},
};

use super::subscription::AttendanceChange;

/// How much time lies between two readings of an event at least, however much happens there.
const EVERY: Duration = Duration::from_millis(300);

/// How much later than the one before it a follower is told.
///
/// A crowd of followers that were all told at the same moment would keep whoever stands at a door waiting.
const APART: Duration = Duration::from_millis(5);
/// How many followers are told one after the other; the next ones are told with them.
const PLACES: usize = 60;

/// The figures of an event as they were read, for all who follow it.
#[derive(Debug, Clone)]
struct Told {
    /// The live view; none where there is no such event, and why where it could not be read.
    live: Result<Option<Arc<LiveAttendance>>, Arc<str>>,
    /// How many changes have moved the figures since the first follower came.
    changes: u64,
    /// What the last of them was, and which registration it was about.
    last: Option<(AttendanceChange, Option<RegistrationId>)>,
    /// How often it was read.
    reading: u64,
    /// When it was read.
    at: Instant,
}

/// What there is to tell one follower.
#[derive(Debug)]
pub(super) struct News {
    /// As it is told to all.
    pub(super) live: Result<Option<Arc<LiveAttendance>>, Arc<str>>,
    /// How many changes have moved the figures since this follower was told last.
    pub(super) changes: i32,
    /// What the last of them was, and which registration it was about.
    pub(super) last: Option<(AttendanceChange, Option<RegistrationId>)>,
}

/// The live figures of all events that are followed.
pub(crate) struct Live {
    store: Store,
    watched: Mutex<All>,
}

/// The events that are followed.
#[derive(Default)]
struct All {
    events: HashMap<EventId, Arc<Watched>>,
    /// Whether the task runs that hears of all changes.
    is_heard: bool,
}

/// One event that is followed.
struct Watched {
    told: watch::Sender<Told>,
    noted: Mutex<Noted>,
    wake: Notify,
}

/// What has happened since the figures were read last.
#[derive(Default)]
struct Noted {
    changes: u64,
    last: Option<(AttendanceChange, Option<RegistrationId>)>,
    /// Whether somebody waits to hear how things are.
    is_awaited: bool,
    /// How many readings were begun.
    begun: u64,
}

/// Somebody who follows an event.
pub(super) struct Follower {
    told: watch::Receiver<Told>,
    /// The reading that is to be told first.
    first: Option<u64>,
    /// How long after a reading it is told.
    after: Duration,
    /// Of how many changes it was told.
    heard: u64,
}

impl Follower {
    /// Waits for what there is to tell; none at the end. First comes how things are.
    pub(super) async fn next(&mut self) -> Option<News> {
        if let Some(first) = self.first.take() {
            let told = self.told.wait_for(|told| told.reading >= first).await.ok()?.clone();
            // What happened as the following began is in the figures, and is no news to who has just come.
            self.heard = told.changes;
            return Some(News { live: told.live, changes: 0, last: None });
        }
        loop {
            self.told.changed().await.ok()?;
            let at = self.told.borrow().at;
            sleep_until(at + self.after).await;
            let told = self.told.borrow_and_update().clone();
            // What was read for somebody who has just come is no news to the others.
            let changes = told.changes - std::mem::replace(&mut self.heard, told.changes);
            if changes > 0 {
                let changes = i32::try_from(changes).unwrap_or(i32::MAX);
                return Some(News { live: told.live, changes, last: told.last });
            }
        }
    }
}

/// How long after a reading a follower is told who came after so many others.
fn place(before: usize) -> Duration {
    APART * u32::try_from(before % PLACES).unwrap_or_default()
}

impl Live {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, watched: Mutex::default() }
    }

    /// Follows an event.
    pub(super) fn follow(self: &Arc<Self>, event: EventId) -> Follower {
        let mut all = self.watched();
        if !std::mem::replace(&mut all.is_heard, true) {
            // Followed from here on, so that no change is missed until the task runs.
            tokio::spawn(Arc::clone(self).hear(self.store.follow()));
        }
        let watched = match all.events.entry(event) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(free) => {
                let nothing = Told { live: Ok(None), changes: 0, last: None, reading: 0, at: Instant::now() };
                let told = watch::Sender::new(nothing);
                let watched = Arc::new(Watched { told, noted: Mutex::default(), wake: Notify::new() });
                tokio::spawn(Arc::clone(self).keep(event, Arc::clone(&watched)));
                Arc::clone(free.insert(watched))
            }
        };
        let before = watched.told.receiver_count();
        let told = watched.told.subscribe();
        drop(all);
        let mut noted = watched.noted();
        noted.is_awaited = true;
        let first = Some(noted.begun + 1);
        drop(noted);
        watched.wake.notify_one();
        Follower { told, first, after: place(before), heard: 0 }
    }

    /// Hears of all changes, and notes them down for the events that are followed; ends when none is.
    async fn hear(self: Arc<Self>, mut changes: Receiver<Notice>) {
        loop {
            let heard = changes.recv().await;
            let mut all = self.watched();
            match heard {
                Ok(change) => {
                    let watched = change.event.and_then(|event| all.events.get(&event));
                    if let (Some(watched), Some(kind)) = (watched, AttendanceChange::of(&change)) {
                        watched.note(Some((kind, change.registration)));
                    }
                }
                // Too much has happened to hear all of it: something will have been about each of them.
                Err(RecvError::Lagged(_)) => all.events.values().for_each(|watched| watched.note(None)),
                Err(RecvError::Closed) => return,
            }
            if all.events.is_empty() {
                all.is_heard = false;
                return;
            }
        }
    }

    /// Reads the figures of one event whenever something has happened there; ends when nobody follows it.
    async fn keep(self: Arc<Self>, event: EventId, watched: Arc<Watched>) {
        let mut next = Instant::now();
        loop {
            tokio::select! {
                () = watched.wake.notified() => {}
                () = watched.told.closed() => {
                    let mut all = self.watched();
                    // Somebody can have come since.
                    if watched.told.receiver_count() == 0 {
                        all.events.remove(&event);
                        return;
                    }
                }
            }
            sleep_until(next).await;
            let Some((noted, reading)) = watched.begin() else { continue };
            next = Instant::now() + EVERY;
            let live = self.read(event).await.map_err(|failure| format!("{failure:?}").into());
            watched.told.send_modify(|told| {
                let last = if noted.changes > 0 { noted.last } else { told.last };
                let changes = told.changes + noted.changes;
                *told = Told { live, changes, last, reading, at: Instant::now() };
            });
        }
    }

    async fn read(&self, event: EventId) -> Result<Option<Arc<LiveAttendance>>, Failure> {
        let actor = Arc::new(Actor::System { reason: "live figures" });
        Ok(self.store.acting_as(&actor)?.live_attendance(event).await?.map(Arc::new))
    }

    fn watched(&self) -> MutexGuard<'_, All> {
        // Nothing panics while it holds the lock; if something did, the map is whole all the same.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// Notes down that something has happened, and what, where that is known.
    fn note(&self, change: Option<(AttendanceChange, Option<RegistrationId>)>) {
        let mut noted = self.noted();
        noted.changes += 1;
        noted.last = change;
        drop(noted);
        self.wake.notify_one();
    }

    /// Takes what has happened, and the number of the reading that is to tell it; none where nothing has.
    fn begin(&self) -> Option<(Noted, u64)> {
        let mut noted = self.noted();
        if noted.changes == 0 && !noted.is_awaited {
            return None;
        }
        let begun = noted.begun + 1;
        let taken = std::mem::replace(&mut *noted, Noted { begun, ..Noted::default() });
        Some((taken, begun))
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        // See above.
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
