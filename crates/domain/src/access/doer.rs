//! Who did something, as records name them when it is over: what is left of an actor.

use std::fmt;

use super::Actor;
use crate::id::{AccountId, DeviceId, ServiceAccountId};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doer {
    /// An account.
    Account(AccountId),
    /// A phone at the doors.
    Device(DeviceId),
    /// A system of an institution.
    ServiceAccount(ServiceAccountId),
    /// The program itself.
    Program,
}

impl Doer {
    /// Who is behind an actor; none where nobody has signed in.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Account { id, .. } => Some(Self::Account(*id)),
            Actor::Device { id, .. } => Some(Self::Device(*id)),
            Actor::ServiceAccount { id, .. } => Some(Self::ServiceAccount(*id)),
            Actor::System { .. } => Some(Self::Program),
            Actor::Anonymous => None,
        }
    }

    /// Reads the name by which records call whoever did something; none where it is no such name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (kind, id) = name.split_once(':')?;
        match kind {
            "account" => Some(Self::Account(id.parse::<uuid::Uuid>().ok()?.into())),
            "device" => Some(Self::Device(id.parse::<uuid::Uuid>().ok()?.into())),
            "service_account" => Some(Self::ServiceAccount(id.parse::<uuid::Uuid>().ok()?.into())),
            // What the program was about follows, in words.
            "system" => Some(Self::Program),
            _ => None,
        }
    }

    /// The account, if it was one.
    #[must_use]
    pub fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(id) => Some(id),
            Self::Device(_) | Self::ServiceAccount(_) | Self::Program => None,
        }
    }

    /// The device, if it was one.
    #[must_use]
    pub fn device(self) -> Option<DeviceId> {
        match self {
            Self::Device(id) => Some(id),
            Self::Account(_) | Self::ServiceAccount(_) | Self::Program => None,
        }
    }
}

impl fmt::Display for Doer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(formatter, "account:{id}"),
            Self::Device(id) => write!(formatter, "device:{id}"),
            Self::ServiceAccount(id) => write!(formatter, "service_account:{id}"),
            Self::Program => write!(formatter, "system:"),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whoever_did_something_is_known_by_the_name_that_was_kept() {
        let id = Uuid::from_u128(7);
        for doer in [
            Doer::Account(id.into()),
            Doer::Device(id.into()),
            Doer::ServiceAccount(id.into()),
            Doer::Program,
        ] {
            assert_eq!(Doer::parse(&doer.to_string()), Some(doer));
        }
        assert_eq!(Doer::parse("system:fold attendance anew"), Some(Doer::Program));
        for other in ["", "account", "account:", "account:7", "nobody:1"] {
            assert_eq!(Doer::parse(other), None, "{other}");
        }
        assert_eq!(Doer::of(&Actor::Anonymous), None);
    }
}
