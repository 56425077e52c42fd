//! Badges: what a printed code proves about its bearer, without a network and without a name in it.
//!
//! A badge is 100 bytes signed with Ed25519, written as 154 characters that a QR code holds in its alphanumeric
//! mode. The bytes are described in `docs/check-in-protocol.md`, from which others can write a reader; whether a
//! badge was replaced or revoked since it was printed is not in it, but in [`Issue`].

mod bytes;
mod issue;
mod key;
mod ring;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
mod verify;

pub use bytes::{Credential, PREFIX, TEXT_LENGTH};
pub use issue::{Issue, IssueRefusal, Revocation, Revoked};
pub use key::{BadgeKey, BadgeSecret, KeyId, MalformedKey};
pub use ring::{KeptKey, NewKey, Overlap, Ring, Rotate};
pub use verify::{BadgeRefusal, verify};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::{
    event::Event,
    id::{EventId, Id, RegistrationId},
    imprecise_date::EventDates,
    registration::{Registration, RegistrationRole},
};

/// What a badge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Badge {
    /// The event it opens the door of.
    pub event: EventMark,
    /// The registration it stands for; that says nothing to who has no list.
    pub registration: RegistrationId,
    /// What the bearer is at the event.
    pub category: CategoryCode,
    /// Which badge of the registration it is: 1 for the first, one more each time it is issued anew.
    pub serial: u16,
    /// When it is good.
    pub validity: Validity,
}

/// The last eight bytes of an event's identifier: enough to tell events apart, and half as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventMark([u8; 8]);

impl From<EventId> for EventMark {
    fn from(event: EventId) -> Self {
        Self(u64_of_last_bytes(event).to_be_bytes())
    }
}

impl EventMark {
    /// Sixteen hexadecimal digits, as the published pages write it.
    #[must_use]
    pub fn hex(self) -> String {
        format!("{:016x}", u64::from_be_bytes(self.0))
    }
}

fn u64_of_last_bytes(event: EventId) -> u64 {
    event.uuid().as_u64_pair().1
}

/// The role of the bearer as one byte, by a published table that is only ever added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryCode(u8);

impl From<RegistrationRole> for CategoryCode {
    fn from(role: RegistrationRole) -> Self {
        Self(match role {
            RegistrationRole::Participant => 1,
            RegistrationRole::Facilitator => 2,
            RegistrationRole::Speaker => 3,
            RegistrationRole::Moderator => 4,
            RegistrationRole::Observer => 5,
            RegistrationRole::Organiser => 6,
            RegistrationRole::Delegate => 7,
            RegistrationRole::HeadOfDelegation => 8,
            RegistrationRole::Representative => 9,
            RegistrationRole::QuotedOfficial => 10,
        })
    }
}

impl CategoryCode {
    /// The byte.
    #[must_use]
    pub fn code(self) -> u8 {
        self.0
    }

    /// The role it stands for; none where a newer server knows more roles. Such a badge is as good as any.
    #[must_use]
    pub fn role(self) -> Option<RegistrationRole> {
        RegistrationRole::ALL.iter().copied().find(|role| Self::from(*role) == self)
    }
}

/// From the beginning of one day to the end of another, both in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
}

/// A day that a badge can name: one of the 65,536 since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

impl Day {
    /// The day that is closest to this one among those that a badge can name.
    #[must_use]
    pub fn nearest(day: NaiveDate) -> Self {
        let days = (day - DateTime::UNIX_EPOCH.date_naive()).num_days();
        Self(u16::try_from(days.max(0)).unwrap_or(u16::MAX))
    }

    /// The day as a date.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        DateTime::UNIX_EPOCH.date_naive() + TimeDelta::days(i64::from(self.0))
    }
}

impl Badge {
    /// The badge of a registration at its event, as it stands now.
    #[must_use]
    pub fn of(registration: &Registration, event: &Event, issue: &Issue) -> Self {
        Self {
            event: registration.event.into(),
            registration: registration.id,
            category: registration.details.role.into(),
            serial: issue.serial,
            validity: Validity::of(registration.created_at, &event.dates),
        }
    }
}

impl Validity {
    /// How many days after the event a badge is good: events are moved, and lists are entered late.
    pub const GRACE: Days = Days::new(30);

    /// How many days a badge is good at an event whose end nobody knows.
    pub const WITHOUT_END: Days = Days::new(366);

    /// From the day before the registration was made, somewhere on Earth still today, until the end of the
    /// event and its grace; both follow from what is stored, so that a badge read twice is the same.
    #[must_use]
    pub fn of(registered_at: DateTime<Utc>, dates: &EventDates) -> Self {
        let registered = registered_at.date_naive();
        let end = dates.latest().and_then(|last| last.checked_add_days(Self::GRACE));
        let until = end
            .filter(|end| *end > registered)
            .or_else(|| registered.checked_add_days(Self::WITHOUT_END))
            .unwrap_or(registered);
        Self { from: Day::nearest(registered.pred_opt().unwrap_or(registered)), until: Day::nearest(until) }
    }
}
