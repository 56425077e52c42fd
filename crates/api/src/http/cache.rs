//! Answers that a client or a proxy may keep: those of queries that were asked for by their hash.
//!
//! What anybody is answered may be kept by anyone for a while; what an account is answered, or each caller of its own, by
//! its client alone, who asks each time whether it still holds.

use axum::{
    body::Body,
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

/// The tag of what an answer says; what it cost and what is left of a budget is another matter each time.
pub(super) fn tag(data: &async_graphql::Value) -> HeaderValue {
    let mut text = Vec::new();
    // Whatever cannot be written is not answered either.
    drop(async_graphql::write(data, &mut text));
    let digest = Sha256::digest(text);
    let half = u128::from_be_bytes(std::array::from_fn(|place| digest[place]));
    HeaderValue::try_from(format!("W/\"{half:032x}\"")).expect("hexadecimal digits stand in headers")
}

/// Gives an answer its tag, or says that the client has it already.
pub(super) fn tagged(asked: &HeaderMap, tag: HeaderValue, is_shared: bool, mut answer: Response) -> Response {
    let is_public = is_shared && !asked.contains_key(header::AUTHORIZATION);
    let is_known = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || known.trim().as_bytes() == tag.as_bytes());
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, if is_public { PUBLIC } else { PRIVATE });
    headers.insert(header::VARY, VARY);
    headers.insert(header::ETAG, tag);
    if is_known {
        headers.remove(header::CONTENT_TYPE);
        *answer.body_mut() = Body::empty();
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    answer
}
