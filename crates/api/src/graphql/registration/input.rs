//! Inputs by which people are registered, delegations formed and contributions recorded, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use hemicycle_domain::{
    problem::Invalid,
    registration::{
        DelegationChange, Membership, NewContribution, NewDelegation, RegistrationChange, RegistrationDetails,
    },
    text::Passage,
};

use super::{contribution::ContributionKind, object::RegistrationRole};
use crate::graphql::{
    id,
    input::change,
    participant::NewPersonInput,
    scalar::CountryCode,
    text::{TranslationInput, passage_opt, text, text_opt},
};

/// Who is registered: a known person, or a new one.
#[derive(OneofObject, Debug, Clone)]
pub(crate) enum RegisteredPersonInput {
    /// The global id of a participant you may see.
    Id(ID),
    /// A person who is not known yet; look for the name first.
    New(Box<NewPersonInput>),
}

/// A person to be registered at an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RegisterParticipantInput {
    /// The event.
    pub event_id: ID,
    /// The person.
    pub participant: RegisteredPersonInput,
    /// What the person is there.
    #[graphql(default_with = "RegistrationRole::Participant")]
    pub role: RegistrationRole,
    /// The participant category, one of the event's program.
    pub category_id: Option<ID>,
    /// The delegation the person belongs to; needed for a head of delegation.
    pub delegation_id: Option<ID>,
    /// Whether the person leads the delegation; a head of delegation does.
    #[graphql(default)]
    pub is_delegation_head: bool,
    /// The institution represented. Left out of an event to come: the person's home.
    pub partner_id: Option<ID>,
    /// The position at the time. Left out of an event to come: the person's position now.
    pub position: Option<Vec<TranslationInput>>,
    /// The territory served in at the time. Left out of an event to come: the person's territory now.
    pub territory_id: Option<ID>,
    /// The country represented; told from the territory or the institution where it is left out.
    pub country: Option<CountryCode>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about a registration; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateRegistrationInput {
    /// The registration.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another role.
    pub role: Option<RegistrationRole>,
    /// Another category; null removes it.
    pub category_id: MaybeUndefined<ID>,
    /// Another delegation; null takes the person out of it.
    pub delegation_id: MaybeUndefined<ID>,
    /// Whether the person leads the delegation.
    pub is_delegation_head: Option<bool>,
    /// Another institution; null makes it unknown.
    pub partner_id: MaybeUndefined<ID>,
    /// Another position; null makes it unknown.
    pub position: MaybeUndefined<Vec<TranslationInput>>,
    /// Another territory; null makes it unknown.
    pub territory_id: MaybeUndefined<ID>,
    /// Another country; null leaves it to the territory or the institution.
    pub country: MaybeUndefined<CountryCode>,
}

/// A registration to be given up.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CancelRegistrationInput {
    /// The registration.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Why.
    pub reason: String,
}

/// A delegation to be recorded; it has a sender, a country, or both.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateDelegationInput {
    /// The event it was sent to.
    pub event_id: ID,
    /// The institution that sent it.
    pub sender_id: Option<ID>,
    /// The country it represents; told from the sender where it is left out.
    pub country: Option<CountryCode>,
    /// The institution that invited it.
    pub invited_by_id: Option<ID>,
    /// How many people it counts, the head among them; leave it out where unknown.
    pub size: Option<i32>,
    /// What else is worth knowing.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about a delegation; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateDelegationInput {
    /// The delegation.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another sender; null removes it.
    pub sender_id: MaybeUndefined<ID>,
    /// Another country; null removes it.
    pub country: MaybeUndefined<CountryCode>,
    /// Another inviting institution; null removes it.
    pub invited_by_id: MaybeUndefined<ID>,
    /// Another size; null makes it unknown.
    pub size: MaybeUndefined<i32>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
}

/// What a registered person contributes.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct AddContributionInput {
    /// Whose it is.
    pub registration_id: ID,
    /// The session of the same event; leave it out where none is known.
    pub session_id: Option<ID>,
    /// What it is.
    pub kind: ContributionKind,
    /// Its title or subject.
    pub title: Option<Vec<TranslationInput>>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// A contribution that was recorded by mistake.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RemoveContributionInput {
    /// The contribution.
    pub id: ID,
}

impl RegisterParticipantInput {
    pub(super) fn details(&self) -> Result<RegistrationDetails, Invalid> {
        let delegation = self.delegation_id.as_ref().map(|id| id::parse("delegationId", id)).transpose()?;
        Ok(RegistrationDetails {
            role: self.role.into(),
            category: self.category_id.as_ref().map(|id| id::parse("categoryId", id)).transpose()?,
            membership: Membership::parse(delegation, self.is_delegation_head)?,
            partner: self.partner_id.as_ref().map(|id| id::parse("partnerId", id)).transpose()?,
            position: text_opt("position", self.position.as_ref())?,
            territory: self.territory_id.as_ref().map(|id| id::parse("territoryId", id)).transpose()?,
            country: self.country.as_ref().map(|code| code.country("country")).transpose()?,
        })
    }
}

impl UpdateRegistrationInput {
    pub(super) fn parse(self) -> Result<RegistrationChange, Invalid> {
        Ok(RegistrationChange {
            role: self.role.map(Into::into),
            category: change(self.category_id, |id| id::parse("categoryId", &id))?,
            delegation: change(self.delegation_id, |id| id::parse("delegationId", &id))?,
            is_delegation_head: self.is_delegation_head,
            partner: change(self.partner_id, |id| id::parse("partnerId", &id))?,
            position: change(self.position, |translations| text("position", &translations))?,
            territory: change(self.territory_id, |id| id::parse("territoryId", &id))?,
            country: change(self.country, |code| code.country("country"))?,
        })
    }
}

impl CreateDelegationInput {
    pub(super) fn parse(&self) -> Result<NewDelegation, Invalid> {
        Ok(NewDelegation {
            event: id::parse("eventId", &self.event_id)?,
            sender: self.sender_id.as_ref().map(|id| id::parse("senderId", id)).transpose()?,
            country: self.country.as_ref().map(|code| code.country("country")).transpose()?,
            invited_by: self.invited_by_id.as_ref().map(|id| id::parse("invitedById", id)).transpose()?,
            size: self.size,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

impl UpdateDelegationInput {
    pub(super) fn parse(self) -> Result<DelegationChange, Invalid> {
        Ok(DelegationChange {
            sender: change(self.sender_id, |id| id::parse("senderId", &id))?,
            country: change(self.country, |code| code.country("country"))?,
            invited_by: change(self.invited_by_id, |id| id::parse("invitedById", &id))?,
            size: change(self.size, Ok)?,
            note: change(self.note, |note| Passage::parse("note", &note))?,
        })
    }
}

impl AddContributionInput {
    pub(super) fn parse(&self) -> Result<NewContribution, Invalid> {
        Ok(NewContribution {
            registration: id::parse("registrationId", &self.registration_id)?,
            session: self.session_id.as_ref().map(|id| id::parse("sessionId", id)).transpose()?,
            kind: self.kind.into(),
            title: text_opt("title", self.title.as_ref())?,
        })
    }
}
