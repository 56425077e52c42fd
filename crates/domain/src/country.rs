//! Country codes by ISO 3166-1 alpha-2, from a maintained list.

use serde::{Deserialize, Serialize};

use crate::problem::{Fault, Invalid};

/// An ISO 3166-1 alpha-2 code that exists, such as `UZ`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Accepts a code of ISO 3166-1 for the named field; upper case only.
    pub fn parse(field: &str, code: &str) -> Result<Self, Invalid> {
        match (code.as_bytes(), rust_iso3166::from_alpha2(code)) {
            (&[first, second], Some(_)) => Ok(Self([first, second])),
            _ => Err(Invalid::new(
                field,
                Fault::Malformed { reason: "not an ISO 3166-1 alpha-2 code such as \"UZ\"".to_owned() },
            )),
        }
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl std::fmt::Display for CountryCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl TryFrom<String> for CountryCode {
    type Error = Invalid;

    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::parse("country", &code)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_the_standard_are_accepted() {
        assert_eq!(CountryCode::parse("country", "KZ").unwrap().as_str(), "KZ");
        for wrong in ["kz", "XX", "KAZ", "", "К1"] {
            assert!(CountryCode::parse("country", wrong).is_err(), "{wrong}");
        }
    }
}
