//! Delegations in the store: questions, verbs, and who of them is registered.

use std::collections::HashMap;

use hemicycle_domain::{
    event::Event,
    id::{DelegationId, EventId, Id, RecordKind, RegistrationId},
    problem::{Fault, Invalid, Problem},
    registration::{Delegation, DelegationChange, DelegationRoster, Membership, NewDelegation},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::LockType,
};

use super::row::{
    delegation::{COLUMN, Column, Entity, Model},
    registration_row, to_delegation, to_delegation_row,
};
use crate::{dialect::is_one_of, fault::Failure, reading::Reading, scope::facts, work::Work};

impl Reading {
    /// Finds delegations; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_delegations(
        &self,
        ids: &[DelegationId],
    ) -> Result<HashMap<DelegationId, Delegation>, Failure> {
        let ids = is_one_of(self.backend(), (Entity, Column::Id), ids.iter().map(|id| id.uuid()));
        let select = self.select::<Entity>().filter(ids);
        let rows = self.all(select).await?;
        rows.into_iter().map(|row| Ok((row.id.into(), to_delegation(&row)?))).collect()
    }

    /// Finds the delegations to events, by event, in the order they were recorded in.
    pub async fn delegations_of_events(
        &self,
        events: &[EventId],
    ) -> Result<HashMap<EventId, Vec<Delegation>>, Failure> {
        let ids = is_one_of(self.backend(), (Entity, Column::EventId), events.iter().map(|id| id.uuid()));
        let select = self.select::<Entity>().filter(ids).order_by_asc(COLUMN.id);
        let rows = self.all(select).await?;
        let mut found: HashMap<EventId, Vec<Delegation>> = HashMap::new();
        for row in rows {
            found.entry(row.event_id.into()).or_default().push(to_delegation(&row)?);
        }
        Ok(found)
    }
}

impl Work {
    /// Records a delegation to an event. It takes the right to edit registrations there.
    pub async fn create_delegation(&mut self, new: NewDelegation) -> Result<Delegation, Failure> {
        let (_, permit) = self.load_event_to_register_at(new.event).await?;
        let delegation = Delegation {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            event: permit.id(),
            sender: new.sender,
            country: self.country_of(new.country, None, new.sender)?,
            invited_by: new.invited_by,
            size: new.size,
            note: new.note,
        };
        self.check_delegation_references(&delegation)?;
        let delegation = delegation.checked(DelegationRoster { members: 0, has_head: false })?;
        let row = to_delegation_row(&delegation).into_active_model().insert(&self.transaction).await?;
        self.record("delegation.create", delegation.id, Some(permit.id()), None, Some(&row)).await?;
        Ok(delegation)
    }

    /// Changes what is known of a delegation.
    pub async fn update_delegation(
        &mut self,
        id: DelegationId,
        expected_version: Option<i64>,
        change: DelegationChange,
    ) -> Result<Delegation, Failure> {
        let before = self.find_delegation_row(id).await?.ok_or(Failure::NotFound(RecordKind::Delegation))?;
        let delegation = to_delegation(&before)?;
        let (_, permit) = self.load_event_to_register_at(delegation.event).await?;
        Problem::check_version(expected_version, delegation.version)?;
        let next = delegation.changed(change, self.roster_of_delegation(id, None).await?)?;
        self.check_delegation_references(&next)?;
        let row = to_delegation_row(&next).into_active_model().reset_all().update(&self.transaction).await?;
        self.record("delegation.update", id, Some(permit.id()), Some(&before), Some(&row)).await?;
        Ok(next)
    }

    /// Loads a delegation that the actor sees.
    pub async fn load_delegation(&self, id: DelegationId) -> Result<Delegation, Failure> {
        let row = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        Ok(to_delegation(&row.ok_or(Failure::NotFound(RecordKind::Delegation))?)?)
    }

    /// Refuses a place in a delegation that does not exist, was sent elsewhere, is full or has its head.
    ///
    /// The registration that is about to change does not count as a member.
    pub(super) async fn check_membership(
        &self,
        event: &Event,
        membership: Option<Membership>,
        except: Option<RegistrationId>,
    ) -> Result<(), Failure> {
        let Some(Membership { delegation, is_head }) = membership else { return Ok(()) };
        let row = self.find_delegation_row(delegation).await?;
        let row = row.ok_or(Invalid::new("delegationId", Fault::NotFound))?;
        let roster = self.roster_of_delegation(delegation, except).await?;
        Ok(to_delegation(&row)?.admit(event.id, roster, is_head)?)
    }

    /// Finds a delegation that the actor sees, and keeps it from changing until the work ends: two who join
    /// at the same moment would both find the last place free.
    async fn find_delegation_row(&self, id: DelegationId) -> Result<Option<Model>, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        Ok(select.one(&self.transaction).await?)
    }

    async fn roster_of_delegation(
        &self,
        id: DelegationId,
        except: Option<RegistrationId>,
    ) -> Result<DelegationRoster, Failure> {
        use registration_row::{COLUMN, Column, Entity, is_kept};
        let members: Vec<(Uuid, bool)> = facts::<Entity>()
            .select_only()
            .column(Column::Id)
            .column(Column::IsDelegationHead)
            .filter(COLUMN.delegation_id.eq(id.uuid()))
            .filter(is_kept())
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let mut roster = DelegationRoster { members: 0, has_head: false };
        for (_, is_head) in members.into_iter().filter(|(member, _)| Some((*member).into()) != except) {
            roster.members += 1;
            roster.has_head |= is_head;
        }
        Ok(roster)
    }

    fn check_delegation_references(&self, delegation: &Delegation) -> Result<(), Failure> {
        self.check_partner("senderId", delegation.sender)?;
        self.check_partner("invitedById", delegation.invited_by)
    }
}
