//! Lists of programs: what they are filtered and ordered by.

use crate::{
    country::CountryCode,
    filter::Filter,
    id::{AgreementId, PartnerId, ProgramId},
    page::Direction,
    vocabulary::vocabulary,
};

/// One test on programs.
#[derive(Debug, Clone, PartialEq)]
pub enum ProgramTest {
    /// Is one of these.
    Ids(Vec<ProgramId>),
    /// Runs in one of these countries.
    Countries(Vec<CountryCode>),
    /// Is led by this institution.
    Lead(PartnerId),
    /// Has this institution as lead, in any role, as issuer of a basis or as the place of a cascade level.
    Involves(PartnerId),
    /// Rests on this agreement.
    RestsOn(AgreementId),
    /// Is archived or not.
    Archived(bool),
    /// Has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on programs.
pub type ProgramFilter = Filter<ProgramTest>;

vocabulary! {
    /// What programs are ordered by.
    pub enum ProgramOrderField {
        /// The folded first name, so that both scripts stand together.
        Name = "name",
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of programs.
pub type ProgramOrder = (ProgramOrderField, Direction);
