//! Test results in the store: who sees them, questions, verbs.
//!
//! They are about a person at an event, and opened by a capability of their own: no list of people reads, filters or
//! orders by them.

mod list;
pub(crate) mod row;
mod write;

pub use write::Weighed;

use hemicycle_domain::access::Capability;
use sea_orm::Condition;

use crate::{
    registration,
    scope::{Scoped, Sight},
};

impl Scoped for row::Entity {
    /// A result is seen by whoever sees results at its event, and by the person whose it is.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::{Column, Entity};
        let (event, own) = ((Entity, Column::EventId), (Entity, Column::RegistrationId));
        registration::with_registration(sight, Capability::SeeResults, event, own)
    }
}
