//! Contributions, as clients see them: what registered people do in sessions.

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    id::{ContributionId, SessionId},
    registration::{self, Contribution as DomainContribution},
};

use super::object::Registration;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::{Event, Session, find_session},
    id,
    loader::{loader, rekey},
    rows::Rows,
    source::{Citation, citations},
    text::LocalizedText,
};

/// What a contribution is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "registration::ContributionKind")]
pub(crate) enum ContributionKind {
    /// Words of welcome.
    WelcomeAddress,
    /// A presentation or a report.
    Presentation,
    /// A lecture.
    Lecture,
    /// The moderation of a session.
    Moderation,
    /// Anything else.
    Other,
}

/// What a registered person contributes to an event.
#[derive(Clone)]
pub(crate) struct Contribution(pub(crate) DomainContribution);

/// The key of a session's contributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ContributionsTo(SessionId);

loader!(ContributionId => DomainContribution, |reading, keys| reading.find_contributions(keys));
loader!(ContributionsTo => Vec<DomainContribution>, |reading, keys| async {
    let ids: Vec<SessionId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.contributions_of_sessions(&ids).await, ContributionsTo)
});

/// The contributions to a session.
pub(crate) async fn of_session(
    ctx: &Context<'_>,
    session: SessionId,
) -> Result<Rows<Contribution>, ApiError> {
    let contributions = ctx.load(ContributionsTo(session)).await?.unwrap_or_default();
    Ok(contributions.into_iter().map(Contribution).collect())
}

/// What a registered person contributes to an event.
#[Object]
impl Contribution {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// What it is.
    async fn kind(&self) -> ContributionKind {
        self.0.kind.into()
    }

    /// Its title or subject; null where unknown.
    async fn title(&self) -> Option<LocalizedText> {
        self.0.title.clone().map(LocalizedText)
    }

    /// Whose it is.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(ctx.load(self.0.registration).await.map(|entry| entry.map(Registration)))
    }

    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(ctx.load(self.0.event).await.map(|event| event.map(Event)))
    }

    /// The session; null where the source names none.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let session = self.0.session?;
        nullable(find_session(ctx, self.0.event, session).await)
    }
}
