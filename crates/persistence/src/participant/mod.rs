//! Participants in the store: who sees a person, questions, verbs.
//!
//! Personal data are read by one question of their own, which carries its own capability; every other
//! question leaves those columns in the database.

mod list;
mod merge;
mod row;
mod write;

pub(crate) use row::{Column, Entity, PersonRow, to_participant};

use hemicycle_domain::access::Capability;
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    event, registration,
    scope::{Scoped, Sight, everything},
};

impl Scoped for Entity {
    /// A person is seen by whoever sees people where the person is at home, or at an event the person is in.
    fn visible(sight: &Sight<'_>) -> Condition {
        known_within(sight, Capability::SeePeople)
    }
}

/// The people over whom the actor has a capability: by their home, or by an event they are registered at.
fn known_within(sight: &Sight<'_>, capability: Capability) -> Condition {
    use registration::registration_row::{Column as RegistrationColumn, Entity as Registration};
    let scope = sight.scope(capability);
    let at_home = sight.at_home(capability, (Entity, Column::Country), (Entity, Column::HomePartnerId));
    if scope.everything {
        return everything();
    }
    let registered = Query::select()
        .expr(Expr::val(1))
        .from(Registration)
        .and_where(
            Expr::col((Registration, RegistrationColumn::ParticipantId)).eq(Expr::col((Entity, Column::Id))),
        )
        .and_where(event::is_within(sight, capability, (Registration, RegistrationColumn::EventId)))
        .to_owned();
    at_home.add(Expr::exists(registered))
}
