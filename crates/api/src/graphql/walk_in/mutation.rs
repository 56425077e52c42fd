//! Mutations of walk-ins: register one at the door, say who it was.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    account::EmailAddress,
    id::WalkInId,
    participant::{Disability, NewParticipant, PersonalData, PhoneNumber},
    problem::Invalid,
    registration::RegistrationDetails,
    text::Passage,
    walk_in::NewWalkIn,
};

use super::object::WalkIn;
use crate::graphql::{
    context::ContextExt,
    error::Nullable,
    id,
    participant::{PersonNameInput, parse_names},
    payload::{UserError, payload, settle},
    registration::{Registration, RegistrationRole},
    scalar::{CountryCode, Uuid},
};

/// Someone who stands at the door and is on no list.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RegisterWalkInInput {
    /// An identifier of your making, best a UUID of version 7. Sending the same walk-in again under it does no harm: it
    /// is answered as before.
    pub walk_in_id: Uuid,
    /// The event.
    pub event_id: ID,
    /// The name as the person gives it; at least one form.
    pub names: Vec<PersonNameInput>,
    /// The e-mail address, if given.
    pub email: Option<String>,
    /// The telephone number in international form, if given.
    pub phone: Option<String>,
    /// What the person is there.
    #[graphql(default_with = "RegistrationRole::Participant")]
    pub role: RegistrationRole,
    /// The participant category, one of the event's program.
    pub category_id: Option<ID>,
    /// The institution represented.
    pub partner_id: Option<ID>,
    /// The country represented; told from the institution where it is left out.
    pub country: Option<CountryCode>,
}

/// A walk-in whom nobody knew before.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ConfirmWalkInInput {
    /// The walk-in.
    pub walk_in_id: ID,
    /// Why you believe so.
    pub reason: String,
}

/// A walk-in who is a known person.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MergeWalkInInput {
    /// The walk-in.
    pub walk_in_id: ID,
    /// The known person.
    pub participant_id: ID,
    /// Why you believe so.
    pub reason: String,
}

/// The outcome of `registerWalkIn`.
#[derive(SimpleObject)]
pub(crate) struct RegisterWalkInPayload {
    /// The walk-in.
    walk_in: Option<WalkIn>,
    /// The registration that was made; check it in like any other.
    registration: Option<Registration>,
    /// Why the person was not registered; empty if they were.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `confirmWalkIn`.
    ConfirmWalkInPayload {
        /// The walk-in as it is now.
        walk_in: WalkIn
    }
}

payload! {
    /// The outcome of `mergeWalkIn`.
    MergeWalkInPayload {
        /// The walk-in as it is now.
        walk_in: WalkIn
    }
}

#[derive(Default)]
pub struct WalkInMutation;

#[Object]
impl WalkInMutation {
    /// Registers a person who stands at the door and is on no list, as a provisional person. It takes the right to check
    /// people in; a full event takes no more.
    async fn register_walk_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, where.")] input: RegisterWalkInInput,
    ) -> Nullable<RegisterWalkInPayload> {
        let registered = ctx.attempt(move |work| {
            let input = input.clone();
            Box::pin(async move { work.register_walk_in(input.parse()?).await })
        });
        Some(settle(registered.await).map(|(done, errors)| {
            let (walk_in, registration) = done.unzip();
            RegisterWalkInPayload {
                walk_in: walk_in.map(WalkIn),
                registration: registration.map(Registration),
                errors,
            }
        }))
    }

    /// Says that a walk-in is a person nobody knew before: the provisional person stays as they are.
    async fn confirm_walk_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: ConfirmWalkInInput,
    ) -> Nullable<ConfirmWalkInPayload> {
        let confirmed = ctx.attempt(move |work| {
            let input = input.clone();
            Box::pin(async move {
                let id: WalkInId = id::parse("walkInId", &input.walk_in_id)?;
                work.confirm_walk_in(id, Passage::parse("reason", &input.reason)?).await
            })
        });
        ConfirmWalkInPayload::from_outcome(confirmed.await, WalkIn)
    }

    /// Says that a walk-in is a known person: the registration becomes theirs with its attendance, and the provisional
    /// record is archived. The record of the known person is not changed. Where they are registered at the event already,
    /// that registration goes on: the scans of the walk-in become facts of it, and the walk-in's own ends (`mergedInto`).
    /// Said again of the same person, it is answered as before.
    async fn merge_walk_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, who, and why.")] input: MergeWalkInInput,
    ) -> Nullable<MergeWalkInPayload> {
        let merged = ctx.attempt(move |work| {
            let input = input.clone();
            Box::pin(async move {
                let id: WalkInId = id::parse("walkInId", &input.walk_in_id)?;
                let known = id::parse("participantId", &input.participant_id)?;
                work.merge_walk_in(id, known, Passage::parse("reason", &input.reason)?).await
            })
        });
        MergeWalkInPayload::from_outcome(merged.await, WalkIn)
    }
}

impl RegisterWalkInInput {
    fn person(&self) -> Result<NewParticipant, Invalid> {
        let personal = PersonalData {
            email: self.email.as_ref().map(|email| EmailAddress::parse("email", email)).transpose()?,
            phone: self.phone.as_ref().map(|phone| PhoneNumber::parse("phone", phone)).transpose()?,
            ..PersonalData::default()
        };
        Ok(NewParticipant {
            names: parse_names(&self.names)?,
            personal,
            disability: Disability::default(),
            home_partner: None,
            position: None,
            territory: None,
            country: None,
        })
    }

    fn parse(&self) -> Result<NewWalkIn, Invalid> {
        let details = RegistrationDetails {
            category: self.category_id.as_ref().map(|id| id::parse("categoryId", id)).transpose()?,
            partner: self.partner_id.as_ref().map(|id| id::parse("partnerId", id)).transpose()?,
            country: self.country.as_ref().map(|code| code.country("country")).transpose()?,
            ..RegistrationDetails::in_role(self.role.into())
        };
        Ok(NewWalkIn {
            id: self.walk_in_id.uuid("walkInId")?.into(),
            event: id::parse("eventId", &self.event_id)?,
            person: self.person()?,
            details,
            left_out: Vec::new(),
        })
    }
}
