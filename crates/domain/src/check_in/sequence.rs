//! The numbers that a device gives its scans: which of them came, and which never did.
//!
//! Numbers count from one without a gap within an enrolment, so that one that never came is a scan that is lost, or that
//! the device holds still.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Numbers in a row of which none came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(i64, i64)", into = "(i64, i64)")]
pub struct Gap {
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
}

/// Which numbers of an enrolment came: all from one to the highest, but for those in gaps.
///
/// It is the same in whatever order, as often and in however many parts the numbers came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The highest that came; zero where none did.
    through: i64,
    /// Those below that never came, the lowest first; between two gaps stands a number that came.
    gaps: Vec<Gap>,
}

impl Gap {
    /// How many numbers it has.
    #[must_use]
    pub fn count(self) -> i64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}

impl From<(i64, i64)> for Gap {
    fn from((first, last): (i64, i64)) -> Self {
        Self { first, last }
    }
}

impl From<Gap> for (i64, i64) {
    fn from(gap: Gap) -> Self {
        (gap.first, gap.last)
    }
}

impl Received {
    /// The most gaps of [`Received::settled`]: more has a phone that is broken, or one that hands in at random what it has.
    pub const MOST_GAPS: usize = 1_000;

    /// What was found out before: all numbers to this one came, but for those in these gaps, in any order.
    #[must_use]
    pub fn so_far(through: i64, mut gaps: Vec<Gap>) -> Self {
        gaps.sort_unstable();
        Self { through, gaps }
    }

    /// The same after these numbers came, or were found to have come. No number is below one.
    #[must_use]
    pub fn with(self, numbers: impl IntoIterator<Item = i64>) -> Self {
        let came: BTreeSet<i64> = numbers.into_iter().filter(|number| *number >= 1).collect();
        let Self { mut through, gaps } = self;
        let mut left: Vec<Gap> = Vec::with_capacity(gaps.len());
        for gap in gaps {
            let mut first = gap.first;
            for number in came.range(gap.first..=gap.last) {
                left.extend(between(first, *number));
                first = number.saturating_add(1);
            }
            left.extend((first <= gap.last).then_some(Gap { first, last: gap.last }));
        }
        for number in came.range(through.saturating_add(1)..) {
            left.extend(between(through.saturating_add(1), *number));
            through = *number;
        }
        Self { through, gaps: left }
    }

    /// As much of it as is kept: to where the gaps are too many, so that what is beyond is looked at anew each time.
    #[must_use]
    pub fn settled(&self) -> Self {
        match self.gaps.get(Self::MOST_GAPS) {
            None => self.clone(),
            Some(next) => Self { through: next.first - 1, gaps: self.gaps[..Self::MOST_GAPS].to_vec() },
        }
    }

    /// The highest number that came; zero where none did.
    #[must_use]
    pub fn through(&self) -> i64 {
        self.through
    }

    /// The numbers below the highest that never came, the lowest first.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// How many numbers below the highest never came.
    #[must_use]
    pub fn lost(&self) -> i64 {
        self.gaps.iter().map(|gap| gap.count()).fold(0, i64::saturating_add)
    }

    /// Where numbers can have come since: in its gaps, and beyond the highest.
    pub fn open(&self) -> impl Iterator<Item = Gap> {
        let beyond = Gap { first: self.through.saturating_add(1), last: i64::MAX };
        self.gaps.iter().copied().chain([beyond])
    }
}

/// The numbers from this one to the one before another; none where there are none.
fn between(first: i64, next: i64) -> Option<Gap> {
    (first < next).then(|| Gap { first, last: next - 1 })
}
