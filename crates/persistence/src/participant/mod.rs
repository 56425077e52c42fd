//! Participants in the store: who sees a person, questions, verbs.
//!
//! Personal data are read by one question of their own, which carries its own capability; every other
//! question leaves those columns in the database.

mod about;
mod erase;
mod export;
mod list;
mod merge;
mod row;
mod write;

pub(crate) use row::{Column, Entity, PersonRow, to_participant};

use hemicycle_domain::access::Capability;
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use crate::{
    event,
    registration::registration_row::{Column as RegistrationColumn, Entity as Registration},
    scope::{Scoped, Sight, everything, nothing},
};

impl Scoped for Entity {
    /// A person is seen by whoever sees people where the person is at home, or at an event the person is in.
    fn visible(sight: &Sight<'_>) -> Condition {
        known_within(sight, Capability::SeePeople)
    }
}

/// The people over whom the actor has a capability: by their home, or by an event they are registered at.
///
/// It looks at each person's own registrations: right for a person, and for a country's whole register.
fn known_within(sight: &Sight<'_>, capability: Capability) -> Condition {
    let scope = sight.scope(capability);
    if scope.everything {
        return everything();
    }
    if scope.is_empty() {
        return nothing();
    }
    let registered = Query::select()
        .expr(Expr::val(1))
        .from(Registration)
        .and_where(
            Expr::col((Registration, RegistrationColumn::ParticipantId)).eq(Expr::col((Entity, Column::Id))),
        )
        .and_where(event::is_within(sight, capability, (Registration, RegistrationColumn::EventId)))
        .to_owned();
    let at_home = sight.at_home(capability, (Entity, Column::Country), (Entity, Column::HomePartnerId));
    at_home.add(Expr::exists(registered))
}

/// Selects the same people, for a list that would otherwise go through everybody to find them.
///
/// None where they may be too many to be named one by one: a country's, or everybody.
fn few_known_within(sight: &Sight<'_>, capability: Capability) -> Option<SelectStatement> {
    let scope = sight.scope(capability);
    if scope.everything || scope.is_empty() || !scope.countries.is_empty() {
        return None;
    }
    let events = Query::select()
        .column((event::Entity, event::Column::Id))
        .from(event::Entity)
        .cond_where(event::within(sight, capability))
        .to_owned();
    let registered = Query::select()
        .column((Registration, RegistrationColumn::ParticipantId))
        .from(Registration)
        .and_where(Expr::col((Registration, RegistrationColumn::EventId)).in_subquery(events))
        .to_owned();
    let at_home = sight.at_home(capability, (Entity, Column::Country), (Entity, Column::HomePartnerId));
    let known = Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(at_home)
        .union(UnionType::Distinct, registered)
        .to_owned();
    Some(known)
}
