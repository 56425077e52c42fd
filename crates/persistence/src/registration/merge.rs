//! Merging two registrations of one person at one event: what was seen of the one becomes facts of the other.
//!
//! It is done where a walk-in turns out to be someone who was on the list.

use std::collections::BTreeSet;

use hemicycle_domain::{
    check_in::Scan,
    id::{ContributionId, EventId, Id, ParticipantId, RecordKind, RegistrationId},
    registration::{Registration, RegistrationStatus},
    text::Passage,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryFilter, entity::prelude::*, sea_query::Expr};

use super::row::{
    contribution,
    registration_row::{COLUMN, Column, Entity, is_kept},
    to_registration, to_row,
};
use crate::{
    check_in::{scan_row, to_scan},
    fault::Failure,
    read_model::all_of,
    scope::facts,
    work::Work,
};

impl Work {
    /// Finds the registration of a person at an event that was not cancelled.
    pub(crate) async fn find_kept_registration(
        &self,
        event: EventId,
        person: ParticipantId,
    ) -> Result<Option<RegistrationId>, Failure> {
        let standing = facts::<Entity>()
            .filter(COLUMN.event_id.eq(event.uuid()))
            .filter(COLUMN.participant_id.eq(person.uuid()))
            .filter(is_kept());
        Ok(standing.one(&self.transaction).await?.map(|row| row.id.into()))
    }

    /// Ends a registration: its scans, contributions and test results become those of another one at the same event.
    ///
    /// Whoever calls was permitted to change the people of the event. The person counts once from then on, and scans
    /// that come later for the registration that ended show the other one.
    pub(crate) async fn merge_registrations(
        &mut self,
        from: RegistrationId,
        into: RegistrationId,
        reason: &Passage,
    ) -> Result<(), Failure> {
        let rows = self.lock_registrations(&BTreeSet::from([from.uuid(), into.uuid()])).await?;
        let find = |id: RegistrationId| rows.iter().find(|row| row.id == id.uuid()).cloned();
        let missing = || Failure::NotFound(RecordKind::Registration);
        let before = find(from).ok_or_else(missing)?;
        let ended: Registration = to_registration(before.clone())?;
        // One that was given up before has nothing to hand over.
        if ended.status == RegistrationStatus::Cancelled {
            return Ok(());
        }
        let next = ended.merged(&to_registration(find(into).ok_or_else(missing)?)?, reason.clone())?;
        let attached = self.scans_that_count_for(from).await?;
        let attached = attached.into_iter().map(|(row, scan)| {
            let scan = scan.attached(into, self.decided(reason));
            (row, scan)
        });
        let attached = attached.collect();
        self.keep_resolutions("check_in.attach", attached).await?;
        self.repoint_contributions(from, into).await?;
        self.hand_test_results_over(from, into).await?;
        self.repoint_merged_registrations(from, into).await?;
        let row = to_row(&next, before.sort_name.clone()).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.count(next.event, row.id, -i32::from(ended.status.stands()), 0);
        self.record("registration.merge", from, Some(next.event), Some(&before), Some(&row)).await
    }

    /// The scans that count for a registration, with their rows.
    pub(crate) async fn scans_that_count_for(
        &self,
        registration: RegistrationId,
    ) -> Result<Vec<(scan_row::Model, Scan)>, Failure> {
        let counted = scan_row::COLUMN.counted_for.eq(registration.uuid());
        let select = facts::<scan_row::Entity>().filter(counted);
        let rows: Vec<scan_row::Model> = all_of(&self.transaction, select).await?;
        rows.into_iter().map(|row| to_scan(&row).map(|scan| (row, scan)).map_err(Into::into)).collect()
    }

    async fn repoint_contributions(
        &mut self,
        from: RegistrationId,
        into: RegistrationId,
    ) -> Result<(), Failure> {
        let of_it = contribution::COLUMN.registration_id.eq(from.uuid());
        for before in facts::<contribution::Entity>().filter(of_it).all(&self.transaction).await? {
            let next = contribution::Model { registration_id: into.uuid(), ..before.clone() };
            let next = next.into_active_model().reset_all().update(&self.transaction).await?;
            let (id, event) = (ContributionId::from(next.id), EventId::from(next.event_id));
            self.record("contribution.repoint", id, Some(event), Some(&before), Some(&next)).await?;
        }
        Ok(())
    }

    /// Makes registrations that were merged into one that ends now refer to the one that goes on.
    #[expect(clippy::disallowed_methods, reason = "a permitted merge moves every reference, seen or not")]
    async fn repoint_merged_registrations(
        &self,
        from: RegistrationId,
        into: RegistrationId,
    ) -> Result<(), Failure> {
        Entity::update_many()
            .col_expr(Column::MergedIntoId, Expr::val(into.uuid()))
            .filter(COLUMN.merged_into_id.eq(from.uuid()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}
