//! Questions about checkpoints.

use std::collections::HashMap;

use hemicycle_domain::{
    checkpoint::Checkpoint,
    id::{CheckpointId, EventId, Id},
};
use sea_orm::{QueryFilter, QueryOrder};

use super::row::{
    checkpoint::{COLUMN, Column, Entity},
    to_checkpoint,
};
use crate::{dialect::is_one_of, fault::Failure, reading::Reading};

impl Reading {
    /// Finds checkpoints, removed ones too; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_checkpoints(
        &self,
        ids: &[CheckpointId],
    ) -> Result<HashMap<CheckpointId, Checkpoint>, Failure> {
        let ids = ids.iter().map(|id| id.uuid());
        let select = self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let rows = self.all(select).await?;
        rows.into_iter().map(|row| Ok((row.id.into(), to_checkpoint(row)?))).collect()
    }

    /// Finds all checkpoints that an event has or had, in the order of their ids.
    pub(crate) async fn checkpoints_ever_of(&self, event: EventId) -> Result<Vec<Checkpoint>, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.event_id.eq(event.uuid())).order_by_asc(COLUMN.id);
        Ok(self.all(select).await?.into_iter().map(to_checkpoint).collect::<Result<_, _>>()?)
    }

    /// Finds the checkpoints of events that were not removed, by event: the days in their order, then the others as
    /// they were made.
    pub async fn checkpoints_of_events(
        &self,
        events: &[EventId],
    ) -> Result<HashMap<EventId, Vec<Checkpoint>>, Failure> {
        let ids = events.iter().map(|id| id.uuid());
        let select = self
            .select::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, Column::EventId), ids))
            .filter(COLUMN.removed_at.is_null())
            .order_by_asc(COLUMN.id);
        let mut found: HashMap<EventId, Vec<Checkpoint>> = HashMap::new();
        for row in self.all(select).await? {
            found.entry(row.event_id.into()).or_default().push(to_checkpoint(row)?);
        }
        for checkpoints in found.values_mut() {
            checkpoints.sort_by_key(|checkpoint| (checkpoint.day.is_none(), checkpoint.day));
        }
        Ok(found)
    }
}
