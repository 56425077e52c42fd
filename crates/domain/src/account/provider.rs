//! Signing in by a provider of OpenID Connect: an institution's own sign-in, or that of a public service.
//!
//! A provider opens no account: it proves who someone is to whom an account was opened here.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::{AccountRefusal, EmailAddress};
use crate::{id::AccountId, vocabulary::vocabulary};

/// How long there is time to sign in with a provider.
pub const PROVIDER_SIGN_IN_TIME: TimeDelta = TimeDelta::minutes(10);
/// How long the code is good by which a front end fetches the session.
pub const PROVIDER_CODE_TIME: TimeDelta = TimeDelta::minutes(1);

/// Whom a provider says someone is, after all that it said was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenIdentity {
    /// The provider's own name for itself.
    pub issuer: String,
    /// The provider's name for the person, which never changes.
    pub subject: String,
    /// The address of the person, where the provider has verified it.
    pub verified_email: Option<EmailAddress>,
}

/// An account that a proven identity could be that of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account: AccountId,
    /// Whether it was disabled.
    pub is_disabled: bool,
    /// Whether another identity of the same provider is linked with it.
    pub has_another_identity: bool,
}

/// An identity that an account is linked with, as far as its holder and who manages it are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// The provider's own name for itself.
    pub issuer: String,
    /// Since when.
    pub linked_at: DateTime<Utc>,
}

/// Refuses to unlink an identity from an account that could not be signed in to any more: one without a password, and
/// without another identity.
pub fn check_unlinking(has_password: bool, other_identities: usize) -> Result<(), AccountRefusal> {
    if has_password || other_identities > 0 { Ok(()) } else { Err(AccountRefusal::LastWayIn) }
}

/// What becomes of a proven identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// It was linked with this account before.
    Known(AccountId),
    /// It is linked with this account now, for which its address speaks.
    Link(AccountId),
}

impl ProvenIdentity {
    /// Decides whose identity this is: of the account that it was linked with, else of the one with its address.
    ///
    /// An address that changes hands at the provider opens no account that another identity was linked with.
    pub fn entrance(
        &self,
        linked: Option<Candidate>,
        by_address: Option<Candidate>,
    ) -> Result<Entrance, ProviderRefusal> {
        if let Some(linked) = linked {
            return if linked.is_disabled {
                Err(ProviderRefusal::AccountUnknown)
            } else {
                Ok(Entrance::Known(linked.account))
            };
        }
        if self.verified_email.is_none() {
            return Err(ProviderRefusal::AddressUnverified);
        }
        match by_address {
            None | Some(Candidate { is_disabled: true, .. }) => Err(ProviderRefusal::AccountUnknown),
            Some(Candidate { has_another_identity: true, .. }) => Err(ProviderRefusal::AlreadyLinked),
            Some(Candidate { account, .. }) => Ok(Entrance::Link(account)),
        }
    }
}

/// A sign-in with a provider as kept, between the way there and the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingSignIn {
    /// When it is too late to come back.
    pub expires_at: DateTime<Utc>,
    /// When somebody came back.
    pub returned_at: Option<DateTime<Utc>>,
}

impl PendingSignIn {
    /// Refuses who comes back twice or too late.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), ProviderRefusal> {
        if self.returned_at.is_none() && now < self.expires_at {
            Ok(())
        } else {
            Err(ProviderRefusal::StateSpent)
        }
    }
}

vocabulary! {
    /// The closed list of what a front end is told when a sign-in with a provider failed.
    pub enum ProviderErrorCode {
        /// The provider did not let the person in, or the person gave up.
        ProviderDenied = "PROVIDER_DENIED",
        /// The provider cannot be reached, or its answer is none.
        ProviderUnavailable = "PROVIDER_UNAVAILABLE",
        /// What the provider says does not stand up: another nonce, audience or issuer, a bad signature, past its time.
        TokenRefused = "TOKEN_REFUSED",
        /// The sign-in took too long, was done already, or did not begin in this browser.
        StateSpent = "STATE_SPENT",
        /// The provider gives no address, or has not verified it.
        AddressUnverified = "ADDRESS_UNVERIFIED",
        /// No account was opened for the address, or it is disabled.
        AccountUnknown = "ACCOUNT_UNKNOWN",
        /// The account of this address is linked with another identity of the provider.
        AlreadyLinked = "ALREADY_LINKED",
    }
}

