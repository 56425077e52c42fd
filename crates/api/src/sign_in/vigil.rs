//! Watches over the sessions of those who stay connected, so that none of them outlives its token, its session or
//! its account; nor a device its enrolment, nor a service account its secret.
//!
//! One task asks for all of them at once, every few seconds; a change of an account comes through the change feed
//! and is passed on at once. What a connection does with the word is its own matter.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hemicycle_domain::id::{DeviceId, RecordKind, ServiceAccountId};
use hemicycle_persistence::{Failure, Notice, Store};
use tokio::sync::{
    broadcast::error::RecvError,
    watch::{self, Receiver, Sender},
};

use super::token::{Holder, Principal};
use crate::clock::Clock;

/// What a connection is told about its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The session goes on; the number counts how often the account was changed.
    GoesOn(u64),
    /// The access token is past its time.
    Expired,
    /// The session was ended, or the account is gone or disabled; the device was revoked or enrolled
    /// anew; the service account was revoked, or its secret is good no more.
    Ended,
}

impl Word {
    fn goes_on(self) -> bool {
        matches!(self, Self::GoesOn(_))
    }
}

/// Watches over the sessions of those who stay connected.
pub(crate) struct Vigil {
    store: Store,
    clock: Clock,
    every: Duration,
    watched: Mutex<Watched>,
}

/// The connections that are watched.
#[derive(Default)]
struct Watched {
    next: u64,
    connections: HashMap<u64, (Holder, Sender<Word>)>,
    /// Whether the task runs; it ends with the last connection.
    kept: bool,
}

/// One connection that is watched; to drop it ends that.
pub(crate) struct Watch {
    vigil: Arc<Vigil>,
    key: u64,
    word: Receiver<Word>,
}

impl Watch {
    /// What there is to hear about the holder.
    pub(crate) fn word(&self) -> Receiver<Word> {
        self.word.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.vigil.watched().connections.remove(&self.key);
    }
}

impl Vigil {
    /// A vigil that looks at all sessions this often.
    pub(crate) fn new(store: Store, clock: Clock, every: Duration) -> Self {
        Self { store, clock, every, watched: Mutex::default() }
    }

    /// Watches over a connection of this holder.
    pub(crate) fn watch(self: &Arc<Self>, holder: Holder) -> Watch {
        let (sender, word) = watch::channel(Word::GoesOn(0));
        let mut watched = self.watched();
        let key = watched.next;
        watched.next += 1;
        watched.connections.insert(key, (holder, sender));
        if !std::mem::replace(&mut watched.kept, true) {
            // Followed from here on, so that no change is missed until the task runs.
            tokio::spawn(Arc::clone(self).keep(self.store.follow()));
        }
        Watch { vigil: Arc::clone(self), key, word }
    }

