//! The codes a territory file may use: ISO 3166-1, ISO 3166-2, and our own below them.
//!
//! Our own code is an ISO code followed by `/` and a word, `KZ-15/alga`, as often as needed: `KZ-15/alga/12`.
//! ISO 3166 never uses `/`, so that no code of ours can become one of theirs.

use crate::{country::CountryCode, territory::TerritoryCode};

use super::fault::TerritoryProblem;

/// What kind of code a territory bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeOrigin {
    /// A country code of ISO 3166-1.
    Country,
    /// A subdivision code of ISO 3166-2.
    Subdivision,
    /// A code of our own.
    Own,
}

/// A code that was found sound, with what follows from it.
#[derive(Debug, Clone)]
pub(super) struct KnownCode {
    pub(super) code: TerritoryCode,
    pub(super) country: CountryCode,
    pub(super) origin: CodeOrigin,
}

impl KnownCode {
    /// Accepts a code whose ISO part exists; upper case for ISO, lower case for our own words.
    pub(super) fn parse(text: &str) -> Result<Self, TerritoryProblem> {
        let malformed = || TerritoryProblem::MalformedCode { code: text.to_owned() };
        let unlisted = || TerritoryProblem::NotInIso3166 { code: text.to_owned() };
        let (iso, own) = match text.split_once('/') {
            Some((iso, own)) => (iso, Some(own)),
            None => (text, None),
        };
        if !is_iso_shaped(iso) || own.is_some_and(|words| !words.split('/').all(is_word)) {
            return Err(malformed());
        }
        let code = TerritoryCode::parse("code", text).map_err(|_| malformed())?;
        let country = CountryCode::parse("code", &iso[..2]).map_err(|_| unlisted())?;
        let is_country = iso.len() == 2;
        if !is_country && rust_iso3166::iso3166_2::from_code(iso).is_none() {
            return Err(unlisted());
        }
        let origin = match own {
            Some(_) => CodeOrigin::Own,
            None if is_country => CodeOrigin::Country,
            None => CodeOrigin::Subdivision,
        };
        Ok(Self { code, country, origin })
    }
}

/// Whether the text looks like `UZ` or `UZ-JI`, existing or not.
fn is_iso_shaped(text: &str) -> bool {
    let upper = |part: &str| part.bytes().all(|b| b.is_ascii_uppercase());
    match text.split_once('-') {
        None => text.len() == 2 && upper(text),
        Some((country, unit)) => {
            country.len() == 2
                && upper(country)
                && (1..=3).contains(&unit.len())
                && unit.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        }
    }
}

/// Whether the text is a word of our own: `alga`, `aiteke-bi`, `12`.
fn is_word(text: &str) -> bool {
    text.split('-')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}
