//! Lists of participants: what they are filtered and ordered by.

use crate::{
    country::CountryCode,
    filter::Filter,
    id::{EventId, ParticipantId, PartnerId, TerritoryId},
    page::Direction,
    vocabulary::vocabulary,
};

/// One test on participants.
#[derive(Debug, Clone, PartialEq)]
pub enum ParticipantTest {
    /// Is one of these.
    Ids(Vec<ParticipantId>),
    /// Is at home with this institution or one of its branches.
    HomePartner(PartnerId),
    /// Belongs to one of these countries.
    Countries(Vec<CountryCode>),
    /// Serves in this territory or one within it.
    TerritoryWithin(TerritoryId),
    /// Is registered at this event; only events whose people the actor sees count.
    RegisteredAt(EventId),
    /// Is archived or not.
    Archived(bool),
    /// Has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on participants.
pub type ParticipantFilter = Filter<ParticipantTest>;

vocabulary! {
    /// What participants are ordered by.
    pub enum ParticipantOrderField {
        /// The folded name, family name first, so that both scripts stand together.
        Name = "name",
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of participants.
pub type ParticipantOrder = (ParticipantOrderField, Direction);
