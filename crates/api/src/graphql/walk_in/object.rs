//! A walk-in as clients see it, with the known people who are proposed for it.

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    id::{EventId, RegistrationId, WalkInId},
    page::PageRequest,
    text::Passage,
    walk_in::{self, Settlement},
};

use crate::graphql::{
    check_in::ScanFlag,
    connection::{Connection, connection},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    participant::Participant,
    registration::Registration,
    rows::Rows,
    scalar::DateTime,
};

/// Who a walk-in turned out to be.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "walk_in::WalkInOutcome")]
pub(crate) enum WalkInOutcome {
    /// A person nobody knew before.
    NewPerson,
    /// A person who was known.
    KnownPerson,
}

/// Someone who came without being on a list and was registered at the door.
pub(crate) struct WalkIn(pub(crate) walk_in::WalkIn);

/// Who a walk-in turned out to be, and why that is believed.
pub(crate) struct WalkInSettlement(Settlement);

/// The key of how a registration was made at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct WalkInOf(RegistrationId);

loader!(WalkInId => walk_in::WalkIn, |reading, keys| reading.find_walk_ins(keys));
loader!(WalkInOf => walk_in::WalkIn, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.walk_ins_of_registrations(&ids).await, WalkInOf)
});

/// How a registration was made at the door, if it was.
pub(crate) async fn of_registration(
    ctx: &Context<'_>,
    registration: RegistrationId,
) -> Result<Option<WalkIn>, ApiError> {
    Ok(ctx.batch().load_one(WalkInOf(registration)).await?.map(WalkIn))
}

/// The walk-ins of an event, the newest first.
pub(crate) async fn of_event(
    ctx: &Context<'_>,
    event: EventId,
    is_settled: Option<bool>,
    page: PageRequest,
) -> Result<Connection<WalkIn>, ApiError> {
    let rows = ctx.reading()?.list_walk_ins(event, is_settled, &page).await?;
    Ok(connection(
        rows,
        WalkIn,
        move |reading| async move { reading.count_walk_ins(event, is_settled).await },
    ))
}

/// Someone who came without being on a list and was registered at the door as a provisional person.
#[Object]
impl WalkIn {
    /// The global id.
    async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.batch().load_one(self.0.event).await.map(|event| event.map(Event)))
    }

    /// The registration that was made at the door. Once the walk-in is known to be someone, it is theirs; where they had
    /// one, it ended, and `mergedInto` is the one that goes on.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(ctx.batch().load_one(self.0.registration).await.map(|entry| entry.map(Registration)))
    }

    /// When the server took it in.
    async fn made_at(&self) -> DateTime {
        self.0.made_at.into()
    }

    /// What is amiss with it, where a device without a network took it in; empty for one that was registered online.
    async fn flags(&self) -> Vec<ScanFlag> {
        self.0.flags.iter().copied().map(Into::into).collect()
    }

    /// Who it turned out to be; null while nobody has said so.
    async fn settlement(&self) -> Option<WalkInSettlement> {
        self.0.settlement.clone().map(WalkInSettlement)
    }

    /// Known people whom it may be, at most ten of those whom you see: first those with the same e-mail address or
    /// telephone number, where you may see contacts, then those with a name like it in either script. Empty once it is
    /// settled.
    #[graphql(complexity = "50 + 10 * child_complexity")]
    async fn proposals(&self, ctx: &Context<'_>) -> Result<Rows<Participant>, ApiError> {
        if self.0.settlement.is_some() {
            return Ok(Vec::new().into_iter().collect());
        }
        Ok(ctx.reading()?.proposals_for(&self.0).await?.into_iter().map(Participant).collect())
    }
}

/// Who a walk-in turned out to be, and why that is believed.
#[Object]
impl WalkInSettlement {
    /// When it was settled.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// As what.
    async fn outcome(&self) -> WalkInOutcome {
        self.0.outcome.into()
    }

    /// The known person; null for a new one, and where you may not see them.
    async fn participant(&self, ctx: &Context<'_>) -> Nullable<Participant> {
        let known = self.0.known?;
        nullable(ctx.batch().load_one(known).await.map(|person| person.map(Participant)))
    }

    /// Why.
    async fn reason(&self) -> &str {
        Passage::as_str(&self.0.reason)
    }
}
