//! The secrets of service accounts: how long each is good, how long two are good side by side, when one was used.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    id::ClientSecretId,
    problem::{Fault, Invalid},
};

/// The longest time for which a secret is good: what nobody has renewed for a year, nobody looks after.
pub const LONGEST_SECRET: TimeDelta = TimeDelta::days(366);
/// For how long a secret is good where nothing else is said.
pub const USUAL_SECRET: TimeDelta = TimeDelta::days(180);
/// The longest time for which a secret goes on beside the one that follows it.
pub const LONGEST_OVERLAP: TimeDelta = TimeDelta::days(90);
/// For how long it does where nothing else is said.
pub const USUAL_OVERLAP: TimeDelta = TimeDelta::days(7);

/// A secret as kept: all but the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its identifier; no secret.
    pub id: ClientSecretId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it was withdrawn, before its time.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// When it, or a token it was exchanged for, was used last, to the minute or so.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ClientSecret {
    /// Whether it is good at this moment.
    #[must_use]
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.withdrawn_at.is_none() && now < self.expires_at
    }
}

/// When something was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// When it was used last, as far as it is written down.
    pub last: Option<DateTime<Utc>>,
}

impl Uses {
    /// How often, at most, it is written down that a secret was used.
    pub const EVERY: TimeDelta = TimeDelta::minutes(1);

    /// Whether it is worth writing down that it is used now.
    #[must_use]
    pub fn are_stale(self, now: DateTime<Utc>) -> bool {
        self.last.is_none_or(|last| now - last >= Self::EVERY)
    }
}

/// When a new secret is to end: then, or after the usual time.
pub fn secret_end(
    field: &str,
    wanted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Invalid> {
    let until = wanted.unwrap_or(now + USUAL_SECRET);
    check_days(field, until, now, LONGEST_SECRET)
}

/// When the secret before a new one is to end: then, or after the usual time.
pub fn overlap(
    field: &str,
    wanted: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Invalid> {
    let until = wanted.unwrap_or(now + USUAL_OVERLAP);
    check_days(field, until, now, LONGEST_OVERLAP)
}

fn check_days(
    field: &str,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
    longest: TimeDelta,
) -> Result<DateTime<Utc>, Invalid> {
    if until < now || until - now > longest {
        let reason = format!("not between now and {} days from now", longest.num_days());
        return Err(Invalid::new(field, Fault::Malformed { reason }));
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_ends_within_a_year_and_an_overlap_within_a_quarter() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(secret_end("expiresAt", None, now), Ok(now + USUAL_SECRET));
        assert!(secret_end("expiresAt", Some(now + LONGEST_SECRET), now).is_ok());
        let second = TimeDelta::seconds(1);
        for wrong in [now - second, now + LONGEST_SECRET + second] {
            assert_eq!(secret_end("expiresAt", Some(wrong), now).unwrap_err().path, ["expiresAt"]);
        }
        assert_eq!(overlap("formerUntil", Some(now), now), Ok(now));
        assert!(overlap("formerUntil", Some(now + LONGEST_OVERLAP + second), now).is_err());
    }

    #[test]
    fn a_use_is_written_down_once_a_minute() {
        let now = DateTime::UNIX_EPOCH;
        assert!(Uses { last: None }.are_stale(now));
        assert!(!Uses { last: Some(now) }.are_stale(now + TimeDelta::seconds(59)));
        assert!(Uses { last: Some(now) }.are_stale(now + Uses::EVERY));
    }
}
