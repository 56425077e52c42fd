//! The maintained counters of an event's people. A count is the sum over the event's shards.

use std::collections::HashMap;

use hemicycle_domain::id::{EventId, Id};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, QueryFilter, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{dialect::is_one_of, fault::Failure, reading::Reading, scope::facts};

/// How many people are registered at an event, and how many of them have attended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventTally {
    /// Registrations that are not cancelled, in every role.
    pub registrations: i64,
    /// Those of them with attendance.
    pub attended: i64,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_tally")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub shard: i16,
    pub registrations: i32,
    pub attended: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// How many rows share the counting of one event.
const SHARDS: u8 = 8;

impl Reading {
    /// Finds the counters of events that the actor sees; an event without people has none.
    pub async fn tallies_of_events(
        &self,
        events: &[EventId],
    ) -> Result<HashMap<EventId, EventTally>, Failure> {
        let ids = events.iter().map(|id| id.uuid());
        let rows = facts::<Entity>()
            .filter(is_one_of(self.backend(), Column::EventId, ids))
            .limit(events.len() as u64 * u64::from(SHARDS))
            .all(self.connection())
            .await?;
        let mut found: HashMap<EventId, EventTally> = HashMap::new();
        for row in rows {
            let tally = found.entry(row.event_id.into()).or_default();
            tally.registrations += i64::from(row.registrations);
            tally.attended += i64::from(row.attended);
        }
        Ok(found)
    }
}

/// Adds to an event's counters; the registration decides in which shard.
#[expect(clippy::disallowed_methods, reason = "counters follow from rows that were permitted")]
pub(crate) async fn count(
    connection: &impl ConnectionTrait,
    event: EventId,
    registration: Uuid,
    registrations: i32,
    attended: i32,
) -> Result<(), Failure> {
    let shard = i16::from(registration.as_bytes()[15] % SHARDS);
    let row = ActiveModel {
        event_id: Set(event.uuid()),
        shard: Set(shard),
        registrations: Set(registrations),
        attended: Set(attended),
    };
    let add = |column: Column, more: i32| Expr::col((Entity, column)).add(more);
    let on_conflict = OnConflict::columns([Column::EventId, Column::Shard])
        .value(Column::Registrations, add(Column::Registrations, registrations))
        .value(Column::Attended, add(Column::Attended, attended))
        .to_owned();
    Entity::insert(row).on_conflict(on_conflict).exec_without_returning(connection).await?;
    Ok(())
}
