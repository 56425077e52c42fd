//! Sessions of accounts: what begins with a sign-in and goes on, token by token, until it ends.
//!
//! The bytes of tokens belong to `api`; here stand the times, and who may end what.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Account, Manage};
use crate::{
    access::{Actor, Refusal, permit},
    id::{AccountId, AccountSessionId},
    vocabulary::vocabulary,
};

/// How long a refresh token is good for, counted from its making: so long a session goes on without being used.
pub const SESSION_LENGTH: TimeDelta = TimeDelta::days(30);

/// The longest description of a client that is kept, in characters.
const LONGEST_USER_AGENT: usize = 300;

/// Where a request comes from, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The address of the client.
    pub address: Option<IpAddr>,
    /// What the client calls itself: a text of its own choice, shown and never believed.
    pub user_agent: Option<String>,
}

impl Visitor {
    /// A visitor with this description, without control characters and not longer than is kept.
    #[must_use]
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let user_agent = user_agent.map(|text| {
            text.chars().filter(|letter| !letter.is_control()).take(LONGEST_USER_AGENT).collect::<String>()
        });
        Self { address, user_agent: user_agent.filter(|text| !text.trim().is_empty()) }
    }
}

/// A session of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSession {
    /// Its identifier.
    pub id: AccountSessionId,
    /// Whose it is.
    pub account: AccountId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// From where it began.
    pub opened_from: Visitor,
    /// When it was begun or refreshed last.
    pub last_used_at: DateTime<Utc>,
    /// From which address it was begun or refreshed last.
    pub last_used_from: Option<IpAddr>,
}

vocabulary! {
    /// Why a session ended.
    pub enum SessionEnd {
        /// Its holder signed out.
        SignedOut = "signed_out",
        /// Its account ended it from another session.
        Ended = "ended",
        /// Who manages the account ended it.
        Managed = "managed",
        /// A refresh token came twice: someone has a copy.
        Copied = "copied",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// A second factor was set up, or taken away by who manages the account.
        FactorChanged = "factor_changed",
        /// The account was disabled.
        Disabled = "disabled",
    }
}

/// Refuses to end sessions of an account that is neither the actor's own nor one that it manages, and says why they end.
pub fn may_end_sessions(actor: &Actor, account: &Account) -> Result<SessionEnd, Refusal> {
    if actor.account() == Some(account.id) {
        return Ok(SessionEnd::Ended);
    }
    permit::<Manage>(actor, account).map(|_| SessionEnd::Managed)
}

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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_a_client_calls_itself_is_kept_short_and_without_control_characters() {
        let visitor = Visitor::new(None, Some("Safari\r\n\0 17"));
        assert_eq!(visitor.user_agent.as_deref(), Some("Safari 17"));
        assert_eq!(Visitor::new(None, Some(" ")).user_agent, None);
        let long = Visitor::new(None, Some(&"ж".repeat(1_000)));
        assert_eq!(long.user_agent.map(|text| text.chars().count()), Some(300));
    }
}
