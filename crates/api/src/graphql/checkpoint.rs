//! Checkpoints of events, as clients see them and set them up.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use hemicycle_domain::{
    checkpoint::{
        self, Checkpoint as DomainCheckpoint, CheckpointChange, CheckpointRules, NewCheckpoint, Window,
    },
    id::{CheckpointId, EventId},
    problem::Invalid,
};

use super::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::{Event, Session, find_session},
    id,
    input::change,
    loader::{loader, rekey},
    payload::payload,
    rows::Rows,
    scalar::{Date, DateTime},
    text::{LocalizedText, TranslationInput, text, text_opt},
};

/// What people are scanned at.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "checkpoint::CheckpointKind")]
pub(crate) enum CheckpointKind {
    /// A day of the event.
    Day,
    /// A session of the event.
    Session,
    /// A meal.
    Meal,
    /// A door that is neither a day's nor a session's.
    Door,
}

/// Until when someone who came in and was never seen to go out is taken to have stayed.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "checkpoint::MissingExit")]
pub(crate) enum MissingExit {
    /// Until the hours of the checkpoint end.
    UntilEnd,
    /// For `missingExitMinutes`, and no longer than the hours last.
    AfterMinutes,
    /// Not at all: presence is counted, time is not.
    Nothing,
}

/// A place of an event where people are scanned: a day, a session, a meal, a door. An event has one for each of its days
/// by itself, made from its timetable or its dates.
#[derive(Clone)]
pub(crate) struct Checkpoint(pub(crate) DomainCheckpoint);

/// The key of an event's checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct CheckpointsOf(EventId);

loader!(CheckpointId => DomainCheckpoint, |reading, keys| reading.find_checkpoints(keys));
loader!(CheckpointsOf => Vec<DomainCheckpoint>, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.checkpoints_of_events(&ids).await, CheckpointsOf)
});

/// The checkpoints of an event.
pub(crate) async fn of_event(ctx: &Context<'_>, event: EventId) -> Result<Rows<Checkpoint>, ApiError> {
    let checkpoints = ctx.load(CheckpointsOf(event)).await?.unwrap_or_default();
    Ok(checkpoints.into_iter().map(Checkpoint).collect())
}

/// A place of an event where people are scanned: a day, a session, a meal, a door. An event has one for each of its days
/// by itself, made from its timetable or its dates.
#[Object]
impl Checkpoint {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often it was changed: give it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.0.event).await.map(|event| event.map(Event)))
    }

    /// What people are scanned at.
    async fn kind(&self) -> CheckpointKind {
        self.0.kind.into()
    }

    /// Its name; null where the day or the session says it.
    async fn name(&self) -> Option<LocalizedText> {
        self.0.name.clone().map(LocalizedText)
    }

    /// The day, of a checkpoint of kind `DAY`, in the time zone of the event.
    async fn day(&self) -> Option<Date> {
        self.0.day.map(Into::into)
    }

    /// The session, of a checkpoint of kind `SESSION`.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let session = self.0.session?;
        nullable(find_session(ctx, self.0.event, session).await)
    }

    /// From when people are let through; null where that is not limited. A scan outside is flagged, or refused where
    /// someone waits for the answer.
    async fn opens_at(&self) -> Option<DateTime> {
        self.0.rules.doors.from.map(Into::into)
    }

    /// Until when people are let through; null where that is not limited.
    async fn closes_at(&self) -> Option<DateTime> {
        self.0.rules.doors.until.map(Into::into)
    }

    /// From when time counts as attended; null where all of it does.
    async fn starts_at(&self) -> Option<DateTime> {
        self.0.rules.hours.from.map(Into::into)
    }

    /// Until when time counts as attended; null where all of it does.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.rules.hours.until.map(Into::into)
    }

    /// How many may be in at once; null where it does not matter.
    async fn capacity(&self) -> Option<i32> {
        self.0.rules.capacity
    }

    /// Whether people are scanned as they go out.
    async fn scans_exits(&self) -> bool {
        self.0.rules.scans_exits
    }

    /// What a missing exit means.
    async fn missing_exit(&self) -> MissingExit {
        self.0.rules.missing_exit.into()
    }

    /// For how many minutes a missing exit stands, where it stands for some.
    async fn missing_exit_minutes(&self) -> Option<i32> {
        self.0.rules.missing_exit_minutes
    }

    /// Whether it is as the event's timetable makes it, and follows the timetable; a change by a manager ends that.
    async fn is_default(&self) -> bool {
        self.0.is_default
    }

    /// Whether it was taken away.
    async fn is_removed(&self) -> bool {
        self.0.is_removed
    }
}

/// A checkpoint to be set up.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateCheckpointInput {
    /// The event.
    pub event_id: ID,
    /// What people are scanned at.
    pub kind: CheckpointKind,
    /// Its name in one or more languages; needed for a meal and for a door.
    pub name: Option<Vec<TranslationInput>>,
    /// The day; needed for `DAY`, and for nothing else.
    pub day: Option<Date>,
    /// The session; needed for `SESSION`, and for nothing else.
    pub session_id: Option<ID>,
    /// From when people are let through; left out where that is not limited.
    pub opens_at: Option<DateTime>,
    /// Until when people are let through; left out where that is not limited.
    pub closes_at: Option<DateTime>,
    /// From when time counts as attended; left out where all of it does.
    pub starts_at: Option<DateTime>,
    /// Until when time counts as attended; left out where all of it does.
    pub ends_at: Option<DateTime>,
    /// How many may be in at once; left out where it does not matter.
    pub capacity: Option<i32>,
    /// Whether people are scanned as they go out.
    #[graphql(default = true)]
    pub scans_exits: bool,
    /// What a missing exit means.
    #[graphql(default_with = "MissingExit::UntilEnd")]
    pub missing_exit: MissingExit,
    /// For how many minutes it stands, from 1 to 1,440; needed for `AFTER_MINUTES`, and for nothing else.
    pub missing_exit_minutes: Option<i32>,
}