    async fn keep(self: Arc<Self>, mut changes: tokio::sync::broadcast::Receiver<Notice>) {
        let mut rounds = tokio::time::interval(self.every);
        loop {
            tokio::select! {
                _ = rounds.tick() => {
                    if self.is_over() {
                        return;
                    }
                    self.go_round().await;
                }
                change = changes.recv() => match change {
                    Ok(change) if let Some(subject) = change.account => {
                        let is = |holder: &Holder| {
                            matches!(holder.principal, Principal::Account(account, _) if account == subject)
                        };
                        self.tell(|holder| is(holder).then_some(Word::GoesOn(0)));
                    }
                    Ok(change) if change.subject_kind == RecordKind::AccountSession => {
                        let session = Some(change.subject_id.into());
                        self.look_at(|holder| holder.session() == session).await;
                    }
                    Ok(change) if change.subject_kind == RecordKind::Device => {
                        let subject = DeviceId::from(change.subject_id);
                        let is = |holder: &Holder| {
                            matches!(holder.principal, Principal::Device(device, _) if device == subject)
                        };
                        self.look_at(is).await;
                        self.tell(|holder| is(holder).then_some(Word::GoesOn(0)));
                    }
                    Ok(change) if change.subject_kind == RecordKind::ServiceAccount => {
                        let subject = ServiceAccountId::from(change.subject_id);
                        let is = |holder: &Holder| {
                            matches!(holder.principal, Principal::ServiceAccount(one, ..) if one == subject)
                        };
                        self.look_at(is).await;
                        self.tell(|holder| is(holder).then_some(Word::GoesOn(0)));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.tell(|_| Some(Word::GoesOn(0))),
                    Err(RecvError::Closed) => changes = self.store.follow(),
                },
            }
        }
    }

    /// Whether nobody is watched any more, so that the task ends.
    fn is_over(&self) -> bool {
        let mut watched = self.watched();
        watched.kept = !watched.connections.is_empty();
        !watched.kept
    }

    /// Looks at every session once.
    async fn go_round(&self) {
        let now = self.clock.now();
        self.tell(|holder| (holder.expires_at <= now).then_some(Word::Expired));
        self.look_at(|_| true).await;
    }

    /// Looks at some of the sessions and enrolments, and tells those that have ended.
    async fn look_at(&self, some: impl Fn(&Holder) -> bool) {
        let asked: Vec<Principal> = {
            let watched = self.watched();
            let holders = watched.connections.values().map(|(holder, _)| holder);
            holders.filter(|holder| some(holder)).map(|holder| holder.principal).collect()
        };
        match self.that_go_on(&asked).await {
            Ok(going_on) => self.tell(|holder| {
                let has_ended = asked.contains(&holder.principal) && !going_on.contains(&holder.principal);
                has_ended.then_some(Word::Ended)
            }),
            Err(failure) => {
                tracing::warn!(?failure, "the sessions of open connections could not be read; trying again");
            }
        }
    }

    /// Which of these still hold what they hold.
    async fn that_go_on(&self, asked: &[Principal]) -> Result<HashSet<Principal>, Failure> {
        let mut going_on = HashSet::new();
        let sessions = asked.iter().filter_map(|principal| match principal {
            Principal::Account(_, session) => Some(*session),
            Principal::Device(..) | Principal::ServiceAccount(..) => None,
        });
        let sessions: Vec<_> = sessions.collect();
        if !sessions.is_empty() {
            let found = self.store.sessions_that_go_on(sessions).await?;
            let stands =
                |one: &&Principal| matches!(one, Principal::Account(_, session) if found.contains(session));
            going_on.extend(asked.iter().filter(stands));
        }
        let enrolments = asked.iter().filter_map(|principal| match principal {
            Principal::Device(_, enrolment) => Some(*enrolment),
            Principal::Account(..) | Principal::ServiceAccount(..) => None,
        });
        let enrolments: Vec<_> = enrolments.collect();
        if !enrolments.is_empty() {
            let found = self.store.enrolments_that_go_on(enrolments, self.clock.now()).await?;
            let stands = |one: &&Principal| matches!(one, Principal::Device(_, enrolment) if found.contains(enrolment));
            going_on.extend(asked.iter().filter(stands));
        }
        let secrets = asked.iter().filter_map(|principal| match principal {
            Principal::ServiceAccount(_, secret, _) => Some(*secret),
            Principal::Account(..) | Principal::Device(..) => None,
        });
        let secrets: Vec<_> = secrets.collect();
        if !secrets.is_empty() {
            let found = self.store.client_secrets_that_go_on(secrets, self.clock.now()).await?;
            let stands = |one: &&Principal| matches!(one, Principal::ServiceAccount(_, secret, _) if found.contains(secret));
            going_on.extend(asked.iter().filter(stands));
        }
        Ok(going_on)
    }

    /// Passes words on to those whom they concern. An end is the last word.
    fn tell(&self, word: impl Fn(&Holder) -> Option<Word>) {
        for (holder, sender) in self.watched().connections.values() {
            if let Some(word) = word(holder) {
                sender.send_if_modified(|last| {
                    let next = match (*last, word) {
                        (Word::GoesOn(count), Word::GoesOn(_)) => Word::GoesOn(count + 1),
                        _ => word,
                    };
                    let is_news = last.goes_on();
                    if is_news {
                        *last = next;
                    }
                    is_news
                });
            }
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        // Nothing panics while it holds the lock; if something did, the map is whole all the same.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
