//! What the process keeps of records that are asked for again and again: each until word comes that it changed.
//!
//! Reference data are held whole in `reference.rs`; these are those that were used last.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hemicycle_domain::{
    access::Actor,
    event::Event,
    id::{AccountId, AccountSessionId, EventId, ParticipantId, RecordKind, ServiceAccountId},
    participant::Participant,
};
use moka::sync::Cache;
use uuid::Uuid;

use crate::service_account::KnownServiceAccount;

/// What is kept, a shelf a kind.
pub(crate) struct Kept {
    /// Who the accounts are that were here in the last seconds.
    pub(crate) actors: Shelf<AccountId, Arc<Actor>>,
    /// Whose the sessions are that went on in the last seconds.
    pub(crate) sessions: Shelf<AccountSessionId, AccountId>,
    /// What the service accounts may that were here in the last seconds.
    pub(crate) service_accounts: Shelf<ServiceAccountId, Arc<KnownServiceAccount>>,
    /// Events that are published, whoever saw them.
    pub(crate) events: Shelf<EventId, Arc<Event>>,
    /// People that stand on rosters, without personal data: whoever sees a registration sees whose it is.
    pub(crate) people: Shelf<ParticipantId, Arc<Participant>>,
    /// How often word came that the keys which sign access tokens were changed.
    pub(crate) signing_key_changes: AtomicU64,
}

/// How long a record is kept when no word of a change comes.
const LIFETIME: Duration = Duration::from_secs(10);
/// How many actors and sessions are kept.
const MOST_ACTORS: u64 = 10_000;
/// How many events are kept; each takes some kilobytes.
const MOST_EVENTS: u64 = 4_096;
/// How many people are kept; each takes half a kilobyte.
const MOST_PEOPLE: u64 = 8_192;

impl Kept {
    /// Empty shelves; `from_replica` tells that events and people may be read where changes come late.
    pub(crate) fn empty(from_replica: bool) -> Self {
        // A replica could give back what was just changed, to be kept after the word of the change.
        let unless_from_replica = |most| if from_replica { 0 } else { most };
        Self {
            actors: Shelf::of(MOST_ACTORS),
            sessions: Shelf::of(MOST_ACTORS),
            service_accounts: Shelf::of(MOST_ACTORS),
            events: Shelf::of(unless_from_replica(MOST_EVENTS)),
            people: Shelf::of(unless_from_replica(MOST_PEOPLE)),
            signing_key_changes: AtomicU64::new(0),
        }
    }

    /// Takes note that a record was changed.
    pub(crate) fn note_change(&self, kind: RecordKind, id: Uuid) {
        match kind {
            RecordKind::Account => self.actors.forget(&id.into()),
            RecordKind::AccountSession => self.sessions.forget(&id.into()),
            // To whom it opens something, its id does not tell; it happens rarely.
            RecordKind::GlassBreak => self.actors.forget_all(),
            RecordKind::ServiceAccount => self.service_accounts.forget(&id.into()),
            RecordKind::Event => self.events.forget(&id.into()),
            RecordKind::Participant => self.people.forget(&id.into()),
            // Where an event stands follows from where its host, its program and its territory stand; where a person
            // does, from the home institution.
            RecordKind::Partner => self.forget_all_places(),
            RecordKind::Program | RecordKind::Territory => self.events.forget_all(),
            RecordKind::SigningKey => drop(self.signing_key_changes.fetch_add(1, Ordering::Release)),
            _ => {}
        }
    }

    /// Takes everything away that stands somewhere.
    pub(crate) fn forget_all_places(&self) {
        self.events.forget_all();
        self.people.forget_all();
    }
}

/// Records of one kind.
pub(crate) struct Shelf<K, V> {
    records: Cache<K, V>,
    changes: AtomicU64,
}

/// A moment before a record was read.
#[derive(Clone, Copy)]
pub(crate) struct Moment(u64);

impl<K, V> Shelf<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn of(most: u64) -> Self {
        let records = Cache::builder().max_capacity(most).time_to_live(LIFETIME).build();
        Self { records, changes: AtomicU64::new(0) }
    }

    /// The record, if it is kept.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.records.get(key)
    }

    /// This moment, to be taken before a record is read that shall be kept.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.changes.load(Ordering::Acquire))
    }

    /// Keeps a record that was read after a moment, unless word of a change came meanwhile: it may be the old one.
    pub(crate) fn keep(&self, key: K, value: V, read_after: Moment)
    where
        K: Copy,
    {
        self.records.insert(key, value);
        // Asked after it was put there: whoever notes a change first counts it, then takes the record away.
        if self.changes.load(Ordering::Acquire) != read_after.0 {
            self.records.invalidate(&key);
        }
    }

    /// Takes a record away.
    pub(crate) fn forget(&self, key: &K) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.records.invalidate(key);
    }

    /// Takes all records away.
    pub(crate) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.records.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let shelf: Shelf<u8, &str> = Shelf::of(10);
        let before = shelf.moment();
        shelf.forget(&7);
        shelf.keep(7, "old", before);
        assert_eq!(shelf.get(&7), None);
        let after = shelf.moment();
        shelf.keep(7, "new", after);
        assert_eq!(shelf.get(&7), Some("new"));
        shelf.forget_all();
        assert_eq!(shelf.get(&7), None);
    }
}
