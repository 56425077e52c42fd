//! Whose account it is: saying so, and taking it back.

use async_graphql::{Context, ID, InputObject, Object};

use super::{account::Account, context::ContextExt, error::Nullable, id, payload::payload};

/// The person whose account it is.
#[derive(InputObject)]
pub(crate) struct LinkAccountInput {
    /// The account.
    pub account_id: ID,
    /// The person; null where it is nobody's among the participants any longer.
    pub participant_id: Option<ID>,
}

payload! {
    /// The outcome of `linkAccount`.
    LinkAccountPayload {
        /// The account.
        account: Account
    }
}

#[derive(Default)]
pub struct AccountPersonMutation;

#[Object]
impl AccountPersonMutation {
    /// Says whose account it is. It then also reads that person's own records, and the rosters of the events that the
    /// person facilitates or speaks at. A person has one account at most.
    async fn link_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and the person.")] input: LinkAccountInput,
    ) -> Nullable<LinkAccountPayload> {
        let linked = ctx.write(async |work| {
            let person =
                input.participant_id.as_ref().map(|id| id::parse("participantId", id)).transpose()?;
            work.link_account(id::parse("accountId", &input.account_id)?, person).await
        });
        LinkAccountPayload::from_outcome(linked.await, Account)
    }
}
