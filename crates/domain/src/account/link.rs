//! Links that are sent by e-mail: good once, for a while, for whoever reads the mail of the address.
//!
//! The token itself belongs to `api`; here stands only what it is good for.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AccountRefusal, EmailAddress};
use crate::{id::AccountId, text::Line, vocabulary::vocabulary};

vocabulary! {
    /// What a link is good for.
    pub enum LinkKind {
        /// To take an account over that was opened for one.
        Invitation = "invitation",
        /// To set a new password.
        PasswordReset = "password_reset",
    }
}

impl LinkKind {
    /// How long such a link is good.
    #[must_use]
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(7),
            Self::PasswordReset => TimeDelta::hours(1),
        }
    }
}

/// A link as kept: its token only as a hash, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// What it is good for.
    pub kind: LinkKind,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it was used, or a newer one took its place.
    pub spent_at: Option<DateTime<Utc>>,
}

impl AccountLink {
    /// Refuses a link that is meant for something else, is past its time or was used.
    pub fn check(&self, kind: LinkKind, now: DateTime<Utc>) -> Result<(), AccountRefusal> {
        if self.kind == kind && self.spent_at.is_none() && now < self.expires_at {
            Ok(())
        } else {
            Err(AccountRefusal::LinkSpent)
        }
    }
}

/// Whom a link was sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The account.
    pub account: AccountId,
    /// Its address.
    pub email: EmailAddress,
    /// Its name.
    pub display_name: Line,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_once_for_its_purpose_and_its_time() {
        let now = DateTime::UNIX_EPOCH;
        let expires_at = now + LinkKind::PasswordReset.lifetime();
        let link = AccountLink { kind: LinkKind::PasswordReset, expires_at, spent_at: None };
        assert_eq!(link.check(LinkKind::PasswordReset, now), Ok(()));
        assert_eq!(link.check(LinkKind::Invitation, now), Err(AccountRefusal::LinkSpent));
        assert_eq!(link.check(LinkKind::PasswordReset, expires_at), Err(AccountRefusal::LinkSpent));
        let spent = AccountLink { spent_at: Some(now), ..link };
        assert_eq!(spent.check(LinkKind::PasswordReset, now), Err(AccountRefusal::LinkSpent));
    }
}
