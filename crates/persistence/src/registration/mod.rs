//! Registrations, delegations and contributions in the store: who sees them, questions, verbs.
//!
//! A roster line joins the registration with the person and the attendance: one statement a screen.

mod contribution;
mod delegation;
mod roster;
mod row;
mod write;

pub use roster::RosterEntry;
pub(crate) use row::{contribution as contribution_row, registration_row};

use hemicycle_domain::{
    access::Capability,
    id::{Id, ParticipantId},
};
use sea_orm::{Condition, ConnectionTrait, QueryFilter, entity::prelude::*, sea_query::Expr};

use crate::{
    event,
    fault::Failure,
    scope::{Scoped, Sight},
};

impl Scoped for registration_row::Entity {
    /// A registration is seen by whoever sees people at its event.
    fn visible(sight: &Sight<'_>) -> Condition {
        use registration_row::{Column, Entity};
        Condition::all().add(event::is_within(sight, Capability::SeePeople, (Entity, Column::EventId)))
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
    /// A contribution names a person: it is seen by whoever sees people at its event.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::contribution::{Column, Entity};
        Condition::all().add(event::is_within(sight, Capability::SeePeople, (Entity, Column::EventId)))
    }
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
