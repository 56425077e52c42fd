//! Accounts: who signs in, and the grants they hold. Hashing and tokens belong to `api`.

mod link;
mod password;
mod provider;
mod second_factor;
mod session;
mod signing_key;
mod throttle;

pub use link::{AccountLink, Addressee, LinkKind};
pub use password::{PASSWORD_MAXIMUM, PASSWORD_MINIMUM, check_password};
pub use provider::{
    Candidate, Entrance, LinkedIdentity, PROVIDER_CODE_TIME, PROVIDER_SIGN_IN_TIME, PendingSignIn,
    ProvenIdentity, ProviderErrorCode, ProviderRefusal, check_unlinking,
};
pub use second_factor::{Challenge, ChallengeKind, CodeVerdict, FactorState, RECOVERY_CODES, SecondFactor};
pub use session::{
    AccountSession, Refresh, RefreshToken, SESSION_LENGTH, SessionEnd, Visitor, may_end_sessions,
};
pub use signing_key::{FormerKeys, LONGEST_TOKEN, NewSigningKey, RotateKeys, SigningKey, SigningKeys};
pub use throttle::{Attempts, Patience};

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

impl PasswordHash {
    /// No password: nothing matches it.
    #[must_use]
    pub fn none() -> Self {
        Self(String::new())
    }

    /// Whether there is a password.
    #[must_use]
    pub fn is_some(&self) -> bool {
        !self.0.is_empty()
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
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
    /// Whether it has no password yet, nor is linked with a provider: its invitation was not accepted.
    pub is_invited: bool,
    /// Since when it asks for a second factor; none if it asks for none.
    pub second_factor_since: Option<DateTime<Utc>>,
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
    /// Disables or enables the account that holds a role at the place, or takes its second factor away.
    ManageAt "manage" => ManageAccounts;
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
    /// Ends the sessions of an account, invites it again.
    Manage "manage" => ManageAccounts;
    /// Says whose account it is.
    Link "link" => LinkAccounts;
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
    /// The link is unknown, was used, or is past its time.
    #[error("the link is good no more: ask for a new one")]
    LinkSpent,
    /// The account has a password already.
    #[error("the invitation was accepted already")]
    NotInvited,
    /// The code of the second factor is wrong, or was used before.
    #[error("the code is wrong, or was used before: give the next one")]
    WrongCode,
    /// The challenge is unknown, was used, or is past its time.
    #[error("it took too long, or was done already: sign in anew")]
    ChallengeSpent,
    /// There is a second factor already.
    #[error("the account has a second factor: remove it before you set up another one")]
    FactorIsOn,
    /// There is no second factor to be confirmed or removed.
    #[error("the account has no second factor, or none that waits to be confirmed")]
    FactorIsOff,
    /// One does not do this with one's own account.
    #[error("this is your own account: ask someone else who manages it")]
    OwnAccount,
    /// It is the only way in that the account has.
    #[error("the account has no password and no other identity: set a password first")]
    LastWayIn,
    /// This server sends no mail.
    #[error("this server sends no mail: its operator has not set mail_url")]
    NoMail,
    /// Too many attempts were wrong.
    #[error("too many attempts were wrong: try again in {seconds} seconds")]
    TooManyAttempts {
        /// How long there is to wait.
        seconds: i64,
    },
}

impl AccountRefusal {
    /// Too many attempts were wrong, so that there is this time to wait.
    #[must_use]
    pub fn wait(time: TimeDelta) -> Self {
        Self::TooManyAttempts { seconds: time.num_seconds().max(1) }
    }

    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::WrongCredentials => ProblemCode::WrongCredentials,
            Self::SessionEnded => ProblemCode::SessionEnded,
            Self::AddressTaken => ProblemCode::AlreadyTaken,
            Self::LinkSpent => ProblemCode::LinkSpent,
            Self::WrongCode => ProblemCode::WrongCode,
            Self::ChallengeSpent => ProblemCode::ChallengeSpent,
            Self::NotInvited | Self::FactorIsOn | Self::FactorIsOff | Self::OwnAccount | Self::LastWayIn => {
                ProblemCode::IllegalStep
            }
            Self::NoMail => ProblemCode::NoMail,
            Self::TooManyAttempts { .. } => ProblemCode::RateLimited,
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
}
