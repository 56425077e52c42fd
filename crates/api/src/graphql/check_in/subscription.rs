//! The live figures of an event: asked once, or followed.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject, Subscription};
use futures_util::{Stream, stream};
use hemicycle_domain::{
    access::{Actor, Capability},
    id::{CheckpointId, EventId, ParticipantCategoryId, RegistrationId, SessionId},
};
use hemicycle_persistence::{DeviceInUse, EventAttendance as Figures, LiveAttendance, Notice};

use super::live::{Follower, News};
use crate::graphql::{
    checkpoint::Checkpoint,
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::{Session, find_session},
    id,
    program::ParticipantCategory,
    registration::Registration,
    scalar::DateTime,
};

/// What moved the figures of an event.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttendanceChange {
    /// Nothing: these are the figures as you begin to follow, or after you could not keep up.
    Current,
    /// A person was registered.
    Registered,
    /// A registration was changed.
    Updated,
    /// A registration was cancelled.
    Cancelled,
    /// A person came in or went out.
    CheckedIn,
    /// A check-in was undone.
    Undone,
    /// A person decided about scans, or a walk-in came whose scans were there.
    Reviewed,
}

/// The live figures of an event.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct EventAttendance {
    /// The global id of the event.
    event_id: ID,
    /// How many registrations stand, in every role.
    expected: i64,
    /// How many of them have attended.
    attended: i64,
    /// How many people are inside now, as far as the scans tell.
    inside: i64,
    /// The same by participant category; a category without registrations is left out.
    by_category: Vec<CategoryAttendance>,
    /// The same by checkpoint, in the order in which they were made; those that were removed are left out.
    by_checkpoint: Vec<CheckpointAttendance>,
    /// The same by session, in the order of the sessions: all of them, whether or not they have checkpoints.
    by_session: Vec<SessionAttendance>,
    /// The devices at its doors that were not revoked, the oldest first; empty for those who neither check people in
    /// nor prepare devices there.
    devices: Vec<DevicePresence>,
    /// What moved the figures last.
    change: AttendanceChange,
    /// How many changes moved them since the message before. However many there are, a few messages a second tell
    /// them.
    changes: i32,
    #[graphql(skip)]
    about: Option<RegistrationId>,
}

/// The live figures of an event.
#[ComplexObject]
impl EventAttendance {
    /// The registration that the last change is about; null where it is about none, or you may not see people here.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let registration = self.about?;
        let found = async {
            Ok::<_, ApiError>(ctx.reading()?.find_registration(registration).await?.map(Registration))
        };
        nullable(found.await)
    }
}

/// The live figures of one participant category.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct CategoryAttendance {
    /// The global id of the category; null for people without one.
    category_id: Option<ID>,
    /// How many registrations stand.
    expected: i64,
    /// How many of them have attended.
    attended: i64,
    /// How many people are inside now.
    inside: i64,
    #[graphql(skip)]
    of: Option<ParticipantCategoryId>,
}

/// The live figures of one participant category.
#[ComplexObject]
impl CategoryAttendance {
    /// The category; null for people without one.
    async fn category(&self, ctx: &Context<'_>) -> Nullable<ParticipantCategory> {
        let category = self.of?;
        nullable(ctx.reading().map(|reading| ParticipantCategory::find(&reading, category)))
    }
}

/// The live figures of one checkpoint.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct CheckpointAttendance {
    /// The global id of the checkpoint.
    checkpoint_id: ID,
    /// How many registrations stand at the event: everyone may come to each of its checkpoints.
    expected: i64,
    /// How many of them were let in here, once or more often.
    attended: i64,
    /// How many people are in here now, as far as the scans tell. Someone in a session or at a meal is also in at the day
    /// or the door by which they came.
    inside: i64,
    #[graphql(skip)]
    of: CheckpointId,
}

/// The live figures of one checkpoint.
#[ComplexObject]
impl CheckpointAttendance {
    /// The checkpoint, with its name and its rules.
    async fn checkpoint(&self, ctx: &Context<'_>) -> Nullable<Checkpoint> {
        nullable(ctx.load(self.of).await.map(|found| found.map(Checkpoint)))
    }
}

/// The live figures of one session.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct SessionAttendance {
    /// The global id of the session.
    session_id: ID,
    /// How many registrations stand at the event: everyone may come to each of its sessions.
    expected: i64,
    /// How many of them were let in here, once or more often: at a checkpoint of the session, be it removed since, or by
    /// scans that name the session and no checkpoint.
    attended: i64,
    /// How many people are in here now, as far as the scans tell, of those who have not left the event.
    inside: i64,
    #[graphql(skip)]
    of: (EventId, SessionId),
}

/// The live figures of one session.
#[ComplexObject]
impl SessionAttendance {
    /// The session, with its title and its times.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let (event, session) = self.of;
        nullable(find_session(ctx, event, session).await)
    }
}

/// What a device told when it was heard of last.
#[derive(SimpleObject)]
pub(crate) struct DevicePresence {
    /// The global id of the device.
    device_id: ID,
    /// What its people call it.
    name: String,
    /// Whether a phone was enrolled as the device.
    is_enrolled: bool,
    /// When it was heard of last, to the minute or so.
    last_seen_at: Option<DateTime>,
    /// How many scans it held back when it last handed some in, as it said.
    pending: Option<i32>,
    /// The highest sequence number that came from its enrolment.
    highest_sequence: Option<i64>,
    /// How many numbers of its enrolment below the highest had not come when it was heard of last: `Device.lostScans` tells
    /// which, as of now.
    lost_scans: i64,
}

#[derive(Default)]
pub struct CheckInQuery;

