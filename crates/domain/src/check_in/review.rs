//! The review: what a person decides about a scan that was flagged. It is one more fact; the last one holds.

use thiserror::Error;

use super::{Decided, ResolutionKind, Scan, ScanFlag};
use crate::{
    event::Event,
    id::RegistrationId,
    problem::{Problem, ProblemCode},
    registration::{Registration, RegistrationStatus},
};

/// What a person found out about a flagged scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It counts, in spite of its flags.
    Accept,
    /// It does not count.
    Reject,
    /// It shows someone else, and counts for them.
    Attach(RegistrationId),
}

/// Why a finding is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReviewRefusal {
    /// Nothing is amiss with the scan.
    #[error("the scan has no flag; undo it if it was a mistake")]
    NotFlagged,
    /// Nobody of this event is known by what was shown.
    #[error("the scan shows nobody of this event; attach it to the registration of the person it shows")]
    ShowsNobody,
    /// The registration is one of another event than the scan.
    #[error("the registration is one of another event than the scan")]
    RegistrationOfOtherEvent,
    /// The registration was cancelled.
    #[error("the registration was cancelled; register the person anew")]
    Cancelled,
}

impl ReviewRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::NotFlagged | Self::ShowsNobody => ProblemCode::IllegalStep,
            Self::RegistrationOfOtherEvent => ProblemCode::WrongEvent,
            Self::Cancelled => ProblemCode::RegistrationCancelled,
        }
    }
}

impl Scan {
    /// Decides what the scan looks like after a person looked at it.
    ///
    /// A finished event does not stand in the way: late scans are looked at when it is over. `attached` is the
    /// registration of a finding that attaches the scan to one.
    pub fn reviewed(
        &self,
        event: &Event,
        finding: Finding,
        attached: Option<&Registration>,
        decided: Decided,
    ) -> Result<Self, Problem> {
        if event.is_archived {
            return Err(Problem::Archived);
        }
        if self.flags.is_empty() {
            return Err(ReviewRefusal::NotFlagged.into());
        }
        let (kind, registration) = match finding {
            Finding::Accept if self.registration.is_none() || self.flags.contains(&ScanFlag::WrongEvent) => {
                return Err(ReviewRefusal::ShowsNobody.into());
            }
            Finding::Accept => (ResolutionKind::Accepted, None),
            Finding::Reject => (ResolutionKind::Rejected, None),
            Finding::Attach(registration) => {
                check_attached(self, attached)?;
                (ResolutionKind::Attached, Some(registration))
            }
        };
        let resolution = decided.that(kind, registration);
        Ok(Self { resolution: Some(resolution), ..self.clone() })
    }
}

fn check_attached(scan: &Scan, attached: Option<&Registration>) -> Result<(), ReviewRefusal> {
    match attached {
        Some(registration) if registration.event != scan.event => {
            Err(ReviewRefusal::RegistrationOfOtherEvent)
        }
        Some(registration) if registration.status == RegistrationStatus::Cancelled => {
            Err(ReviewRefusal::Cancelled)
        }
        Some(_) => Ok(()),
        None => Err(ReviewRefusal::ShowsNobody),
    }
}
