//! Invitations and new passwords: by a link that is sent by e-mail, or by who knows the old one.

use std::future::ready;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    account::{AccountRefusal, Addressee, EmailAddress, LinkKind, PasswordHash, check_password},
    id::{AccountId, Id},
    problem::Invalid,
    text::Line,
};
use hemicycle_persistence::{Failure, by_link};

use super::{
    Account, GrantInput, NewAccountParts,
    sign_in::{SessionPayload, address, let_in, refused},
};
use crate::{
    graphql::{
        context::ContextExt,
        error::{ApiError, Nullable},
        id,
        payload::{UserError, payload, settle},
    },
    sign_in::{Mail, Trier, new_refresh_token, refresh_token_hash},
};

/// An account that is to be opened for someone, who chooses the password.
#[derive(InputObject)]
pub(crate) struct InviteAccountInput {
    /// The e-mail address by which it will sign in, to which the invitation is sent.
    pub email: String,
    /// The name to show; who accepts the invitation can change it.
    pub display_name: String,
    /// The roles it starts with; at least one.
    pub grants: Vec<GrantInput>,
}

/// An invitation that is to be sent again.
#[derive(InputObject)]
pub(crate) struct InviteAgainInput {
    /// The account.
    pub account_id: ID,
}

/// An invitation that is accepted.
#[derive(InputObject)]
pub(crate) struct AcceptInvitationInput {
    /// The token of the link, which stands behind its `#token=`.
    pub token: String,
    /// The password; at least 12 characters, and not easy to guess from the address, the name or a dictionary.
    pub password: String,
    /// The name to show. Left out: the one of the invitation.
    pub display_name: Option<String>,
}

/// Who forgot a password.
#[derive(InputObject)]
pub(crate) struct RequestPasswordResetInput {
    /// The e-mail address of the account.
    pub email: String,
}

/// A new password by a link.
#[derive(InputObject)]
pub(crate) struct ResetPasswordInput {
    /// The token of the link, which stands behind its `#token=`.
    pub token: String,
    /// The password; at least 12 characters, and not easy to guess from the address, the name or a dictionary.
    pub password: String,
}

/// A new password for one's own account.
#[derive(InputObject)]
pub(crate) struct ChangePasswordInput {
    /// The password until now.
    pub current_password: String,
    /// The password from now on; at least 12 characters, and not easy to guess from the address, the name or a
    /// dictionary.
    pub new_password: String,
}

payload! {
    /// The outcome of `inviteAccount`.
    InviteAccountPayload {
        /// The new account, which cannot sign in until the invitation is accepted.
        account: Account
    }
}

payload! {
    /// The outcome of `inviteAgain`.
    InviteAgainPayload {
        /// The account.
        account: Account
    }
}

payload! {
    /// The outcome of `changePassword`.
    ChangePasswordPayload {
        /// The account; its other sessions are over.
        account: Account
    }
}

/// The outcome of `requestPasswordReset`.
#[derive(SimpleObject)]
pub(crate) struct RequestPasswordResetPayload {
    /// Whether a link is sent if there is such an account. Whether there is one is not told.
    done: bool,
    /// Why nothing was done.
    errors: Vec<UserError>,
}

/// The outcome of `resetPassword`.
#[derive(SimpleObject)]
pub(crate) struct ResetPasswordPayload {
    /// Whether the password was set; all sessions are over then, and the account signs in anew.
    done: bool,
    /// Why nothing was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub struct LinkMutation;

#[Object]
impl LinkMutation {
    /// Opens an account for someone and sends an invitation by e-mail, good once and for seven days.
    async fn invite_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: InviteAccountInput,
    ) -> Nullable<InviteAccountPayload> {
        let parts =
            NewAccountParts { email: &input.email, display_name: &input.display_name, grants: &input.grants };
        let invited = invite(ctx, async |work, kept| {
            work.invite_account(parts.parse(PasswordHash::none())?, kept).await
        });
        InviteAccountPayload::from_outcome(invited.await, Account)
    }

    /// Sends the invitation of an account that you manage again; the link before is good no more.
    async fn invite_again(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: InviteAgainInput,
    ) -> Nullable<InviteAgainPayload> {
        let invited = invite(ctx, async |work, kept| {
            work.invite_again(id::parse("accountId", &input.account_id)?, kept).await
        });
        InviteAgainPayload::from_outcome(invited.await, Account)
    }

