//! Verbs on devices: prepare, give out a code, revoke.

use chrono::TimeDelta;
use hemicycle_domain::{
    access::permit,
    device::{Device, DeviceChange, EnrolmentId, MAXIMUM_CODE_LIFETIME, NewDevice, Report, Signs},
    event,
    id::{CheckpointId, DeviceId, EventId, Id, RecordKind},
    problem::{Fault, Invalid, Problem},
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::{
    enrolment::CodeHash,
    row::{device, device_event, enrolment_code, to_device, to_row},
};
use crate::{checkpoint::checkpoint, dialect::is_one_of, fault::Failure, scope::facts, work::Work};

impl Work {
    /// Prepares a device for the doors of events. It takes the right to prepare devices for each of them.
    pub async fn prepare_device(&mut self, new: NewDevice) -> Result<Device, Failure> {
        let new = new.checked()?;
        for event in &new.events {
            let event = self.load_event(*event).await.map_err(|failure| match failure {
                Failure::NotFound(_) => Invalid::new("eventIds", Fault::NotFound).into(),
                other => other,
            })?;
            permit::<event::PrepareDevices>(&self.actor, &event)?;
        }
        self.check_checkpoints(&new.events, &new.checkpoints).await?;
        let device = Device {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            name: new.name,
            events: new.events,
            checkpoints: new.checkpoints,
            window: new.window,
            enrolment: None,
            signs: Signs::default(),
            revoked: None,
        };
        device.check_in_use(self.now)?;
        let row = to_row(&device, None).into_active_model().insert(&self.transaction).await?;
        self.insert_served_events(&device).await?;
        self.record("device.prepare", device.id, only(&device.events), None, Some(&row)).await?;
        Ok(device)
    }

    /// Gives out a code for a device, good for so long; the codes before it are good no longer.
    #[expect(clippy::disallowed_methods, reason = "a permit for the events of the device was given")]
    pub async fn renew_device_code(
        &mut self,
        id: DeviceId,
        code: CodeHash,
        lifetime: TimeDelta,
    ) -> Result<Device, Failure> {
        use enrolment_code::{COLUMN, Column, Entity, Model};
        if lifetime <= TimeDelta::zero() || lifetime > MAXIMUM_CODE_LIFETIME {
            let (actual, maximum) = (lifetime.num_minutes(), MAXIMUM_CODE_LIFETIME.num_minutes());
            return Err(Invalid::new("codeMinutes", Fault::OutOfRange { actual, minimum: 1, maximum }).into());
        }
        let (before, device) = self.load_managed_device(id).await?;
        device.check_in_use(self.now)?;
        Entity::update_many()
            .col_expr(Column::ReplacedAt, Expr::val(self.now))
            .filter(COLUMN.device_id.eq(id.uuid()))
            .filter(COLUMN.used_by.is_null())
            .filter(COLUMN.replaced_at.is_null())
            .exec(&self.transaction)
            .await?;
        let row = Model {
            hash: code.0,
            device_id: id.uuid(),
            created_at: self.now,
            expires_at: self.now + lifetime,
            replaced_at: None,
            used_by: None,
        };
        row.into_active_model().insert(&self.transaction).await?;
        self.record("device.give_code", id, only(&device.events), None, Some(&before)).await?;
        Ok(device)
    }

    /// Changes a device: what it is called, where it may stand and when. Its next call is judged by it.
    ///
    /// It takes the right to prepare devices for each of its events, as preparing it did.
    pub async fn update_device(
        &mut self,
        id: DeviceId,
        expected_version: Option<i64>,
        change: DeviceChange,
    ) -> Result<Device, Failure> {
        let (before, device) = self.load_managed_device(id).await?;
        for event in &device.events {
            let event = self.load_event(*event).await?;
            permit::<event::PrepareDevices>(&self.actor, &event)?;
        }
        Problem::check_version(expected_version, device.version)?;
        let next = device.changed(change, self.now)?;
        if next.checkpoints != device.checkpoints {
            self.check_checkpoints(&next.events, &next.checkpoints).await?;
        }
        self.keep_device("device.update", &before, &next, before.revoked_by.clone()).await?;
        Ok(next)
    }

    /// Revokes a device: it is refused from its next call on, and never enrolled again.
    ///
    /// Whoever prepares devices for one of its events can do it: a phone that is lost is lost to all of them.
    pub async fn revoke_device(&mut self, id: DeviceId, reason: Passage) -> Result<Device, Failure> {
        let (before, device) = self.load_managed_device(id).await?;
        let next = device.revoked(reason, self.now);
        let by = before.revoked_by.clone().or_else(|| self.actor_name());
        self.keep_device("device.revoke", &before, &next, by).await?;
        Ok(next)
    }

    /// Writes down what a device tells of itself when it hands scans in, in one statement. It is a sign of life, and no
    /// change.
    #[expect(clippy::disallowed_methods, reason = "a device tells of itself alone, of its own enrolment")]
    pub async fn hear_from_device(
        &self,
        id: DeviceId,
        enrolment: EnrolmentId,
        report: &Report,
    ) -> Result<(), Failure> {
        use device::{COLUMN, Column, Entity};
        let highest = || Expr::col(Column::HighestSequence);
        let mut update = Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::val(self.now))
            .filter(COLUMN.id.eq(id.uuid()))
            .filter(COLUMN.enrolment_id.eq(enrolment.0));
        if let Some(pending) = report.pending {
            update = update.col_expr(Column::Pending, Expr::val(pending));
        }
        if let Some(version) = &report.application_version {
            update = update.col_expr(Column::ApplicationVersion, Expr::val(version.as_str()));
        }
        if let Some(sequence) = report.highest_sequence {
            let is_higher = highest().is_null().or(highest().lt(sequence));
            let higher = Expr::case(is_higher, Expr::val(sequence)).finally(highest());
            update = update.col_expr(Column::HighestSequence, higher.into());
        }
        update.exec(&self.transaction).await?;
        Ok(())
    }

    /// Loads a device that the actor sees and may manage at one of its events, and keeps it from changing.
    async fn load_managed_device(&self, id: DeviceId) -> Result<(device::Model, Device), Failure> {
        let select = self.select::<device::Entity>().filter(device::COLUMN.id.eq(id.uuid()));
        if select.one(&self.transaction).await?.is_none() {
            return Err(Failure::NotFound(RecordKind::Device));
        }
        let (row, device) = self.load_device_to_change(id).await?;
        let mut refusal = None;
        for event in &device.events {
            let Ok(event) = self.load_event(*event).await else { continue };
            match permit::<event::PrepareDevices>(&self.actor, &event) {
                Ok(_) => return Ok((row, device)),
                Err(refused) => refusal = Some(refused),
            }
        }
        Err(refusal.map_or(Failure::NotFound(RecordKind::Device), Into::into))
    }

    /// Loads a device, whoever acts, and keeps it from changing until the work ends.
    pub(super) async fn load_device_to_change(
        &self,
        id: DeviceId,
    ) -> Result<(device::Model, Device), Failure> {
        let select = facts::<device::Entity>().filter(device::COLUMN.id.eq(id.uuid()));
        let row = select.lock(LockType::NoKeyUpdate).one(&self.transaction).await?;
        let row = row.ok_or(Failure::NotFound(RecordKind::Device))?;
        let events = facts::<device_event::Entity>()
            .filter(device_event::COLUMN.device_id.eq(id.uuid()))
            .order_by_asc(device_event::COLUMN.event_id)
            .all(&self.transaction)
            .await?;
        let events = events.into_iter().map(|served| served.event_id.into()).collect();
        Ok((row.clone(), to_device(row, events)?))
    }

    /// Writes a device that was changed.
    pub(super) async fn keep_device(
        &mut self,
        action: &'static str,
        before: &device::Model,
        device: &Device,
        revoked_by: Option<String>,
    ) -> Result<(), Failure> {
        let row = to_row(device, revoked_by).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.record(action, device.id, only(&device.events), Some(before), Some(&row)).await
    }

    /// Refuses checkpoints that the events do not have.
    async fn check_checkpoints(
        &self,
        events: &[EventId],
        checkpoints: &[CheckpointId],
    ) -> Result<(), Failure> {
        use checkpoint::{COLUMN, Column, Entity};
        if checkpoints.is_empty() {
            return Ok(());
        }
        let ids = checkpoints.iter().map(|id| id.uuid());
        let select = facts::<Entity>()
            .filter(is_one_of(self.backend(), Column::Id, ids))
            .filter(COLUMN.removed_at.is_null());
        let rows = select.all(&self.transaction).await?;
        let is_there = |id: &CheckpointId| {
            rows.iter().any(|row| row.id == id.uuid() && events.contains(&row.event_id.into()))
        };
        if checkpoints.iter().all(is_there) {
            return Ok(());
        }
        Err(Invalid::new("checkpointIds", Fault::NotFound).into())
    }

    #[expect(clippy::disallowed_methods, reason = "a permit for each of the events was given")]
    async fn insert_served_events(&self, device: &Device) -> Result<(), Failure> {
        let rows = device.events.iter().map(|event| {
            device_event::Model { device_id: device.id.uuid(), event_id: event.uuid() }.into_active_model()
        });
        device_event::Entity::insert_many(rows).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

/// The event that a change of a device belongs to, where it is one.
fn only(events: &[EventId]) -> Option<EventId> {
    match events {
        [event] => Some(*event),
        _ => None,
    }
}
