//! Mutations of agreements: record and change.

use async_graphql::{Context, Object};

use super::{
    input::{CreateAgreementInput, UpdateAgreementInput},
    object::Agreement,
};
use crate::graphql::{context::ContextExt, error::Nullable, id, input::idempotency, payload::payload};

payload! {
    /// The outcome of `createAgreement`.
    CreateAgreementPayload {
        /// The new agreement.
        agreement: Agreement
    }
}

payload! {
    /// The outcome of `updateAgreement`.
    UpdateAgreementPayload {
        /// The agreement as it is now.
        agreement: Agreement
    }
}

#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Records an agreement. It takes the right to edit agreements over one of its parties or in its country.
    async fn create_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The agreement.")] input: CreateAgreementInput,
    ) -> Nullable<CreateAgreementPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createAgreement", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_agreement(id).await;
            }
            let agreement = work.create_agreement(input.parse()?).await?;
            work.remember(once, agreement.id).await?;
            Ok(agreement)
        });
        CreateAgreementPayload::from_outcome(created.await, Agreement)
    }

    /// Changes an agreement, archives or restores it.
    async fn update_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateAgreementInput,
    ) -> Nullable<UpdateAgreementPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_agreement(id, version, input.parse()?).await
        });
        UpdateAgreementPayload::from_outcome(updated.await, Agreement)
    }
}
