//! Filters that nest: tests of one noun, joined by and, or and not, at most three deep.

use crate::problem::{Fault, Invalid};

/// A condition on a noun whose single tests are `T`.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter<T> {
    /// One test.
    Is(T),
    /// All of them hold; holds where there are none.
    All(Vec<Filter<T>>),
    /// At least one of them holds; fails where there are none.
    Any(Vec<Filter<T>>),
    /// It does not hold.
    Not(Box<Filter<T>>),
}

impl<T> Filter<T> {
    /// The deepest nesting of and, or and not.
    pub const MAXIMUM_DEPTH: usize = 3;
    /// The most single tests in one filter.
    pub const MAXIMUM_TESTS: usize = 50;

    /// The filter that everything passes.
    #[must_use]
    pub fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Whether one of its single tests, at any depth, is such a one.
    #[must_use]
    pub fn mentions(&self, is_such: &dyn Fn(&T) -> bool) -> bool {
        match self {
            Self::Is(test) => is_such(test),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.mentions(is_such)),
            Self::Not(part) => part.mentions(is_such),
        }
    }

    /// Takes out the single tests that are such ones, of those that must all hold; what is left, and they, are the
    /// same filter.
    #[must_use]
    pub fn parted(&self, is_such: &dyn Fn(&T) -> bool) -> (Self, Vec<T>)
    where
        T: Clone,
    {
        match self {
            Self::Is(test) if is_such(test) => (Self::everything(), vec![test.clone()]),
            Self::All(parts) => {
                let (rest, taken): (Vec<_>, Vec<_>) = parts.iter().map(|part| part.parted(is_such)).unzip();
                (Self::All(rest), taken.concat())
            }
            other => (other.clone(), Vec::new()),
        }
    }

    /// Refuses a filter that is too deep or too large.
    pub fn bounded(self) -> Result<Self, Invalid> {
        let (joints, tests) = self.measure();
        // A condition is a list of tests, and so is each of those that and, or and not hold: every level of the
        // three brings two joints, and the outermost condition one.
        let depth = joints / 2;
        if depth > Self::MAXIMUM_DEPTH {
            let maximum = Self::MAXIMUM_DEPTH;
            let reason =
                format!("and, or and not are nested {depth} deep where at most {maximum} are allowed");
            return Err(Invalid::new("where", Fault::Malformed { reason }));
        }
        if tests > Self::MAXIMUM_TESTS {
            let fault = Fault::TooMany { actual: tests, maximum: Self::MAXIMUM_TESTS };
            return Err(Invalid::new("where", fault));
        }
        Ok(self)
    }

    /// The most joints on the way to a test, and the number of tests.
    fn measure(&self) -> (usize, usize) {
        let joined = |parts: &[Self]| {
            let (joints, tests) = parts
                .iter()
                .map(Self::measure)
                .fold((0, 0), |(joints, tests), (j, t)| (joints.max(j), tests + t));
            (joints + 1, tests)
        };
        match self {
            Self::Is(_) => (0, 1),
            Self::All(parts) | Self::Any(parts) => joined(parts),
            Self::Not(part) => joined(std::slice::from_ref(part)),
        }
    }
}

impl<T> From<T> for Filter<T> {
    fn from(test: T) -> Self {
        Self::Is(test)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A condition as the API makes it: its own test, and another condition below `or`.
    fn nested(levels: usize) -> Filter<u8> {
        let below = (levels > 0).then(|| Filter::Any(vec![nested(levels - 1)]));
        Filter::All(std::iter::once(Filter::Is(1)).chain(below).collect())
    }

    #[test]
    fn a_filter_nests_three_deep() {
        assert!(nested(3).bounded().is_ok());
        let refusal = nested(4).bounded().unwrap_err();
        assert!(refusal.to_string().contains("nested 4 deep where at most 3"), "{refusal}");
    }

    #[test]
    fn a_test_is_found_at_any_depth() {
        let filter = Filter::Any(vec![nested(1), Filter::Not(Box::new(Filter::Is(2)))]);
        assert!(filter.mentions(&|test| *test == 2));
        assert!(!filter.mentions(&|test| *test == 3));
    }

    #[test]
    fn tests_that_must_hold_are_taken_out_and_no_others() {
        let any = Filter::Any(vec![Filter::Is(1), Filter::Is(2)]);
        let filter =
            Filter::All(vec![Filter::Is(1), Filter::All(vec![Filter::Is(2), Filter::Is(1)]), any.clone()]);
        let (rest, taken) = filter.parted(&|test| *test == 1);
        assert_eq!(taken, [1, 1]);
        let nothing = Filter::everything;
        assert_eq!(rest, Filter::All(vec![nothing(), Filter::All(vec![Filter::Is(2), nothing()]), any]));
    }

    #[test]
    fn a_filter_holds_fifty_tests() {
        let of = |tests| Filter::All(vec![Filter::Is(1); tests]);
        assert!(of(50).bounded().is_ok());
        assert!(of(51).bounded().is_err());
    }
}
