//! What devices handed in and could never be taken, for those who run the events that the devices serve.
//!
//! Which event it was meant for cannot always be read, so it is seen by whoever manages devices and sees people at each
//! of the device's events, and its text by whoever sees contacts there, too: it may be that of a walk-in.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Capability,
    check_in::ScanReason,
    device::EnrolmentId,
    id::{DeviceId, EventId, Id, ParticipantId},
    page::{Direction, Page, PageRequest},
};
use sea_orm::{
    Condition, PaginatorTrait, QueryFilter, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SimpleExpr},
};

use super::row::stray_row::{Column, Entity};
use crate::{
    device::device_event,
    dialect::{OWNER, is_one_of},
    event,
    fault::{Failure, StoreFault},
    json::from_word,
    keyset::{Key, Keyset},
    read_model::read_model,
    reading::Reading,
    registration::registration_row,
    scope::{Scoped, Sight, facts},
};

/// Names something that was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RejectedScanId(Uuid);

/// What was handed in as a scan or a walk-in and can never be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedScan {
    /// Its name, by which its text is found.
    pub id: RejectedScanId,
    /// The device that handed it in.
    pub device: DeviceId,
    /// The enrolment by which it did.
    pub enrolment: EnrolmentId,
    /// When it came for the first time.
    pub received_at: DateTime<Utc>,
    /// Why it is no scan.
    pub reason: ScanReason,
    /// The number that the device gave it; none where that cannot be read.
    pub sequence: Option<i64>,
}

/// What devices handed in at an event.
#[derive(Debug, Clone, Copy)]
pub struct RejectedFilter {
    /// The event that they serve.
    pub event: EventId,
    /// One of them alone; none for all.
    pub device: Option<DeviceId>,
}

/// A row without its text.
struct Listed {
    id: Uuid,
    received_at: DateTime<Utc>,
    device_id: Option<Uuid>,
    enrolment_id: Option<Uuid>,
    device_sequence: Option<i64>,
    reason: String,
}

/// A row's text, and whom it shows.
struct Told {
    id: Uuid,
    registration_id: Option<Uuid>,
    body: String,
}

read_model!(Listed, Entity => id, received_at, device_id, enrolment_id, device_sequence, reason);
read_model!(Told, Entity => id, registration_id, body);

impl Scoped for Entity {
    /// Seen by whoever manages devices and sees people at each event that the device serves.
    fn visible(sight: &Sight<'_>) -> Condition {
        at_each_event(sight, (Entity, Column::DeviceId), &SEEN_WITH)
    }

    fn visible_of_owner(sight: &Sight<'_>, _: Column) -> Condition {
        at_each_event(sight, (OWNER, OWNER), &SEEN_WITH)
    }
}

/// What it takes to see that something was rejected.
const SEEN_WITH: [Capability; 2] = [Capability::ManageDevices, Capability::SeePeople];
/// What it takes besides to see its text.
const TOLD_WITH: [Capability; 1] = [Capability::SeeContacts];

impl Reading {
    /// Lists what devices of an event handed in and could never be taken, the newest first.
    pub async fn list_rejected_scans(
        &self,
        filter: RejectedFilter,
        page: &PageRequest,
    ) -> Result<Page<RejectedScan>, Failure> {
        let devices = self.devices_meant(filter).await?;
        let devices = (Column::DeviceId, devices);
        let Page { rows, has_previous, has_next } =
            newest_first().page_of_each(self.connection(), &self.sight(), devices, page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| Ok((cursor, to_rejected(&row)?)));
        Ok(Page { rows: rows.collect::<Result<_, StoreFault>>()?, has_previous, has_next })
    }

