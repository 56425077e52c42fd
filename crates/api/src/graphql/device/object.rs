//! A device, as clients see it, and the questions about devices.

use async_graphql::{Context, ID, Object, SimpleObject};
use hemicycle_domain::{
    check_in::Received,
    device::Device as DomainDevice,
    id::{DeviceId, EventId},
    text::Line,
};

use crate::graphql::{
    check_in::SequenceRange,
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    scalar::{DateTime, Uuid},
};

/// The most ranges of lost numbers that are told of a device.
const MOST_RANGES: usize = 100;

/// A phone that stands at the doors of events.
pub(crate) struct Device(pub(crate) DomainDevice);

/// Scans that a device made and that never came.
#[derive(SimpleObject)]
pub(crate) struct LostScans {
    /// How many.
    count: i64,
    /// Their sequence numbers, the lowest first. Of more than 100 ranges, the last.
    ranges: Vec<SequenceRange>,
}

/// The key of the numbers that came from a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct NumbersOf(DeviceId);

loader!(DeviceId => DomainDevice, |reading, keys| reading.find_devices(keys));
loader!(NumbersOf => Received, |reading, keys| async {
    let ids: Vec<DeviceId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.numbers_of_devices(&ids).await, NumbersOf)
});

/// A phone that stands at the doors of events.
#[Object]
impl Device {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often it was changed; that it was heard of is no change.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What its people call it, such as the door where it stands.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The global ids of the events that it serves.
    async fn event_ids(&self) -> Vec<ID> {
        self.0.events.iter().copied().map(id::global_id).collect()
    }

    /// The events that it serves, of those that you see.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<Event>, ApiError> {
        let mut found = ctx.batch().load_many(self.0.events.iter().copied()).await?;
        let of = |id: &EventId| found.remove(id).map(Event);
        Ok(self.0.events.iter().filter_map(of).collect())
    }

    /// The global ids of the checkpoints where it may stand; empty where it may stand at all of its events'.
    async fn checkpoint_ids(&self) -> Vec<ID> {
        self.0.checkpoints.iter().copied().map(id::global_id).collect()
    }

    /// From when on it may serve.
    async fn opens_at(&self) -> DateTime {
        self.0.window.opens_at.into()
    }

    /// Until when it may serve. For 30 days after it can still hand in what it scanned.
    async fn closes_at(&self) -> DateTime {
        self.0.window.closes_at.into()
    }

    /// The identifier of its enrolment; null before the first. The sequence numbers of its scans count within it.
    async fn enrolment_id(&self) -> Option<Uuid> {
        self.0.enrolment.as_ref().map(|enrolment| enrolment.id.0.into())
    }

    /// When it was enrolled last.
    async fn enrolled_at(&self) -> Option<DateTime> {
        self.0.enrolment.as_ref().map(|enrolment| enrolment.at.into())
    }

    /// The version of its application, as it told when it was heard of last.
    async fn application_version(&self) -> Option<&str> {
        self.0.enrolment.as_ref()?.application_version.as_ref().map(Line::as_str)
    }

    /// What kind of phone it is, as it told when it was enrolled.
    async fn model(&self) -> Option<&str> {
        self.0.enrolment.as_ref()?.model.as_ref().map(Line::as_str)
    }

    /// When it was heard of last, to the minute or so.
    async fn last_seen_at(&self) -> Option<DateTime> {
        self.0.signs.last_seen_at.map(Into::into)
    }

    /// How many scans it held back when it last handed some in, as it said.
    async fn pending(&self) -> Option<i32> {
        self.0.signs.pending
    }

    /// The highest sequence number that came from its enrolment.
    async fn highest_sequence(&self) -> Option<i64> {
        self.0.signs.highest_sequence
    }

    /// The scans of its present enrolment that never came: the sequence numbers from 1 to the highest that came, without
    /// those under which a scan was kept or rejected for good. A scan that comes late is taken off. They are lost unless the
    /// phone holds them still: `pending` says how many it held back. Null before the first enrolment.
    #[graphql(complexity = "5 + child_complexity")]
    async fn lost_scans(&self, ctx: &Context<'_>) -> Nullable<LostScans> {
        let received = ctx.load(NumbersOf(self.0.id)).await;
        nullable(received.map(|received| received.map(|received| LostScans::of(&received))))
    }

    /// When it was revoked; null where it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked.as_ref().map(|revoked| revoked.at.into())
    }

    /// Why it was revoked.
    async fn revoked_reason(&self) -> Option<&str> {
        self.0.revoked.as_ref().map(|revoked| revoked.reason.as_str())
    }
}

impl LostScans {
    fn of(received: &Received) -> Self {
        Self { count: received.lost(), ranges: SequenceRange::last_of(received.gaps(), MOST_RANGES) }
    }
}

#[derive(Default)]
pub struct DeviceQuery;

#[Object]
impl DeviceQuery {
    /// The device that asks; null where no device asks.
    async fn this_device(&self, ctx: &Context<'_>) -> Nullable<Device> {
        let id = ctx.request().actor.device()?;
        nullable(find(ctx, id).await)
    }

    /// Lists the devices of an event, revoked ones too, the oldest first: for those who prepare devices or check
    /// people in there.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn devices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Device>, ApiError> {
        let event: EventId = id::parse("eventId", &event_id)?;
        let rows = ctx.reading()?.list_devices(event, &page(first, after, last, before)?).await?;
        Ok(connection(rows, Device, move |reading| async move { reading.count_devices(event).await }))
    }
}

/// Finds a device that the caller sees.
async fn find(ctx: &Context<'_>, id: DeviceId) -> Result<Option<Device>, ApiError> {
    Ok(ctx.reading()?.find_device(id).await?.map(Device))
}
