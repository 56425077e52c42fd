//! What a person can ask for about the own data: all of it, and that it be forgotten.

use async_graphql::{Context, ID, InputObject, Object};
use hemicycle_domain::{id::ParticipantId, text::Line};

use super::object::Participant;
use crate::graphql::{context::ContextExt, error::Nullable, id, payload::payload, scalar::Json};

/// A request for all that is known of a person.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ExportParticipantInput {
    /// The participant.
    pub id: ID,
    /// Why, such as a reference to the person's letter. It stands in the audit trail for ever: name nobody.
    pub reason: String,
}

/// A request to forget a person.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct EraseParticipantInput {
    /// The participant.
    pub id: ID,
    /// Why, such as a reference to the person's letter. It stands in the audit trail for ever: name nobody.
    pub reason: String,
}

payload! {
    /// The outcome of `exportParticipant`.
    ExportParticipantPayload {
        /// All that is known of the person, as it is stored: `people` (the record and those merged into it),
        /// `disabilities`, `registrations`, `events`, `attendance`, `test_results`, `scans`, `badges`, `walk_ins`, `contributions`, `citations`, and
        /// `changes`, which tells what was changed about the person and when.
        export: Json
    }
}

payload! {
    /// The outcome of `eraseParticipant`.
    EraseParticipantPayload {
        /// The participant as it is now: without a name, and archived.
        participant: Participant
    }
}

#[derive(Default)]
pub struct DataRequestMutation;

#[Object]
impl DataRequestMutation {
    /// Takes out all that is known of a person, at the person's request. You may, if you answer for the person's home,
    /// or if the person was registered at no other events than yours. It leaves a row in the audit trail.
    async fn export_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data, and why.")] input: ExportParticipantInput,
    ) -> Nullable<ExportParticipantPayload> {
        let exported = ctx.write(async |work| {
            let person: ParticipantId = id::parse("id", &input.id)?;
            let reason = Line::parse("reason", &input.reason)?;
            work.export_participant(person, &reason).await
        });
        ExportParticipantPayload::from_outcome(exported.await, Json)
    }

    /// Anonymises a person for good, at the person's request: names, contacts, disabilities, test results, notes and
    /// positions go, also from earlier rows of the audit trail. Registrations and attendance stay, so that no figure changes. You may, if you
    /// answer for the person's home, or if the person was registered at no other events than yours.
    async fn erase_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to forget, and why.")] input: EraseParticipantInput,
    ) -> Nullable<EraseParticipantPayload> {
        let erased = ctx.write(async |work| {
            let person: ParticipantId = id::parse("id", &input.id)?;
            let reason = Line::parse("reason", &input.reason)?;
            work.erase_participant(person, &reason).await
        });
        EraseParticipantPayload::from_outcome(erased.await, Participant)
    }
}
