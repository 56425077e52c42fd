//! Wrong passwords and codes slow down whoever tries: some are free, then each takes twice as long as the one before.
//!
//! Nobody is shut out for ever: delays have an end, and with time attempts are forgiven.

use chrono::{DateTime, TimeDelta, Utc};

/// How much is borne.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How many wrong attempts cost no time.
    pub free: u32,
    /// How long the first one after those costs.
    pub first: TimeDelta,
    /// The longest delay.
    pub longest: TimeDelta,
    /// How long it takes until one attempt is forgiven.
    pub forgiven_after: TimeDelta,
}

impl Patience {
    /// With one account, from one address.
    pub const WITH_ACCOUNT_FROM_ADDRESS: Self = Self {
        free: 5,
        first: TimeDelta::seconds(1),
        longest: TimeDelta::minutes(10),
        forgiven_after: TimeDelta::minutes(10),
    };
    /// With one address, whichever account is tried: a whole office may stand behind it.
    pub const WITH_ADDRESS: Self = Self {
        free: 50,
        first: TimeDelta::seconds(1),
        longest: TimeDelta::minutes(10),
        forgiven_after: TimeDelta::minutes(1),
    };
    /// With codes of the second factor, wherever they are given: who gives them knows the password.
    pub const WITH_CODE: Self = Self::WITH_ACCOUNT_FROM_ADDRESS;
    /// With one account, from wherever it is tried.
    pub const WITH_ACCOUNT: Self = Self {
        free: 50,
        first: TimeDelta::seconds(1),
        longest: TimeDelta::seconds(30),
        forgiven_after: TimeDelta::minutes(1),
    };
}

/// Wrong attempts so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    count: u32,
    last: DateTime<Utc>,
}

impl Attempts {
    /// No attempt yet.
    #[must_use]
    pub const fn none(now: DateTime<Utc>) -> Self {
        Self { count: 0, last: now }
    }

    /// Attempts as they were kept.
    #[must_use]
    pub const fn known(count: u32, last: DateTime<Utc>) -> Self {
        Self { count, last }
    }

    /// How many were made, those that are forgiven since among them.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// When the last one was made.
    #[must_use]
    pub const fn last(self) -> DateTime<Utc> {
        self.last
    }

    /// How long there is to wait until the next attempt; none if it may be made now.
    #[must_use]
    pub fn wait(&self, patience: &Patience, now: DateTime<Utc>) -> Option<TimeDelta> {
        let beyond = self.left(patience, now).checked_sub(patience.free + 1)?;
        let delay = 2_i32.checked_pow(beyond).and_then(|times| patience.first.checked_mul(times));
        let delay = delay.unwrap_or(patience.longest).min(patience.longest);
        let until = self.last + delay;
        (now < until).then(|| until - now)
    }

    /// One attempt more.
    #[must_use]
    pub fn and_one(self, patience: &Patience, now: DateTime<Utc>) -> Self {
        Self { count: self.left(patience, now).saturating_add(1), last: now }
    }

    /// When the last of them is forgiven.
    #[must_use]
    pub fn forgiven_at(self, patience: &Patience) -> DateTime<Utc> {
        let count = i32::try_from(self.count).unwrap_or(i32::MAX);
        let time = patience.forgiven_after.checked_mul(count);
        time.and_then(|time| self.last.checked_add_signed(time)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The attempts that are not forgiven yet.
    fn left(&self, patience: &Patience, now: DateTime<Utc>) -> u32 {
        let passed = (now - self.last).num_seconds() / patience.forgiven_after.num_seconds().max(1);
        self.count.saturating_sub(u32::try_from(passed).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience::WITH_ACCOUNT_FROM_ADDRESS;

    fn after(count: u32) -> Attempts {
        let now = DateTime::UNIX_EPOCH;
        (0..count).fold(Attempts::none(now), |attempts, _| attempts.and_one(&PATIENCE, now))
    }

    #[test]
    fn some_attempts_are_free_and_each_one_after_them_costs_twice_the_time() {
        let waits: Vec<_> = (0..10).map(|count| after(count).wait(&PATIENCE, DateTime::UNIX_EPOCH)).collect();
        let seconds = |count| Some(TimeDelta::seconds(count));
        assert_eq!(waits[..6], [None; 6]);
        assert_eq!(waits[6..], [seconds(1), seconds(2), seconds(4), seconds(8)]);
    }

    #[test]
    fn no_number_of_attempts_shuts_anyone_out_for_ever() {
        let attempts = after(100_000);
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(attempts.wait(&PATIENCE, now), Some(PATIENCE.longest));
        assert_eq!(attempts.wait(&PATIENCE, now + PATIENCE.longest), None);
    }

    #[test]
    fn attempts_are_forgiven_with_time() {
        let later = DateTime::UNIX_EPOCH + PATIENCE.forgiven_after * 4;
        let attempts = after(8).and_one(&PATIENCE, later);
        assert_eq!(attempts, Attempts { count: 5, last: later });
        assert_eq!(attempts.wait(&PATIENCE, later), None);
        let forgiven = attempts.forgiven_at(&PATIENCE);
        assert_eq!(forgiven, later + PATIENCE.forgiven_after * 5);
        assert_eq!(attempts.left(&PATIENCE, forgiven), 0);
        assert_eq!(attempts.left(&PATIENCE, forgiven - TimeDelta::seconds(1)), 1);
    }

    #[test]
    fn a_clock_that_goes_back_forgives_nothing() {
        let earlier = DateTime::UNIX_EPOCH - TimeDelta::days(1);
        assert!(after(7).wait(&PATIENCE, earlier).is_some());
    }
}
