//! Mutations of registrations, delegations and contributions.

use async_graphql::{Context, Object};
use hemicycle_domain::{registration::NewRegistration, text::Passage};

use super::{
    contribution::Contribution,
    delegation::Delegation,
    input::{
        AddContributionInput, CancelRegistrationInput, CreateDelegationInput, RegisterParticipantInput,
        RegisteredPersonInput, RemoveContributionInput, UpdateDelegationInput, UpdateRegistrationInput,
    },
    object::Registration,
};
use crate::graphql::{context::ContextExt, error::Nullable, id, input::idempotency, payload::payload};

payload! {
    /// The outcome of `registerParticipant`.
    RegisterParticipantPayload {
        /// The new registration.
        registration: Registration
    }
}

payload! {
    /// The outcome of `updateRegistration`.
    UpdateRegistrationPayload {
        /// The registration as it is now.
        registration: Registration
    }
}

payload! {
    /// The outcome of `cancelRegistration`.
    CancelRegistrationPayload {
        /// The registration as it is now.
        registration: Registration
    }
}

payload! {
    /// The outcome of `createDelegation`.
    CreateDelegationPayload {
        /// The new delegation.
        delegation: Delegation
    }
}

payload! {
    /// The outcome of `updateDelegation`.
    UpdateDelegationPayload {
        /// The delegation as it is now.
        delegation: Delegation
    }
}

payload! {
    /// The outcome of `addContribution`.
    AddContributionPayload {
        /// The new contribution.
        contribution: Contribution
    }
}

payload! {
    /// The outcome of `removeContribution`.
    RemoveContributionPayload {
        /// The contribution that is gone.
        contribution: Contribution
    }
}

#[derive(Default)]
pub struct RegistrationMutation;

#[Object]
impl RegistrationMutation {
    /// Registers a person at an event: a known one, or a new one whom nobody knew before. A person has one place at
    /// an event; after `cancelRegistration` the person can be registered anew.
    async fn register_participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, where, as what.")] input: RegisterParticipantInput,
    ) -> Nullable<RegisterParticipantPayload> {
        let registered = ctx.write(async |work| {
            let once = idempotency("registerParticipant", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_roster_entry(id).await;
            }
            let (event, details) = (id::parse("eventId", &input.event_id)?, input.details()?);
            let entry = match &input.participant {
                RegisteredPersonInput::Id(id) => {
                    let participant = id::parse("id", id).map_err(|fault| fault.within("participant"))?;
                    work.register_participant(NewRegistration { event, participant, details }).await?
                }
                RegisteredPersonInput::New(person) => {
                    let person = person.parse().map_err(|fault| fault.within("new").within("participant"))?;
                    work.register_new_participant(event, person, details).await?
                }
            };
            work.remember(once, entry.registration.id).await?;
            Ok(entry)
        });
        RegisterParticipantPayload::from_outcome(registered.await, Registration)
    }

    /// Changes what a person is at an event.
    async fn update_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateRegistrationInput,
    ) -> Nullable<UpdateRegistrationPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_registration(id, version, input.parse()?).await
        });
        UpdateRegistrationPayload::from_outcome(updated.await, Registration)
    }

    /// Cancels a registration; its seat becomes free. Who has attended cannot be taken off the list.
    async fn cancel_registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: CancelRegistrationInput,
    ) -> Nullable<CancelRegistrationPayload> {
        let cancelled = ctx.write(async |work| {
            let id = id::parse("id", &input.id)?;
            let reason = Passage::parse("reason", &input.reason)?;
            work.cancel_registration(id, input.expected_version, reason).await
        });
        CancelRegistrationPayload::from_outcome(cancelled.await, Registration)
    }

    /// Records a delegation to an event. Its members are registered with `delegationId`.
    async fn create_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The delegation.")] input: CreateDelegationInput,
    ) -> Nullable<CreateDelegationPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createDelegation", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_delegation(id).await;
            }
            let delegation = work.create_delegation(input.parse()?).await?;
            work.remember(once, delegation.id).await?;
            Ok(delegation)
        });
        CreateDelegationPayload::from_outcome(created.await, Delegation)
    }

    /// Changes what is known of a delegation.
    async fn update_delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateDelegationInput,
    ) -> Nullable<UpdateDelegationPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_delegation(id, version, input.parse()?).await
        });
        UpdateDelegationPayload::from_outcome(updated.await, Delegation)
    }

    /// Records what a registered person contributes to an event or to one of its sessions.
    async fn add_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contribution.")] input: AddContributionInput,
    ) -> Nullable<AddContributionPayload> {
        let added = ctx.write(async |work| {
            let once = idempotency("addContribution", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_contribution(id).await;
            }
            let contribution = work.add_contribution(input.parse()?).await?;
            work.remember(once, contribution.id).await?;
            Ok(contribution)
        });
        AddContributionPayload::from_outcome(added.await, Contribution)
    }

    /// Removes a contribution that was recorded by mistake.
    async fn remove_contribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: RemoveContributionInput,
    ) -> Nullable<RemoveContributionPayload> {
        let removed = ctx.write(async |work| work.remove_contribution(id::parse("id", &input.id)?).await);
        RemoveContributionPayload::from_outcome(removed.await, Contribution)
    }
}
