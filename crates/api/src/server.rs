//! The server: routes, request ids, logs without personal data, limits, and an end that finishes what has begun.

use std::{future::Future, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get as on_get},
};
use hemicycle_domain::access::Actor;
use hemicycle_persistence::Store;
use tokio::{net::TcpListener, sync::watch};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};

use crate::{
    clock::Clock,
    gate::{Gate, TrustedFault},
    graphql::{self, ApiSchema, RequestContext, Services},
    http::{self, Door},
    settings::ApiSettings,
    sign_in::{AccessTokens, PasswordCheck, PasswordFault, Vigil},
};

/// Everything a request needs.
#[derive(Clone)]
pub struct Api {
    pub(crate) schema: ApiSchema,
    pub(crate) gate: Arc<Gate>,
    pub(crate) door: Door,
    pub(crate) settings: Arc<ApiSettings>,
    /// Whether the server was asked to stop; connections that stay open close then.
    pub(crate) stopping: Arc<watch::Sender<bool>>,
}

/// Why the API cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ApiFault {
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// A trusted document cannot be taken.
    #[error(transparent)]
    Trusted(#[from] TrustedFault),
}

impl Api {
    /// Puts the API in front of a store.
    pub fn new(store: Store, clock: Clock, settings: ApiSettings) -> Result<Self, ApiFault> {
        let vigil = Vigil::new(store.clone(), clock.clone(), settings.session_check_every);
        let services = Services {
            store,
            clock,
            tokens: AccessTokens::new(&settings.token_secret, settings.access_token_lifetime),
            passwords: PasswordCheck::new()?,
            vigil: Arc::new(vigil),
        };
        let door = Door { services: Arc::new(services) };
        let gate = Arc::new(Gate::new(settings.trusted_documents.clone(), settings.budgets)?);
        let stopping = Arc::new(watch::Sender::new(false));
        Ok(Self { schema: graphql::schema(), gate, door, settings: Arc::new(settings), stopping })
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
        let variables = async_graphql::Variables::from_json(variables);
        let request = async_graphql::Request::new(query).variables(variables).data(context);
        let mut response = self.schema.execute(request).await;
        http::clean(&mut response, reason);
        serde_json::to_value(&response).unwrap_or_default()
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Api").finish_non_exhaustive()
    }
}

/// The routes of the API: `/graphql` for HTTP and WebSocket, `/health/live` and `/health/ready`.
pub fn router(api: Api) -> Router {
    let time_limit = api.settings.request_time_limit;
    let span = |request: &Request| {
        let request_id = http::request_id(request.headers());
        tracing::info_span!("request", %request_id, method = %request.method(), path = request.uri().path())
    };
    let answered = DefaultOnResponse::new().level(tracing::Level::INFO);
    let cors = http::cors(&api.settings.cors_origins);
    let router = Router::new()
        .route("/graphql", any(graphql_route))
        .route("/health/live", on_get(http::live))
        .route("/health/ready", on_get(http::ready))
        .fallback(not_found)
        .with_state(api)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time_limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_response(answered))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid));
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// Serves the API until `stop` completes, then lets requests in flight finish within the limit.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let limit = api.settings.shutdown_time_limit;
    let stopping = Arc::clone(&api.stopping);
    let (asked, heard) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        stopping.send_replace(true);
        // The server itself waits for this future; nobody else needs to know.
        asked.send(()).unwrap_or_default();
    };
    let server = axum::serve(listener, router(api)).with_graceful_shutdown(stop);
    let overdue = async move {
        if heard.await.is_ok() {
            tokio::time::sleep(limit).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        done = server.into_future() => done,
        () = overdue => {
            tracing::warn!(?limit, "some requests did not finish in time");
            Ok(())
        }
    }
}

async fn graphql_route(State(api): State<Api>, request: Request) -> Response {
    if http::is_upgrade(request.method(), request.headers()) {
        return http::upgrade(api, request.into_parts().0).await;
    }
    match request.method().as_str() {
        "GET" => http::get(State(api), request).await,
        "POST" => http::post(State(api), request).await,
        _ => http::other(request).await,
    }
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "nothing is here: the API is at /graphql\n").into_response()
}

fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let body =
        r#"{"errors":[{"message":"internal server error","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
    let headers =
        [("content-type", "application/json; charset=utf-8"), ("x-content-type-options", "nosniff")];
    (StatusCode::INTERNAL_SERVER_ERROR, headers, body).into_response()
}
