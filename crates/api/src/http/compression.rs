//! Which answers are compressed, and how: those that are worth it, by gzip or Brotli as the client prefers.

use axum::{body::HttpBody, http::Response};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate},
    },
};

/// The smallest answer that is compressed, in bytes: below it the packet is the same.
const SMALLEST: u64 = 1_024;

/// Whether an answer is worth it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worthwhile {
    is_on: bool,
}

/// Compresses answers where that is on. It is done fast: each answer is made anew, and JSON shrinks at any level.
pub(crate) fn compression(is_on: bool) -> CompressionLayer<impl Predicate> {
    // An event has to leave at once; compression would hold it back.
    let predicate = Worthwhile { is_on }.and(NotForContentType::SSE);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(predicate)
}

impl Predicate for Worthwhile {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        self.is_on && response.body().size_hint().exact().is_none_or(|size| size >= SMALLEST)
    }
}
