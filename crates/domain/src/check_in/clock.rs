//! The clocks of devices: by what time a scan counts, and whether its time can be believed.
//!
//! The time of a device tells when people were in, never what is allowed: that is decided by the server's.

use chrono::{DateTime, TimeDelta, Utc};

/// The times that a scan came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// When the scan was made, by the clock of the device.
    pub captured_at: DateTime<Utc>,
    /// When the batch was sent, by the same clock; none where the client does not say.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it arrived, by the clock of the server.
    pub received_at: DateTime<Utc>,
    /// Whether it was entered from a list, so that it may tell of times long past.
    pub is_from_list: bool,
}

/// By what time a scan counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoned {
    /// The time; none where none can be believed: then presence is counted, and no time.
    pub at: Option<DateTime<Utc>>,
    /// Whether a person should look at the clock.
    pub is_suspect: bool,
}

impl Clock {
    /// How far a clock may be off before it is corrected: less is the way of the message.
    pub const THRESHOLD: TimeDelta = TimeDelta::minutes(2);
    /// How far a time may lie in the future, or before the one that came before it.
    pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
    /// How far a clock may be off before a person looks at it; it is corrected all the same.
    pub const SUSPECT: TimeDelta = TimeDelta::days(1);
    /// How long ago a scan can have been made that was not entered from a list.
    pub const LONGEST_HELD: TimeDelta = TimeDelta::days(400);

    /// Reckons by what time the scan counts.
    ///
    /// What the device sent tells how far its clock is off at that moment, and beyond [`Self::THRESHOLD`] every scan of
    /// the batch is shifted by it. A scan that was made after it was sent, or after it arrived, or more than
    /// [`Self::LONGEST_HELD`] ago, has no time that can be believed.
    #[must_use]
    pub fn reckoned(&self) -> Reckoned {
        let skew = self.sent_at.map_or(TimeDelta::zero(), |sent_at| self.received_at - sent_at);
        let is_off = skew.abs() > Self::THRESHOLD;
        let at = if is_off { self.captured_at.checked_add_signed(skew) } else { Some(self.captured_at) };
        let was_made_before_sent =
            self.sent_at.is_none_or(|sent_at| self.captured_at - sent_at <= Self::TOLERANCE);
        let at = at.filter(|at| {
            let age = self.received_at - *at;
            was_made_before_sent
                && -age <= Self::TOLERANCE
                && (self.is_from_list || age <= Self::LONGEST_HELD)
        });
        Reckoned { at, is_suspect: at.is_none() || skew.abs() > Self::SUSPECT }
    }
}

/// Tells which scans of a device run backwards: made, by its clock, clearly before one with a lower number.
///
/// Takes them with their sequence numbers, in any order; answers in the order given.
#[must_use]
pub fn run_backwards(scans: &[(Option<i64>, DateTime<Utc>)]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..scans.len()).filter(|place| scans[*place].0.is_some()).collect();
    order.sort_by_key(|place| scans[*place].0);
    let mut backwards = vec![false; scans.len()];
    let mut latest: Option<DateTime<Utc>> = None;
    for place in order {
        let at = scans[place].1;
        backwards[place] = latest.is_some_and(|latest| latest - at > Clock::TOLERANCE);
        latest = Some(latest.map_or(at, |latest| latest.max(at)));
    }
    backwards
}
