//! Check-in: scans as immutable facts, and the attendance that follows from them.
//!
//! A scan is never changed, only voided with a reason; this is the online form, in which the server answers
//! at once and refuses what an offline device would only have flagged.

mod attendance;
#[cfg(test)]
mod tests;

pub use attendance::{Attendance, attendance};

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::{
    event::{Event, EventStatus},
    id::{AccountId, EventId, RegistrationId, ScanId, SessionId},
    problem::{Fault, Invalid, Problem, ProblemCode},
    registration::{Registration, RegistrationStatus},
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// Which way someone went.
    pub enum Direction {
        /// Came in.
        In = "in",
        /// Went out.
        Out = "out",
    }
}

vocabulary! {
    /// How someone was recognised.
    pub enum Method {
        /// Found in the roster by name.
        Manual = "manual",
        /// By the code of a badge.
        Qr = "qr",
        /// Entered from a signed list, during the event or after it.
        List = "list",
    }
}

/// What an operator saw: someone came in or went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Its identifier, made by the client; it lives for ever, so that a repetition is known as one.
    pub id: ScanId,
    /// The event.
    pub event: EventId,
    /// The session at whose door it was; none for the door of the event.
    pub session: Option<SessionId>,
    /// Whom it shows.
    pub registration: RegistrationId,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// When it happened, by the clock of the client.
    pub captured_at: DateTime<Utc>,
    /// When the server took it in.
    pub received_at: DateTime<Utc>,
    /// The account that recorded it.
    pub operator: Option<AccountId>,
    /// Why it does not count, if it was voided.
    pub voided: Option<Voided>,
}

/// Why a scan does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    /// When it was voided.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

/// A command: someone comes in or goes out.
#[derive(Debug, Clone)]
pub struct NewScan {
    /// The identifier that the client made; a repetition bears the same.
    pub id: ScanId,
    /// The event at whose door the operator stands; none where the registration alone tells it.
    pub event: Option<EventId>,
    /// The session at whose door the operator stands; none for the door of the event.
    pub session: Option<SessionId>,
    /// Who.
    pub registration: RegistrationId,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// When it happened; none for now.
    pub captured_at: Option<DateTime<Utc>>,
}

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
    /// The person is registered at another event than the one at whose door the operator stands.
    #[error("the registration is one of another event")]
    WrongEvent,
    /// The session belongs to another event.
    #[error("the session belongs to another event")]
    SessionOfOtherEvent,
    /// The identifier came before with another content.
    #[error("the scan was recorded before with another content")]
    IdReused,
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
            Self::NotYetOpen { .. } => ProblemCode::NotYetOpen,
            Self::Over { .. } => ProblemCode::Over,
            Self::WrongEvent => ProblemCode::WrongEvent,
            Self::SessionOfOtherEvent => ProblemCode::InvalidInput,
            Self::IdReused => ProblemCode::IdReused,
            Self::AlreadyUndone => ProblemCode::IllegalStep,
        }
    }
}

impl NewScan {
    /// How far a client's clock may run ahead before its time is refused.
    pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

    /// Decides whether the person may pass, and which fact that makes.
    ///
    /// `scans` are all earlier ones of the registration.
    pub fn admitted(
        self,
        event: &Event,
        registration: &Registration,
        scans: &[Scan],
        operator: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Scan, Problem> {
        if self.event.is_some_and(|expected| expected != event.id) || registration.event != event.id {
            return Err(CheckInRefusal::WrongEvent.into());
        }
        if event.is_archived {
            return Err(Problem::Archived);
        }
        check_open(event.status, self.method)?;
        if registration.status == RegistrationStatus::Cancelled {
            return Err(CheckInRefusal::Cancelled.into());
        }
        let captured_at = self.captured_at.unwrap_or(now);
        if captured_at > now + Self::CLOCK_TOLERANCE {
            let reason = "it lies in the future".to_owned();
            return Err(Invalid::new("capturedAt", Fault::Malformed { reason }).into());
        }
        match (self.direction, attendance::is_inside_at(self.session, scans)) {
            (Direction::In, true) => Err(CheckInRefusal::AlreadyIn.into()),
            (Direction::Out, false) => Err(CheckInRefusal::NotIn.into()),
            (Direction::In, false) | (Direction::Out, true) => Ok(Scan {
                id: self.id,
                event: event.id,
                session: self.session,
                registration: self.registration,
                direction: self.direction,
                method: self.method,
                captured_at,
                received_at: now,
                operator,
                voided: None,
            }),
        }
    }
}

impl Scan {
    /// Tells a repetition of this scan from another one under the same identifier.
    ///
    /// A repetition that gives no event or no time repeats the scan wherever and whenever that was.
    pub fn check_repeated(&self, new: &NewScan) -> Result<(), CheckInRefusal> {
        let same = self.id == new.id
            && new.event.is_none_or(|event| event == self.event)
            && self.session == new.session
            && self.registration == new.registration
            && self.direction == new.direction
            && self.method == new.method
            && new.captured_at.is_none_or(|captured_at| captured_at == self.captured_at);
        if same { Ok(()) } else { Err(CheckInRefusal::IdReused) }
    }

    /// Decides whether the scan may be voided, and what it looks like then.
    pub fn undone(&self, event: &Event, reason: Passage, now: DateTime<Utc>) -> Result<Self, Problem> {
        if self.voided.is_some() {
            return Err(CheckInRefusal::AlreadyUndone.into());
        }
        if event.is_archived {
            return Err(Problem::Archived);
        }
        if event.status.is_finished() {
            return Err(CheckInRefusal::Over { status: event.status }.into());
        }
        Ok(Self { voided: Some(Voided { at: now, reason }), ..self.clone() })
    }
}

/// Refuses check-ins before the event opens and after it is over; a held event still takes them from a list.
fn check_open(status: EventStatus, method: Method) -> Result<(), CheckInRefusal> {
    match (status, method) {
        (EventStatus::Open | EventStatus::InProgress, _) | (EventStatus::Held, Method::List) => Ok(()),
        (EventStatus::Draft | EventStatus::Planned | EventStatus::Postponed, _) => {
            Err(CheckInRefusal::NotYetOpen { status })
        }
        (EventStatus::Held, Method::Manual | Method::Qr)
        | (EventStatus::Closed | EventStatus::Cancelled, _) => Err(CheckInRefusal::Over { status }),
    }
}
