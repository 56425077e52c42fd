//! Mutations of badges: issue one anew, revoke one.

use async_graphql::{Context, ID, InputObject, Object};
use hemicycle_domain::{id::RegistrationId, text::Passage};

use crate::graphql::{
    context::ContextExt, error::Nullable, id, input::idempotency, payload::payload,
    registration::Registration,
};

/// A badge to be issued anew.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ReissueBadgeInput {
    /// The registration.
    pub registration_id: ID,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// A badge to be revoked.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RevokeBadgeInput {
    /// The registration.
    pub registration_id: ID,
    /// Why: it was lost, or given to someone else.
    pub reason: String,
}

payload! {
    /// The outcome of `reissueBadge`.
    ReissueBadgePayload {
        /// The registration with its new badge.
        registration: Registration
    }
}

payload! {
    /// The outcome of `revokeBadge`.
    RevokeBadgePayload {
        /// The registration, whose badge opens no door now.
        registration: Registration
    }
}

#[derive(Default)]
pub struct BadgeMutation;

#[Object]
impl BadgeMutation {
    /// Issues the badge of a registration anew: all former ones are no longer good, as soon as a door hears of it.
    async fn reissue_badge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: ReissueBadgeInput,
    ) -> Nullable<ReissueBadgePayload> {
        let reissued = ctx.write(async |work| {
            let once = idempotency("reissueBadge", input.idempotency_key.as_ref(), &input)?;
            let id: RegistrationId = id::parse("registrationId", &input.registration_id)?;
            if work.repeated::<RegistrationId>(once.as_ref()).await?.is_none() {
                work.reissue_badge(id).await?;
                work.remember(once, id).await?;
            }
            work.load_roster_entry(id).await
        });
        ReissueBadgePayload::from_outcome(reissued.await, Registration)
    }

    /// Revokes the badge of a registration: until it is issued anew, none opens a door. The registration stands.
    async fn revoke_badge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and why.")] input: RevokeBadgeInput,
    ) -> Nullable<RevokeBadgePayload> {
        let revoked = ctx.write(async |work| {
            let id: RegistrationId = id::parse("registrationId", &input.registration_id)?;
            work.revoke_badge(id, Passage::parse("reason", &input.reason)?).await?;
            work.load_roster_entry(id).await
        });
        RevokeBadgePayload::from_outcome(revoked.await, Registration)
    }
}
