//! Delegations to an event: who sent them, how large they are, who leads them.

use chrono::{DateTime, Utc};

use super::RegistrationRefusal;
use crate::{
    country::CountryCode,
    id::{DelegationId, EventId, PartnerId},
    problem::{Fault, Invalid, Problem},
    text::Passage,
};

/// A delegation. Its members are registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its identifier.
    pub id: DelegationId,
    /// How often it was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// The event it was sent to.
    pub event: EventId,
    /// The institution that sent it.
    pub sender: Option<PartnerId>,
    /// The country it represents.
    pub country: Option<CountryCode>,
    /// The institution that invited it.
    pub invited_by: Option<PartnerId>,
    /// How many people it counts, members and head; none where unknown, whoever is registered.
    pub size: Option<i32>,
    /// What else is worth knowing.
    pub note: Option<Passage>,
}

/// A command: a delegation to be recorded.
#[derive(Debug, Clone)]
pub struct NewDelegation {
    /// The event it was sent to.
    pub event: EventId,
    /// The institution that sent it; a delegation has a sender, a country, or both.
    pub sender: Option<PartnerId>,
    /// The country it represents; told from the sender where it is not given.
    pub country: Option<CountryCode>,
    /// The institution that invited it.
    pub invited_by: Option<PartnerId>,
    /// How many people it counts, where that is known.
    pub size: Option<i32>,
    /// What else is worth knowing.
    pub note: Option<Passage>,
}

/// A command: what to change about a delegation. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct DelegationChange {
    /// Another sender.
    pub sender: Option<Option<PartnerId>>,
    /// Another country.
    pub country: Option<Option<CountryCode>>,
    /// Another inviting institution.
    pub invited_by: Option<Option<PartnerId>>,
    /// Another size.
    pub size: Option<Option<i32>>,
    /// Another note.
    pub note: Option<Option<Passage>>,
}

/// Who of a delegation is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelegationRoster {
    /// How many people, the head among them; cancelled registrations do not count.
    pub members: i64,
    /// Whether its head is among them.
    pub has_head: bool,
}

impl Delegation {
    /// The largest size on record.
    pub const MAXIMUM_SIZE: i32 = 100_000;

    /// Refuses a delegation of nobody's, a size out of range, and a size below the members it has.
    pub fn checked(self, roster: DelegationRoster) -> Result<Self, Problem> {
        if self.sender.is_none() && self.country.is_none() {
            return Err(Invalid::new("senderId", Fault::Empty).into());
        }
        match self.size {
            Some(size) if !(1..=Self::MAXIMUM_SIZE).contains(&size) => {
                let (actual, maximum) = (size.into(), Self::MAXIMUM_SIZE.into());
                Err(Invalid::new("size", Fault::OutOfRange { actual, minimum: 1, maximum }).into())
            }
            Some(size) if i64::from(size) < roster.members => {
                Err(RegistrationRefusal::SizeBelowMembers { size, members: roster.members }.into())
            }
            _ => Ok(self),
        }
    }

    /// Decides what the delegation looks like after a change.
    pub fn changed(&self, change: DelegationChange, roster: DelegationRoster) -> Result<Self, Problem> {
        let next = Self {
            version: self.version + 1,
            sender: change.sender.unwrap_or(self.sender),
            country: change.country.unwrap_or(self.country),
            invited_by: change.invited_by.unwrap_or(self.invited_by),
            size: change.size.unwrap_or(self.size),
            note: change.note.unwrap_or_else(|| self.note.clone()),
            ..self.clone()
        };
        next.checked(roster)
    }

    /// Decides whether one more person may belong to it.
    pub fn admit(
        &self,
        event: EventId,
        roster: DelegationRoster,
        joins_as_head: bool,
    ) -> Result<(), RegistrationRefusal> {
        if self.event != event {
            return Err(RegistrationRefusal::DelegationOfOtherEvent);
        }
        if joins_as_head && roster.has_head {
            return Err(RegistrationRefusal::DelegationHasHead);
        }
        match self.size {
            Some(size) if roster.members >= i64::from(size) => {
                Err(RegistrationRefusal::DelegationFull { size })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const EMPTY: DelegationRoster = DelegationRoster { members: 0, has_head: false };

    fn delegation(size: Option<i32>) -> Delegation {
        Delegation {
            id: Uuid::from_u128(1).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            event: Uuid::from_u128(2).into(),
            sender: Some(Uuid::from_u128(3).into()),
            country: None,
            invited_by: None,
            size,
            note: None,
        }
    }

    #[test]
    fn a_delegation_of_unknown_size_admits_everyone_but_a_second_head() {
        let unknown = delegation(None);
        let roster = DelegationRoster { members: 40, has_head: true };
        assert_eq!(unknown.admit(unknown.event, roster, false), Ok(()));
        assert_eq!(unknown.admit(unknown.event, roster, true), Err(RegistrationRefusal::DelegationHasHead));
    }

    #[test]
    fn a_delegation_of_four_has_four_members() {
        let four = delegation(Some(4));
        let with = |members| DelegationRoster { members, has_head: false };
        assert_eq!(four.admit(four.event, with(3), false), Ok(()));
        assert_eq!(
            four.admit(four.event, with(4), false),
            Err(RegistrationRefusal::DelegationFull { size: 4 })
        );
        let smaller = DelegationChange { size: Some(Some(3)), ..DelegationChange::default() };
        assert_eq!(
            four.changed(smaller, with(4)),
            Err(RegistrationRefusal::SizeBelowMembers { size: 3, members: 4 }.into())
        );
    }

    #[test]
    fn nobody_joins_a_delegation_to_another_event() {
        let refusal = delegation(None).admit(Uuid::from_u128(9).into(), EMPTY, false).unwrap_err();
        assert_eq!(refusal, RegistrationRefusal::DelegationOfOtherEvent);
    }

    #[test]
    fn a_delegation_has_a_sender_or_a_country_and_is_never_of_nobody() {
        let nobodys = Delegation { sender: None, ..delegation(None) };
        assert!(nobodys.checked(EMPTY).is_err());
        for size in [0, -1, Delegation::MAXIMUM_SIZE + 1] {
            assert!(delegation(Some(size)).checked(EMPTY).is_err(), "{size}");
        }
    }
}
