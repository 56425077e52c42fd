//! Mutations of events: plan, change, move through the life cycle, add sessions.

use async_graphql::{Context, ID, InputObject, Object};

use super::{
    input::{CreateEventInput, CreateSessionInput, UpdateEventInput},
    object::{Event, Session},
    words::EventStep,
};
use crate::graphql::{
    context::ContextExt, error::Nullable, id, input::idempotency, payload::payload, text::passage_opt,
};

/// A step in the life of an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct AdvanceEventInput {
    /// The event.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// The step.
    pub step: EventStep,
    /// Why; needed to cancel and to postpone.
    pub reason: Option<String>,
}

payload! {
    /// The outcome of `createEvent`.
    CreateEventPayload {
        /// The new event, a draft.
        event: Event
    }
}

payload! {
    /// The outcome of `updateEvent`.
    UpdateEventPayload {
        /// The event as it is now.
        event: Event
    }
}

payload! {
    /// The outcome of `advanceEvent`.
    AdvanceEventPayload {
        /// The event as it is now.
        event: Event
    }
}

payload! {
    /// The outcome of `createSession`.
    CreateSessionPayload {
        /// The new session.
        session: Session
    }
}

#[derive(Default)]
pub struct EventMutation;

#[Object]
impl EventMutation {
    /// Plans an event. It starts as a draft, seen only by those who prepare it; `advanceEvent` publishes it.
    async fn create_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] input: CreateEventInput,
    ) -> Nullable<CreateEventPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createEvent", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_event(id).await.map(Into::into);
            }
            let event = work.create_event(input.parse()?).await?;
            work.remember(once, event.id).await?;
            Ok(event)
        });
        CreateEventPayload::from_outcome(created.await, Event)
    }

    /// Changes an event, archives or restores it.
    async fn update_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateEventInput,
    ) -> Nullable<UpdateEventPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_event(id, version, input.parse()?).await
        });
        UpdateEventPayload::from_outcome(updated.await, Event)
    }

    /// Moves an event through its life: plans, opens, starts, holds, closes, cancels or postpones it.
    async fn advance_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The step.")] input: AdvanceEventInput,
    ) -> Nullable<AdvanceEventPayload> {
        let advanced = ctx.write(async |work| {
            let reason = passage_opt("reason", input.reason.as_ref())?;
            let id = id::parse("id", &input.id)?;
            work.advance_event(id, input.expected_version, input.step.into(), reason).await
        });
        AdvanceEventPayload::from_outcome(advanced.await, Event)
    }

    /// Adds a session to an event.
    async fn create_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: CreateSessionInput,
    ) -> Nullable<CreateSessionPayload> {
        let created = ctx.write(async |work| work.create_session(input.parse()?).await);
        CreateSessionPayload::from_outcome(created.await, Session)
    }
}
