//! Signing in by address and password, staying signed in, signing out.

use std::net::IpAddr;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    account::{AccountRefusal, ChallengeKind, EmailAddress},
    id::{AccountId, AccountSessionId},
};
use hemicycle_persistence::Failure;

use super::second_factor::{SecondFactorProof, check_proof};
use crate::{
    graphql::{
        context::ContextExt,
        error::ApiError,
        payload::{UserError, settle},
        scalar::DateTime,
    },
    sign_in::{Principal, Trier, new_refresh_token, refresh_token_hash},
};

/// Who signs in.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// The e-mail address of the account.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A refresh token of a session.
#[derive(InputObject)]
pub(crate) struct RefreshSessionInput {
    /// The refresh token, good for one use.
    pub refresh_token: String,
}

/// A sign-in that is to be completed.
#[derive(InputObject)]
pub(crate) struct CompleteSignInInput {
    /// The token of the challenge that `signIn` gave.
    pub challenge: String,
    /// The code.
    pub proof: SecondFactorProof,
}

/// A session: an access token of some minutes, and a refresh token for the next one. Or a challenge, where a step is
/// left to do.
#[derive(SimpleObject, Default)]
pub(crate) struct SessionPayload {
    /// The access token: send it as `Authorization: Bearer …`. Null if there are errors or a challenge.
    pub(super) access_token: Option<String>,
    /// When the access token stops being good.
    pub(super) access_token_expires_at: Option<DateTime>,
    /// The refresh token: exchange it once, by `refreshSession`, for a new pair. Null if there are errors or a
    /// challenge.
    pub(super) refresh_token: Option<String>,
    /// What is left to do where who signs in is proven and not in yet: to give a code of the second factor, or to set
    /// one up. Null otherwise.
    challenge: Option<SignInChallenge>,
    /// Why there is no session; empty if there is one.
    errors: Vec<UserError>,
}

/// A step that is left to do of a sign-in.
#[derive(SimpleObject)]
pub(crate) struct SignInChallenge {
    /// What to do.
    kind: SignInChallengeKind,
    /// The token of this sign-in, good for that step alone and once.
    token: String,
    /// When the token stops being good: 5 minutes from now for a code, 30 to set a second factor up.
    expires_at: DateTime,
}

/// What is left to do of a sign-in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ChallengeKind")]
pub(crate) enum SignInChallengeKind {
    /// Give a code of the second factor, or a recovery code, to `completeSignIn`.
    SecondFactor,
    /// Set a second factor up, which a role of yours asks for: `setUpSecondFactor`, then `confirmSecondFactor`.
    SetUp,
}

/// The outcome of `signOut`.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// Whether the session is over; it always is.
    done: bool,
    /// Always empty: an unknown token ends nothing and is no error.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Signs in by address and password. Needs no token. Who gets it wrong again and again is asked to wait. Who has a
    /// second factor gets a challenge, to be completed by `completeSignIn`.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SignInInput,
    ) -> Result<SessionPayload, ApiError> {
        let services = ctx.services();
        // A malformed address is as wrong as an unknown one, and no more is told.
        let email = EmailAddress::parse("email", &input.email).ok();
        let trier = Trier::new(&input.email, address(ctx));
        let attempt =
            match services.throttle.attempt(&trier, is_known(ctx, email.as_ref()), ctx.now()).await? {
                Ok(attempt) => attempt,
                Err(wait) => return refused(AccountRefusal::wait(wait).into()),
            };
        let facts = match &email {
            Some(email) => services.store.sign_in_facts(email).await?,
            None => None,
        };
        let account = facts.as_ref().map(|facts| facts.account);
        let hash = facts.map(|facts| facts.password);
        let is_right = services.passwords.is_right(input.password, hash).await?;
        let Some(account) = account.filter(|_| is_right) else {
            attempt.was_wrong(ctx.now()).await?;
            return refused(AccountRefusal::WrongCredentials.into());
        };
        attempt.was_right().await?;
        let_in(ctx, account).await
    }

    /// Completes a sign-in by a code of the second factor, or by a recovery code. Needs no token but the challenge's. Who
    /// gets it wrong again and again is asked to wait.
    async fn complete_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The challenge and the code.")] input: CompleteSignInInput,
    ) -> Result<SessionPayload, ApiError> {
        let store = &ctx.services().store;
        let presented = refresh_token_hash(&input.challenge);
        let kind = ChallengeKind::SecondFactor;
        let completed = async {
            let account = store.find_challenge(&presented, kind, ctx.now()).await?;
            check_proof(ctx, account, &input.proof).await?;
            store.take_challenge(&presented, kind, ctx.now()).await
        };
        match completed.await {
            Ok(account) => open_session(ctx, account).await,
            Err(failure) => refused(failure),
        }
    }

    /// Exchanges a refresh token for a new session. A token used twice ends the session for every holder.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshSessionInput,
    ) -> Result<SessionPayload, ApiError> {
        let (refresh_token, kept) = new_refresh_token();
        let presented = refresh_token_hash(&input.refresh_token);
        let visitor = &ctx.request().visitor;
        let services = ctx.services();
        let store = &services.store;
        match store.rotate_session(&presented, kept, visitor, ctx.now()).await {
            // A role that asks for a second factor came after the session began.
            Ok((account, _))
                if services.second_factor_required
                    && challenge_of(ctx, account).await? == Some(ChallengeKind::SetUp) =>
            {
                store.end_session(&refresh_token_hash(&refresh_token), ctx.now()).await?;
                refused(AccountRefusal::SessionEnded.into())
            }
            Ok((account, session)) => tokens(ctx, account, session, refresh_token).await,
            Err(failure) => refused(failure),
        }
    }

    /// Ends the session of a refresh token.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshSessionInput,
    ) -> Result<SignOutPayload, ApiError> {
        ctx.services().store.end_session(&refresh_token_hash(&input.refresh_token), ctx.now()).await?;
        Ok(SignOutPayload { done: true, errors: Vec::new() })
    }
}

