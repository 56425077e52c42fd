//! Who is behind a scan or a decision about one, by name, for those who review the scans of the event.

use async_graphql::Context;
use hemicycle_domain::{
    access::Capability,
    id::{AccountId, EventId},
    text::Line,
};

use crate::graphql::{
    context::ContextExt,
    error::ApiError,
    loader::{loader, rekey},
};

/// The key of the name of an account that scanned at an event, or decided about a scan there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct NameAt {
    event: EventId,
    account: AccountId,
}

loader!(NameAt => Line, |reading, keys| async {
    let asked: Vec<(EventId, AccountId)> = keys.iter().map(|key| (key.event, key.account)).collect();
    rekey(reading.names_at_doors(&asked).await, |(event, account)| NameAt { event, account })
});

/// The name of an account that was at work at an event; none for those who may not review scans there.
pub(super) async fn name_at(
    ctx: &Context<'_>,
    event: EventId,
    account: AccountId,
) -> Result<Option<String>, ApiError> {
    Ok(ctx.load(NameAt { event, account }).await?.map(|name| name.as_str().to_owned()))
}

/// What is for those alone to see who may review scans of an event; none for everybody else.
pub(super) async fn for_reviewers<T>(
    ctx: &Context<'_>,
    event: EventId,
    told: Option<T>,
) -> Result<Option<T>, ApiError> {
    let Some(told) = told else { return Ok(None) };
    let event = ctx.load(event).await?;
    let may = event.is_some_and(|event| ctx.request().actor.may(Capability::ReviewScans, &event.whereabouts));
    Ok(may.then_some(told))
}
