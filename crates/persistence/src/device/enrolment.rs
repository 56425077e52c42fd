//! The door at which a phone becomes a device, and at which a device is known again.
//!
//! These questions are asked before there is an actor: the code, then the token, say who asks.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    device::{Device, DeviceRefusal, EnrolmentId, NewEnrolment, Signs, Window},
    id::{DeviceId, Id},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType},
};

use super::row::{device, device_event, enrolment_code, to_code};
use crate::{
    check_in::keep_numbers,
    dialect::is_one_of,
    fault::Failure,
    json::from_json,
    read_model::{all_of, read_model},
    scope::facts,
    store::Store,
    work::Work,
};

/// A code as the store sees it: its hash, and nothing that could be presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeHash(pub String);

/// What is read of a device each time it asks for something.
struct AtTheDoor {
    enrolment_id: Option<Uuid>,
    checkpoints: sea_orm::JsonValue,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    last_seen_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

/// A device at the door with one of the events that it serves.
struct Served {
    device: AtTheDoor,
    at: device_event::Model,
}

read_model!(
    AtTheDoor, device::Entity =>
    enrolment_id, checkpoints, opens_at, closes_at, last_seen_at, revoked_at,
);
read_model!(Served = device: AtTheDoor, at: device_event::Model);

impl Store {
    /// Makes a phone the device whose code it presents; what it was enrolled as before ends by it.
    pub async fn enrol_device(
        &self,
        code: &CodeHash,
        new: NewEnrolment,
        now: DateTime<Utc>,
    ) -> Result<Device, Failure> {
        let actor = Arc::new(Actor::System { reason: "a phone presents an enrolment code" });
        let mut work = Work::begin(self.clone(), self.writer(), actor, now).await?;
        let device = work.enrol_device(code, new).await?;
        work.commit().await?;
        Ok(device)
    }

    /// Reads what the holder of this enrolment may do at this moment. None where the device was revoked or enrolled
    /// anew, or where its time is over.
    ///
    /// It is asked anew each time, so that a revocation counts from the next call on, whatever node takes it. That the
    /// device was heard of is written down once a minute at most.
    pub async fn find_device_actor(
        &self,
        id: DeviceId,
        enrolment: EnrolmentId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Actor>>, Failure> {
        let mut select = facts::<device::Entity>()
            .filter(device::COLUMN.id.eq(id.uuid()))
            .order_by_asc(device_event::Column::EventId);
        let of_device = Expr::col((device_event::Entity, device_event::Column::DeviceId))
            .eq(Expr::col((device::Entity, device::Column::Id)));
        QueryTrait::query(&mut select).join(JoinType::InnerJoin, device_event::Entity, of_device);
        // Not from a replica: it could give back rights that were just taken.
        let rows: Vec<Served> = all_of(self.feed_source(), select).await?;
        let events = rows.iter().map(|row| row.at.event_id.into()).collect();
        let Some(Served { device, .. }) = rows.into_iter().next() else { return Ok(None) };
        let window = Window { opens_at: device.opens_at, closes_at: device.closes_at };
        let is_current = device.enrolment_id == Some(enrolment.0) && device.revoked_at.is_none();
        if !is_current || window.ends_at() <= now {
            return Ok(None);
        }
        let signs = Signs { last_seen_at: device.last_seen_at, ..Signs::default() };
        if signs.are_stale(now)
            && let Err(failure) = self.note_sign_of_life(id, enrolment, now).await
        {
            tracing::warn!(?failure, "a sign of life of a device could not be written down");
        }
        let checkpoints = from_json("device", "checkpoints", device.checkpoints)?;
        Ok(Some(Arc::new(Actor::Device { id, enrolment, events, checkpoints, duty: window.duty(now) })))
    }

    /// Which of these enrolments have not ended, by another one, by revocation or with the window of the device.
    pub async fn enrolments_that_go_on(
        &self,
        enrolments: impl IntoIterator<Item = EnrolmentId>,
        now: DateTime<Utc>,
    ) -> Result<HashSet<EnrolmentId>, Failure> {
        let source = self.feed_source();
        let asked = enrolments.into_iter().map(|enrolment| enrolment.0);
        let going_on: Vec<Uuid> = facts::<device::Entity>()
            .select_only()
            .column(device::Column::EnrolmentId)
            .filter(is_one_of(source.get_database_backend(), device::Column::EnrolmentId, asked))
            .filter(device::COLUMN.revoked_at.is_null())
            .filter(device::COLUMN.closes_at.gt(now - Window::GRACE))
            .into_tuple()
            .all(source)
            .await?;
        Ok(going_on.into_iter().map(EnrolmentId).collect())
    }

    #[expect(clippy::disallowed_methods, reason = "a sign of life changes nothing that anyone decides about")]
    async fn note_sign_of_life(
        &self,
        id: DeviceId,
        enrolment: EnrolmentId,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        device::Entity::update_many()
            .col_expr(device::Column::LastSeenAt, Expr::val(now))
            .filter(device::COLUMN.id.eq(id.uuid()))
            .exec(self.writer())
            .await?;
        // A device that asks about each scan at once never hands in a batch, by which its numbers are looked at.
        keep_numbers(self.writer(), enrolment).await?;
        Ok(())
    }
}

impl Work {
    async fn enrol_device(&mut self, code: &CodeHash, new: NewEnrolment) -> Result<Device, Failure> {
        let select = facts::<enrolment_code::Entity>()
            .filter(enrolment_code::COLUMN.hash.eq(&code.0))
            .lock(LockType::NoKeyUpdate);
        let code = select.one(&self.transaction).await?.ok_or(DeviceRefusal::CodeUnknown)?;
        let (before, device) = self.load_device_to_change(code.device_id.into()).await?;
        let enrolment = new.id;
        let Some(next) = device.enrolled(to_code(&code), new, self.now)? else { return Ok(device) };
        self.check_never_used(enrolment).await?;
        let mut code = code.into_active_model();
        code.used_by = Set(Some(enrolment.0));
        code.update(&self.transaction).await?;
        self.keep_device("device.enrol", &before, &next, before.revoked_by.clone()).await?;
        Ok(next)
    }

    async fn check_never_used(&self, enrolment: EnrolmentId) -> Result<(), Failure> {
        let select = facts::<enrolment_code::Entity>().filter(enrolment_code::COLUMN.used_by.eq(enrolment.0));
        match select.one(&self.transaction).await? {
            None => Ok(()),
            Some(_) => Err(DeviceRefusal::EnrolmentReused.into()),
        }
    }
}
