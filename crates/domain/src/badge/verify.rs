//! Verifying: whether a code was signed by one of our keys, for this event, for today.
//!
//! It needs no database and no network; a phone does the same. Whether the badge was replaced or revoked is asked
//! afterwards, of whoever knows.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{Badge, BadgeKey, Day, EventMark, bytes};
use crate::id::EventId;

/// Why a code does not open the door.
///
/// The first five say that nothing in the code can be relied on; the others that the badge is genuine, and carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadgeRefusal {
    /// It is another code than a badge.
    #[error("the code is not a badge")]
    NotABadge,
    /// It begins like a badge and is cut off, too long or damaged.
    #[error("the badge is damaged or cut off")]
    Malformed,
    /// It has another form, from a newer server.
    #[error("the badge has a form that is not known here")]
    UnknownVersion,
    /// It names a key that is not among those given.
    #[error("the badge names a key that is not known here")]
    UnknownKey,
    /// It was altered, or made by someone else.
    #[error("the badge was altered or forged")]
    BadSignature,
    /// It is one of another event.
    #[error("the badge is one of another event")]
    WrongEvent(Badge),
    /// Its first day is still to come.
    #[error("the badge is valid from {}", .0.validity.from.date())]
    NotYetValid(Badge),
    /// Its last day is over.
    #[error("the badge was valid until {}", .0.validity.until.date())]
    Expired(Badge),
}

impl BadgeRefusal {
    /// The badge, where it is genuine: a scan that shows it can be told whom it shows.
    #[must_use]
    pub fn genuine(self) -> Option<Badge> {
        match self {
            Self::WrongEvent(badge) | Self::NotYetValid(badge) | Self::Expired(badge) => Some(badge),
            Self::NotABadge
            | Self::Malformed
            | Self::UnknownVersion
            | Self::UnknownKey
            | Self::BadSignature => None,
        }
    }

    /// The word for it in the published pages and test vectors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotABadge => "NOT_A_BADGE",
            Self::Malformed => "MALFORMED",
            Self::UnknownVersion => "UNKNOWN_VERSION",
            Self::UnknownKey => "UNKNOWN_KEY",
            Self::BadSignature => "BAD_SIGNATURE",
            Self::WrongEvent(_) => "WRONG_EVENT",
            Self::NotYetValid(_) => "NOT_YET_VALID",
            Self::Expired(_) => "EXPIRED",
        }
    }
}

/// Tells whom a code shows, if it was signed with one of the keys for this event and is good today.
///
/// The reasons are tried in the order of [`BadgeRefusal`], so that every implementation gives the same one.
pub fn verify(
    credential: &str,
    keys: &[BadgeKey],
    event: EventId,
    now: DateTime<Utc>,
) -> Result<Badge, BadgeRefusal> {
    let read = bytes::read(credential)?;
    let mut named = keys.iter().filter(|key| key.id() == read.key).peekable();
    if named.peek().is_none() {
        return Err(BadgeRefusal::UnknownKey);
    }
    if !named.any(|key| key.has_signed(&read.content, &read.signature)) {
        return Err(BadgeRefusal::BadSignature);
    }
    let badge = read.badge;
    let today = Day::nearest(now.date_naive());
    if badge.event != EventMark::from(event) {
        Err(BadgeRefusal::WrongEvent(badge))
    } else if today < badge.validity.from {
        Err(BadgeRefusal::NotYetValid(badge))
    } else if today > badge.validity.until {
        Err(BadgeRefusal::Expired(badge))
    } else {
        Ok(badge)
    }
}
