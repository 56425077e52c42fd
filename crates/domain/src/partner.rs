//! Partners: the institutions that train, host, fund, sign and send; with their parents and their seats.
//!
//! Look-alike institutions stay apart: two records become one only by the deliberate act of merging.

use thiserror::Error;

use crate::{
    access::{Subject, Whereabouts, actions},
    country::CountryCode,
    filter::Filter,
    id::{PartnerId, TerritoryId},
    name::Names,
    page::Direction,
    problem::{Problem, ProblemCode},
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What kind of institution a partner is.
    pub enum PartnerKind {
        /// A central, territorial, district or precinct election commission.
        ElectionCommission = "election_commission",
        /// A parliament or one of its chambers.
        Parliament = "parliament",
        /// A local council: maslikhat, Kengash.
        LocalCouncil = "local_council",
        /// A public academy.
        Academy = "academy",
        /// A university or another institution of higher education.
        University = "university",
        /// A research or training institute.
        Institute = "institute",
        /// An agency of the civil service.
        CivilServiceAgency = "civil_service_agency",
        /// A ministry.
        Ministry = "ministry",
        /// A local administration: the office of an akim or a hokim.
        LocalAdministration = "local_administration",
        /// An enterprise that belongs to the state or to one of its bodies.
        StateEnterprise = "state_enterprise",
        /// A foundation.
        Foundation = "foundation",
        /// An intergovernmental organisation, or an office of one.
        InternationalOrganisation = "international_organisation",
        /// A non-governmental organisation.
        Ngo = "ngo",
        /// Any other institution.
        Other = "other",
    }
}

/// Where an institution belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// It is an institution of this country.
    National(CountryCode),
    /// It belongs to no country; it may have its seat in one, which is not a nationality.
    International(Option<CountryCode>),
}

impl Seat {
    /// The country of the seat, national or not.
    #[must_use]
    pub fn country(self) -> Option<CountryCode> {
        match self {
            Self::National(country) => Some(country),
            Self::International(country) => country,
        }
    }

    /// The country the institution is one of; none for an international one.
    #[must_use]
    pub fn nationality(self) -> Option<CountryCode> {
        match self {
            Self::National(country) => Some(country),
            Self::International(_) => None,
        }
    }
}

/// An institution.
#[derive(Debug, Clone, PartialEq)]
pub struct Partner {
    /// Its identifier.
    pub id: PartnerId,
    /// How often it was changed.
    pub version: i64,
    /// What kind of institution it is.
    pub kind: PartnerKind,
    /// Where it belongs.
    pub seat: Seat,
    /// The territory it serves, where it serves one.
    pub territory: Option<TerritoryId>,
    /// The institution it is a branch or an office of.
    pub parent: Option<PartnerId>,
    /// Its names.
    pub names: Names,
    /// What else is worth knowing.
    pub note: Option<Passage>,
    /// Whether it is archived: kept, and no longer offered.
    pub is_archived: bool,
    /// The record it was merged into, if it was.
    pub merged_into: Option<PartnerId>,
    /// Where it stands for access: itself, its parents, its country.
    pub whereabouts: Whereabouts,
}

impl Subject for Partner {
    type Id = PartnerId;

    fn id(&self) -> PartnerId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Partner;
    /// Changes a partner, archives or restores it, adds a branch below it.
    Edit "edit" => EditPartners;
    /// Merges a partner into another.
    Merge "merge" => MergePartners;
}

/// A command: a partner to be added.
#[derive(Debug, Clone)]
pub struct NewPartner {
    /// What kind of institution it is.
    pub kind: PartnerKind,
    /// Where it belongs.
    pub seat: Seat,
    /// The territory it serves.
    pub territory: Option<TerritoryId>,
    /// The institution it is a branch of.
    pub parent: Option<PartnerId>,
    /// Its names.
    pub names: Names,
    /// What else is worth knowing.
    pub note: Option<Passage>,
}

