//! Territories: country, region, district or city, precinct; a tree whose branches are dated.
//!
//! A territory never moves to another parent: when districts are split or renamed in law, the old one ends
//! and new ones begin, so that a record keeps the territory as it was at the time of the event.

use chrono::NaiveDate;
use thiserror::Error;

use crate::{
    access::{Actor, Capability, Refusal, Subject, Whereabouts, actions},
    country::CountryCode,
    filter::Filter,
    fold,
    id::{RecordKind, TerritoryId},
    name::Names,
    page::Direction,
    problem::{Fault, Invalid, Problem, ProblemCode},
    vocabulary::vocabulary,
};

vocabulary! {
    /// The level of a territory.
    pub enum TerritoryKind {
        /// A country of ISO 3166-1.
        Country = "country",
        /// A first-level unit: a region, a city of republican significance, a state.
        Region = "region",
        /// A district.
        District = "district",
        /// A city or town.
        City = "city",
        /// A voting precinct.
        Precinct = "precinct",
    }
}

/// A territory.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    /// Its identifier.
    pub id: TerritoryId,
    /// How often it was changed.
    pub version: i64,
    /// Its level.
    pub kind: TerritoryKind,
    /// Its code: of ISO 3166 where one exists, else a code of our own under its parent's.
    pub code: TerritoryCode,
    /// The territory it lies in; none for a country.
    pub parent: Option<TerritoryId>,
    /// The country it lies in.
    pub country: CountryCode,
    /// The codes from the country down to itself.
    pub path: TerritoryPath,
    /// Its names.
    pub names: Names,
    /// The first day it existed, where known.
    pub valid_from: Option<NaiveDate>,
    /// The last day it existed; none while it exists.
    pub valid_until: Option<NaiveDate>,
    /// Where it stands for access.
    pub whereabouts: Whereabouts,
}

impl Subject for Territory {
    type Id = TerritoryId;

    fn id(&self) -> TerritoryId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Territory;
    /// Changes a territory, or adds one below it.
    Edit "edit" => EditTerritories;
}

/// Decides whether the actor may load a file of territories: a file can name any country, so that it takes the right to
/// edit the territories of all.
pub fn may_import(actor: &Actor) -> Result<(), Refusal> {
    let capability = Capability::EditTerritories;
    if actor.scope(capability).everything {
        return Ok(());
    }
    Err(Refusal { verb: "import", subject: RecordKind::Territory, capability })
}

/// A territory's code: letters, digits, `-`, `/` and `_`; upper case for ISO 3166, at most 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerritoryCode(String);

impl TerritoryCode {
    /// Accepts a code for the named field.
    pub fn parse(field: &str, code: &str) -> Result<Self, Invalid> {
        let reason = "not a territory code such as \"UZ-JI\" or \"UZ-JI/zomin\"".to_owned();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_');
        if (2..=40).contains(&code.len()) && code.chars().all(allowed) {
            Ok(Self(code.to_owned()))
        } else {
            Err(Invalid::new(field, Fault::Malformed { reason }))
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The codes from the country down to a territory, each closed by `.`: `UZ.UZ-JI.UZ-JI/zomin.`
///
/// A territory lies within another exactly if its path begins with the other's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerritoryPath(String);

impl TerritoryPath {
    /// The path of a territory below a parent, or of a country.
    #[must_use]
    pub fn below(parent: Option<&Self>, code: &TerritoryCode) -> Self {
        Self(format!("{}{}.", parent.map_or("", Self::as_str), code.as_str()))
    }

    /// Reads a stored path.
    #[must_use]
    pub fn from_stored(path: String) -> Self {
        Self(path)
    }

    /// The path as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a territory of this path lies in one of the other, or is it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

/// A command: a territory to be added.
#[derive(Debug, Clone)]
pub struct NewTerritory {
    /// Its level.
    pub kind: TerritoryKind,
    /// Its code.
    pub code: TerritoryCode,
    /// Where it lies; none for a country.
    pub parent: Option<TerritoryId>,
    /// Its names.
    pub names: Names,
    /// The first day it existed, where known.
    pub valid_from: Option<NaiveDate>,
    /// The last day it existed, where it has ended.
    pub valid_until: Option<NaiveDate>,
}

/// A command: what to change about a territory. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct TerritoryChange {
    /// New names in place of all old ones.
    pub names: Option<Names>,
    /// A new first day; the inner `None` makes it unknown.
    pub valid_from: Option<Option<NaiveDate>>,
    /// A new last day; the inner `None` makes it exist on.
    pub valid_until: Option<Option<NaiveDate>>,
}

/// Why a territory command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TerritoryRefusal {
    /// The level does not fit below the parent's.
    #[error("a {kind} cannot lie below a {parent}")]
    WrongLevel {
        /// The level given.
        kind: TerritoryKind,
        /// The parent's level.
        parent: TerritoryKind,
    },
    /// Only a country has no parent.
    #[error("a {kind} needs a parent; only a country has none")]
    NeedsParent {
        /// The level given.
        kind: TerritoryKind,
    },
    /// Another territory has this code.
    #[error("the code {code} belongs to another territory")]
    CodeTaken {
        /// The code.
        code: String,
    },
}

impl TerritoryRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::WrongLevel { .. } | Self::NeedsParent { .. } => ProblemCode::InvalidInput,
            Self::CodeTaken { .. } => ProblemCode::AlreadyTaken,
        }
    }
}

