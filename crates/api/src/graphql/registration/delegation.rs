//! Delegations, as clients see them: the sender and the size with the event, the members to those who see people.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use hemicycle_domain::{
    id::{DelegationId, EventId},
    registration::Delegation as DomainDelegation,
    text::Passage,
};
use hemicycle_persistence::RosterEntry;

use super::object::Registration;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    partner::Partner,
    rows::Rows,
    scalar::{CountryCode, DateTime},
    source::{Citation, citations},
};

/// A delegation to an event.
#[derive(Clone)]
pub(crate) struct Delegation(pub(crate) DomainDelegation);

/// The key of an event's delegations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DelegationsOf(EventId);
/// The key of a delegation's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct MembersOf(DelegationId);

loader!(DelegationId => DomainDelegation, |reading, keys| reading.find_delegations(keys));
loader!(DelegationsOf => Vec<DomainDelegation>, |reading, keys| async {
    let ids: Vec<EventId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.delegations_of_events(&ids).await, DelegationsOf)
});
loader!(MembersOf => Vec<Arc<RosterEntry>>, |reading, keys| async {
    let ids: Vec<DelegationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.members_of_delegations(&ids).await, MembersOf)
});

/// The delegations to an event.
pub(crate) async fn of_event(ctx: &Context<'_>, event: EventId) -> Result<Rows<Delegation>, ApiError> {
    let delegations = ctx.load(DelegationsOf(event)).await?.unwrap_or_default();
    Ok(delegations.into_iter().map(Delegation).collect())
}

impl Delegation {
    async fn roster(&self, ctx: &Context<'_>) -> Result<Vec<Arc<RosterEntry>>, ApiError> {
        Ok(ctx.load(MembersOf(self.0.id)).await?.unwrap_or_default())
    }
}

/// A delegation to an event.
#[Object]
impl Delegation {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// The event it was sent to.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.0.event).await.map(|event| event.map(Event)))
    }

    /// The institution that sent it.
    async fn sender(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let sender = self.0.sender?;
        nullable(ctx.reading().map(|reading| reading.find_partner(sender).map(Partner)))
    }

    /// The country it represents.
    async fn country(&self) -> Option<CountryCode> {
        self.0.country.map(Into::into)
    }

    /// The institution that invited it; null where unknown.
    async fn invited_by(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let inviter = self.0.invited_by?;
        nullable(ctx.reading().map(|reading| reading.find_partner(inviter).map(Partner)))
    }

    /// How many people it counts, as its sources say; null where unknown, whoever is registered.
    async fn size(&self) -> Option<i32> {
        self.0.size
    }

    /// Who leads it; null where nobody is registered as its head or you may not see people here.
    async fn head(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let is_head = |entry: &Arc<RosterEntry>| {
            entry.registration.details.membership.is_some_and(|membership| membership.is_head)
        };
        nullable(self.roster(ctx).await.map(|roster| roster.into_iter().find(is_head).map(Registration)))
    }

    /// Its registered members, the head first; empty where you may not see people here.
    #[graphql(complexity = "5 * child_complexity")]
    async fn members(&self, ctx: &Context<'_>) -> Result<Rows<Registration>, ApiError> {
        Ok(self.roster(ctx).await?.into_iter().map(Registration).collect())
    }

    /// What else is worth knowing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_ref().map(Passage::as_str)
    }
}
