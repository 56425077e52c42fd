//! What devices handed in and could never be taken, as those who run their events see it.

use async_graphql::{Context, ID, Object};
use hemicycle_persistence::{Reading, RejectedFilter, RejectedScan as Rejected, RejectedScanId};

use super::submit::ScanReason;
use crate::graphql::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    device::Device,
    error::{ApiError, Nullable, nullable},
    id,
    loader::{loader, rekey},
    scalar::{DateTime, Uuid},
};

/// Something that a device handed in as a scan or a walk-in and that could not be taken.
pub(crate) struct RejectedScan(Rejected);

/// The key of the text of what was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct TextOf(RejectedScanId);

loader!(TextOf => String, |reading, keys| async {
    let ids: Vec<RejectedScanId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.texts_of_rejected_scans(&ids).await, TextOf)
});

/// Something that a device handed in as a scan or a walk-in and that could not be taken: `REJECTED_FINAL`. It counts for
/// nothing, and the device has forgotten it; a manager who knows better adds a scan of method `MANUAL`.
#[Object]
impl RejectedScan {
    /// The device that handed it in.
    async fn device(&self, ctx: &Context<'_>) -> Nullable<Device> {
        nullable(ctx.load(self.0.device).await.map(|found| found.map(Device)))
    }

    /// The enrolment by which the device handed it in.
    async fn enrolment_id(&self) -> Uuid {
        self.0.enrolment.0.into()
    }

    /// When the server took it in for the first time; what comes again is kept once.
    async fn received_at(&self) -> DateTime {
        self.0.received_at.into()
    }

    /// Why it could not be taken.
    async fn reason(&self) -> ScanReason {
        self.0.reason.into()
    }

    /// The number that the device gave it; null for a walk-in, and where it cannot be read. The number is used up:
    /// `Device.lostScans` does not count it.
    async fn sequence(&self) -> Option<i64> {
        self.0.sequence
    }

    /// What came, as text: a line for each part, such as `capturedAt: 2026-11-22T09:00:00Z`; at most 8,192 characters, the
    /// rest is cut off. It may name a person: null for those who may not see contacts at each event that the device serves,
    /// and blanked when the person is erased.
    #[graphql(complexity = 5)]
    async fn text(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(ctx.load(TextOf(self.0.id)).await)
    }
}

#[derive(Default)]
pub struct RejectedScanQuery;

#[Object]
impl RejectedScanQuery {
    /// Lists what the devices of an event handed in and could never be taken, the newest first: for those who prepare
    /// devices and see people at each event that such a device serves.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn rejected_scans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
        #[graphql(desc = "The global id of one of its devices; left out for all of them.")] device_id: Option<
            ID,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<RejectedScan>, ApiError> {
        let device = device_id.as_ref().map(|id| id::parse("deviceId", id)).transpose()?;
        let filter = RejectedFilter { event: id::parse("eventId", &event_id)?, device };
        let rows = ctx.reading()?.list_rejected_scans(filter, &page(first, after, last, before)?).await?;
        let count = move |reading: Reading| async move { reading.count_rejected_scans(filter).await };
        Ok(connection(rows, RejectedScan, count))
    }
}
