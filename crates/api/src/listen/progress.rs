//! How far a connection has come, as its bytes and its requests tell each other.

use std::sync::atomic::{AtomicU8, Ordering};

use axum::http::{StatusCode, Version};

/// The head of a request is on its way, or the first one is awaited.
const ARRIVING: u8 = 0;
/// A request is served.
const SERVING: u8 = 1;
/// Nothing is on its way.
const IDLE: u8 = 2;
/// Many things go on at once, or the connection is HTTP no more: heads are not timed here.
const FREE: u8 = 3;

/// How far a connection has come.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    /// Whether the head of a request is on its way.
    pub(super) fn is_arriving(&self) -> bool {
        self.0.load(Ordering::Relaxed) == ARRIVING
    }

    /// Bytes have come: true where they are the first of a head.
    pub(super) fn begin_arrival(&self) -> bool {
        self.0.compare_exchange(IDLE, ARRIVING, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// A head has come whole.
    pub(super) fn begin_service(&self, version: Version) {
        self.0.store(if version == Version::HTTP_2 { FREE } else { SERVING }, Ordering::Relaxed);
    }

    /// A request was answered with this status; the next one may come.
    pub(super) fn end_service(&self, status: Option<StatusCode>) {
        let next = if status == Some(StatusCode::SWITCHING_PROTOCOLS) { FREE } else { IDLE };
        if let Err(other) = self.0.compare_exchange(SERVING, next, Ordering::Relaxed, Ordering::Relaxed) {
            debug_assert_eq!(other, FREE, "what is served was begun, and what is free stays so");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_awaited_at_first_and_after_each_answer_from_its_first_byte() {
        let progress = Progress::default();
        assert!(progress.is_arriving() && !progress.begin_arrival());
        progress.begin_service(Version::HTTP_11);
        assert!(!progress.is_arriving() && !progress.begin_arrival(), "these are bytes of the body");
        progress.end_service(Some(StatusCode::OK));
        assert!(!progress.is_arriving());
        assert!(progress.begin_arrival() && progress.is_arriving());
    }

    #[test]
    fn http_2_and_sockets_are_free_for_good() {
        for (version, status) in [(Version::HTTP_2, 200), (Version::HTTP_11, 101)] {
            let progress = Progress::default();
            progress.begin_service(version);
            progress.end_service(StatusCode::from_u16(status).ok());
            assert!(!progress.begin_arrival() && !progress.is_arriving(), "{version:?}");
        }
    }
}
