//! Passwords by argon2id, off the async threads, one or two at a time.
//!
//! Hashing takes some twenty milliseconds of a core: unbounded, it would starve every other request.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash as Phc},
};
use hemicycle_domain::account::PasswordHash;
use thiserror::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

/// A password could not be hashed or checked at all.
#[derive(Debug, Error)]
#[error("the password could not be hashed or checked: {0}")]
pub struct PasswordFault(String);

impl PasswordFault {
    fn of(error: &dyn std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Hashes a password for keeping, in PHC string form.
pub fn hash_password(password: &str) -> Result<PasswordHash, PasswordFault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash: Phc| PasswordHash(hash.to_string())).map_err(|error| PasswordFault::of(&error))
}

/// Whether the hash was made of this password.
fn is_behind(password: &str, hash: &PasswordHash) -> Result<bool, PasswordFault> {
    let hash = Phc::new(&hash.0).map_err(|error| PasswordFault::of(&error))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Hashes and checks passwords, a few at a time.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        // Half of the cores at most: the others go on answering.
        let at_once = available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, 2);
        Self { turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// Hashes a password for keeping.
    pub(crate) async fn hash(&self, password: String) -> Result<PasswordHash, PasswordFault> {
        let turn = self.turn().await?;
        let hashed = spawn_blocking(move || {
            let hashed = hash_password(&password);
            drop(turn);
            hashed
        });
        hashed.await.map_err(|error| PasswordFault::of(&error))?
    }

    /// Whether the password belongs to the hash. Without a hash one is made for nothing: it takes as long,
    /// so that the time does not tell whether an address is known.
    pub(crate) async fn is_right(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordFault> {
        let turn = self.turn().await?;
        let right = spawn_blocking(move || {
            let right = match hash {
                Some(hash) => is_behind(&password, &hash),
                None => hash_password(&password).map(|_| false),
            };
            drop(turn);
            right
        });
        right.await.map_err(|error| PasswordFault::of(&error))?
    }

    /// A turn, kept until the hash is there: who gives up waiting does not let more than those few begin.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, PasswordFault> {
        Arc::clone(&self.turns).acquire_owned().await.map_err(|error| PasswordFault::of(&error))
    }
}
