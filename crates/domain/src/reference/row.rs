//! One row of a territory file, read and checked: what an import turns into a territory.

use chrono::NaiveDate;

use crate::{
    country::CountryCode,
    name::Names,
    territory::{TerritoryCode, TerritoryKind},
};

/// A territory as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerritoryRow {
    /// Its code: of ISO 3166 where one exists, else our own, `<ISO code>/<word>`.
    pub code: TerritoryCode,
    /// Its level.
    pub kind: TerritoryKind,
    /// The code of the territory it lies in; none for a country.
    pub parent: Option<TerritoryCode>,
    /// The country it lies in.
    pub country: CountryCode,
    /// Its names, in the order of the file's columns.
    pub names: Names,
    /// The first day it existed, where known.
    pub valid_from: Option<NaiveDate>,
    /// The last day it existed, where it has ended.
    pub valid_until: Option<NaiveDate>,
    /// What a reader of the file should know: the legal act, the territory it was split from.
    pub note: Option<String>,
}

impl TerritoryRow {
    /// Whether the code is one of ISO 3166; our own codes hold a `/`, which no ISO code does.
    #[must_use]
    pub fn is_iso(&self) -> bool {
        !self.code.as_str().contains('/')
    }
}