/// What to change about a checkpoint. What is left out stays; null removes it.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateCheckpointInput {
    /// The checkpoint.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another name.
    pub name: MaybeUndefined<Vec<TranslationInput>>,
    /// When people are let through, both ends anew; null where that is not limited.
    pub doors: MaybeUndefined<WindowInput>,
    /// What of the time counts as attended, both ends anew; null where all of it does.
    pub hours: MaybeUndefined<WindowInput>,
    /// Another capacity.
    pub capacity: MaybeUndefined<i32>,
    /// Whether people are scanned as they go out.
    pub scans_exits: Option<bool>,
    /// What a missing exit means.
    pub missing_exit: Option<MissingExit>,
    /// For how many minutes it stands, from 1 to 1,440.
    pub missing_exit_minutes: MaybeUndefined<i32>,
}

/// From when until when.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct WindowInput {
    /// From when; left out where there is no beginning.
    pub from: Option<DateTime>,
    /// Until when, itself not included; left out where there is no end.
    pub until: Option<DateTime>,
}

/// A checkpoint to be taken away.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RemoveCheckpointInput {
    /// The checkpoint.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
}

payload! {
    /// The outcome of `createCheckpoint`.
    CreateCheckpointPayload {
        /// The new checkpoint.
        checkpoint: Checkpoint
    }
}

payload! {
    /// The outcome of `updateCheckpoint`.
    UpdateCheckpointPayload {
        /// The checkpoint as it is now.
        checkpoint: Checkpoint
    }
}

payload! {
    /// The outcome of `removeCheckpoint`.
    RemoveCheckpointPayload {
        /// The checkpoint, removed.
        checkpoint: Checkpoint
    }
}

impl CreateCheckpointInput {
    fn parse(&self) -> Result<NewCheckpoint, Invalid> {
        let (opens_at, closes_at) = ("opensAt", "closesAt");
        Ok(NewCheckpoint {
            event: id::parse("eventId", &self.event_id)?,
            kind: self.kind.into(),
            name: text_opt("name", self.name.as_ref())?,
            day: self.day.as_ref().map(|day| day.day("day")).transpose()?,
            session: self.session_id.as_ref().map(|id| id::parse("sessionId", id)).transpose()?,
            rules: CheckpointRules {
                doors: window((opens_at, self.opens_at.as_ref()), (closes_at, self.closes_at.as_ref()))?,
                hours: window(("startsAt", self.starts_at.as_ref()), ("endsAt", self.ends_at.as_ref()))?,
                capacity: self.capacity,
                scans_exits: self.scans_exits,
                missing_exit: self.missing_exit.into(),
                missing_exit_minutes: self.missing_exit_minutes,
            },
        })
    }
}

impl UpdateCheckpointInput {
    fn parse(self) -> Result<CheckpointChange, Invalid> {
        Ok(CheckpointChange {
            name: change(self.name, |name| text("name", &name))?,
            doors: window_change("doors", self.doors)?,
            hours: window_change("hours", self.hours)?,
            capacity: change(self.capacity, Ok)?,
            scans_exits: self.scans_exits,
            missing_exit: self.missing_exit.map(Into::into),
            missing_exit_minutes: change(self.missing_exit_minutes, Ok)?,
        })
    }
}

fn window_change(field: &str, input: MaybeUndefined<WindowInput>) -> Result<Option<Window>, Invalid> {
    let read = |input: WindowInput| {
        let read = window(("from", input.from.as_ref()), ("until", input.until.as_ref()));
        read.map_err(|fault| fault.within(field))
    };
    Ok(change(input, read)?.map(Option::unwrap_or_default))
}

fn window(
    (from_name, from): (&str, Option<&DateTime>),
    (until_name, until): (&str, Option<&DateTime>),
) -> Result<Window, Invalid> {
    Ok(Window {
        from: from.map(|at| at.instant(from_name)).transpose()?,
        until: until.map(|at| at.instant(until_name)).transpose()?,
    })
}

#[derive(Default)]
pub struct CheckpointMutation;

#[Object]
impl CheckpointMutation {
    /// Sets up a checkpoint of an event beside those that its days have by themselves.
    async fn create_checkpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The checkpoint.")] input: CreateCheckpointInput,
    ) -> Nullable<CreateCheckpointPayload> {
        let created = ctx.write(async |work| work.create_checkpoint(input.parse()?).await);
        CreateCheckpointPayload::from_outcome(created.await, Checkpoint)
    }

    /// Changes the rules of a checkpoint; from then on it no longer follows the timetable of the event.
    async fn update_checkpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateCheckpointInput,
    ) -> Nullable<UpdateCheckpointPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_checkpoint(id, version, input.parse()?).await
        });
        UpdateCheckpointPayload::from_outcome(updated.await, Checkpoint)
    }

    /// Takes a checkpoint away at which nobody was scanned. Where people were, it can only be closed by its times.
    async fn remove_checkpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RemoveCheckpointInput,
    ) -> Nullable<RemoveCheckpointPayload> {
        let removed = ctx.write(async |work| {
            work.remove_checkpoint(id::parse("id", &input.id)?, input.expected_version).await
        });
        RemoveCheckpointPayload::from_outcome(removed.await, Checkpoint)
    }
}
