//! Registrations, delegations and contributions in the store: who sees them, questions, verbs.
//!
//! A roster line is a registration with the attendance, where it is asked for, in one row; the people are looked up at
//! once for a whole screen, those that were not shown lately.

mod contribution;
mod delegation;
mod merge;
mod roster;
mod row;
mod write;

pub use roster::{RosterEntry, RosterParts};
pub(crate) use row::{
    contribution as contribution_row, registration_row, to_registration, to_row as to_registration_row,
};

use std::collections::BTreeSet;

use hemicycle_domain::{
    access::Capability,
    id::{Id, ParticipantId},
    registration::RegistrationRole,
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
};

use crate::{
    dialect::{OWNER, is_one_of},
    event,
    fault::Failure,
    scope::{PersonColumns, Scoped, Sight},
};

impl Scoped for registration_row::Entity {
    /// A registration is seen by whoever sees people at its event, by an organiser of the event that the person
    /// represents there, and by the person.
    fn visible(sight: &Sight<'_>) -> Condition {
        sight.about(Capability::SeePeople, columns())
    }

    fn visible_of_owner(sight: &Sight<'_>, owner: registration_row::Column) -> Condition {
        match owner {
            registration_row::Column::EventId => {
                sight.about_at((OWNER, OWNER), Capability::SeePeople, columns())
            }
            _ => Self::visible(sight),
        }
    }
}

impl Scoped for row::delegation::Entity {
    /// A delegation (its sender, its size) is seen with its event; its members are registrations.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::delegation::{Column, Entity};
        Condition::all().add(event::is_seen(sight, (Entity, Column::EventId)))
    }
}

impl Scoped for row::contribution::Entity {
    /// A contribution names a person: it is seen with the person's registration.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::contribution::{Column, Entity};
        let (event, own) = ((Entity, Column::EventId), (Entity, Column::RegistrationId));
        with_registration(sight, Capability::SeePeople, event, own)
    }
}

/// The columns of a registration by which it is about a person at an event.
pub(crate) fn columns() -> PersonColumns<(registration_row::Entity, registration_row::Column)> {
    use registration_row::{Column, Entity};
    PersonColumns {
        event: (Entity, Column::EventId),
        nominator: (Entity, Column::PartnerId),
        person: (Entity, Column::ParticipantId),
    }
}

/// The condition under which what belongs to a registration is seen: by whom the capability lets see the registration.
pub(crate) fn with_registration<C>(
    sight: &Sight<'_>,
    capability: Capability,
    event: C,
    registration: C,
) -> Condition
where
    C: IntoColumnRef + Copy,
{
    use registration_row::{Column, Entity};
    let at_event = event::is_within(sight, capability, event);
    let Some(in_person) = sight.in_person(capability, columns()) else {
        return Condition::all().add(at_event);
    };
    let own = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Id)).eq(Expr::col(registration)))
        .cond_where(in_person)
        .to_owned();
    Condition::any().add(at_event).add(Expr::exists(own))
}

/// Selects the events that these people facilitate or speak at.
pub(crate) fn events_served_by(backend: DbBackend, people: &BTreeSet<ParticipantId>) -> SelectStatement {
    use registration_row::{Column, Entity};
    let trainers = RegistrationRole::ALL.iter().filter(|role| role.trains()).map(|role| role.as_str());
    Query::select()
        .column((Entity, Column::EventId))
        .from(Entity)
        .and_where(is_one_of(backend, (Entity, Column::ParticipantId), people.iter().map(|id| id.uuid())))
        .and_where(Expr::col((Entity, Column::Role)).is_in(trainers))
        .and_where(registration_row::stands())
        .to_owned()
}

/// Makes a person's registrations sort by the person's new name.
#[expect(clippy::disallowed_methods, reason = "the sort name follows the person who was permitted to change")]
pub(crate) async fn rename(
    connection: &impl ConnectionTrait,
    participant: ParticipantId,
    sort_name: &str,
) -> Result<(), Failure> {
    use registration_row::{COLUMN, Column, Entity};
    Entity::update_many()
        .col_expr(Column::SortName, Expr::val(sort_name))
        .filter(COLUMN.participant_id.eq(participant.uuid()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Makes one person's registrations another's, for a merge.
#[expect(clippy::disallowed_methods, reason = "a permitted merge moves every registration, seen or not")]
pub(crate) async fn repoint(
    connection: &impl ConnectionTrait,
    from: ParticipantId,
    into: ParticipantId,
    sort_name: &str,
) -> Result<(), Failure> {
    use registration_row::{COLUMN, Column, Entity};
    Entity::update_many()
        .col_expr(Column::ParticipantId, Expr::val(into.uuid()))
        .filter(COLUMN.participant_id.eq(from.uuid()))
        .exec(connection)
        .await?;
    rename(connection, into, sort_name).await
}
