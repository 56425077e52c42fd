//! The routes of `/graphql`.

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{Html, IntoResponse, Response},
};

use super::{
    request::Parameters,
    response::{MediaType, Refusal, executed},
};
use crate::{graphql::ErrorCode, server::Api};

/// Answers `POST /graphql`.
pub(crate) async fn post(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media_type) = MediaType::accepted(&parts.headers) else {
        return Refusal::not_acceptable().into_http(MediaType::Json);
    };
    let body =
        match tokio::time::timeout(api.settings.body_time_limit, to_bytes(body, api.settings.largest_body))
            .await
        {
            Err(_) => {
                let message = "the body did not arrive in time";
                return Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message)
                    .into_http(media_type);
            }
            Ok(Err(_)) => {
                let message = format!("the body is larger than {} bytes", api.settings.largest_body);
                return Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest, &message)
                    .into_http(media_type);
            }
            Ok(Ok(body)) => body,
        };
    let parameters = Parameters::from_body(&parts.headers, &body);
    execute(&api, &Method::POST, &parts.headers, parameters, media_type).await
}

/// Answers `GET /graphql`: a query, or `GraphiQL` for a browser where it is on.
pub(crate) async fn get(State(api): State<Api>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let accepted = MediaType::accepted(&parts.headers);
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
    let parameters = Parameters::from_query_string(parts.uri.query().unwrap_or_default());
    execute(&api, &Method::GET, &parts.headers, parameters, media_type).await
}

/// Answers any other method.
pub(crate) async fn other(request: Request) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    Refusal::method_not_allowed("send GET or POST", "GET, POST").into_http(media_type)
}

async fn execute(
    api: &Api,
    method: &Method,
    headers: &axum::http::HeaderMap,
    parameters: Result<Parameters, Refusal>,
    media_type: MediaType,
) -> Response {
    let request = match parameters.and_then(|parameters| parameters.into_request(method)) {
        Ok(request) => request,
        Err(refusal) => return refusal.into_http(media_type),
    };
    let request_id = super::request_id(headers);
    let context = match api.door.enter(headers).await {
        Ok(context) => context,
        Err(error) => {
            if let crate::graphql::ApiError::Internal(fault) = &error {
                tracing::error!(%request_id, fault = %fault, "an actor could not be read");
            }
            return Refusal::at_the_door(&error, &request_id).into_http(media_type);
        }
    };
    let response = api.schema.execute(request.data(context)).await;
    executed(response, media_type, &request_id)
}
