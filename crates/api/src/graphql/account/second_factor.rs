//! The second factor: set up, confirmed, removed, and taken away from who lost it.

use std::future::ready;

use async_graphql::{Context, ID, InputObject, Object, OneofObject, SimpleObject};
use hemicycle_domain::{
    account::{Account as DomainAccount, AccountRefusal, ChallengeKind, FactorState},
    id::{AccountId, Id},
};
use hemicycle_persistence::{Failure, by_link};

use super::{
    Account,
    link::check_own_password,
    sign_in::{address, open_session},
};
use crate::{
    graphql::{
        context::ContextExt,
        error::{ApiError, Nullable},
        id,
        payload::{UserError, payload, settle},
        scalar::DateTime,
    },
    sign_in::{
        NewFactor, Trier, new_factor, new_recovery_codes, recovery_code_hash, refresh_token_hash, step_of,
    },
};

/// What proves that one has the second factor.
#[derive(OneofObject)]
pub(crate) enum SecondFactorProof {
    /// The six digits that the application shows now, with spaces or without. Each is good once.
    Code(String),
    /// One of the recovery codes, good once.
    RecoveryCode(String),
}

/// Who sets a second factor up.
#[derive(InputObject)]
pub(crate) struct SetUpSecondFactorInput {
    /// The password of your account. Left out: the account has none, or this is a step of signing in.
    pub current_password: Option<String>,
    /// The token of a challenge of the kind `SET_UP`, where this is a step of signing in.
    pub challenge: Option<String>,
}

/// The first code of a second factor.
#[derive(InputObject)]
pub(crate) struct ConfirmSecondFactorInput {
    /// The six digits that the application shows now.
    pub code: String,
    /// The token of a challenge of the kind `SET_UP`, where this is a step of signing in.
    pub challenge: Option<String>,
}

/// Who wants new recovery codes.
#[derive(InputObject)]
pub(crate) struct RenewRecoveryCodesInput {
    /// The password of your account. Left out: the account has none.
    pub current_password: Option<String>,
    /// A code.
    pub proof: SecondFactorProof,
}

/// Who wants to be asked for no second factor any more.
#[derive(InputObject)]
pub(crate) struct RemoveSecondFactorInput {
    /// The password of your account. Left out: the account has none.
    pub current_password: Option<String>,
    /// A code.
    pub proof: SecondFactorProof,
}

/// Who lost the second factor.
#[derive(InputObject)]
pub(crate) struct ResetSecondFactorInput {
    /// The account, which you manage wherever it holds a role; not your own.
    pub account_id: ID,
}

/// A secret from which an application on a phone makes codes. It is shown this once.
#[derive(SimpleObject)]
pub(crate) struct SecondFactorSetup {
    /// The secret in base 32, to be typed where no code can be scanned: codes of six digits, every 30 seconds, SHA-1.
    secret: String,
    /// The same as an `otpauth://` address, to be opened on the phone itself.
    uri: String,
    /// That address as a QR code to be scanned: an SVG picture.
    qr: String,
}

payload! {
    /// The outcome of `setUpSecondFactor`.
    SetUpSecondFactorPayload {
        /// The secret; it counts once a code of it was confirmed.
        setup: SecondFactorSetup
    }
}

/// The outcome of `confirmSecondFactor`.
#[derive(SimpleObject, Default)]
pub(crate) struct ConfirmSecondFactorPayload {
    /// Ten codes for when the phone is lost, each good once. They are shown this once. Null if there are errors.
    recovery_codes: Option<Vec<String>>,
    /// The access token, where this was the last step of signing in.
    access_token: Option<String>,
    /// When the access token stops being good.
    access_token_expires_at: Option<DateTime>,
    /// The refresh token, where this was the last step of signing in.
    refresh_token: Option<String>,
    /// Why the second factor was not confirmed; empty if it was.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `renewRecoveryCodes`.
    RenewRecoveryCodesPayload {
        /// Ten new codes, each good once; those before are good no more. They are shown this once.
        recovery_codes: Vec<String>
    }
}

