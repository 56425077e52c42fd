//! Mutations of programs: set up and change.

use async_graphql::{Context, Object};

use super::{
    input::{CreateProgramInput, UpdateProgramInput},
    object::Program,
};
use crate::graphql::{context::ContextExt, error::Nullable, id, input::idempotency, payload::payload};

payload! {
    /// The outcome of `createProgram`.
    CreateProgramPayload {
        /// The new program.
        program: Program
    }
}

payload! {
    /// The outcome of `updateProgram`.
    UpdateProgramPayload {
        /// The program as it is now.
        program: Program
    }
}

#[derive(Default)]
pub struct ProgramMutation;

#[Object]
impl ProgramMutation {
    /// Sets up a program. It takes the right to edit programs over its lead or in one of its countries.
    async fn create_program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] input: CreateProgramInput,
    ) -> Nullable<CreateProgramPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createProgram", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_program(id);
            }
            let program = work.create_program(input.parse()?).await?;
            work.remember(once, program.id).await?;
            Ok(program)
        });
        CreateProgramPayload::from_outcome(created.await, Program)
    }

    /// Changes a program, archives or restores it.
    async fn update_program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateProgramInput,
    ) -> Nullable<UpdateProgramPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_program(id, version, input.parse()?).await
        });
        UpdateProgramPayload::from_outcome(updated.await, Program)
    }
}