/// Why a sign-in with a provider failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProviderRefusal {
    /// The provider did not let the person in, or the person gave up.
    #[error("the provider did not let you in")]
    Denied,
    /// The provider cannot be reached, or its answer is none.
    #[error("the provider cannot be reached: try again later")]
    Unavailable,
    /// What the provider says does not stand up.
    #[error("what the provider says could not be verified")]
    TokenRefused,
    /// The sign-in took too long, was done already, or did not begin in this browser.
    #[error("the sign-in took too long, was done already, or began in another browser: begin anew")]
    StateSpent,
    /// The provider gives no address, or has not verified it.
    #[error("the provider has not verified your address")]
    AddressUnverified,
    /// No account was opened for the address, or it is disabled.
    #[error("no account was opened for you here: ask to be invited")]
    AccountUnknown,
    /// The account is linked with another identity.
    #[error("the account of this address is linked with another identity of the provider")]
    AlreadyLinked,
}

impl ProviderRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub const fn code(self) -> ProviderErrorCode {
        match self {
            Self::Denied => ProviderErrorCode::ProviderDenied,
            Self::Unavailable => ProviderErrorCode::ProviderUnavailable,
            Self::TokenRefused => ProviderErrorCode::TokenRefused,
            Self::StateSpent => ProviderErrorCode::StateSpent,
            Self::AddressUnverified => ProviderErrorCode::AddressUnverified,
            Self::AccountUnknown => ProviderErrorCode::AccountUnknown,
            Self::AlreadyLinked => ProviderErrorCode::AlreadyLinked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> ProvenIdentity {
        ProvenIdentity {
            issuer: "https://provider.example".to_owned(),
            subject: "1".to_owned(),
            verified_email: EmailAddress::parse("email", "a@example.org").ok(),
        }
    }

    fn candidate(number: u128) -> Candidate {
        let account = uuid::Uuid::from_u128(number).into();
        Candidate { account, is_disabled: false, has_another_identity: false }
    }

    #[test]
    fn a_linked_identity_opens_its_account_whatever_its_address_is_now() {
        let moved = ProvenIdentity { verified_email: None, ..identity() };
        for identity in [identity(), moved] {
            let entrance = identity.entrance(Some(candidate(1)), Some(candidate(2)));
            assert_eq!(entrance, Ok(Entrance::Known(candidate(1).account)));
        }
        let disabled = Candidate { is_disabled: true, ..candidate(1) };
        let refused = identity().entrance(Some(disabled), Some(candidate(2)));
        assert_eq!(refused, Err(ProviderRefusal::AccountUnknown));
    }

    #[test]
    fn a_new_identity_is_linked_by_a_verified_address_of_an_account_that_has_none() {
        let entrance = identity().entrance(None, Some(candidate(2)));
        assert_eq!(entrance, Ok(Entrance::Link(candidate(2).account)));
        let unverified = ProvenIdentity { verified_email: None, ..identity() };
        let refused = unverified.entrance(None, Some(candidate(2)));
        assert_eq!(refused, Err(ProviderRefusal::AddressUnverified));
        assert_eq!(identity().entrance(None, None), Err(ProviderRefusal::AccountUnknown));
        let disabled = Candidate { is_disabled: true, ..candidate(2) };
        assert_eq!(identity().entrance(None, Some(disabled)), Err(ProviderRefusal::AccountUnknown));
        let taken = Candidate { has_another_identity: true, ..candidate(2) };
        assert_eq!(identity().entrance(None, Some(taken)), Err(ProviderRefusal::AlreadyLinked));
    }

    #[test]
    fn an_account_keeps_a_way_in() {
        for (has_password, others, may) in
            [(true, 0, true), (false, 1, true), (true, 1, true), (false, 0, false)]
        {
            let decision = check_unlinking(has_password, others);
            assert_eq!(decision, if may { Ok(()) } else { Err(AccountRefusal::LastWayIn) });
        }
    }

    #[test]
    fn one_comes_back_once_and_in_time() {
        let now = DateTime::UNIX_EPOCH;
        let pending = PendingSignIn { expires_at: now + PROVIDER_SIGN_IN_TIME, returned_at: None };
        assert_eq!(pending.check(now), Ok(()));
        assert_eq!(pending.check(pending.expires_at), Err(ProviderRefusal::StateSpent));
        let returned = PendingSignIn { returned_at: Some(now), ..pending };
        assert_eq!(returned.check(now), Err(ProviderRefusal::StateSpent));
    }

    #[test]
    fn each_refusal_has_a_code_of_its_own() {
        let all = [
            ProviderRefusal::Denied,
            ProviderRefusal::Unavailable,
            ProviderRefusal::TokenRefused,
            ProviderRefusal::StateSpent,
            ProviderRefusal::AddressUnverified,
            ProviderRefusal::AccountUnknown,
            ProviderRefusal::AlreadyLinked,
        ];
        assert_eq!(all.map(ProviderRefusal::code), ProviderErrorCode::ALL);
    }
}
