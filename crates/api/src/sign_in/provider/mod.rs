//! Providers of OpenID Connect: where people are sent to sign in, and what is believed of what they bring back.
//!
//! The way is the authorization code flow with PKCE, a state and a nonce. The state is bound to the browser by a cookie,
//! the code for the front end to a secret that the front end keeps: nobody can be made to sign in as somebody else.

mod fetch;
mod settings;
mod verify;

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::account::{ProvenIdentity, ProviderRefusal};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata},
};
use rand::Rng;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use url::Url;

use super::seal::Seal;
use fetch::Fetcher;
pub use settings::{ProviderFault, ProviderSettings, ProvidersSettings};

/// How long what a provider says of itself is believed without asking anew.
const METADATA_LIFETIME: TimeDelta = TimeDelta::hours(1);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// All providers that are set.
pub(crate) struct Providers {
    public_url: Option<Url>,
    return_to: Vec<Url>,
    all: Vec<Arc<Provider>>,
    seal: Seal,
}

/// One provider.
pub(crate) struct Provider {
    settings: ProviderSettings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    fetcher: Fetcher,
    known: Mutex<Option<Known>>,
}

/// What a provider said of itself, and when.
#[derive(Clone)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    since: DateTime<Utc>,
}

/// Someone who is sent to a provider.
pub(crate) struct Departure {
    /// Where to.
    pub(crate) url: Url,
    /// The hash of the state that the provider hands back.
    pub(crate) state_hash: String,
    /// What is needed on the way back, sealed.
    pub(crate) sealed_secrets: String,
}

/// What is needed on the way back.
#[derive(Serialize, Deserialize)]
struct Secrets {
    nonce: String,
    verifier: String,
}

impl Providers {
    /// The providers of these settings.
    pub(crate) fn new(settings: &ProvidersSettings, seal: Seal) -> Result<Self, ProviderFault> {
        settings.check()?;
        let providers = settings.providers.iter();
        let providers = providers.map(|one| Ok(Arc::new(Provider::new(one, settings.public_url.as_ref())?)));
        Ok(Self {
            public_url: settings.public_url.clone(),
            return_to: settings.return_to.clone(),
            all: providers.collect::<Result<_, ProviderFault>>()?,
            seal,
        })
    }

    /// Each provider: its name here, the name to show, and where a browser begins.
    pub(crate) fn list(&self) -> impl Iterator<Item = (&str, &str, Url)> {
        self.all.iter().filter_map(|provider| {
            let ProviderSettings { name, display_name, .. } = &provider.settings;
            Some((name.as_str(), display_name.as_str(), settings::start_of(self.public_url.as_ref()?, name)))
        })
    }

