//! Passwords by argon2id, off the async threads, at most two at a time.
//!
//! Hashing takes some twenty milliseconds of a core: unbounded, it would starve every other request.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash as Phc},
};
use hemicycle_domain::account::PasswordHash;
use thiserror::Error;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// A password could not be hashed or checked at all.
#[derive(Debug, Error)]
#[error("the password could not be hashed or checked: {0}")]
pub struct PasswordFault(String);

/// Hashes a password for keeping, in PHC string form.
pub fn hash_password(password: &str) -> Result<PasswordHash, PasswordFault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash: Phc| PasswordHash(hash.to_string())).map_err(|error| PasswordFault(error.to_string()))
}

/// Checks passwords, a few at a time.
#[derive(Clone)]
pub(crate) struct PasswordCheck {
    turns: Arc<Semaphore>,
    stranger: Arc<PasswordHash>,
}

impl PasswordCheck {
    /// How many hashes are computed at once.
    const AT_ONCE: usize = 2;

    pub(crate) fn new() -> Result<Self, PasswordFault> {
        let stranger = Arc::new(hash_password("nobody's password")?);
        Ok(Self { turns: Arc::new(Semaphore::new(Self::AT_ONCE)), stranger })
    }

    /// Whether the password belongs to the hash. Without a hash it takes as long and is wrong,
    /// so that the time does not tell whether an address is known.
    pub(crate) async fn is_right(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordFault> {
        let fault = |error: &dyn std::fmt::Display| PasswordFault(error.to_string());
        let _turn = self.turns.acquire().await.map_err(|error| fault(&error))?;
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| PasswordHash::clone(&self.stranger));
        let matches = spawn_blocking(move || {
            let parsed = Phc::new(&hash.0).map_err(|error| PasswordFault(error.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await.map_err(|error| fault(&error))?? && is_known)
    }
}
