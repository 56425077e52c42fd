//! Operations over WebSocket, by the protocol graphql-transport-ws and no other.
//!
//! `conversation.rs` decides, `talk.rs` carries out; `message.rs` and `close.rs` are the words.

mod close;
mod conversation;
mod message;
mod talk;

use axum::{
    extract::{FromRequestParts, WebSocketUpgrade},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::Response,
};

use super::{
    cross_origin::may_connect,
    response::{MediaType, Refusal},
};
use crate::{graphql::ErrorCode, server::Api};
use talk::Talk;

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// How much larger than a message may be it can be read, so that its sender is told.
const READ_BEYOND: usize = 4;

/// How many bytes a socket holds that is idle; by itself the library would take 128 KiB for each.
const BUFFER: usize = 4 * 1024;

/// Whether a request asks for a WebSocket.
pub(crate) fn is_upgrade(method: &Method, headers: &HeaderMap) -> bool {
    let wanted = headers.get(header::UPGRADE).map(axum::http::HeaderValue::as_bytes);
    method == Method::GET && wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(b"websocket"))
}

/// Turns a connection into a WebSocket.
pub(crate) async fn upgrade(api: Api, mut parts: Parts) -> Response {
    if !may_connect(&parts.headers, &api.settings.cors_origins) {
        let message = "this origin may not connect: it is not among those that are set";
        return Refusal::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message).into_http(MediaType::Json);
    }
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &api).await else {
        let message = "the request is no handshake of WebSocket, version 13";
        return Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
            .into_http(MediaType::Json);
    };
    let largest = api.settings.socket.largest_message * READ_BEYOND;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(largest)
        .max_frame_size(largest)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER);
    let speaks_ours = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(move |socket| Talk::new(api, parts, socket).go_on(speaks_ours))
}
