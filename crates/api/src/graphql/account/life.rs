//! Accounts that are disabled, and enabled again.

use async_graphql::{Context, ID, InputObject, Object};

use super::Account;
use crate::graphql::{context::ContextExt, error::Nullable, id, payload::payload};

/// An account to be disabled.
#[derive(InputObject)]
pub(crate) struct DisableAccountInput {
    /// The account, which you manage wherever it holds a role; not your own.
    pub account_id: ID,
}

/// An account to be enabled again.
#[derive(InputObject)]
pub(crate) struct EnableAccountInput {
    /// The account, which you manage wherever it holds a role.
    pub account_id: ID,
}

payload! {
    /// The outcome of `disableAccount`.
    DisableAccountPayload {
        /// The account as it is now; its sessions are over.
        account: Account
    }
}

payload! {
    /// The outcome of `enableAccount`.
    EnableAccountPayload {
        /// The account as it is now.
        account: Account
    }
}

#[derive(Default)]
pub struct LifeMutation;

#[Object]
impl LifeMutation {
    /// Disables an account: its sessions end at once, and it cannot sign in. What it did stays, and its roles do.
    async fn disable_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: DisableAccountInput,
    ) -> Nullable<DisableAccountPayload> {
        let disabled =
            ctx.write(async |work| work.disable_account(id::parse("accountId", &input.account_id)?).await);
        DisableAccountPayload::from_outcome(disabled.await, Account)
    }

    /// Lets an account sign in again that was disabled.
    async fn enable_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: EnableAccountInput,
    ) -> Nullable<EnableAccountPayload> {
        let enabled =
            ctx.write(async |work| work.enable_account(id::parse("accountId", &input.account_id)?).await);
        EnableAccountPayload::from_outcome(enabled.await, Account)
    }
}
