//! Merging two records of one person: the deliberate act, and what it moves.

use std::sync::Arc;

use hemicycle_domain::{
    id::{EventId, Id, ParticipantId, RecordKind},
    participant::Participant,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType, Query},
};

use super::row::{COLUMN, Column, Entity, to_row, whereabouts};
use crate::{
    dialect::is_one_of,
    fault::Failure,
    registration::{self, registration_row},
    scope::facts,
    work::Work,
};

impl Work {
    /// Merges a person's record into another one of the same person, which takes over its names, what it did
    /// not know, and all registrations.
    ///
    /// It takes the right to edit both. Where both are registered at one event, it is refused.
    pub async fn merge_participants(
        &mut self,
        from: ParticipantId,
        into: ParticipantId,
    ) -> Result<Arc<Participant>, Failure> {
        self.lock_people(&[from, into]).await?;
        self.lock_registrations_of(&[from, into]).await?;
        let (before_from, gone, personal_of_gone) = self.load_participant_row(from).await?;
        let (before_into, kept, personal_of_kept) = self.load_participant_row(into).await?;
        let from = self.permit_editing_participant(&gone).await?.id();
        let into = self.permit_editing_participant(&kept).await?.id();
        let mut kept = gone.merged_into(&kept, self.events_of_both(from, into).await?)?;
        kept.whereabouts = whereabouts(&kept, &self.reference);

        let row = to_row(&kept, &personal_of_kept.completed_by(personal_of_gone.clone()), None);
        registration::repoint(&self.transaction, from, into, &row.sort_name).await?;
        self.tell_doors_of_person(into).await?;
        self.repoint_merged(from, into).await?;
        self.repoint_citations_of_participant(from, into).await?;

        let disability = self.disability_of(into).await?.completed_by(self.disability_of(from).await?);
        self.keep_disability(into, &disability).await?;

        let gone =
            Participant { version: gone.version + 1, is_archived: true, merged_into: Some(into), ..gone };
        let archived_at = before_from.archived_at.or(Some(self.now));
        let row_of_gone = to_row(&gone, &personal_of_gone, archived_at).into_active_model().reset_all();
        let row_of_gone = row_of_gone.update(&self.transaction).await?;
        self.keep_participant("participant.merge", gone, Some(&before_from), &row_of_gone).await?;

        let row = row.into_active_model().reset_all().update(&self.transaction).await?;
        self.keep_participant("participant.take_over", kept, Some(&before_into), &row).await
    }

    /// Keeps people from changing until the work ends, and anybody from registering them, in the order of their ids.
    pub(crate) async fn lock_people(&self, people: &[ParticipantId]) -> Result<(), Failure> {
        let people = people.iter().map(|id| id.uuid());
        let select = facts::<Entity>()
            .select_only()
            .column(Column::Id)
            .filter(is_one_of(self.backend(), (Entity, Column::Id), people))
            .order_by_asc(COLUMN.id)
            .lock(LockType::Update);
        select.into_tuple::<Uuid>().all(&self.transaction).await?;
        Ok(())
    }

    /// Merges a provisional person into a known one whose record is not changed: the registrations become theirs.
    pub(crate) async fn merge_provisional(
        &mut self,
        provisional: ParticipantId,
        known: &Participant,
    ) -> Result<(), Failure> {
        let (before, gone, personal) = self.load_participant_row(provisional).await?;
        let both_at = self.events_of_both(provisional, known.id).await?;
        gone.merged_into(known, both_at)?;
        registration::repoint(&self.transaction, provisional, known.id, &known.names.sort_name()).await?;
        let gone =
            Participant { version: gone.version + 1, is_archived: true, merged_into: Some(known.id), ..gone };
        let archived_at = before.archived_at.or(Some(self.now));
        let row = to_row(&gone, &personal, archived_at).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.keep_participant("participant.merge", gone, Some(&before), &row).await?;
        Ok(())
    }

    /// The events at which both have a registration that was not cancelled.
    async fn events_of_both(
        &self,
        one: ParticipantId,
        other: ParticipantId,
    ) -> Result<Vec<EventId>, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let of_other = Query::select()
            .column((Entity, Column::EventId))
            .from(Entity)
            .and_where(Expr::col((Entity, Column::ParticipantId)).eq(other.uuid()))
            .and_where(registration_row::is_kept())
            .to_owned();
        let events: Vec<Uuid> = facts::<Entity>()
            .select_only()
            .column(Column::EventId)
            .filter(COLUMN.participant_id.eq(one.uuid()))
            .filter(registration_row::is_kept())
            .filter(COLUMN.event_id.in_subquery(of_other))
            .into_tuple()
            .all(&self.transaction)
            .await?;
        Ok(events.into_iter().map(Into::into).collect())
    }

    /// Makes records that were merged into one record refer to the one it is merged into now.
    #[expect(clippy::disallowed_methods, reason = "a permitted merge moves every reference, seen or not")]
    async fn repoint_merged(&self, from: ParticipantId, into: ParticipantId) -> Result<(), Failure> {
        Entity::update_many()
            .col_expr(Column::MergedIntoId, Expr::val(into.uuid()))
            .filter(COLUMN.merged_into_id.eq(from.uuid()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    async fn repoint_citations_of_participant(
        &self,
        from: ParticipantId,
        into: ParticipantId,
    ) -> Result<(), Failure> {
        let update = Query::update()
            .table("citation")
            .value("subject_id", into.uuid())
            .and_where(Expr::col("subject_kind").eq(RecordKind::Participant.as_str()))
            .and_where(Expr::col("subject_id").eq(from.uuid()))
            .to_owned();
        self.transaction.execute(&update).await?;
        Ok(())
    }
}
