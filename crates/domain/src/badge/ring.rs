//! The keys as they are kept: which one signs, and until when the former ones are read.
//!
//! The secret half is sealed by whoever makes the key; here it is a text that says nothing.

use chrono::{DateTime, TimeDelta, Utc};

use super::BadgeKey;
use crate::{
    access::{Subject, Whereabouts, actions},
    id::BadgeKeyId,
};

/// A key that badges are signed with, or were.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// Its identifier.
    pub id: BadgeKeyId,
    /// The public half.
    pub key: BadgeKey,
    /// The secret half, sealed.
    pub sealed: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when badges that it signed are read; none while it signs.
    pub read_until: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for KeptKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "KeptKey({})", self.key.id())
    }
}

/// A key that was just made.
#[derive(Clone)]
pub struct NewKey {
    /// Its identifier; the seal is bound to it.
    pub id: BadgeKeyId,
    /// The public half.
    pub key: BadgeKey,
    /// The secret half, sealed.
    pub sealed: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "NewKey({})", self.key.id())
    }
}

/// How long badges that former keys signed are read after a new key has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap(TimeDelta);

impl Overlap {
    /// As long as the longest badge: no badge that was printed loses its worth.
    pub const DEFAULT_DAYS: u16 = 400;

    /// So many days; none where a secret was lost and every badge has to be printed anew.
    #[must_use]
    pub fn of_days(days: u16) -> Self {
        Self(TimeDelta::days(days.into()))
    }
}

impl KeptKey {
    /// Whether new badges are signed with it.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.read_until.is_none()
    }

    /// Whether badges that it signed are read at this moment.
    #[must_use]
    pub fn is_read(&self, now: DateTime<Utc>) -> bool {
        self.read_until.is_none_or(|until| now < until)
    }

    /// Until when it is read once another key has taken over; never longer than was said before.
    #[must_use]
    pub fn retired(&self, overlap: Overlap, now: DateTime<Utc>) -> DateTime<Utc> {
        let until = now + overlap.0;
        self.read_until.map_or(until, |said| said.min(until))
    }
}

/// The keys of badges as what a permit is given for: they belong to the platform and to no place in it.
#[derive(Debug)]
pub struct Ring {
    key: BadgeKeyId,
    whereabouts: Whereabouts,
}

impl Ring {
    /// The keys with this one among them.
    #[must_use]
    pub fn with(key: BadgeKeyId) -> Self {
        Self { key, whereabouts: Whereabouts::default() }
    }
}

impl Subject for Ring {
    type Id = BadgeKeyId;

    fn id(&self) -> BadgeKeyId {
        self.key
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Ring;
    /// Has a new key sign.
    Rotate "replace" => ManageAccounts;
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::badge::BadgeSecret;

    fn kept(read_until: Option<i64>) -> KeptKey {
        KeptKey {
            id: Uuid::from_u128(1).into(),
            key: BadgeSecret::from_seed(&[1; 32]).key(),
            sealed: "sealed secret".to_owned(),
            created_at: at(0),
            read_until: read_until.map(at),
        }
    }

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn a_key_signs_until_another_takes_over_and_is_read_for_the_overlap() {
        assert!(kept(None).signs() && kept(None).is_read(at(9)));
        let until = kept(None).retired(Overlap::of_days(3), at(9));
        assert_eq!(until, at(12));
        let retired = kept(Some(12));
        assert!(!retired.signs() && retired.is_read(at(11)) && !retired.is_read(at(12)));
    }

    #[test]
    fn a_later_rotation_can_shorten_an_overlap_and_not_prolong_it() {
        assert_eq!(kept(Some(12)).retired(Overlap::of_days(30), at(10)), at(12));
        assert_eq!(kept(Some(12)).retired(Overlap::of_days(0), at(10)), at(10));
    }

    #[test]
    fn a_key_that_is_logged_shows_no_seal() {
        assert!(!format!("{:?}", kept(None)).contains("sealed secret"));
    }
}
