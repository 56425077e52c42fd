//! Answers that a client or a proxy may keep: those of queries that were asked for by their hash.
//!
//! What anybody is answered may be kept by anyone for a while; what an account is answered, by its client alone,
//! who asks each time whether it still holds.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use sha2::{Digest, Sha256};

/// How long anyone may keep what anybody is answered.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=60");
/// What an account is answered is kept by its own client, and asked for again.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What an answer depends on besides its address.
const VARY: HeaderValue = HeaderValue::from_static("accept, accept-language, authorization");

/// Gives an answer its tag, or says that the client has it already.
pub(super) async fn tagged(asked: &HeaderMap, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    // The body stands in memory already: there is nothing to wait for and no limit to pass.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let digest = Sha256::digest(&body);
    let tag = format!("W/\"{:032x}\"", u128::from_be_bytes(std::array::from_fn(|place| digest[place])));
    let tag = HeaderValue::try_from(tag).expect("hexadecimal digits stand in headers");
    let is_public = !asked.contains_key(header::AUTHORIZATION);
    parts.headers.insert(header::CACHE_CONTROL, if is_public { PUBLIC } else { PRIVATE });
    parts.headers.insert(header::VARY, VARY);
    let is_known = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || known.trim().as_bytes() == tag.as_bytes());
    parts.headers.insert(header::ETAG, tag);
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}
