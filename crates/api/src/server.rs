//! The server: routes, request ids, logs without personal data, and what stands around every request.

use std::{ops::Deref, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{any, get as on_get},
};
use hemicycle_domain::access::Actor;
use hemicycle_persistence::Store;
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::{DefaultOnResponse, TraceLayer},
};

use crate::{
    badge_press::BadgePress,
    clock::Clock,
    gate::{Gate, TrustedFault},
    graphql::{self, ApiSchema, Live, RequestContext, Services},
    http::{self, Door, Load, Turns},
    settings::ApiSettings,
    sign_in::{
        AccessTokens, Attempts, KeyFault, Mail, MailFault, Passwords, ProviderFault, Providers, Seal,
        Throttle, Vigil, keep_clean,
    },
};

/// Everything a request needs; the same for all of them.
#[derive(Clone)]
pub struct Api(Arc<Parts>);

/// What the API consists of.
pub struct Parts {
    pub(crate) schema: ApiSchema,
    pub(crate) gate: Gate,
    pub(crate) door: Door,
    pub(crate) settings: ApiSettings,
    /// Who may have an operation executed now.
    pub(crate) turns: Turns,
    /// What may be executed at once by its cost.
    pub(crate) load: Load,
    /// What may be read and executed at once by the length of its body.
    pub(crate) bodies: Load,
    /// Who may follow something now.
    pub(crate) followers: Turns,
    /// Who may send files now.
    pub(crate) uploads: Turns,
    /// Whether the server was asked to stop. Every connection listens, and those that stay open close then.
    pub(crate) stopping: watch::Sender<bool>,
}

impl Deref for Api {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Why the API cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ApiFault {
    /// The keys of access tokens cannot be read or made.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// No mail can be sent with these settings.
    #[error(transparent)]
    Mail(#[from] MailFault),
    /// Nobody can sign in with providers by these settings.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
    /// A trusted document cannot be taken.
    #[error(transparent)]
    Trusted(#[from] TrustedFault),
}

impl Api {
    /// Puts the API in front of a store. Where there is no key to sign access tokens with, it makes one.
    pub async fn new(store: Store, clock: Clock, settings: ApiSettings) -> Result<Self, ApiFault> {
        let vigil = Vigil::new(store.clone(), clock.clone(), settings.session_check_every);
        let seal = Seal::new(&settings.token_secret);
        let badges = BadgePress::new(store.clone(), seal.clone());
        let tokens = AccessTokens::new(store.clone(), seal.clone(), settings.access_token_lifetime);
        tokens.prepare(clock.now()).await?;
        let services = Services {
            store: store.clone(),
            clock,
            tokens,
            passwords: Passwords::new(),
            throttle: Throttle::new(store.clone(), &settings.token_secret),
            mail: settings.mail.as_ref().map(Mail::new).transpose()?.map(Arc::new),
            vigil: Arc::new(vigil),
            attempts: Attempts::new(),
            providers: Providers::new(&settings.providers, seal.clone())?,
            provider_starts: Attempts::new(),
            badges,
            seal,
            second_factor_required: settings.second_factor_required,
            live: Arc::new(Live::new(store)),
        };
        let door = Door { services: Arc::new(services) };
        tokio::spawn(keep_clean(Arc::downgrade(&door.services), settings.clean_up_every));
        let gate = Gate::new(&settings)?;
        let stopping = watch::Sender::new(false);
        let turns = Turns::new(settings.requests_in_flight);
        let load = Load::of_cost(settings.cost_in_flight);
        let bodies = Load::of_bodies(settings.body_bytes_in_flight);
        let followers = Turns::new(settings.subscriptions);
        let uploads = Turns::new(settings.uploads_at_once);
        let schema = graphql::schema();
        Ok(Self(Arc::new(Parts {
            schema,
            gate,
            door,
            settings,
            turns,
            load,
            bodies,
            followers,
            uploads,
            stopping,
        })))
    }
}

impl Api {
    /// Executes an operation as the program itself, for work that no request asked for; the reason is logged.
    pub async fn execute_as_system(
        &self,
        reason: &'static str,
        query: &str,
        variables: serde_json::Value,
    ) -> serde_json::Value {
        let actor = Arc::new(Actor::System { reason });
        let context = RequestContext::new(Arc::clone(&self.door.services), actor, Vec::new());
        http::execute_own(self, query, variables, context, reason).await
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Api").finish_non_exhaustive()
    }
}

/// The routes of the API: `/graphql` for HTTP and WebSocket, `/oauth/token` for service accounts, `/health/live` and
/// `/health/ready`, the public keys, and the two addresses of a sign-in with a provider.
pub fn router(api: Api) -> Router {
    let span = |request: &Request| {
        let request_id = http::request_id(request.headers());
        tracing::info_span!("request", %request_id, method = %request.method(), path = request.uri().path())
    };
    let answered = DefaultOnResponse::new().level(tracing::Level::INFO);
    let cors = http::cors(&api.settings.cors_origins);
    let compression = http::compression(api.settings.compression);
    // The outermost first; in one piece, for the router puts each of its layers into a box that every request clones.
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(answered).on_failure(()))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(compression)
        .layer(from_fn_with_state(api.clone(), http::limit_time));
    let router = Router::new()
        .route("/graphql", any(graphql_route))
        .route("/oauth/token", any(http::token))
        .route("/.well-known/jwks.json", on_get(http::jwks))
        .route("/sign-in/{provider}", on_get(http::start_sign_in))
        .route("/sign-in/{provider}/return", on_get(http::finish_sign_in))
        .route("/health/live", on_get(http::live))
        .route("/health/ready", on_get(http::ready))
        .fallback(not_found)
        .layer(around)
        .with_state(api);
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

async fn graphql_route(State(api): State<Api>, request: Request) -> Response {
    if http::is_upgrade(request.method(), request.headers()) {
        return Box::pin(http::upgrade(api, request.into_parts().0)).await;
    }
    match request.method().as_str() {
        "GET" => Box::pin(http::get(State(api), request)).await,
        "POST" => Box::pin(http::post(State(api), request)).await,
        _ => http::other(request).await,
    }
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "nothing is here: the API is at /graphql\n").into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    http::panicked()
}
