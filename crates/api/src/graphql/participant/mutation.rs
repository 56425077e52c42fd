//! Mutations of participants: add, change, merge.

use async_graphql::{Context, Object};

use super::{
    input::{CreateParticipantInput, MergeParticipantsInput, UpdateParticipantInput},
    object::Participant,
};
use crate::graphql::{context::ContextExt, error::Nullable, id, input::idempotency, payload::payload};

payload! {
    /// The outcome of `createParticipant`.
    CreateParticipantPayload {
        /// The new participant.
        participant: Participant
    }
}

payload! {
    /// The outcome of `updateParticipant`.
    UpdateParticipantPayload {
        /// The participant as it is now.
        participant: Participant
    }
}

payload! {
    /// The outcome of `mergeParticipants`.
    MergeParticipantsPayload {
        /// The participant that took over.
        participant: Participant
    }
}

#[derive(Default)]
pub struct ParticipantMutation;

#[Object]
impl ParticipantMutation {
    /// Adds a person of an institution or a country you answer for. Whoever runs an event adds people of any home
    /// with `registerParticipant`.
    async fn create_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] input: CreateParticipantInput,
    ) -> Nullable<CreateParticipantPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createParticipant", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_participant(id).await;
            }
            let participant = work.create_participant(input.parse()?).await?;
            work.remember(once, participant.id).await?;
            Ok(participant)
        });
        CreateParticipantPayload::from_outcome(created.await, Participant)
    }

    /// Changes a person, archives or restores the record. You may, if you answer for the person's home, or if the
    /// person was registered at no other events than yours.
    async fn update_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateParticipantInput,
    ) -> Nullable<UpdateParticipantPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_participant(id, version, input.parse()?).await
        });
        UpdateParticipantPayload::from_outcome(updated.await, Participant)
    }

    /// Merges two records that are one person. Refused where both are registered at the same event.
    async fn merge_participants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two records.")] input: MergeParticipantsInput,
    ) -> Nullable<MergeParticipantsPayload> {
        let merged = ctx.attempt(move |work| {
            let input = input.clone();
            Box::pin(async move {
                let (from, into) =
                    (id::parse("fromId", &input.from_id)?, id::parse("intoId", &input.into_id)?);
                work.merge_participants(from, into).await
            })
        });
        MergeParticipantsPayload::from_outcome(merged.await, Participant)
    }
}
