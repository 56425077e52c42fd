//! How many: a number with how it is meant, or the statement that it is unknown.

use crate::{
    problem::{Fault, Invalid},
    vocabulary::vocabulary,
};

vocabulary! {
    /// How a reported number is meant.
    pub enum Qualifier {
        /// As it stands.
        Exact = "exact",
        /// "About", "around": a round number near the true one.
        Approximate = "approximate",
        /// "More than", "at least".
        AtLeast = "at_least",
        /// "Up to", "at most".
        AtMost = "at_most",
        /// The source says that there were some, and not how many. It is not zero.
        Unknown = "unknown",
    }
}

/// A number with its qualifier; there is no number exactly where it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    value: Option<i64>,
    qualifier: Qualifier,
}

impl Amount {
    /// The largest number that can be reported.
    pub const MAXIMUM: i64 = 1_000_000_000;
    /// The amount that nobody knows.
    pub const UNKNOWN: Self = Self { value: None, qualifier: Qualifier::Unknown };

    /// Accepts a number from zero up, or its absence where it is unknown.
    pub fn parse(value: Option<i64>, qualifier: Qualifier) -> Result<Self, Invalid> {
        match (value, qualifier) {
            (Some(_), Qualifier::Unknown) => {
                let reason = "an unknown amount has no number".to_owned();
                Err(Invalid::new("value", Fault::Malformed { reason }))
            }
            (None, Qualifier::Unknown) => Ok(Self::UNKNOWN),
            (None, _) => Err(Invalid::new("value", Fault::NeededBy { other: "qualifier" })),
            (Some(value), qualifier) => Ok(Self { value: Some(in_range("value", value)?), qualifier }),
        }
    }

    /// The number; none where it is unknown.
    #[must_use]
    pub fn value(self) -> Option<i64> {
        self.value
    }

    /// How the number is meant.
    #[must_use]
    pub fn qualifier(self) -> Qualifier {
        self.qualifier
    }

    /// The number, where it is exact.
    #[must_use]
    pub fn exact(self) -> Option<i64> {
        self.value.filter(|_| self.qualifier == Qualifier::Exact)
    }
}

/// Accepts a number that can be reported.
pub(super) fn in_range(field: &str, actual: i64) -> Result<i64, Invalid> {
    if (0..=Amount::MAXIMUM).contains(&actual) {
        Ok(actual)
    } else {
        Err(Invalid::new(field, Fault::OutOfRange { actual, minimum: 0, maximum: Amount::MAXIMUM }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_no_number_exactly_where_it_is_unknown() {
        assert_eq!(Amount::parse(None, Qualifier::Unknown), Ok(Amount::UNKNOWN));
        assert!(Amount::parse(Some(0), Qualifier::Unknown).is_err());
        assert!(Amount::parse(None, Qualifier::Exact).is_err());
        assert_eq!(Amount::parse(Some(0), Qualifier::Exact).unwrap().exact(), Some(0));
    }

    #[test]
    fn a_negative_or_absurd_number_is_refused() {
        for value in [-1, Amount::MAXIMUM + 1, i64::MIN, i64::MAX] {
            assert!(Amount::parse(Some(value), Qualifier::Exact).is_err(), "{value}");
        }
    }

    #[test]
    fn only_an_exact_number_is_exact() {
        assert_eq!(Amount::parse(Some(2_000), Qualifier::Approximate).unwrap().exact(), None);
    }
}
