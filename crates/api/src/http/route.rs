//! The routes of `/graphql`.

use async_graphql::parser::types::OperationType;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, request::Parts},
    response::{Html, IntoResponse, Response},
};

use super::{
    body::{self, Received},
    cache,
    events::{self, Wish},
    operation::{Ready, prepare},
    peer::PeerAddress,
    request,
    response::{MediaType, Refusal, executed},
    upload::{self, WithFiles},
};
use crate::{gate::Refused, graphql::ErrorCode, server::Api};

/// Answers `POST /graphql`.
pub(crate) async fn post(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media_type) = acceptable(&parts.headers) else {
        return Refusal::not_acceptable().into_http(MediaType::Json);
    };
    let asked = if upload::is_multipart(&parts.headers) {
        upload::receive(&api, &parts.headers, body).await
    } else {
        receive(&api, &parts.headers, body).await
    };
    execute(&api, Head::of(&parts), asked, media_type).await
}

/// Answers `GET /graphql`: a query, or `GraphiQL` for a browser where it is on.
pub(crate) async fn get(State(api): State<Api>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let accepted = acceptable(&parts.headers);
    let wants_page = parts
        .headers
        .get(axum::http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if api.settings.graphiql && wants_page && parts.uri.query().is_none() {
        let page = async_graphql::http::GraphiQLSource::build()
            .endpoint("/graphql")
            .subscription_endpoint("/graphql")
            .title("Hemicycle")
            .finish();
        return Html(page).into_response();
    }
    let Some(media_type) = accepted else {
        return Refusal::not_acceptable().into_http(MediaType::Json);
    };
    let asked = request::from_query_string(parts.uri.query().unwrap_or_default());
    execute(&api, Head::of(&parts), asked.map(WithFiles::none), media_type).await
}

/// Answers any other method.
pub(crate) async fn other(request: Request) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    Refusal::method_not_allowed("send GET or POST", "GET, POST").into_http(media_type)
}

/// Receives an operation; what is large waits for its share before it is read as JSON.
async fn receive(api: &Api, headers: &HeaderMap, body: Body) -> Result<WithFiles, Refusal> {
    let Received { text, turn } = body::receive(api, headers, body).await?;
    let share = api.bodies.take(text.len() as u64).await?;
    Ok(WithFiles { turn, share, ..WithFiles::none(request::from_body(headers, &text)?) })
}

/// The media type of a single answer, or of a refusal where a stream of events is wanted alone.
fn acceptable(headers: &HeaderMap) -> Option<MediaType> {
    let takes_events = || (events::wish(headers) != Wish::None).then_some(MediaType::Json);
    MediaType::accepted(headers).or_else(takes_events)
}

/// The parts of a request that execution looks at.
pub(super) struct Head<'a> {
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) address: Option<PeerAddress>,
}

impl<'a> Head<'a> {
    fn of(parts: &'a Parts) -> Self {
        let address = parts.extensions.get::<PeerAddress>().copied();
        Self { method: &parts.method, headers: &parts.headers, address }
    }
}

async fn execute(
    api: &Api,
    head: Head<'_>,
    asked: Result<WithFiles, Refusal>,
    media_type: MediaType,
) -> Response {
    let request_id = super::request_id(head.headers);
    let WithFiles { asked, files, turn: _holding, share: _has_room } = match asked {
        Ok(asked) => asked,
        Err(refusal) => return refusal.into_http(media_type),
    };
    let turn = match api.turns.take().await {
        Ok(turn) => turn,
        Err(refusal) => return refusal.into_http(media_type),
    };
    let is_subscription =
        || api.gate.find(asked.clone()).is_ok_and(|found| found.kind == OperationType::Subscription);
    let by_events = match events::wish(head.headers) {
        Wish::None => false,
        Wish::Accepted => is_subscription(),
        Wish::Preferred => true,
    };
    if by_events && !files.is_empty() {
        return Refusal::not_acceptable().into_http(media_type);
    }
    if by_events {
        // The operation takes its own: it goes on after this.
        drop(turn);
        return events::answer(api, &head, asked).await;
    }
    let is_by_hash = asked.document_id.is_some() || asked.sha256.is_some();
    let enter = async || {
        let entered = api.door.enter(head.headers, head.address).await;
        let entered = entered.map_err(|error| Refusal::at_the_door(&error, &request_id));
        entered.map(|context| context.with_files(files))
    };
    match prepare(api, asked, head.address, |kind| check_kind(head.method, kind), enter).await {
        Err(refusal) => refusal.into_http(media_type),
        Ok(Ready { request, is_shared, charge, share, .. }) => {
            let response = api.schema.execute(request).await;
            drop((turn, share));
            let is_cacheable = is_by_hash && head.method == Method::GET && response.errors.is_empty();
            let tag = is_cacheable.then(|| cache::tag(&response.data));
            let answer = executed(response, charge, media_type, &request_id);
            match tag {
                Some(tag) => cache::tagged(head.headers, tag, is_shared, answer),
                None => answer,
            }
        }
    }
}

fn check_kind(method: &Method, kind: OperationType) -> Result<(), Refusal> {
    match kind {
        OperationType::Subscription => {
            let message = "subscriptions are served over WebSocket, by graphql-transport-ws, \
                           and to those who accept text/event-stream";
            Err(Refused::one(ErrorCode::GraphqlValidationFailed, message.to_owned()).into())
        }
        OperationType::Mutation if method == Method::GET => {
            Err(Refusal::method_not_allowed("only queries can be sent by GET", "POST"))
        }
        OperationType::Query | OperationType::Mutation => Ok(()),
    }
}
