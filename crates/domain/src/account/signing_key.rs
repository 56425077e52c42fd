//! The keys that sign access tokens: which of them signs, and how long the others are still believed.
//!
//! The bytes of keys and tokens belong to `api`; here stand only the times.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    access::{Subject, Whereabouts, actions},
    device::Window,
    id::SigningKeyId,
};

/// The longest time for which any access token is good, which is that of a device with the longest window: so long a key
/// that signs no more is believed.
pub const LONGEST_TOKEN: TimeDelta = match Window::LONGEST.checked_add(&Window::GRACE) {
    Some(longest) => longest,
    None => TimeDelta::MAX,
};

/// A key that signs access tokens, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its identifier, the `kid` of its tokens.
    pub id: SigningKeyId,
    /// The public half: 32 bytes, base64url without padding.
    pub public: String,
    /// The secret half, sealed; only a server with the right secret can open it.
    pub sealed: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when its tokens are believed; none while it signs.
    pub believed_until: Option<DateTime<Utc>>,
}

impl SigningKey {
    /// Whether it signs new tokens.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.believed_until.is_none()
    }

    /// Whether tokens that it signed are believed.
    #[must_use]
    pub fn is_believed(&self, now: DateTime<Utc>) -> bool {
        self.believed_until.is_none_or(|until| now < until)
    }
}

/// A command: a key to sign with from now on.
#[derive(Debug, Clone)]
pub struct NewSigningKey {
    /// The public half, as in [`SigningKey`].
    pub public: String,
    /// The secret half, sealed under the identifier that the key is to have.
    pub sealed: String,
    /// The identifier.
    pub id: SigningKeyId,
}

/// What becomes of the keys that signed until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormerKeys {
    /// Their tokens are believed until they are over, so that nobody is signed out.
    Believed,
    /// Their tokens are refused at once: someone may have the secret.
    Distrusted,
}

impl FormerKeys {
    /// Until when tokens of a former key are believed, if it is given up now.
    #[must_use]
    pub fn believed_until(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Believed => now + LONGEST_TOKEN,
            Self::Distrusted => now,
        }
    }
}

/// A key as something that one may or may not replace: it stands nowhere, so only the whole platform's rights reach it.
#[derive(Debug, Clone)]
pub struct SigningKeys {
    id: SigningKeyId,
    whereabouts: Whereabouts,
}

impl SigningKeys {
    /// The keys, to which this one is to be added.
    #[must_use]
    pub fn with(id: SigningKeyId) -> Self {
        Self { id, whereabouts: Whereabouts::default() }
    }
}

impl Subject for SigningKeys {
    type Id = SigningKeyId;

    fn id(&self) -> SigningKeyId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on SigningKeys;
    /// Replaces the key that signs access tokens.
    RotateKeys "replace" => ManageAccounts;
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_former_key_is_believed_as_long_as_its_tokens_can_last() {
        let now = DateTime::UNIX_EPOCH;
        let current = SigningKey {
            id: Uuid::nil().into(),
            public: String::new(),
            sealed: String::new(),
            created_at: now,
            believed_until: None,
        };
        assert!(current.signs() && current.is_believed(now + TimeDelta::days(10_000)));
        let former =
            SigningKey { believed_until: Some(FormerKeys::Believed.believed_until(now)), ..current.clone() };
        assert!(!former.signs() && former.is_believed(now + LONGEST_TOKEN - TimeDelta::seconds(1)));
        assert!(!former.is_believed(now + LONGEST_TOKEN));
        let leaked =
            SigningKey { believed_until: Some(FormerKeys::Distrusted.believed_until(now)), ..current };
        assert!(!leaked.is_believed(now));
    }
}
