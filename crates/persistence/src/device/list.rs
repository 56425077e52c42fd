//! Questions about devices: one, and those of an event.

use std::collections::HashMap;

use hemicycle_domain::{
    device::Device,
    id::{DeviceId, EventId, Id},
    page::{Direction, Page, PageRequest},
};
use sea_orm::{
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{device, device_event, to_device};
use crate::{
    check_in::{of_enrolment, sequence_row},
    dialect::is_one_of,
    fault::Failure,
    keyset::{Key, Keyset},
    read_model::read_model,
    reading::Reading,
    scope::facts,
};

/// A device that was not revoked.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceInUse {
    /// The device.
    pub device: Device,
    /// How many numbers of its enrolment had not come, below the highest, when it was heard of last.
    pub lost: i64,
}

/// A device with what was found out about its numbers.
struct InUse {
    device: device::Model,
    numbers: Option<Numbers>,
}

/// How many numbers of an enrolment are missing.
struct Numbers {
    #[expect(dead_code, reason = "what is joined in is there if its first column is")]
    enrolment_id: Uuid,
    lost: i64,
}

read_model!(Numbers, sequence_row::Entity => enrolment_id, lost);
read_model!(InUse = device: device::Model, numbers: Option<Numbers>);

impl Reading {
    /// Finds a device.
    pub async fn find_device(&self, id: DeviceId) -> Result<Option<Device>, Failure> {
        let select = self.select::<device::Entity>().filter(device::COLUMN.id.eq(id.uuid()));
        let rows = self.all(select).await?;
        Ok(self.with_events(rows).await?.pop())
    }

    /// Finds devices by their ids, in two statements; one that the actor does not see is missing from the answer.
    pub async fn find_devices(&self, ids: &[DeviceId]) -> Result<HashMap<DeviceId, Device>, Failure> {
        let asked = is_one_of(self.backend(), device::Column::Id, ids.iter().map(|id| id.uuid()));
        let rows = self.all(self.select::<device::Entity>().filter(asked)).await?;
        let devices = self.with_events(rows).await?;
        Ok(devices.into_iter().map(|device| (device.id, device)).collect())
    }

    /// Lists the devices of an event, revoked ones too, the oldest first.
    pub async fn list_devices(&self, event: EventId, page: &PageRequest) -> Result<Page<Device>, Failure> {
        let keyset = Keyset {
            name: "device.created_at",
            column: device::Column::CreatedAt,
            id: device::Column::Id,
            direction: Direction::Ascending,
            position: |row: &device::Model| (Key::At(row.created_at), row.id),
        };
        let page = keyset.page(self.connection(), self.devices_of(event), page).await?;
        let Page { rows, has_previous, has_next } = page;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let rows = cursors.into_iter().zip(self.with_events(rows).await?).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts the devices of an event, revoked ones too.
    pub async fn count_devices(&self, event: EventId) -> Result<u64, Failure> {
        Ok(self.devices_of(event).count(self.connection()).await?)
    }

    /// Finds the devices of an event that were not revoked, the oldest first. Of their events, this one alone is told.
    pub(crate) async fn devices_in_use(&self, event: EventId) -> Result<Vec<DeviceInUse>, Failure> {
        let mut select = self
            .devices_of(event)
            .filter(device::COLUMN.revoked_at.is_null())
            .order_by_asc(device::COLUMN.created_at)
            .order_by_asc(device::COLUMN.id);
        QueryTrait::query(&mut select).join(JoinType::LeftJoin, sequence_row::Entity, of_enrolment());
        let rows: Vec<InUse> = self.all_as(select).await?;
        let in_use = rows.into_iter().map(|row| {
            let lost = row.numbers.map_or(0, |numbers| numbers.lost);
            Ok(DeviceInUse { device: to_device(row.device, vec![event])?, lost })
        });
        in_use.collect()
    }

    fn devices_of(&self, event: EventId) -> Select<device::Entity> {
        use device_event::{Column, Entity};
        let served = Query::select()
            .column(Column::DeviceId)
            .from(Entity)
            .and_where(Expr::col(Column::EventId).eq(event.uuid()))
            .to_owned();
        self.select::<device::Entity>().filter(device::Column::Id.in_subquery(served))
    }

    /// Adds to devices that the actor sees the events that they serve, in one statement.
    async fn with_events(&self, rows: Vec<device::Model>) -> Result<Vec<Device>, Failure> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = rows.iter().map(|row| row.id);
        let select = facts::<device_event::Entity>()
            .filter(is_one_of(self.backend(), device_event::Column::DeviceId, ids))
            .order_by_asc(device_event::COLUMN.event_id);
        let mut events: HashMap<Uuid, Vec<EventId>> = HashMap::new();
        for served in self.all(select).await? {
            events.entry(served.device_id).or_default().push(served.event_id.into());
        }
        let devices = rows.into_iter().map(|row| {
            let events = events.remove(&row.id).unwrap_or_default();
            Ok(to_device(row, events)?)
        });
        devices.collect()
    }
}