#[Object]
impl CheckInQuery {
    /// The live figures of an event as they are now; null for those who may see neither people nor figures there.
    async fn event_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
    ) -> Nullable<EventAttendance> {
        let found = async {
            let event = id::parse("eventId", &event_id)?;
            let live = ctx.reading()?.live_attendance(event).await?;
            let actor = &ctx.request().actor;
            Ok::<_, ApiError>(live.and_then(|live| EventAttendance::shown_to(actor, event, &live)))
        };
        nullable(found.await)
    }
}

#[derive(Default)]
pub struct CheckInSubscription;

#[Subscription]
impl CheckInSubscription {
    /// Follows the live figures of an event. The first message comes at once with the figures as they are; then one
    /// comes whenever they have changed, a few times a second at most however much happens. It ends with an error when
    /// you may not see them any more.
    async fn event_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
    ) -> Result<impl Stream<Item = Result<EventAttendance, ApiError>> + use<>, ApiError> {
        let event: EventId = id::parse("eventId", &event_id)?;
        let reading = ctx.reading()?;
        // Whoever may not follow makes nobody read anything.
        if reading.attendance_of_event(event).await?.is_none() {
            return Err(not_found());
        }
        let actor = Arc::clone(&ctx.request().actor);
        let follower = ctx.services().live.follow(event);
        Ok(stream::unfold(Some(Following { actor, event, follower }), Following::next))
    }
}

struct Following {
    /// Who follows. With other rights the subscription begins anew.
    actor: Arc<Actor>,
    event: EventId,
    follower: Follower,
}

impl Following {
    /// Waits for the next message; after an error there is none.
    async fn next(following: Option<Self>) -> Option<(Result<EventAttendance, ApiError>, Option<Self>)> {
        let mut following = following?;
        let news = following.follower.next().await?;
        let message = following.show(news);
        let goes_on = message.is_ok();
        Some((message, goes_on.then_some(following)))
    }

    fn show(&self, news: News) -> Result<EventAttendance, ApiError> {
        let live = news.live.map_err(ApiError::Internal)?.ok_or_else(not_found)?;
        let mut shown = EventAttendance::shown_to(&self.actor, self.event, &live).ok_or_else(not_found)?;
        shown.changes = news.changes;
        if let Some((change, about)) = news.last {
            shown.change = change;
            shown.about = about;
        }
        Ok(shown)
    }
}

impl EventAttendance {
    /// The figures as they are, for an actor who may see them.
    fn shown_to(actor: &Actor, event: EventId, live: &LiveAttendance) -> Option<Self> {
        let may = |capability| actor.may(capability, &live.whereabouts);
        if !may(Capability::SeePeople) && !may(Capability::SeeFigures) {
            return None;
        }
        let sees_devices = may(Capability::CheckIn) || may(Capability::ManageDevices);
        let sees = |one: &&DeviceInUse| sees_devices && actor.device().is_none_or(|own| own == one.device.id);
        let Figures { expected, attended, inside } = live.figures;
        Some(Self {
            event_id: id::global_id(event),
            expected,
            attended,
            inside,
            by_category: live.by_category.iter().map(CategoryAttendance::new).collect(),
            by_checkpoint: live.by_checkpoint.iter().map(CheckpointAttendance::new).collect(),
            by_session: live
                .by_session
                .iter()
                .map(|session| SessionAttendance::new(event, session))
                .collect(),
            devices: live.devices.iter().filter(sees).map(DevicePresence::new).collect(),
            change: AttendanceChange::Current,
            changes: 0,
            about: None,
        })
    }
}

impl CategoryAttendance {
    fn new((category, figures): &(Option<ParticipantCategoryId>, Figures)) -> Self {
        let Figures { expected, attended, inside } = *figures;
        Self { category_id: category.map(id::global_id), expected, attended, inside, of: *category }
    }
}

impl CheckpointAttendance {
    fn new((checkpoint, figures): &(CheckpointId, Figures)) -> Self {
        let Figures { expected, attended, inside } = *figures;
        Self { checkpoint_id: id::global_id(*checkpoint), expected, attended, inside, of: *checkpoint }
    }
}

impl SessionAttendance {
    fn new(event: EventId, (session, figures): &(SessionId, Figures)) -> Self {
        let Figures { expected, attended, inside } = *figures;
        Self { session_id: id::global_id(*session), expected, attended, inside, of: (event, *session) }
    }
}

impl DevicePresence {
    fn new(DeviceInUse { device, lost }: &DeviceInUse) -> Self {
        Self {
            device_id: id::global_id(device.id),
            name: device.name.as_str().to_owned(),
            is_enrolled: device.enrolment.is_some(),
            last_seen_at: device.signs.last_seen_at.map(Into::into),
            pending: device.signs.pending,
            highest_sequence: device.signs.highest_sequence,
            lost_scans: *lost,
        }
    }
}

impl AttendanceChange {
    /// What a change means for the figures of its event; none where nothing.
    pub(super) fn of(change: &Notice) -> Option<Self> {
        match change.action.as_str() {
            "registration.create" | "registration.accept" => Some(Self::Registered),
            "registration.update" => Some(Self::Updated),
            "registration.cancel" | "registration.merge" => Some(Self::Cancelled),
            "check_in.scan" => Some(Self::CheckedIn),
            "check_in.undo" => Some(Self::Undone),
            "check_in.resolve" | "check_in.attach" => Some(Self::Reviewed),
            _ => None,
        }
    }
}

fn not_found() -> ApiError {
    ApiError::NotFound("the event was not found, or its people and figures are not for you to see".to_owned())
}