    /// The provider of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Provider>> {
        self.all.iter().find(|provider| provider.settings.name == name)
    }

    /// The page of a front end that people may be sent back to, if this is one.
    pub(crate) fn page(&self, return_to: &str) -> Option<&Url> {
        let asked: Url = return_to.parse().ok()?;
        self.return_to.iter().find(|page| **page == asked)
    }

    /// Whether browsers come by an encrypted connection, so that cookies can be kept to such.
    pub(crate) fn are_reached_securely(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// Sends someone to a provider.
    pub(crate) async fn depart(
        &self,
        provider: &Arc<Provider>,
        now: DateTime<Utc>,
    ) -> Result<Departure, ProviderRefusal> {
        let provider = Arc::clone(provider);
        let client = in_the_background(move || provider.client(now).map(|client| (client, provider))).await?;
        let (client, provider) = client;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(provider.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        let state_hash = hash(state.secret());
        let secrets = Secrets { nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        let secrets = serde_json::to_vec(&secrets).map_err(|_| ProviderRefusal::Unavailable)?;
        let sealed_secrets = self.seal.close(&purpose(&state_hash), &secrets);
        Ok(Departure { url, state_hash, sealed_secrets })
    }

    /// Exchanges what someone brings back from a provider for who that is.
    pub(crate) async fn identify(
        &self,
        provider: &Arc<Provider>,
        (state_hash, sealed_secrets): (&str, &str),
        code: String,
        now: DateTime<Utc>,
    ) -> Result<ProvenIdentity, ProviderRefusal> {
        let secrets = self.seal.open(&purpose(state_hash), sealed_secrets);
        let secrets: Option<Secrets> = secrets.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let Secrets { nonce, verifier } = secrets.ok_or(ProviderRefusal::StateSpent)?;
        let provider = Arc::clone(provider);
        in_the_background(move || {
            let verifier = PkceCodeVerifier::new(verifier);
            provider.identify(AuthorizationCode::new(code), verifier, &Nonce::new(nonce), now)
        })
        .await
    }
}

impl Provider {
    fn new(settings: &ProviderSettings, public_url: Option<&Url>) -> Result<Self, ProviderFault> {
        let issuer =
            IssuerUrl::new(settings.issuer.clone()).map_err(|_| settings.fault("no usable issuer"))?;
        let public_url = public_url.ok_or(ProviderFault::NoPublicUrl)?;
        Ok(Self {
            redirect: RedirectUrl::from_url(settings::return_of(public_url, &settings.name)),
            fetcher: Fetcher::new(issuer.url().scheme() == "https"),
            settings: settings.clone(),
            issuer,
            known: Mutex::default(),
        })
    }

    /// The name that the provider has for itself.
    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// A client of the provider, by what it said of itself within the last hour.
    fn client(&self, now: DateTime<Utc>) -> Result<Client, ProviderRefusal> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known.filter(|known| (now - known.since).abs() < METADATA_LIFETIME) {
            Some(known) => Ok(self.client_of(&known.metadata)),
            None => self.ask_anew(now),
        }
    }

    /// A client of the provider, by what it says of itself now.
    fn ask_anew(&self, now: DateTime<Utc>) -> Result<Client, ProviderRefusal> {
        let metadata = CoreProviderMetadata::discover(&self.issuer, &self.fetcher.as_client());
        let metadata = metadata.map_err(|fault| self.unavailable("its metadata cannot be read", &fault))?;
        let metadata = Arc::new(metadata);
        let client = self.client_of(&metadata);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { metadata, since: now });
        Ok(client)
    }

    fn client_of(&self, metadata: &CoreProviderMetadata) -> Client {
        let ProviderSettings { client_id, client_secret, .. } = &self.settings;
        let secret =
            client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client_id.clone()), secret)
            .set_redirect_uri(self.redirect.clone())
    }

    fn identify(
        &self,
        code: AuthorizationCode,
        verifier: PkceCodeVerifier,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<ProvenIdentity, ProviderRefusal> {
        let client = self.client(now)?;
        let request = client
            .exchange_code(code)
            .map_err(|fault| self.unavailable("it has no token endpoint", &fault))?;
        let answer = request.set_pkce_verifier(verifier).request(&self.fetcher.as_client());
        let answer = answer.map_err(|fault| self.refused_code(&fault))?;
        match verify::identity(&client, &answer, nonce, now) {
            // The provider may sign with a key that it did not have when it was asked last.
            Err(verify::Doubt::Signature) => {
                let client = self.ask_anew(now)?;
                verify::identity(&client, &answer, nonce, now)
            }
            believed => believed,
        }
        .map_err(|doubt| {
            tracing::warn!(provider = self.settings.name, %doubt, "an ID token was refused");
            ProviderRefusal::TokenRefused
        })
    }

    fn refused_code(&self, fault: &verify::NoTokens) -> ProviderRefusal {
        if let openidconnect::RequestTokenError::ServerResponse(answer) = fault {
            // A code that is made up, or was exchanged before.
            tracing::warn!(provider = self.settings.name, why = %answer.error(), "a code was refused");
            return ProviderRefusal::TokenRefused;
        }
        self.unavailable("a code could not be exchanged", fault)
    }

    fn unavailable(&self, what: &'static str, fault: &dyn std::error::Error) -> ProviderRefusal {
        let cause = fault.source().map(ToString::to_string).unwrap_or_default();
        tracing::warn!(provider = self.settings.name, %fault, cause, "a provider cannot be used: {what}");
        ProviderRefusal::Unavailable
    }
}

/// What the store knows a secret of a sign-in by.
pub(crate) fn hash(secret: &str) -> String {
    BASE64.encode(Sha256::digest(secret.as_bytes()))
}

/// Makes a secret: what its holder keeps.
pub(crate) fn new_secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}

fn purpose(state_hash: &str) -> String {
    format!("sign-in with a provider {state_hash}")
}

/// Does what waits for a provider where nobody else has to wait for it.
async fn in_the_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProviderRefusal> + Send + 'static,
) -> Result<T, ProviderRefusal> {
    spawn_blocking(work).await.unwrap_or(Err(ProviderRefusal::Unavailable))
}
