//! Participants in the store: who sees a person, questions, verbs.
//!
//! Personal data are read by one question of their own, which carries its own capability; every other
//! question leaves those columns in the database.

mod about;
mod disability;
mod erase;
mod export;
mod list;
mod merge;
mod registered;
mod row;
mod write;

pub(crate) use row::{Column, Entity, Model, PersonRow, to_participant, to_row};

use hemicycle_domain::{access::Capability, id::Id};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use crate::{
    dialect::is_one_of,
    event,
    registration::{
        self,
        registration_row::{Column as RegistrationColumn, Entity as Registration},
    },
    scope::{Scoped, Sight, everything, nothing},
};

impl Scoped for Entity {
    /// A person is seen by whoever sees people where the person is at home, by whoever sees one of the person's
    /// registrations, and by the person.
    fn visible(sight: &Sight<'_>) -> Condition {
        known_within(sight, Capability::SeePeople)
    }
}

/// The people over whom the actor has a capability: by their home, by one of their registrations, or as themselves.
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
        .cond_where(sight.about(capability, registration::columns()))
        .to_owned();
    at_home_or_self(sight, capability).add(Expr::exists(registered))
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
    let registered = |condition: Condition| {
        Query::select()
            .column((Registration, RegistrationColumn::ParticipantId))
            .from(Registration)
            .cond_where(condition)
            .to_owned()
    };
    let at_events = Expr::col((Registration, RegistrationColumn::EventId)).in_subquery(events);
    let mut known = Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .cond_where(at_home_or_self(sight, capability))
        .union(UnionType::Distinct, registered(Condition::all().add(at_events)))
        .to_owned();
    if let Some(in_person) = sight.in_person(capability, registration::columns()) {
        known.union(UnionType::Distinct, registered(in_person));
    }
    Some(known)
}

fn at_home_or_self(sight: &Sight<'_>, capability: Capability) -> Condition {
    let at_home = sight.at_home(capability, (Entity, Column::Country), (Entity, Column::HomePartnerId));
    let people = sight.scope(capability).people;
    if people.is_empty() {
        return at_home;
    }
    at_home.add(is_one_of(sight.backend, (Entity, Column::Id), people.iter().map(|id| id.uuid())))
}
