//! The press: what badges are signed with, and how many sheets are made at once.
//!
//! Keys live in the database, where all nodes share them, their secret halves sealed; one is made when the first badge
//! is asked for. What a badge says is decided in `domain`.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    badge::{BadgeSecret, KeptKey, KeyId, NewKey, Overlap},
    id::BadgeKeyId,
};
use hemicycle_persistence::{Failure, Store, new_id};
use rand::Rng;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::sign_in::Seal;

/// Signs badges.
pub(crate) struct BadgePress {
    store: Store,
    seal: Seal,
    /// The key that was opened last.
    opened: ArcSwapOption<(BadgeKeyId, BadgeSecret)>,
    /// Who may make a sheet now: one is made at a time, since it is held in memory.
    pub(crate) sheets: Semaphore,
}

impl BadgePress {
    pub(crate) fn new(store: Store, seal: Seal) -> Self {
        Self { store, seal, opened: ArcSwapOption::empty(), sheets: Semaphore::new(1) }
    }

    /// What badges are signed with now. Where this server can open no key, it makes one.
    pub(crate) async fn secret(&self, now: DateTime<Utc>) -> Result<BadgeSecret, Failure> {
        let actor = Arc::new(Actor::System { reason: "make a key that signs badges" });
        let keys = self.store.acting_as(&actor)?.badge_keys(now);
        if let Some(secret) = keys.iter().filter(|key| key.signs()).find_map(|key| self.open(key)) {
            return Ok(secret);
        }
        let mut work = self.store.begin(&actor, now).await?;
        let key = work.begin_badge_key(new_key(&self.seal, now), |key| self.open(key).is_some()).await?;
        work.commit().await?;
        tracing::info!(key = %key.key.id(), "signing badges; no key could be opened with this token_secret before");
        // It was sealed, or opened, by this server a moment ago.
        self.open(&key).ok_or(Failure::NotFound(hemicycle_domain::id::RecordKind::BadgeKey))
    }

    /// The secret half of a key; none if it was sealed with another secret.
    fn open(&self, kept: &KeptKey) -> Option<BadgeSecret> {
        if let Some(opened) = &*self.opened.load()
            && opened.0 == kept.id
        {
            return Some(opened.1.clone());
        }
        let seed: [u8; 32] = self.seal.open(&purpose(kept.id), &kept.sealed)?.try_into().ok()?;
        let secret = BadgeSecret::from_seed(&seed);
        if secret.key() != kept.key {
            return None;
        }
        self.opened.store(Some(Arc::new((kept.id, secret.clone()))));
        Some(secret)
    }
}

/// Has a new key sign badges from now on; those that former keys signed are read for the overlap. Running servers hear
/// of it by themselves.
pub async fn rotate_badge_key(
    store: &Store,
    secret: &SecretString,
    overlap: Overlap,
    now: DateTime<Utc>,
) -> Result<KeyId, Failure> {
    let actor = Arc::new(Actor::System { reason: "badge rotate-key on the command line" });
    let mut work = store.begin(&actor, now).await?;
    let key = work.rotate_badge_key(new_key(&Seal::new(secret), now), overlap).await?;
    work.commit().await?;
    Ok(key.key.id())
}

fn new_key(seal: &Seal, now: DateTime<Utc>) -> NewKey {
    let mut seed = [0_u8; 32];
    rand::rng().fill_bytes(&mut seed);
    let id: BadgeKeyId = new_id(now);
    NewKey { id, key: BadgeSecret::from_seed(&seed).key(), sealed: seal.close(&purpose(id), &seed) }
}

/// What a secret half is sealed for: under the name of another key it does not open.
fn purpose(id: BadgeKeyId) -> String {
    format!("badge key {id}")
}
