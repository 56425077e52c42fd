//! Rosters: what registrations are filtered and ordered by.

use crate::{
    country::CountryCode,
    filter::Filter,
    id::{DelegationId, ParticipantCategoryId, PartnerId, RegistrationId, TerritoryId},
    page::Direction,
    registration::{RegistrationRole, RegistrationStatus},
    vocabulary::vocabulary,
};

/// One test on registrations.
#[derive(Debug, Clone, PartialEq)]
pub enum RegistrationTest {
    /// Is one of these.
    Ids(Vec<RegistrationId>),
    /// Is in one of these roles.
    Roles(Vec<RegistrationRole>),
    /// Is in one of these categories.
    Categories(Vec<ParticipantCategoryId>),
    /// Belongs to this delegation.
    Delegation(DelegationId),
    /// Represents this institution or one of its branches.
    Partner(PartnerId),
    /// Represents one of these countries.
    Countries(Vec<CountryCode>),
    /// Serves in this territory or one within it.
    TerritoryWithin(TerritoryId),
    /// Is in one of these states.
    Statuses(Vec<RegistrationStatus>),
    /// Has attended or not.
    Attended(bool),
    /// Is inside now or not.
    Inside(bool),
    /// Is of a person who has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on registrations.
pub type RegistrationFilter = Filter<RegistrationTest>;

vocabulary! {
    /// What registrations are ordered by.
    pub enum RegistrationOrderField {
        /// When the registration was made.
        RegisteredAt = "registered_at",
        /// The person's folded name, family name first.
        Name = "name",
    }
}

/// An order of registrations.
pub type RegistrationOrder = (RegistrationOrderField, Direction);
