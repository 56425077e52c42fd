//! The live figures of an event: asked once, or followed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject, Subscription};
use futures_util::{Stream, stream};
use hemicycle_domain::{access::Actor, id::EventId};
use hemicycle_persistence::{Change, Reading, Store, registration_of};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    registration::Registration,
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
}

/// The live figures of an event.
#[derive(SimpleObject)]
pub(crate) struct EventAttendance {
    /// The global id of the event.
    event_id: ID,
    /// How many registrations stand, in every role.
    expected: i64,
    /// How many of them have attended.
    attended: i64,
    /// How many people are inside now, as far as the scans tell.
    inside: i64,
    /// What moved the figures.
    change: AttendanceChange,
    /// The registration it is about; null where it is about none, or you may not see people here.
    registration: Option<Registration>,
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
            figures(&ctx.reading()?, event, None).await
        };
        nullable(found.await)
    }
}

#[derive(Default)]
pub struct CheckInSubscription;

#[Subscription]
impl CheckInSubscription {
    /// Follows the live figures of an event. The first message comes at once with the figures as they are; then one
    /// comes for each change. It ends with an error when you may not see them any more.
    async fn event_attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
    ) -> Result<impl Stream<Item = Result<EventAttendance, ApiError>> + use<>, ApiError> {
        let event: EventId = id::parse("eventId", &event_id)?;
        let store = ctx.services().store.clone();
        // Followed before it is read: what happens in between comes twice rather than never.
        let changes = store.follow();
        let current = figures(&ctx.reading()?, event, None).await?.ok_or_else(not_found)?;
        let actor = Arc::clone(&ctx.request().actor);
        let following = Following { store, actor, event, changes, ready: Some(current) };
        Ok(stream::unfold(Some(following), Following::next))
    }
}

struct Following {
    store: Store,
    actor: Arc<Actor>,
    event: EventId,
    changes: Receiver<Change>,
    /// The first message, until it is sent.
    ready: Option<EventAttendance>,
}

impl Following {
    /// Waits for the next message; after an error there is none.
    async fn next(following: Option<Self>) -> Option<(Result<EventAttendance, ApiError>, Option<Self>)> {
        let mut following = following?;
        let message = if let Some(ready) = following.ready.take() {
            Ok(ready)
        } else {
            let change = following.next_change().await?;
            following.tell(change.as_ref()).await
        };
        let goes_on = message.is_ok();
        Some((message, goes_on.then_some(following)))
    }

    /// The next change of this event's people; the inner `None` where some were missed.
    async fn next_change(&mut self) -> Option<Option<Change>> {
        loop {
            match self.changes.recv().await {
                Ok(change) if change.event == Some(self.event) && kind(&change).is_some() => {
                    return Some(Some(change));
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(None),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Reads the figures with the rights that the account has by now.
    async fn tell(&self, change: Option<&Change>) -> Result<EventAttendance, ApiError> {
        let actor = match self.actor.account() {
            Some(account) => self.store.find_actor(account).await?.ok_or(ApiError::Unauthenticated)?,
            None => Arc::clone(&self.actor),
        };
        let reading = self.store.acting_as(&actor)?;
        figures(&reading, self.event, change).await?.ok_or_else(not_found)
    }
}

async fn figures(
    reading: &Reading,
    event: EventId,
    change: Option<&Change>,
) -> Result<Option<EventAttendance>, ApiError> {
    let Some(figures) = reading.attendance_of_event(event).await? else { return Ok(None) };
    let registration = match change.and_then(registration_of) {
        Some(registration) => reading.find_registration(registration).await?.map(Registration),
        None => None,
    };
    Ok(Some(EventAttendance {
        event_id: id::global_id(event),
        expected: figures.expected,
        attended: figures.attended,
        inside: figures.inside,
        change: change.and_then(kind).unwrap_or(AttendanceChange::Current),
        registration,
    }))
}

fn kind(change: &Change) -> Option<AttendanceChange> {
    match change.action.as_str() {
        "registration.create" => Some(AttendanceChange::Registered),
        "registration.update" => Some(AttendanceChange::Updated),
        "registration.cancel" => Some(AttendanceChange::Cancelled),
        "check_in.scan" => Some(AttendanceChange::CheckedIn),
        "check_in.undo" => Some(AttendanceChange::Undone),
        _ => None,
    }
}

fn not_found() -> ApiError {
    ApiError::NotFound("the event was not found, or its people and figures are not for you to see".to_owned())
}