payload! {
    /// The outcome of `removeSecondFactor`.
    RemoveSecondFactorPayload {
        /// The account as it is now.
        account: Account
    }
}

payload! {
    /// The outcome of `resetSecondFactor`.
    ResetSecondFactorPayload {
        /// The account as it is now; its sessions are over.
        account: Account
    }
}

#[derive(Default)]
pub struct SecondFactorMutation;

#[Object]
impl SecondFactorMutation {
    /// Makes a secret for codes of a second factor. It counts once `confirmSecondFactor` has seen a code; until then it
    /// can be made anew.
    async fn set_up_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who sets it up.")] input: SetUpSecondFactorInput,
    ) -> Nullable<SetUpSecondFactorPayload> {
        match set_up(ctx, input).await {
            Ok(made) => {
                SetUpSecondFactorPayload::from_outcome(made, |NewFactor { secret, uri, qr, .. }| {
                    SecondFactorSetup { secret, uri, qr }
                })
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Confirms a second factor by its first code: from now on it is asked for at each sign-in. Other sessions of the
    /// account end. Gives the recovery codes.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: ConfirmSecondFactorInput,
    ) -> Nullable<ConfirmSecondFactorPayload> {
        Some(confirm(ctx, input).await)
    }

    /// Gives new recovery codes in place of those before.
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who asks.")] input: RenewRecoveryCodesInput,
    ) -> Nullable<RenewRecoveryCodesPayload> {
        let (codes, hashes) = new_recovery_codes();
        let renewed = match check_both(ctx, input.current_password, &input.proof).await {
            Err(error) => return Some(Err(error)),
            Ok(Err(failure)) => Err(failure),
            Ok(Ok(())) => ctx.write(async |work| work.renew_recovery_codes(hashes).await).await,
        };
        RenewRecoveryCodesPayload::from_outcome(renewed, |_| codes)
    }

    /// Removes the second factor of your account: the password alone lets in from now on.
    async fn remove_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who asks.")] input: RemoveSecondFactorInput,
    ) -> Nullable<RemoveSecondFactorPayload> {
        let removed = match check_both(ctx, input.current_password, &input.proof).await {
            Err(error) => return Some(Err(error)),
            Ok(Err(failure)) => Err(failure),
            Ok(Ok(())) => ctx.write(async |work| work.remove_second_factor().await).await,
        };
        RemoveSecondFactorPayload::from_outcome(removed, Account)
    }

    /// Takes the second factor of an account away that you manage, and whose holder lost it. All its sessions end.
    async fn reset_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose second factor.")] input: ResetSecondFactorInput,
    ) -> Nullable<ResetSecondFactorPayload> {
        let reset = ctx
            .write(async |work| work.reset_second_factor(id::parse("accountId", &input.account_id)?).await);
        ResetSecondFactorPayload::from_outcome(reset.await, Account)
    }
}

/// Checks what someone gives who says to have the second factor of an account.
pub(super) async fn check_proof(
    ctx: &Context<'_>,
    account: AccountId,
    proof: &SecondFactorProof,
) -> Result<(), Failure> {
    let services = ctx.services();
    match proof {
        SecondFactorProof::Code(code) => try_code(ctx, account, FactorState::On, code).await,
        SecondFactorProof::RecoveryCode(code) => {
            let trier = Trier::new(&format!("recovery code {}", account.uuid()), address(ctx));
            let attempt = services.throttle.attempt(&trier, ready(Ok(false)), ctx.now()).await?;
            let attempt = attempt.map_err(AccountRefusal::wait)?;
            let hash = recovery_code_hash(code);
            match services.store.take_recovery_code(account, &hash, ctx.now()).await {
                Ok(()) => attempt.was_right().await,
                Err(failure @ Failure::Problem(_)) => {
                    attempt.was_wrong(ctx.now()).await?;
                    Err(failure)
                }
                Err(failure) => Err(failure),
            }
        }
    }
}

