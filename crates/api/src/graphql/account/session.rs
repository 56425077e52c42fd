//! The sessions of an account: listed for their holder, ended one by one or all at once.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::account;

use crate::graphql::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable},
    id,
    payload::{UserError, payload, settle},
    scalar::DateTime,
};

/// A session of your account: what began with a sign-in and goes on until it is ended or is not used for 30 days.
pub(crate) struct AccountSession(pub(crate) account::AccountSession);

/// A session of your account: what began with a sign-in and goes on until it is ended or is not used for 30 days.
#[Object]
impl AccountSession {
    /// The global id, by which it can be ended.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// When it began.
    async fn opened_at(&self) -> DateTime {
        self.0.opened_at.into()
    }

    /// The network address from which it began; null where it is not known.
    async fn opened_from(&self) -> Option<String> {
        self.0.opened_from.address.map(|address| address.to_string())
    }

    /// What the client called itself when it began, such as the name of a browser; null where it said nothing.
    async fn user_agent(&self) -> Option<&str> {
        self.0.opened_from.user_agent.as_deref()
    }

    /// When it was begun or refreshed last. Requests between two refreshes do not change it.
    async fn last_used_at(&self) -> DateTime {
        self.0.last_used_at.into()
    }

    /// The network address from which it was begun or refreshed last; null where it is not known.
    async fn last_used_from(&self) -> Option<String> {
        self.0.last_used_from.map(|address| address.to_string())
    }

    /// Whether it is the session of this request.
    async fn is_current(&self, ctx: &Context<'_>) -> bool {
        ctx.request().session == Some(self.0.id)
    }
}

#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Lists the sessions of your account that go on, the newest first: where you are signed in.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn my_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<AccountSession>, ApiError> {
        let now = ctx.now();
        let rows = ctx.reading()?.list_sessions(now, &page(first, after, last, before)?).await?;
        let count =
            move |reading: hemicycle_persistence::Reading| async move { reading.count_sessions(now).await };
        Ok(connection(rows, AccountSession, count))
    }
}

/// A session to be ended.
#[derive(InputObject)]
pub(crate) struct EndSessionInput {
    /// One of the sessions of your account.
    pub session_id: ID,
}

payload! {
    /// The outcome of `endSession`.
    EndSessionPayload {
        /// The session that is over.
        session: AccountSession
    }
}

/// Whose sessions are to be ended.
#[derive(InputObject)]
pub(crate) struct SignOutEverywhereInput {
    /// An account that you manage. Left out: your own.
    pub account_id: Option<ID>,
    /// Whether the session of this request goes on. Default: no.
    #[graphql(default)]
    pub keep_this: bool,
}

/// The outcome of `signOutEverywhere`.
#[derive(SimpleObject)]
pub(crate) struct SignOutEverywherePayload {
    /// How many sessions are over; null if there are errors.
    ended: Option<i64>,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends one of your sessions: its tokens are refused, its sockets are closed.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: EndSessionInput,
    ) -> Nullable<EndSessionPayload> {
        let ended =
            ctx.write(async |work| work.end_own_session(id::parse("sessionId", &input.session_id)?).await);
        EndSessionPayload::from_outcome(ended.await, AccountSession)
    }

    /// Ends all sessions of your account, or of one that you manage: their tokens are refused, their sockets are closed.
    async fn sign_out_everywhere(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose sessions.")] input: SignOutEverywhereInput,
    ) -> Nullable<SignOutEverywherePayload> {
        let request = ctx.request();
        let own = request.actor.account();
        let but = request.session.filter(|_| input.keep_this);
        let ended = ctx.write(async |work| {
            let account = match &input.account_id {
                Some(id) => id::parse("accountId", id)?,
                None => own.ok_or(hemicycle_persistence::Failure::Unauthenticated)?,
            };
            work.end_sessions(account, but).await
        });
        Some(settle(ended.await).map(|(ended, errors)| SignOutEverywherePayload {
            ended: ended.map(|count| i64::try_from(count).unwrap_or(i64::MAX)),
            errors,
        }))
    }
}
