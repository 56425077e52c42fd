//! Accounts: who signs in, and the grants they hold. Hashing and tokens belong to `api`.

mod signing_key;

pub use signing_key::{FormerKeys, LONGEST_TOKEN, NewSigningKey, RotateKeys, SigningKey, SigningKeys};

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::{
    access::{Grant, Subject, Whereabouts, actions},
    id::{AccountId, GrantId},
    problem::{Fault, Invalid, ProblemCode},
    text::Line,
};

/// An e-mail address as a sign-in name: trimmed, lower case.
///
/// Only its form is checked; that it reaches someone is proven by an invitation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Accepts an address for the named field: one `@`, something before it, a dotted host after it.
    pub fn parse(field: &str, address: &str) -> Result<Self, Invalid> {
        let address = Line::parse(field, address)?.as_str().to_lowercase();
        let well_formed = address.len() <= 254
            && !address.chars().any(char::is_whitespace)
            && address.split_once('@').is_some_and(|(local, host)| {
                !local.is_empty()
                    && !host.contains('@')
                    && host.contains('.')
                    && host.split('.').all(|label| !label.is_empty())
            });
        if well_formed {
            Ok(Self(address))
        } else {
            let reason = "not an e-mail address such as \"name@example.org\"".to_owned();
            Err(Invalid::new(field, Fault::Malformed { reason }))
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The hash of a password in PHC string form; it never leaves the server.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

/// The shortest password, in characters.
pub const PASSWORD_MINIMUM: usize = 12;
/// The longest password, in characters; longer ones only cost time.
pub const PASSWORD_MAXIMUM: usize = 256;

/// Accepts a password for a new account.
pub fn check_password(password: &str) -> Result<(), Invalid> {
    let actual = password.chars().count();
    if actual < PASSWORD_MINIMUM {
        let reason = format!("a password needs at least {PASSWORD_MINIMUM} characters");
        return Err(Invalid::new("password", Fault::Malformed { reason }));
    }
    if actual > PASSWORD_MAXIMUM {
        return Err(Invalid::new("password", Fault::TooLong { actual, maximum: PASSWORD_MAXIMUM }));
    }
    Ok(())
}

/// Someone who signs in.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// How often it was changed.
    pub version: i64,
    /// The sign-in name.
    pub email: EmailAddress,
    /// The name to show.
    pub display_name: Line,
    /// Whether it is disabled: kept, and unable to sign in.
    pub is_disabled: bool,
    /// The roles it holds.
    pub grants: Vec<(GrantId, Grant)>,
    /// Where it stands for access: the places of its grants.
    pub whereabouts: Whereabouts,
}

/// The places of a role that is about to be granted: what [`GrantAt`] is asked of before the account has it.
#[derive(Debug, Clone)]
pub struct Granting {
    /// The account that is to hold it.
    pub account: AccountId,
    /// Where the role's place stands.
    pub whereabouts: Whereabouts,
}

impl Subject for Granting {
    type Id = AccountId;

    fn id(&self) -> AccountId {
        self.account
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Granting;
    /// Grants a role at a place, or takes it back.
    GrantAt "grant a role to" => ManageAccounts;
}

impl Subject for Account {
    type Id = AccountId;

    fn id(&self) -> AccountId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Account;
    /// Disables an account or enables it again.
    Manage "manage" => ManageAccounts;
}

/// A command: an account to be opened.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The sign-in name.
    pub email: EmailAddress,
    /// The name to show.
    pub display_name: Line,
    /// The hashed password.
    pub password: PasswordHash,
    /// The roles it starts with; at least one.
    pub grants: Vec<Grant>,
}

/// How long a refresh token is good for, counted from its making.
pub const SESSION_LENGTH: TimeDelta = TimeDelta::days(30);

/// A refresh token as kept: only its hash, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged for the next one.
    pub used_at: Option<DateTime<Utc>>,
    /// When its session was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What to do with a refresh token that someone presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Exchange it for the next one.
    Rotate,
    /// Refuse it.
    Refuse,
    /// Refuse it and end the session: it was used before, so someone has a copy.
    EndSession,
}

impl RefreshToken {
    /// Decides about a presented token.
    #[must_use]
    pub fn presented(&self, now: DateTime<Utc>) -> Refresh {
        if self.revoked_at.is_some() || self.expires_at <= now {
            Refresh::Refuse
        } else if self.used_at.is_some() {
            Refresh::EndSession
        } else {
            Refresh::Rotate
        }
    }
}

/// Why an account command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccountRefusal {
    /// Address and password do not belong together; which of the two is wrong is not told.
    #[error("the address or the password is wrong")]
    WrongCredentials,
    /// The refresh token is unknown, used, expired or revoked.
    #[error("the session has ended; sign in again")]
    SessionEnded,
    /// Another account has this address.
    #[error("the address belongs to another account")]
    AddressTaken,
}

impl AccountRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::WrongCredentials => ProblemCode::WrongCredentials,
            Self::SessionEnded => ProblemCode::SessionEnded,
            Self::AddressTaken => ProblemCode::AlreadyTaken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_folded_and_checked_for_its_form() {
        assert_eq!(
            EmailAddress::parse("email", " Admin@Demo.Example ").unwrap().as_str(),
            "admin@demo.example"
        );
        for wrong in ["", "admin", "@host.org", "a@host", "a@b@c.org", "a b@c.org", "a@c..org"] {
            assert!(EmailAddress::parse("email", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refresh_token_used_twice_ends_the_session() {
        let now = DateTime::UNIX_EPOCH;
        let fresh = RefreshToken { expires_at: now + SESSION_LENGTH, used_at: None, revoked_at: None };
        assert_eq!(fresh.presented(now), Refresh::Rotate);
        assert_eq!(fresh.presented(now + SESSION_LENGTH), Refresh::Refuse);
        let used = RefreshToken { used_at: Some(now), ..fresh.clone() };
        assert_eq!(used.presented(now), Refresh::EndSession);
        let revoked = RefreshToken { revoked_at: Some(now), ..used };
        assert_eq!(revoked.presented(now), Refresh::Refuse);
    }

    #[test]
    fn a_password_has_a_length() {
        assert!(check_password("short").is_err());
        assert!(check_password("correct horse battery").is_ok());
        assert!(check_password(&"x".repeat(257)).is_err());
    }
}
