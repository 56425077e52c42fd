//! The countries of ISO 3166-1, with their names in the languages of the program.

use crate::{country::CountryCode, name::Names};

use super::embedded::find_territory;

/// A country of ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// Its two letters.
    pub code: CountryCode,
    /// Its three letters.
    pub alpha3: &'static str,
    /// Its number, to be written with three digits.
    pub numeric: u16,
    /// Its English short name as ISO writes it, `Bolivia (Plurinational State of)`.
    pub iso_name: &'static str,
    /// Its names for people: English, Russian, Kazakh and Uzbek in both scripts.
    pub names: &'static Names,
}

/// Lists all countries of ISO 3166-1, by their two letters.
#[must_use]
pub fn countries() -> Vec<Country> {
    let mut countries: Vec<Country> = rust_iso3166::ALL.iter().filter_map(describe).collect();
    countries.sort_unstable_by_key(|country| country.code);
    countries
}

/// Finds a country by its two letters, upper case.
#[must_use]
pub fn find_country(alpha2: &str) -> Option<Country> {
    rust_iso3166::from_alpha2(alpha2).as_ref().and_then(describe)
}

/// Adds our names to a country of the standard. A test holds that each country has them.
fn describe(entry: &rust_iso3166::CountryCode) -> Option<Country> {
    Some(Country {
        code: CountryCode::parse("code", entry.alpha2).ok()?,
        alpha3: entry.alpha3,
        numeric: entry.numeric,
        iso_name: entry.name,
        names: &find_territory(entry.alpha2)?.names,
    })
}
