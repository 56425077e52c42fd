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

    /// Refuses a filter that is too deep or too large.
    pub fn bounded(self) -> Result<Self, Invalid> {
        let (depth, tests) = self.measure();
        let too_many = |actual, maximum| Err(Invalid::new("where", Fault::TooMany { actual, maximum }));
        if depth > Self::MAXIMUM_DEPTH {
            return too_many(depth, Self::MAXIMUM_DEPTH);
        }
        if tests > Self::MAXIMUM_TESTS {
            return too_many(tests, Self::MAXIMUM_TESTS);
        }
        Ok(self)
    }

    fn measure(&self) -> (usize, usize) {
        let joined = |parts: &[Self], own: usize| {
            let (depth, tests) = parts
                .iter()
                .map(Self::measure)
                .fold((0, 0), |(depth, tests), (d, t)| (depth.max(d), tests + t));
            (depth + own, tests)
        };
        match self {
            Self::Is(_) => (0, 1),
            Self::All(parts) => joined(parts, usize::from(parts.iter().any(|p| !matches!(p, Self::Is(_))))),
            Self::Any(parts) => joined(parts, 1),
            Self::Not(part) => joined(std::slice::from_ref(part), 1),
        }
    }
}

impl<T> From<T> for Filter<T> {
    fn from(test: T) -> Self {
        Self::Is(test)
    }
}