/// Whether someone has been here from this address before, who does not wait for what others try.
async fn is_known(ctx: &Context<'_>, email: Option<&EmailAddress>) -> Result<bool, Failure> {
    match (email, address(ctx)) {
        (Some(email), Some(address)) => ctx.services().store.is_known_from(email, address).await,
        _ => Ok(false),
    }
}

/// Lets an account in that has proven itself, or says what is left to do.
pub(super) async fn let_in(ctx: &Context<'_>, account: AccountId) -> Result<SessionPayload, ApiError> {
    let Some(kind) = challenge_of(ctx, account).await? else { return open_session(ctx, account).await };
    let (token, kept) = new_refresh_token();
    let expires_at = ctx.services().store.open_challenge(account, kind, kept, ctx.now()).await?;
    let challenge = SignInChallenge { kind: kind.into(), token, expires_at: expires_at.into() };
    Ok(SessionPayload { challenge: Some(challenge), ..SessionPayload::default() })
}

/// What is left to do of an account that has proven itself.
async fn challenge_of(ctx: &Context<'_>, account: AccountId) -> Result<Option<ChallengeKind>, ApiError> {
    let services = ctx.services();
    if services.store.has_second_factor(account).await? {
        return Ok(Some(ChallengeKind::SecondFactor));
    }
    if !services.second_factor_required {
        return Ok(None);
    }
    let actor = services.store.find_actor(account, ctx.now()).await?;
    let needs_one = actor.is_some_and(|actor| actor.has_role_with_people());
    Ok(needs_one.then_some(ChallengeKind::SetUp))
}

/// Starts a session for an account that has proven itself.
pub(super) async fn open_session(ctx: &Context<'_>, account: AccountId) -> Result<SessionPayload, ApiError> {
    let (refresh_token, kept) = new_refresh_token();
    let visitor = ctx.request().visitor.clone();
    let session = ctx.services().store.open_session(account, kept, visitor, ctx.now()).await?;
    tokens(ctx, account, session, refresh_token).await
}

pub(super) fn address(ctx: &Context<'_>) -> Option<IpAddr> {
    ctx.request().visitor.address
}

async fn tokens(
    ctx: &Context<'_>,
    account: AccountId,
    session: AccountSessionId,
    refresh_token: String,
) -> Result<SessionPayload, ApiError> {
    let principal = Principal::Account(account, session);
    let (access_token, expires_at) = ctx.services().tokens.issue(principal, ctx.now()).await?;
    Ok(SessionPayload {
        access_token: Some(access_token),
        access_token_expires_at: Some(expires_at.into()),
        refresh_token: Some(refresh_token),
        ..SessionPayload::default()
    })
}

pub(super) fn refused(failure: Failure) -> Result<SessionPayload, ApiError> {
    let (_, errors) = settle::<()>(Err(failure))?;
    Ok(SessionPayload { errors, ..SessionPayload::default() })
}
