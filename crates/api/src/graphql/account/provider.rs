//! Signing in with a provider: which there are, the code that someone brings back, and the identities that accounts are
//! linked with.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{account::LinkedIdentity as DomainIdentity, id::AccountId};

use super::{
    Account,
    sign_in::{SessionPayload, let_in, refused},
};
use crate::{
    graphql::{
        context::ContextExt,
        error::{ApiError, Nullable},
        id,
        loader::{loader, rekey},
        payload::payload,
        scalar::DateTime,
    },
    sign_in::provider_secret_hash,
};

/// A provider of OpenID Connect by which one can sign in.
#[derive(SimpleObject)]
pub(crate) struct SignInProvider {
    /// Its name, which stands in addresses.
    name: String,
    /// The name to show.
    display_name: String,
    /// Where the browser goes to begin, with two parameters added: `returnTo`, a page of the front end that is set on the
    /// server, and `codeChallenge`, the SHA-256 of a random code verifier in base64url without padding.
    start_url: String,
}

/// What someone brings back from a provider.
#[derive(InputObject)]
pub(crate) struct ExchangeSignInCodeInput {
    /// The code that stands behind `#code=` on the page where the front end was waiting; good for a minute, once.
    pub code: String,
    /// The code verifier whose hash the sign-in began with.
    pub code_verifier: String,
}

/// An identity of a provider that an account is linked with.
#[derive(SimpleObject)]
pub(crate) struct LinkedIdentity {
    /// The provider, by its own name for itself: its address.
    issuer: String,
    /// Since when.
    linked_at: DateTime,
}

/// An identity to be unlinked.
#[derive(InputObject)]
pub(crate) struct UnlinkIdentityInput {
    /// The account: your own, or one that you manage wherever it holds a role.
    pub account_id: ID,
    /// The provider, as `LinkedIdentity.issuer` names it.
    pub issuer: String,
}

payload! {
    /// The outcome of `unlinkIdentity`.
    UnlinkIdentityPayload {
        /// The account as it is now.
        account: Account
    }
}

/// The key of the identities that an account is linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct IdentitiesOf(AccountId);

loader!(IdentitiesOf => Vec<DomainIdentity>, |reading, keys| async {
    let ids: Vec<AccountId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.identities_of_accounts(&ids).await, IdentitiesOf)
});

/// The identities that an account is linked with.
pub(super) async fn of_account(
    ctx: &Context<'_>,
    account: AccountId,
) -> Result<Vec<LinkedIdentity>, ApiError> {
    let identities = ctx.load(IdentitiesOf(account)).await?.unwrap_or_default();
    let shown = |identity: DomainIdentity| LinkedIdentity {
        issuer: identity.issuer,
        linked_at: identity.linked_at.into(),
    };
    Ok(identities.into_iter().map(shown).collect())
}

#[derive(Default)]
pub struct ProviderQuery;

#[Object]
impl ProviderQuery {
    /// The providers by which one can sign in beside the password, for a sign-in page. Needs no token.
    async fn sign_in_providers(&self, ctx: &Context<'_>) -> Vec<SignInProvider> {
        let providers = ctx.services().providers.list();
        let providers = providers.map(|(name, display_name, start)| SignInProvider {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            start_url: start.to_string(),
        });
        providers.collect()
    }
}

#[derive(Default)]
pub struct ProviderMutation;

#[Object]
impl ProviderMutation {
    /// Unlinks the identity of a provider from your own account, or from one that you manage. Refused where it is the only
    /// way in that the account has. All its sessions end but this one. Who signs in with the provider again by the address
    /// of the account is linked anew, by whatever identity that is then.
    async fn unlink_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: UnlinkIdentityInput,
    ) -> Nullable<UnlinkIdentityPayload> {
        let session = ctx.request().session;
        let unlinked = ctx.write(async |work| {
            let account = id::parse("accountId", &input.account_id)?;
            work.unlink_identity(account, &input.issuer, session).await
        });
        UnlinkIdentityPayload::from_outcome(unlinked.await, Account)
    }

    /// Completes a sign-in with a provider. Needs no token. Who has a second factor here gets a challenge.
    async fn exchange_sign_in_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: ExchangeSignInCodeInput,
    ) -> Result<SessionPayload, ApiError> {
        let store = &ctx.services().store;
        let (code, verifier) =
            (provider_secret_hash(&input.code), provider_secret_hash(&input.code_verifier));
        match store.exchange_provider_code(&code, &verifier, ctx.now()).await {
            Ok(account) => let_in(ctx, account).await,
            Err(failure) => refused(failure),
        }
    }
}