/// Decides where a new territory lies, and in which country.
///
/// A region lies in a country; a district or a city in a region, a district or a country; a precinct in
/// anything but a precinct.
pub fn place(
    new: &NewTerritory,
    parent: Option<&Territory>,
) -> Result<(TerritoryPath, CountryCode), Problem> {
    use TerritoryKind as K;
    check_validity(new.valid_from, new.valid_until)?;
    let Some(parent) = parent else {
        if new.kind != K::Country {
            return Err(TerritoryRefusal::NeedsParent { kind: new.kind }.into());
        }
        let country = CountryCode::parse("code", new.code.as_str())?;
        return Ok((TerritoryPath::below(None, &new.code), country));
    };
    let fits = match new.kind {
        K::Country => false,
        K::Region => parent.kind == K::Country,
        K::District | K::City => matches!(parent.kind, K::Country | K::Region | K::District),
        K::Precinct => parent.kind != K::Precinct,
    };
    if !fits {
        return Err(TerritoryRefusal::WrongLevel { kind: new.kind, parent: parent.kind }.into());
    }
    Ok((TerritoryPath::below(Some(&parent.path), &new.code), parent.country))
}

fn check_validity(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<(), Invalid> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => {
            let reason = "the last day is before the first".to_owned();
            Err(Invalid::new("validUntil", Fault::Malformed { reason }))
        }
        _ => Ok(()),
    }
}

impl Territory {
    /// Decides what the territory looks like after a change.
    pub fn changed(&self, change: TerritoryChange) -> Result<Self, Problem> {
        let mut next = self.clone();
        next.version += 1;
        next.names = change.names.unwrap_or(next.names);
        next.valid_from = change.valid_from.unwrap_or(next.valid_from);
        next.valid_until = change.valid_until.unwrap_or(next.valid_until);
        check_validity(next.valid_from, next.valid_until)?;
        Ok(next)
    }

    /// The folded words by which search finds it: of its names and of its code.
    #[must_use]
    pub fn search_terms(&self) -> Vec<String> {
        let mut terms = self.names.search_terms();
        terms.extend(fold::terms(self.code.as_str()));
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}

/// One test on territories.
#[derive(Debug, Clone, PartialEq)]
pub enum TerritoryTest {
    /// Is one of these.
    Ids(Vec<TerritoryId>),
    /// Is of one of these levels.
    Kinds(Vec<TerritoryKind>),
    /// Has one of these codes.
    Codes(Vec<TerritoryCode>),
    /// Lies in one of these countries.
    Countries(Vec<CountryCode>),
    /// Lies directly below this one.
    Parent(TerritoryId),
    /// Is this one or lies in it, at any depth.
    Within(TerritoryId),
    /// Existed on this day, as far as is known.
    ValidOn(NaiveDate),
    /// Has, for each of these folded words, a name or a code with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on territories.
pub type TerritoryFilter = Filter<TerritoryTest>;

vocabulary! {
    /// What territories are ordered by.
    pub enum TerritoryOrderField {
        /// The path of codes: a country, then what lies in it.
        Path = "path",
    }
}

/// An order of territories.
pub type TerritoryOrder = (TerritoryOrderField, Direction);
