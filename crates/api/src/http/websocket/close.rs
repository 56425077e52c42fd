//! Why the server closes a socket, with the codes of graphql-transport-ws and of WebSocket itself.

/// Why the server closes a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// The server stops; the client can go to another one.
    GoingAway,
    /// What came is no WebSocket, or no text.
    Protocol,
    /// A message is larger than a message may be.
    TooLarge,
    /// A message that the protocol does not know, for a short fixed reason.
    Malformed(&'static str),
    /// An operation before the client was let in.
    Unauthorised,
    /// The client is not let in.
    Refused,
    /// The access token is past its time.
    TokenExpired,
    /// The session was ended, or the account is gone or disabled.
    SessionEnded,
    /// The client speaks another protocol.
    OtherProtocol,
    /// The client did not ask to be let in.
    InitTimeout,
    /// An operation under an id that is taken.
    SameId(String),
    /// The client asked twice to be let in.
    SecondInit,
    /// An error of ours.
    Internal,
}

/// The longest reason that a close frame can hold, in bytes.
const LONGEST_REASON: usize = 123;

impl Close {
    pub(super) fn malformed(reason: &'static str) -> Self {
        Self::Malformed(reason)
    }

    pub(super) fn code(&self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Protocol => 1002,
            Self::TooLarge => 1009,
            Self::Malformed(_) => 4400,
            Self::Unauthorised => 4401,
            Self::Refused | Self::TokenExpired | Self::SessionEnded => 4403,
            Self::OtherProtocol => 4406,
            Self::InitTimeout => 4408,
            Self::SameId(_) => 4409,
            Self::SecondInit => 4429,
            Self::Internal => 4500,
        }
    }

    /// The reason, never longer than a frame can hold.
    pub(super) fn reason(&self) -> String {
        let reason = match self {
            Self::GoingAway => "Going away",
            Self::Protocol => "Protocol error",
            Self::TooLarge => "Message too large",
            Self::Malformed(reason) => reason,
            Self::Unauthorised => "Unauthorized",
            Self::Refused => "Forbidden",
            Self::TokenExpired => "Forbidden: the access token has expired",
            Self::SessionEnded => "Forbidden: the session has ended",
            Self::OtherProtocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::SameId(id) => return same_id(id),
            Self::SecondInit => "Too many initialisation requests",
            Self::Internal => "Internal server error",
        };
        reason.to_owned()
    }
}

/// Names the id, or leaves it out where it is too long for a frame.
fn same_id(id: &str) -> String {
    let reason = format!("Subscriber for {id} already exists");
    if reason.len() <= LONGEST_REASON { reason } else { "Subscriber already exists".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_into_a_frame_however_long_the_id_is() {
        assert_eq!(Close::SameId("7".to_owned()).reason(), "Subscriber for 7 already exists");
        for length in [90, 91, 92, 1_000, 60_000] {
            assert!(Close::SameId("ж".repeat(length)).reason().len() <= LONGEST_REASON, "{length}");
        }
    }
}
