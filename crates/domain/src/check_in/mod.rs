//! Check-in: scans as immutable facts, the decision about each, and the attendance that follows from all of them.
//!
//! A scan is never changed; what is found out about it later is one more fact, a [`Resolution`]. How badges are read is
//! told in `badge`.

mod attendance;
mod clock;
mod day_rule;
mod decision;
mod repetition;
mod review;
mod scan;
mod sequence;
mod stay;
#[cfg(test)]
mod tests;
mod word;

pub use attendance::{Attendance, Folded, Ground, Sighting, Spot, attendance, fold, stays};
pub use clock::{Clock, Reckoned, run_backwards};
pub use day_rule::DayRule;
pub use decision::{Enrolled, Facts, Kept, Presence, Revocation, Said, decide};
pub use review::{Finding, ReviewRefusal};
pub use scan::{CountedScan, Decided, NewScan, Origin, Place, Resolution, ResolutionKind, Scan};
pub use sequence::{Gap, Received};
pub use stay::{Interval, Stay};
pub use word::{Direction, Method, ScanFlag, ScanOutcome, ScanReason};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{event::EventStatus, problem::ProblemCode};

/// Why a check-in, or its undoing, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CheckInRefusal {
    /// The person is inside.
    #[error("the person is inside already")]
    AlreadyIn,
    /// The person is not inside and cannot go out.
    #[error("the person is not inside")]
    NotIn,
    /// The registration was cancelled.
    #[error("the registration of the person was cancelled")]
    Cancelled,
    /// The badge was revoked.
    #[error("the badge was revoked")]
    Revoked,
    /// Nobody is known by what was shown.
    #[error("nobody is known by this code")]
    UnknownCredential,
    /// The event does not take check-ins yet.
    #[error("an event that is {status} does not take check-ins yet")]
    NotYetOpen {
        /// Where it is in its life.
        status: EventStatus,
    },
    /// The event takes no check-ins any more, or only from a list.
    #[error("an event that is {status} takes no check-ins any more{}", late(*.status))]
    Over {
        /// Where it is in its life.
        status: EventStatus,
    },
    /// The doors of the checkpoint have not opened.
    #[error("the checkpoint opens at {}", .opens_at.to_rfc3339())]
    CheckpointNotYetOpen {
        /// When they open.
        opens_at: DateTime<Utc>,
    },
    /// The doors of the checkpoint are closed.
    #[error("the checkpoint is closed")]
    CheckpointClosed,
    /// As many people as the checkpoint holds are in.
    #[error("the checkpoint is full: {capacity} people are in")]
    CheckpointFull {
        /// How many it holds.
        capacity: i32,
    },
    /// The person is registered at another event than the one at whose door the operator stands.
    #[error("the registration is one of another event")]
    WrongEvent,
    /// The session belongs to another event.
    #[error("the session belongs to another event")]
    SessionOfOtherEvent,
    /// The checkpoint belongs to another event, or was removed.
    #[error("the checkpoint belongs to another event, or was removed")]
    CheckpointOfOtherEvent,
    /// The identifier came before with another content.
    #[error("the scan was recorded before with another content")]
    IdReused,
    /// The sequence number of the device came before with another scan.
    #[error("the device has used this sequence number for another scan")]
    SequenceReused,
    /// The scan was voided before.
    #[error("the check-in was undone before")]
    AlreadyUndone,
}

fn late(status: EventStatus) -> &'static str {
    if status == EventStatus::Held { " except from a list" } else { "" }
}

impl CheckInRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::AlreadyIn => ProblemCode::AlreadyIn,
            Self::NotIn => ProblemCode::NotIn,
            Self::Cancelled => ProblemCode::RegistrationCancelled,
            Self::Revoked => ProblemCode::BadgeRevoked,
            Self::UnknownCredential => ProblemCode::UnknownCredential,
            Self::NotYetOpen { .. } | Self::CheckpointNotYetOpen { .. } => ProblemCode::NotYetOpen,
            Self::Over { .. } | Self::CheckpointClosed => ProblemCode::Over,
            Self::CheckpointFull { .. } => ProblemCode::CheckpointFull,
            Self::WrongEvent => ProblemCode::WrongEvent,
            Self::SessionOfOtherEvent | Self::CheckpointOfOtherEvent => ProblemCode::InvalidInput,
            Self::IdReused => ProblemCode::IdReused,
            Self::SequenceReused => ProblemCode::SequenceReused,
            Self::AlreadyUndone => ProblemCode::IllegalStep,
        }
    }
}
