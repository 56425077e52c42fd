//! Checkpoints in the store: who sees them, questions, verbs, and how they follow the timetable.

mod list;
mod row;
mod write;

pub(crate) use row::{checkpoint, to_checkpoint};

use sea_orm::Condition;

use crate::{
    event,
    scope::{Scoped, Sight},
};

impl Scoped for checkpoint::Entity {
    /// A checkpoint is seen with its event.
    fn visible(sight: &Sight<'_>) -> Condition {
        Condition::all().add(event::is_seen(sight, (checkpoint::Entity, checkpoint::Column::EventId)))
    }
}