async fn try_code(
    ctx: &Context<'_>,
    account: AccountId,
    state: FactorState,
    code: &str,
) -> Result<(), Failure> {
    let (services, now) = (ctx.services(), ctx.now());
    let step = |sealed: &str| step_of(&services.seal, account, sealed, code, now);
    services.store.try_code(account, state, step, now).await
}

/// Checks the password of the account that asks, then its second factor.
async fn check_both(
    ctx: &Context<'_>,
    password: Option<String>,
    proof: &SecondFactorProof,
) -> Result<Result<(), Failure>, ApiError> {
    Ok(match check_own_password(ctx, password).await? {
        Ok(account) => check_proof(ctx, account.id, proof).await,
        Err(failure) => Err(failure),
    })
}

async fn set_up(
    ctx: &Context<'_>,
    input: SetUpSecondFactorInput,
) -> Result<Result<NewFactor, Failure>, ApiError> {
    let services = ctx.services();
    let account = match input.challenge {
        Some(challenge) => challenged(ctx, &challenge).await,
        None => check_own_password(ctx, input.current_password).await?,
    };
    let account = match account {
        Ok(account) => account,
        Err(failure) => return Ok(Err(failure)),
    };
    let factor = new_factor(&services.seal, account.id, &account.email)?;
    let sealed = factor.sealed.clone();
    let kept = async {
        let work = services.store.begin(&by_link(account.id), ctx.now()).await?;
        let mut work = work.for_request(ctx.request().id.as_str());
        work.set_up_second_factor(sealed).await?;
        work.commit().await
    };
    Ok(kept.await.map(|()| factor))
}

async fn confirm(
    ctx: &Context<'_>,
    input: ConfirmSecondFactorInput,
) -> Result<ConfirmSecondFactorPayload, ApiError> {
    let services = ctx.services();
    let account = match &input.challenge {
        Some(challenge) => challenged(ctx, challenge).await.map(|account| account.id),
        None => ctx.request().actor.account().ok_or(Failure::Unauthenticated),
    };
    let (codes, hashes) = new_recovery_codes();
    let confirmed = async {
        let account = account?;
        try_code(ctx, account, FactorState::Pending, &input.code).await?;
        let work = services.store.begin(&by_link(account), ctx.now()).await?;
        let mut work = work.for_request(ctx.request().id.as_str());
        // The session of a challenge is still to begin.
        let this = ctx.request().session.filter(|_| input.challenge.is_none());
        let account = work.turn_on_second_factor(hashes, this).await?;
        work.commit().await?;
        Ok::<_, Failure>(account.id)
    };
    let (account, errors) = settle(confirmed.await)?;
    let Some(account) = account else {
        return Ok(ConfirmSecondFactorPayload { errors, ..ConfirmSecondFactorPayload::default() });
    };
    let mut payload =
        ConfirmSecondFactorPayload { recovery_codes: Some(codes), ..ConfirmSecondFactorPayload::default() };
    if input.challenge.is_some() {
        let session = open_session(ctx, account).await?;
        payload.access_token = session.access_token;
        payload.access_token_expires_at = session.access_token_expires_at;
        payload.refresh_token = session.refresh_token;
    }
    Ok(payload)
}

/// The account that has to set a second factor up before it is let in.
async fn challenged(ctx: &Context<'_>, challenge: &str) -> Result<DomainAccount, Failure> {
    let store = &ctx.services().store;
    let presented = refresh_token_hash(challenge);
    let account = store.find_challenge(&presented, ChallengeKind::SetUp, ctx.now()).await?;
    let account = store.acting_as(&by_link(account))?.find_account(account).await?;
    account.ok_or(AccountRefusal::ChallengeSpent.into())
}
