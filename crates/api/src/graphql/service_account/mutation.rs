//! Mutations of service accounts: open, change, give a secret, withdraw one, revoke.

use async_graphql::{Context, Object, SimpleObject};
use hemicycle_domain::{
    service_account::{self as domain, overlap, secret_end},
    text::Passage,
};
use hemicycle_persistence::Failure;

use super::{
    input::{
        ChangeServiceAccountInput, CreateServiceAccountInput, RevokeServiceAccountInput,
        RotateClientSecretInput, WithdrawClientSecretInput,
    },
    object::ServiceAccount,
};
use crate::{
    graphql::{
        context::ContextExt,
        error::{ApiError, Nullable},
        id,
        payload::{UserError, payload, settle},
    },
    sign_in::new_client_secret,
};

/// The outcome of `createServiceAccount`.
#[derive(SimpleObject)]
pub(crate) struct CreateServiceAccountPayload {
    /// The new service account.
    service_account: Option<ServiceAccount>,
    /// Its secret. It is shown here and never again.
    client_secret: Option<String>,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

/// The outcome of `rotateClientSecret`.
#[derive(SimpleObject)]
pub(crate) struct RotateClientSecretPayload {
    /// The service account as it is now.
    service_account: Option<ServiceAccount>,
    /// Its new secret. It is shown here and never again.
    client_secret: Option<String>,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `changeServiceAccount`.
    ChangeServiceAccountPayload {
        /// The service account as it is now.
        service_account: ServiceAccount
    }
}

payload! {
    /// The outcome of `withdrawClientSecret`.
    WithdrawClientSecretPayload {
        /// The service account as it is now.
        service_account: ServiceAccount
    }
}

payload! {
    /// The outcome of `revokeServiceAccount`.
    RevokeServiceAccountPayload {
        /// The service account as it is now.
        service_account: ServiceAccount
    }
}

#[derive(Default)]
pub struct ServiceAccountMutation;

#[Object]
impl ServiceAccountMutation {
    /// Opens a service account for a system of an institution, and shows its first secret, once. Its tokens come from
    /// `POST /oauth/token`, by the client credentials of OAuth 2.0.
    async fn create_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service account.")] input: CreateServiceAccountInput,
    ) -> Nullable<CreateServiceAccountPayload> {
        let (secret, kept) = new_client_secret();
        let created = ctx.write(async |work| {
            let plan = input.parse()?;
            let wanted =
                input.secret_expires_at.as_ref().map(|at| at.instant("secretExpiresAt")).transpose()?;
            let expires_at = secret_end("secretExpiresAt", wanted, ctx.now())?;
            work.create_service_account(plan, kept, expires_at).await
        });
        let shown = Shown::from_outcome(ctx, created.await, secret);
        Some(shown.map(|Shown { service_account, client_secret, errors }| CreateServiceAccountPayload {
            service_account,
            client_secret,
            errors,
        }))
    }

    /// Changes what a service account is called, what it may, and where. Its tokens follow within seconds.
    async fn change_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: ChangeServiceAccountInput,
    ) -> Nullable<ChangeServiceAccountPayload> {
        let changed = ctx.write(async |work| {
            let id = id::parse("serviceAccountId", &input.service_account_id)?;
            work.change_service_account(id, input.expected_version, input.parse()?).await
        });
        ChangeServiceAccountPayload::from_outcome(changed.await, |account| shown(ctx, account))
    }

    /// Gives a service account a new secret, shown once. The one before goes on for the time that is stated, so that the
    /// system can be moved from one to the other.
    async fn rotate_client_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which service account, and until when.")] input: RotateClientSecretInput,
    ) -> Nullable<RotateClientSecretPayload> {
        let (secret, kept) = new_client_secret();
        let rotated = ctx.write(async |work| {
            let id = id::parse("serviceAccountId", &input.service_account_id)?;
            let instant = |field: &str, at: Option<&crate::graphql::scalar::DateTime>| {
                at.map(|at| at.instant(field)).transpose()
            };
            let expires_at = instant("expiresAt", input.expires_at.as_ref())?;
            let former_until = instant("formerUntil", input.former_until.as_ref())?;
            let expires_at = secret_end("expiresAt", expires_at, ctx.now())?;
            let former_until = overlap("formerUntil", former_until, ctx.now())?;
            work.rotate_client_secret(id, kept, expires_at, former_until).await
        });
        let shown = Shown::from_outcome(ctx, rotated.await, secret);
        Some(shown.map(|Shown { service_account, client_secret, errors }| RotateClientSecretPayload {
            service_account,
            client_secret,
            errors,
        }))
    }

    /// Withdraws a secret before its time, with every token that it was exchanged for: within seconds, on every
    /// connection.
    async fn withdraw_client_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which secret.")] input: WithdrawClientSecretInput,
    ) -> Nullable<WithdrawClientSecretPayload> {
        let withdrawn = ctx.write(async |work| {
            work.withdraw_client_secret(id::parse("clientSecretId", &input.client_secret_id)?).await
        });
        WithdrawClientSecretPayload::from_outcome(withdrawn.await, |account| shown(ctx, account))
    }

    /// Revokes a service account: it is refused within seconds, on every connection, and never comes back.
    async fn revoke_service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which service account, and why.")] input: RevokeServiceAccountInput,
    ) -> Nullable<RevokeServiceAccountPayload> {
        let revoked = ctx.write(async |work| {
            let reason = Passage::parse("reason", &input.reason)?;
            work.revoke_service_account(id::parse("serviceAccountId", &input.service_account_id)?, reason)
                .await
        });
        RevokeServiceAccountPayload::from_outcome(revoked.await, |account| shown(ctx, account))
    }
}

fn shown(ctx: &Context<'_>, account: domain::ServiceAccount) -> ServiceAccount {
    ServiceAccount::new(account, ctx.now())
}

/// What became of a secret that was to be given.
struct Shown {
    service_account: Option<ServiceAccount>,
    client_secret: Option<String>,
    errors: Vec<UserError>,
}

impl Shown {
    /// Shows the secret, if it was given.
    fn from_outcome(
        ctx: &Context<'_>,
        outcome: Result<domain::ServiceAccount, Failure>,
        secret: String,
    ) -> Result<Self, ApiError> {
        let (account, errors) = settle(outcome)?;
        let client_secret = account.is_some().then_some(secret);
        Ok(Self { service_account: account.map(|account| shown(ctx, account)), client_secret, errors })
    }
}