    /// Counts what devices of an event handed in and could never be taken.
    pub async fn count_rejected_scans(&self, filter: RejectedFilter) -> Result<u64, Failure> {
        let devices = self.devices_meant(filter).await?;
        let select =
            self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::DeviceId), devices));
        Ok(select.count(self.connection()).await?)
    }

    /// Finds the texts of what was rejected, a part in each line. Where those of many are read, the audit trail tells of it.
    pub async fn texts_of_rejected_scans(
        &self,
        ids: &[RejectedScanId],
    ) -> Result<HashMap<RejectedScanId, String>, Failure> {
        let asked = is_one_of(self.backend(), (Entity, Column::Id), ids.iter().map(|id| id.0));
        let told = at_each_event(&self.sight(), (Entity, Column::DeviceId), &TOLD_WITH);
        let rows: Vec<Told> = self.all_as(self.select::<Entity>().filter(asked).filter(told)).await?;
        if self.is_worth_a_note(rows.len()) {
            let people = self.people_registered_as(rows.iter().filter_map(|row| row.registration_id)).await?;
            let read: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
            self.note_reading_of_rejected(&read, &people).await?;
        }
        Ok(rows.into_iter().map(|row| (RejectedScanId(row.id), row.body)).collect())
    }

    /// The devices whose rejected scans are asked for: those that serve the event.
    async fn devices_meant(&self, filter: RejectedFilter) -> Result<Vec<Uuid>, Failure> {
        let served = facts::<device_event::Entity>()
            .select_only()
            .column(device_event::Column::DeviceId)
            .filter(device_event::COLUMN.event_id.eq(filter.event.uuid()))
            .filter(
                Condition::all()
                    .add_option(filter.device.map(|id| device_event::COLUMN.device_id.eq(id.uuid()))),
            );
        Ok(served.into_tuple().all(self.connection()).await?)
    }

    /// The people of these registrations, in the order of their ids.
    async fn people_registered_as(
        &self,
        registrations: impl Iterator<Item = Uuid>,
    ) -> Result<Vec<ParticipantId>, Failure> {
        use registration_row::{Column, Entity};
        let people = facts::<Entity>()
            .select_only()
            .column(Column::ParticipantId)
            .distinct()
            .filter(is_one_of(self.backend(), (Entity, Column::Id), registrations))
            .into_tuple::<Uuid>()
            .all(self.connection())
            .await?;
        let mut people: Vec<ParticipantId> = people.into_iter().map(Into::into).collect();
        people.sort_unstable();
        Ok(people)
    }
}

/// That the device in this column serves events, and the actor has these capabilities over each of them.
fn at_each_event<C: IntoColumnRef>(sight: &Sight<'_>, device: C, capabilities: &[Capability]) -> Condition {
    use device_event::{Column, Entity};
    let device = device.into_column_ref();
    let served = || {
        let is_of_device = Expr::col((Entity, Column::DeviceId)).eq(Expr::col(device.clone()));
        Query::select().expr(Expr::val(1)).from(Entity).and_where(is_of_device).take()
    };
    let has = |capability: &Capability| event::is_within(sight, *capability, (Entity, Column::EventId));
    let has_all = capabilities.iter().map(has).fold(Condition::all(), Condition::add);
    let lacks_one = served().and_where(SimpleExpr::from(has_all).not()).take();
    Condition::all().add(Expr::exists(served())).add(Expr::exists(lacks_one).not())
}

fn newest_first() -> Keyset<Entity, Listed> {
    Keyset {
        name: "stray_scan.received_at",
        column: Column::ReceivedAt,
        id: Column::Id,
        direction: Direction::Descending,
        position: |row| (Key::At(row.received_at), row.id),
    }
}

fn to_rejected(row: &Listed) -> Result<RejectedScan, StoreFault> {
    const TABLE: &str = "stray_scan";
    let missing = |column| StoreFault::corrupt(TABLE, column, "a device without it".to_owned());
    Ok(RejectedScan {
        id: RejectedScanId(row.id),
        device: row.device_id.ok_or_else(|| missing("device_id"))?.into(),
        enrolment: EnrolmentId(row.enrolment_id.ok_or_else(|| missing("enrolment_id"))?),
        received_at: row.received_at,
        reason: from_word(TABLE, "reason", &row.reason, ScanReason::from_word)?,
        sequence: row.device_sequence,
    })
}
