//! Which badge of a registration is good: issuing one anew ends all former ones, revoking ends the last.
//!
//! Both come down to one number, the first serial that is good. A device needs no more than that.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::Badge;
use crate::{
    problem::{Problem, ProblemCode},
    registration::{Registration, RegistrationStatus},
    text::Passage,
};

/// The badges that were issued for a registration. Everyone has a first one, which needs no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The serial of the last one.
    pub serial: u16,
    /// Why the last one is no longer good, if it was revoked.
    pub revoked: Option<Revocation>,
}

/// Why a badge is no longer good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When it was revoked.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

impl Default for Issue {
    fn default() -> Self {
        Self { serial: 1, revoked: None }
    }
}

/// A genuine badge that is no longer good: another was issued, or it was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the badge was revoked or replaced: the first good one has the serial {first_good}")]
pub struct Revoked {
    /// The first serial that is good.
    pub first_good: u32,
}

/// Why a command on badges is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IssueRefusal {
    /// The badge was revoked before.
    #[error("the badge was revoked already; issue it anew to give the person another")]
    AlreadyRevoked,
    /// As many badges as a serial can count were issued.
    #[error("no further badge can be issued for this registration")]
    Exhausted,
    /// A registration that does not stand has no badge.
    #[error("the registration was cancelled; register the person anew")]
    Cancelled,
}

impl IssueRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::AlreadyRevoked | Self::Exhausted => ProblemCode::IllegalStep,
            Self::Cancelled => ProblemCode::RegistrationCancelled,
        }
    }
}

impl Issue {
    /// The first serial that is good: that of the last badge, or the next one where the last was revoked.
    #[must_use]
    pub fn first_good(&self) -> u32 {
        u32::from(self.serial) + u32::from(self.revoked.is_some())
    }

    /// Refuses a badge that was revoked or replaced.
    pub fn check(&self, badge: &Badge) -> Result<(), Revoked> {
        let first_good = self.first_good();
        if u32::from(badge.serial) < first_good { Err(Revoked { first_good }) } else { Ok(()) }
    }

    /// Decides what it is after one more badge was issued.
    pub fn issued_anew(&self, registration: &Registration) -> Result<Self, Problem> {
        check_stands(registration)?;
        let serial = self.serial.checked_add(1).ok_or(IssueRefusal::Exhausted)?;
        Ok(Self { serial, revoked: None })
    }

    /// Decides what it is after the last badge was revoked.
    pub fn revoked(
        &self,
        registration: &Registration,
        reason: Passage,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        check_stands(registration)?;
        if self.revoked.is_some() {
            return Err(IssueRefusal::AlreadyRevoked.into());
        }
        Ok(Self { serial: self.serial, revoked: Some(Revocation { at: now, reason }) })
    }
}

fn check_stands(registration: &Registration) -> Result<(), IssueRefusal> {
    match registration.status {
        RegistrationStatus::Registered | RegistrationStatus::Parked => Ok(()),
        RegistrationStatus::Cancelled => Err(IssueRefusal::Cancelled),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        badge::{Day, Validity},
        id::EventId,
        registration::{RegistrationDetails, RegistrationRole},
    };

    fn registration(status: RegistrationStatus) -> Registration {
        Registration {
            id: Uuid::from_u128(1).into(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            event: Uuid::from_u128(2).into(),
            participant: Uuid::from_u128(3).into(),
            details: RegistrationDetails::in_role(RegistrationRole::Participant),
            status,
            status_reason: None,
            merged_into: None,
        }
    }

    fn badge(serial: u16) -> Badge {
        let day = Day::nearest(DateTime::UNIX_EPOCH.date_naive());
        Badge {
            event: EventId::from(Uuid::from_u128(2)).into(),
            registration: Uuid::from_u128(1).into(),
            category: RegistrationRole::Participant.into(),
            serial,
            validity: Validity { from: day, until: day },
        }
    }

    fn lost() -> Passage {
        Passage::parse("reason", "Lost on the way.").unwrap()
    }

    #[test]
    fn everyone_has_a_first_badge() {
        assert_eq!(Issue::default().check(&badge(1)), Ok(()));
        assert_eq!(Issue::default().check(&badge(0)), Err(Revoked { first_good: 1 }));
    }

    #[test]
    fn a_badge_issued_anew_ends_the_former_ones() {
        let standing = registration(RegistrationStatus::Registered);
        let third = Issue::default().issued_anew(&standing).unwrap().issued_anew(&standing).unwrap();
        assert_eq!(third.check(&badge(2)), Err(Revoked { first_good: 3 }));
        assert_eq!(third.check(&badge(3)), Ok(()));
    }

    #[test]
    fn a_revoked_badge_is_followed_by_the_next_alone() {
        let standing = registration(RegistrationStatus::Registered);
        let revoked = Issue::default().revoked(&standing, lost(), DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(revoked.check(&badge(1)), Err(Revoked { first_good: 2 }));
        let again = revoked.revoked(&standing, lost(), DateTime::UNIX_EPOCH);
        assert_eq!(again, Err(IssueRefusal::AlreadyRevoked.into()));
        let anew = revoked.issued_anew(&standing).unwrap();
        assert_eq!((anew.check(&badge(1)).is_err(), anew.check(&badge(2))), (true, Ok(())));
    }

    #[test]
    fn the_last_serial_is_followed_by_none() {
        let standing = registration(RegistrationStatus::Registered);
        let last = Issue { serial: u16::MAX, revoked: None };
        assert_eq!(last.issued_anew(&standing), Err(IssueRefusal::Exhausted.into()));
        let revoked = last.revoked(&standing, lost(), DateTime::UNIX_EPOCH).unwrap();
        assert!(revoked.check(&badge(u16::MAX)).is_err());
    }

    #[test]
    fn a_cancelled_registration_gets_no_badge() {
        let cancelled = registration(RegistrationStatus::Cancelled);
        assert_eq!(Issue::default().issued_anew(&cancelled), Err(IssueRefusal::Cancelled.into()));
        let revoked = Issue::default().revoked(&cancelled, lost(), DateTime::UNIX_EPOCH);
        assert_eq!(revoked, Err(IssueRefusal::Cancelled.into()));
    }
}