/// A command: what to change about a partner. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct PartnerChange {
    /// Another kind.
    pub kind: Option<PartnerKind>,
    /// Another seat.
    pub seat: Option<Seat>,
    /// Another territory; the inner `None` removes it.
    pub territory: Option<Option<TerritoryId>>,
    /// Another parent; the inner `None` removes it.
    pub parent: Option<Option<PartnerId>>,
    /// New names in place of all old ones.
    pub names: Option<Names>,
    /// Another note; the inner `None` removes it.
    pub note: Option<Option<Passage>>,
    /// Archives (`true`) or restores (`false`).
    pub is_archived: Option<bool>,
}

/// Why a partner command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PartnerRefusal {
    /// The parent would be the partner itself or one of its branches.
    #[error("an institution cannot be a branch of itself or of its own branch")]
    ParentIsDescendant,
    /// A partner was to be merged into itself or into one of its branches.
    #[error("an institution cannot be merged into itself or into its own branch")]
    MergedIntoItself,
    /// One of the two was merged already.
    #[error("the institution was merged into another one before")]
    MergedBefore,
}

impl PartnerRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::ParentIsDescendant | Self::MergedIntoItself => ProblemCode::Circular,
            Self::MergedBefore => ProblemCode::Archived,
        }
    }
}

impl Partner {
    /// Decides what the partner looks like after a change.
    ///
    /// `parents_of_new` are the new parent and all its parents, where a new parent is given.
    pub fn changed(&self, change: PartnerChange, parents_of_new: &[PartnerId]) -> Result<Self, Problem> {
        if self.merged_into.is_some() {
            return Err(PartnerRefusal::MergedBefore.into());
        }
        if self.is_archived && change.is_archived != Some(false) {
            return Err(Problem::Archived);
        }
        if parents_of_new.contains(&self.id) {
            return Err(PartnerRefusal::ParentIsDescendant.into());
        }
        let mut next = self.clone();
        next.version += 1;
        next.kind = change.kind.unwrap_or(next.kind);
        next.seat = change.seat.unwrap_or(next.seat);
        next.territory = change.territory.unwrap_or(next.territory);
        next.parent = change.parent.unwrap_or(next.parent);
        next.names = change.names.unwrap_or(next.names);
        next.note = change.note.unwrap_or(next.note);
        next.is_archived = change.is_archived.unwrap_or(next.is_archived);
        Ok(next)
    }

    /// Decides whether this partner may be merged into another, and what that one is called afterwards.
    ///
    /// `parents_of_other` are the other one and all its parents. The other keeps its own names first.
    pub fn merge_into(&self, other: &Self, parents_of_other: &[PartnerId]) -> Result<Names, Problem> {
        if parents_of_other.contains(&self.id) {
            return Err(PartnerRefusal::MergedIntoItself.into());
        }
        if self.merged_into.is_some() || other.merged_into.is_some() {
            return Err(PartnerRefusal::MergedBefore.into());
        }
        let mut names: Vec<_> = other.names.iter().cloned().collect();
        names.extend(self.names.iter().filter(|name| !other.names.iter().any(|own| own == *name)).cloned());
        names.truncate(Names::MAXIMUM);
        Ok(Names::parse(names)?)
    }
}

/// One test on partners.
#[derive(Debug, Clone, PartialEq)]
pub enum PartnerTest {
    /// Is one of these.
    Ids(Vec<PartnerId>),
    /// Is of one of these kinds.
    Kinds(Vec<PartnerKind>),
    /// Is an institution of one of these countries, or has its seat there.
    Countries(Vec<CountryCode>),
    /// Belongs to no country.
    International(bool),
    /// Is a branch of this one.
    Parent(PartnerId),
    /// Serves this territory or one within it.
    TerritoryWithin(TerritoryId),
    /// Is archived or not.
    Archived(bool),
    /// Has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on partners.
pub type PartnerFilter = Filter<PartnerTest>;

vocabulary! {
    /// What partners are ordered by.
    pub enum PartnerOrderField {
        /// When the record was made.
        CreatedAt = "created_at",
        /// The folded first name, so that both scripts stand together.
        Name = "name",
    }
}

/// An order of partners.
pub type PartnerOrder = (PartnerOrderField, Direction);
