//! Signing in with a provider: which there are, and the code that someone brings back.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::sign_in::{SessionPayload, let_in, refused};
use crate::{
    graphql::{context::ContextExt, error::ApiError},
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
