//! Verbs on checkpoints: set up, change, take away, and follow the timetable.

use std::collections::HashSet;

use hemicycle_domain::{
    access::permit,
    checkpoint::{
        Checkpoint, CheckpointChange, CheckpointKind, CheckpointRefusal, Followed, NewCheckpoint,
        follow_timetable,
    },
    event::{self, Event},
    id::{CheckpointId, EventId, Id, RecordKind},
    problem::{Fault, Invalid, Problem},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, Query},
};

use super::row::{
    checkpoint::{COLUMN, Column, Entity, Model},
    to_checkpoint, to_row,
};
use crate::{check_in::scan_row, fault::Failure, scope::facts, work::Work};

impl Work {
    /// Sets up a checkpoint of an event.
    pub async fn create_checkpoint(&mut self, new: NewCheckpoint) -> Result<Checkpoint, Failure> {
        let event = self.load_event(new.event).await?;
        let permit = permit::<event::Edit>(&self.actor, &event)?;
        // Two who count at the same moment would both find room for one more.
        self.lock_event(permit.id()).await?;
        let new = new.checked(&event)?;
        if let Some(session) = new.session {
            match self.event_of_session(session).await? {
                None => return Err(Invalid::new("sessionId", Fault::NotFound).into()),
                Some(other) if other != permit.id() => {
                    return Err(CheckpointRefusal::SessionOfOtherEvent.into());
                }
                Some(_) => {}
            }
        }
        let known = self.checkpoints_of(permit.id()).await?;
        let standing = || known.iter().filter(|known| !known.is_removed);
        if standing().count() >= NewCheckpoint::MOST {
            return Err(CheckpointRefusal::TooMany { maximum: NewCheckpoint::MOST }.into());
        }
        for (field, is_taken) in [
            ("day", new.day.is_some() && standing().any(|known| known.day == new.day)),
            ("sessionId", new.session.is_some() && standing().any(|known| known.session == new.session)),
        ] {
            if is_taken {
                return Err(Invalid::new(field, Fault::Repeated).into());
            }
        }
        let checkpoint = Checkpoint {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            event: permit.id(),
            kind: new.kind,
            name: new.name,
            day: new.day,
            session: new.session,
            rules: new.rules,
            is_default: false,
            is_removed: false,
        };
        self.insert_checkpoint(&checkpoint).await?;
        self.fold_anew(checkpoint.event).await?;
        Ok(checkpoint)
    }

    /// Changes a checkpoint; from then on it follows the timetable no longer.
    pub async fn update_checkpoint(
        &mut self,
        id: CheckpointId,
        expected_version: Option<i64>,
        change: CheckpointChange,
    ) -> Result<Checkpoint, Failure> {
        let (before, checkpoint, event) = self.load_checkpoint_to_change(id).await?;
        permit::<event::Edit>(&self.actor, &event)?;
        Problem::check_version(expected_version, checkpoint.version)?;
        let next = checkpoint.changed(&event, change)?;
        self.keep_checkpoint("checkpoint.update", &before, &next).await?;
        if next.rules != checkpoint.rules {
            self.fold_anew(next.event).await?;
        }
        Ok(next)
    }

    /// Takes a checkpoint away at which nobody was scanned.
    pub async fn remove_checkpoint(
        &mut self,
        id: CheckpointId,
        expected_version: Option<i64>,
    ) -> Result<Checkpoint, Failure> {
        let (before, checkpoint, event) = self.load_checkpoint_to_change(id).await?;
        permit::<event::Edit>(&self.actor, &event)?;
        Problem::check_version(expected_version, checkpoint.version)?;
        let has_scans = self.scanned_checkpoints(&[id]).await?.contains(&id);
        let next = checkpoint.removed(&event, has_scans)?;
        self.keep_checkpoint("checkpoint.remove", &before, &next).await?;
        self.fold_anew(next.event).await?;
        Ok(next)
    }

    /// Gives an event the checkpoints that follow from its timetable or its dates; done again, it changes nothing.
    ///
    /// Whoever changes an event calls this, and whoever needs the checkpoints of one that was made before it had any.
    pub(crate) async fn follow_timetable(&mut self, event: &Event) -> Result<(), Failure> {
        if event.is_archived || event.status.is_finished() {
            return Ok(());
        }
        self.lock_event(event.id).await?;
        let rows = self.checkpoint_rows_of(event.id).await?;
        let known = rows.iter().cloned().map(to_checkpoint).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<CheckpointId> = known.iter().map(|known| known.id).collect();
        let scanned = self.scanned_checkpoints(&ids).await?;
        let Followed { added, changed } = follow_timetable(event, &known, |id| scanned.contains(&id));
        for day in added {
            let checkpoint = Checkpoint {
                id: self.new_id(),
                version: 1,
                created_at: self.now,
                event: event.id,
                kind: CheckpointKind::Day,
                name: None,
                day: Some(day.day),
                session: None,
                rules: day.rules,
                is_default: true,
                is_removed: false,
            };
            self.insert_checkpoint(&checkpoint).await?;
        }
        let has_new_rules = !changed.is_empty();
        for next in changed {
            let Some(before) = rows.iter().find(|row| row.id == next.id.uuid()) else { continue };
            let action = if next.is_removed { "checkpoint.remove" } else { "checkpoint.update" };
            self.keep_checkpoint(action, before, &next).await?;
        }
        if has_new_rules {
            self.fold_anew(event.id).await?;
        }
        Ok(())
    }

    /// All checkpoints of an event, removed ones too, seen or not: for rules.
    pub(crate) async fn checkpoints_of(&self, event: EventId) -> Result<Vec<Checkpoint>, Failure> {
        let rows = self.checkpoint_rows_of(event).await?;
        Ok(rows.into_iter().map(to_checkpoint).collect::<Result<_, _>>()?)
    }

    async fn checkpoint_rows_of(&self, event: EventId) -> Result<Vec<Model>, Failure> {
        let select = facts::<Entity>().filter(COLUMN.event_id.eq(event.uuid())).order_by_asc(COLUMN.id);
        Ok(select.all(&self.transaction).await?)
    }

    async fn load_checkpoint_to_change(
        &self,
        id: CheckpointId,
    ) -> Result<(Model, Checkpoint, Event), Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        let row = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Checkpoint))?;
        let checkpoint = to_checkpoint(row.clone())?;
        let event = self.load_event(checkpoint.event).await?;
        Ok((row, checkpoint, event))
    }

    /// Which of these checkpoints people were scanned at.
    async fn scanned_checkpoints(&self, ids: &[CheckpointId]) -> Result<HashSet<CheckpointId>, Failure> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let scans = Query::select()
            .expr(Expr::val(1))
            .from(scan_row::Entity)
            .and_where(
                Expr::col((scan_row::Entity, scan_row::Column::CheckpointId))
                    .eq(Expr::col((Entity, Column::Id))),
            )
            .to_owned();
        let ids = ids.iter().map(|id| id.uuid());
        let select = facts::<Entity>().filter(COLUMN.id.is_in(ids)).filter(Expr::exists(scans));
        let rows = select.all(&self.transaction).await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    async fn insert_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let row = to_row(checkpoint, self.now).into_active_model().insert(&self.transaction).await?;
        self.record("checkpoint.create", checkpoint.id, Some(checkpoint.event), None, Some(&row)).await
    }

    async fn keep_checkpoint(
        &mut self,
        action: &'static str,
        before: &Model,
        next: &Checkpoint,
    ) -> Result<(), Failure> {
        let row = to_row(next, self.now).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.record(action, next.id, Some(next.event), Some(before), Some(&row)).await
    }
}