    /// Accepts an invitation: sets the password and signs in. Needs no token but that of the link.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: AcceptInvitationInput,
    ) -> Result<SessionPayload, ApiError> {
        let name = input.display_name.as_deref().map(|name| Line::parse("displayName", name)).transpose();
        let name = match name {
            Ok(name) => name,
            Err(invalid) => return refused(invalid.into()),
        };
        match redeem(ctx, LinkKind::Invitation, &input.token, input.password, name).await? {
            Ok(account) => let_in(ctx, account).await,
            Err(failure) => refused(failure),
        }
    }

    /// Sends a link for a new password to the address, if an account has it; good once and for an hour.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: RequestPasswordResetInput,
    ) -> Result<RequestPasswordResetPayload, ApiError> {
        let asked = ask_for_link(ctx, &input.email).await;
        let (done, errors) = settle(asked)?;
        Ok(RequestPasswordResetPayload { done: done.is_some(), errors })
    }

    /// Sets a new password by a link that was sent. All sessions of the account end.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: ResetPasswordInput,
    ) -> Result<ResetPasswordPayload, ApiError> {
        let set = redeem(ctx, LinkKind::PasswordReset, &input.token, input.password, None).await?;
        let (done, errors) = settle(set)?;
        Ok(ResetPasswordPayload { done: done.is_some(), errors })
    }

    /// Sets a new password for your account. Its other sessions end.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The passwords.")] input: ChangePasswordInput,
    ) -> Nullable<ChangePasswordPayload> {
        match change_password(ctx, input).await {
            Ok(changed) => ChangePasswordPayload::from_outcome(changed, Account),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Has an account invited and sends it the link.
async fn invite(
    ctx: &Context<'_>,
    verb: impl AsyncFnOnce(
        &mut hemicycle_persistence::Work,
        hemicycle_persistence::SessionToken,
    ) -> Result<hemicycle_domain::account::Account, Failure>,
) -> Result<hemicycle_domain::account::Account, Failure> {
    // Who has not signed in learns nothing of how the server is set up.
    if ctx.request().actor.is_anonymous() {
        return Err(Failure::Unauthenticated);
    }
    let mail = mail(ctx)?;
    let (token, kept) = new_refresh_token();
    let account = ctx.write(async |work| verb(work, kept).await).await?;
    let to = Addressee {
        account: account.id,
        email: account.email.clone(),
        display_name: account.display_name.clone(),
    };
    mail.send_link(&to, LinkKind::Invitation, &token);
    Ok(account)
}

/// Has a link sent behind the request: the answer and its time are the same whether there is such an account or not.
async fn ask_for_link(ctx: &Context<'_>, email: &str) -> Result<(), Failure> {
    let mail = mail(ctx)?.clone();
    let email = EmailAddress::parse("email", email)?;
    let (services, now) = (ctx.services(), ctx.now());
    let trier = Trier::new(&format!("new password {}", email.as_str()), address(ctx));
    let attempt = services.throttle.attempt(&trier, ready(Ok(false)), now).await?;
    // Each counts: none is right or wrong.
    attempt.map_err(AccountRefusal::wait)?.was_wrong(now).await?;
    let store = services.store.clone();
    tokio::spawn(async move {
        let sent = async {
            let Some(to) = store.find_account_by_address(&email).await? else { return Ok(()) };
            let (token, kept) = new_refresh_token();
            let mut work = store.begin(&by_link(to.account), now).await?;
            work.send_link(to.account, LinkKind::PasswordReset, kept).await?;
            work.commit().await?;
            mail.send_link(&to, LinkKind::PasswordReset, &token);
            Ok::<_, Failure>(())
        };
        if let Err(failure) = sent.await {
            tracing::error!(?failure, "a link for a new password could not be made");
        }
    });
    Ok(())
}

/// Sets a password by a link, and says whose it is.
async fn redeem(
    ctx: &Context<'_>,
    kind: LinkKind,
    token: &str,
    password: String,
    name: Option<Line>,
) -> Result<Result<AccountId, Failure>, ApiError> {
    let services = ctx.services();
    let presented = refresh_token_hash(token);
    let to = match services.store.find_addressee(&presented, kind, ctx.now()).await {
        Ok(to) => to,
        Err(failure) => return Ok(Err(failure)),
    };
    let about = [to.email.as_str(), name.as_ref().unwrap_or(&to.display_name).as_str()];
    if let Err(invalid) = check_password("password", &password, &about) {
        return Ok(Err(invalid.into()));
    }
    let hash = services.passwords.hash(password).await?;
    let redeemed = async {
        let work = services.store.begin(&by_link(to.account), ctx.now()).await?;
        let mut work = work.for_request(ctx.request().id.as_str());
        work.redeem_link(&presented, kind, hash, name).await?;
        work.commit().await?;
        Ok(to.account)
    };
    Ok(redeemed.await)
}

async fn change_password(
    ctx: &Context<'_>,
    input: ChangePasswordInput,
) -> Result<Result<hemicycle_domain::account::Account, Failure>, ApiError> {
    let services = ctx.services();
    let request = ctx.request();
    let account = match check_own_password(ctx, Some(input.current_password)).await? {
        Ok(account) => account,
        Err(failure) => return Ok(Err(failure)),
    };
    let about = [account.email.as_str(), account.display_name.as_str()];
    let good: Result<(), Invalid> = check_password("newPassword", &input.new_password, &about);
    if let Err(invalid) = good {
        return Ok(Err(invalid.into()));
    }
    let hash = services.passwords.hash(input.new_password).await?;
    Ok(ctx.write(async |work| work.change_own_password(hash, request.session).await).await)
}

/// Checks the password of the account that asks, and gives the account. One that has no password needs none.
pub(super) async fn check_own_password(
    ctx: &Context<'_>,
    password: Option<String>,
) -> Result<Result<hemicycle_domain::account::Account, Failure>, ApiError> {
    let services = ctx.services();
    let id = ctx.request().actor.account().ok_or(ApiError::Unauthenticated)?;
    let account = ctx.reading()?.find_account(id).await?.ok_or(ApiError::Unauthenticated)?;
    let trier = Trier::new(&format!("own password {}", id.uuid()), address(ctx));
    let attempt = match services.throttle.attempt(&trier, ready(Ok(false)), ctx.now()).await? {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(Err(AccountRefusal::wait(wait).into())),
    };
    let facts = services.store.sign_in_facts(&account.email).await?;
    let is_right = match (facts, password) {
        (None, None) => true,
        (facts, password) => {
            let hash = facts.map(|facts| facts.password);
            services.passwords.is_right(password.unwrap_or_default(), hash).await?
        }
    };
    if !is_right {
        attempt.was_wrong(ctx.now()).await?;
        return Ok(Err(AccountRefusal::WrongCredentials.into()));
    }
    attempt.was_right().await?;
    Ok(Ok(account))
}

/// The mail of this server, where it sends any.
fn mail<'a>(ctx: &'a Context<'_>) -> Result<&'a std::sync::Arc<Mail>, AccountRefusal> {
    ctx.services().mail.as_ref().ok_or(AccountRefusal::NoMail)
}
