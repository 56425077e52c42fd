//! A unit of work: an actor with a transaction. Each noun adds its verbs in its own file.
//!
//! What is not committed never happened: dropping the work rolls it back.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::{
    access::Actor,
    id::{EventId, Id, RecordKind},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, JsonValue};
use serde::Serialize;
use uuid::{ContextV7, Timestamp, Uuid};

use crate::{
    change::{self, Author, Change},
    dialect::{Insertion, begin, insert_each},
    event::Counted,
    fault::Failure,
    json::to_json,
    reference::{Reference, Renewed},
    scope::{Scoped, Sight, select},
    store::Store,
};

/// An actor with a transaction.
#[must_use = "a unit of work that is not committed never happened"]
pub struct Work {
    store: Store,
    pub(crate) transaction: DatabaseTransaction,
    pub(crate) actor: Arc<Actor>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) reference: Arc<Reference>,
    renewed: Vec<Renewed>,
    author: Author,
    changed: HashSet<(RecordKind, Uuid)>,
    counted: Counted,
    leaves_stale: bool,
}

impl Work {
    pub(crate) async fn begin(
        store: Store,
        connections: &DatabaseConnection,
        actor: Arc<Actor>,
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        let transaction = begin(connections).await?;
        let reference = store.reference();
        // PostgreSQL keeps microseconds, SQLite nanoseconds: what is answered must be what is stored.
        let now = now.trunc_subsecs(6);
        let author = Author::new(&actor, now);
        Ok(Self {
            store,
            transaction,
            actor,
            now,
            reference,
            renewed: Vec::new(),
            author,
            changed: HashSet::new(),
            counted: Counted::default(),
            leaves_stale: false,
        })
    }

    /// Names the request that asked for this work; every change of it bears its id.
    pub fn for_request(self, id: impl Into<String>) -> Self {
        Self { author: self.author.for_request(id), ..self }
    }

    /// Keeps everything and tells the followers of the change feed.
    pub async fn commit(self) -> Result<(), Failure> {
        self.counted.write(&self.transaction).await?;
        self.transaction.commit().await?;
        if !self.renewed.is_empty() {
            self.store.renew_reference(&self.renewed);
        }
        for (kind, id) in &self.changed {
            self.store.kept().note_change(*kind, *id);
        }
        if !self.changed.is_empty() {
            self.store.wake_feed();
        }
        if self.leaves_stale {
            self.store.wake_folding();
        }
        Ok(())
    }

    /// Who acts, to be named in what the work does.
    #[must_use]
    pub fn shared_actor(&self) -> Arc<Actor> {
        Arc::clone(&self.actor)
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    pub(crate) fn sight(&self) -> Sight<'_> {
        Sight { actor: &self.actor, reference: &self.reference, backend: self.backend() }
    }

    pub(crate) fn select<E: Scoped>(&self) -> sea_orm::Select<E> {
        select(&self.sight())
    }

    /// Makes an identifier for a new record.
    pub(crate) fn new_id<I: Id>(&self) -> I {
        new_id(self.now)
    }

    /// Adds to how many are registered at an event and have attended it.
    pub(crate) fn count(&mut self, event: EventId, registration: Uuid, registrations: i32, attended: i32) {
        self.counted.add(event, registration, registrations, attended);
    }

    /// Has attendance that this work leaves stale folded anew as soon as it is kept.
    pub(crate) fn leave_to_be_folded(&mut self) {
        self.leaves_stale = true;
    }

    /// Takes a changed record of the reference data in, for this work at once and for everyone on commit.
    pub(crate) fn renew(&mut self, renewed: Renewed) {
        Arc::make_mut(&mut self.reference).apply(renewed.clone());
        self.renewed.push(renewed);
    }

    /// Writes into the change feed what was done to a record.
    pub(crate) async fn record<I: Id, R: Serialize>(
        &mut self,
        action: &'static str,
        id: I,
        event: Option<EventId>,
        before: Option<&R>,
        after: Option<&R>,
    ) -> Result<(), Failure> {
        let json = |row: &R| -> JsonValue { to_json(row) };
        let change = Change {
            action: action.to_owned(),
            subject_kind: I::KIND,
            subject_id: id.uuid(),
            event,
            before: before.map(json),
            after: after.map(json),
        };
        self.record_all(vec![change]).await
    }

    /// Writes into the change feed what was done to many records, in one statement for each thousand.
    pub(crate) async fn record_all(&mut self, changes: Vec<Change>) -> Result<(), Failure> {
        let changes = changes.into_iter().map(|change| (self.author.clone(), change)).collect();
        let rows = self.recorded(changes);
        Ok(insert_each(&self.transaction, rows).await?)
    }

    /// What is to be written into the change feed of what others did, each by a request of its own, whose work this one
    /// does together.
    pub(crate) fn recorded_by<'a>(
        &mut self,
        changes: impl Iterator<Item = (Option<(&'a Actor, Option<String>)>, Change)>,
    ) -> Vec<Insertion> {
        let author = |caller: Option<(&Actor, Option<String>)>| match caller {
            Some((actor, Some(request))) => Author::new(actor, self.now).for_request(request),
            Some((actor, None)) => {
                Author { request: self.author.request.clone(), ..Author::new(actor, self.now) }
            }
            None => self.author.clone(),
        };
        let changes = changes.map(|(caller, change)| (author(caller), change)).collect();
        self.recorded(changes)
    }

    fn recorded(&mut self, changes: Vec<(Author, Change)>) -> Vec<Insertion> {
        self.changed.extend(changes.iter().map(|(_, change)| (change.subject_kind, change.subject_id)));
        change::recorded(self.backend(), changes)
    }

    /// Who acts, as the tables name who did something: `account:…`, `device:…`, `service_account:…`, `system:…`.
    #[must_use]
    pub fn actor_name(&self) -> Option<String> {
        self.author.actor.clone()
    }
}

/// Makes an identifier for a record that needs it before there is any work: what is sealed under its own name.
#[must_use]
pub fn new_id<I: Id>(now: DateTime<Utc>) -> I {
    new_uuid(now).into()
}

/// Makes a version 7 identifier; those of one moment come out in the order they were made in.
pub(crate) fn new_uuid(now: DateTime<Utc>) -> Uuid {
    static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(&ORDER, seconds, now.timestamp_subsec_nanos()))
}

impl std::fmt::Debug for Work {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Work").field("actor", &self.actor).finish_non_exhaustive()
    }
}
