//! The keys that badges are signed and verified with.
//!
//! A key is known by its first four bytes, so that its name needs no list. When keys are made, and until when they
//! are read, is not decided here.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use thiserror::Error;

use super::{Badge, Credential, bytes};

/// The name of a key: the first four bytes of its public half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(super) [u8; 4]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// The public half of a key: whoever has it can tell a badge from a forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadgeKey(VerifyingKey);

/// The bytes are no public key, or one that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the bytes are no Ed25519 public key that can be relied on")]
pub struct MalformedKey;

impl BadgeKey {
    /// Accepts the 32 bytes of a public key.
    pub fn parse(bytes: &[u8]) -> Result<Self, MalformedKey> {
        let bytes = bytes.try_into().map_err(|_| MalformedKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| MalformedKey)?;
        if key.is_weak() { Err(MalformedKey) } else { Ok(Self(key)) }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = *self.bytes();
        KeyId([a, b, c, d])
    }

    /// Whether the signature is one of this key over the bytes of a badge.
    ///
    /// Strictly: a signature has one form, so that no bit of it can be altered.
    pub(super) fn has_signed(&self, content: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(&bytes::signed(content), &signature).is_ok()
    }
}

/// The secret half of a key: whoever has it can make badges. It is never shown.
#[derive(Clone)]
pub struct BadgeSecret(SigningKey);

impl std::fmt::Debug for BadgeSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BadgeSecret({})", self.key().id())
    }
}

impl BadgeSecret {
    /// The key that grows from 32 bytes, which must be random and secret.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Its public half.
    #[must_use]
    pub fn key(&self) -> BadgeKey {
        BadgeKey(self.0.verifying_key())
    }

    /// Signs a badge. The same badge signed again is the same text.
    #[must_use]
    pub fn issue(&self, badge: &Badge) -> Credential {
        let content = bytes::content(self.key().id(), badge);
        let signature = self.0.sign(&bytes::signed(&content));
        Credential::of(&content, &signature.to_bytes())
    }
}
