//! Devices: phones that stand at the doors of events, what each may serve and until when, and its enrolment.
//!
//! A device is a principal of its own, not a person. How its code and its token are made belongs to `api`.

mod enrolment;

pub use enrolment::{Enrolment, EnrolmentCode, MAXIMUM_CODE_LIFETIME, NewEnrolment};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    id::{CheckpointId, DeviceId, EventId},
    problem::{Fault, Invalid, Problem, ProblemCode},
    text::{Line, Passage},
};

/// One enrolment of a device: from the exchange of a code until the device is enrolled anew or revoked.
///
/// The device makes it. Sequence numbers of scans count within it, so that a copy of a device that is enrolled
/// again, or one restored from a backup, is never taken for the device itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnrolmentId(pub Uuid);

/// When a device may serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From when on.
    pub opens_at: DateTime<Utc>,
    /// Until when.
    pub closes_at: DateTime<Utc>,
}

/// How a moment stands to the window of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Its window has not opened: it may do nothing yet.
    Ahead,
    /// It serves.
    On,
    /// Its window has closed: it hands in what it scanned, and sees nobody any more.
    Over,
}

impl Window {
    /// The longest window.
    pub const LONGEST: TimeDelta = TimeDelta::days(400);
    /// How long after its window a device may still hand in scans.
    pub const GRACE: TimeDelta = TimeDelta::days(30);

    /// Accepts a window that ends after it begins and is not longer than [`Window::LONGEST`].
    pub fn parse(opens_at: DateTime<Utc>, closes_at: DateTime<Utc>) -> Result<Self, Invalid> {
        let malformed = |reason: String| Err(Invalid::new("closesAt", Fault::Malformed { reason }));
        if closes_at <= opens_at {
            return malformed("the window closes before it opens".to_owned());
        }
        if closes_at - opens_at > Self::LONGEST {
            return malformed(format!("the window is longer than {} days", Self::LONGEST.num_days()));
        }
        Ok(Self { opens_at, closes_at })
    }

    /// How this moment stands to the window.
    #[must_use]
    pub fn duty(self, now: DateTime<Utc>) -> Duty {
        if now < self.opens_at {
            Duty::Ahead
        } else if now < self.closes_at {
            Duty::On
        } else {
            Duty::Over
        }
    }

    /// When the last scan can be handed in.
    #[must_use]
    pub fn ends_at(self) -> DateTime<Utc> {
        self.closes_at + Self::GRACE
    }
}

/// A device at the doors of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Its identifier.
    pub id: DeviceId,
    /// How often it was changed; that it was heard of is no change.
    pub version: i64,
    /// When it was prepared.
    pub created_at: DateTime<Utc>,
    /// What its people call it, such as the door where it stands.
    pub name: Line,
    /// The events that it serves, in the order of their ids.
    pub events: Vec<EventId>,
    /// The checkpoints where it may stand; empty for all of its events.
    pub checkpoints: Vec<CheckpointId>,
    /// When it may serve.
    pub window: Window,
    /// Its enrolment; none before the first.
    pub enrolment: Option<Enrolment>,
    /// What it told when it was heard of last.
    pub signs: Signs,
    /// Why it may do nothing any more, if it was revoked.
    pub revoked: Option<Revoked>,
}

/// What a device told of itself when it was heard of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// When it was heard of last, to the minute or so.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// How many scans it said to hold back when it last handed some in.
    pub pending: Option<i32>,
    /// The highest sequence number that came from this enrolment.
    pub highest_sequence: Option<i64>,
}

/// What a device tells of itself when it hands scans in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many scans it holds back still.
    pub pending: Option<i32>,
    /// The version of its application; none where it did not say.
    pub application_version: Option<Line>,
    /// The highest sequence number among the scans that came; none where none came.
    pub highest_sequence: Option<i64>,
}

impl Signs {
    /// How often, at most, it is written down that a device was heard of and nothing else.
    pub const EVERY: TimeDelta = TimeDelta::minutes(1);

    /// Whether it is worth writing down that the device is heard of now.
    #[must_use]
    pub fn are_stale(self, now: DateTime<Utc>) -> bool {
        self.last_seen_at.is_none_or(|seen| now - seen >= Self::EVERY)
    }
}

/// That a device was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

/// A command: a device to be prepared for the doors of events.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// What its people call it.
    pub name: Line,
    /// The events that it is to serve; at least one.
    pub events: Vec<EventId>,
    /// The checkpoints where it may stand; empty for all of its events.
    pub checkpoints: Vec<CheckpointId>,
    /// When it may serve.
    pub window: Window,
}

impl NewDevice {
    /// The most events, and the most checkpoints, of one device.
    pub const MOST: usize = 50;

    /// Accepts the command, or names the field that it fails on.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        if self.events.is_empty() {
            return Err(Invalid::new("eventIds", Fault::Empty));
        }
        for (field, actual) in [("eventIds", self.events.len()), ("checkpointIds", self.checkpoints.len())] {
            if actual > Self::MOST {
                return Err(Invalid::new(field, Fault::TooMany { actual, maximum: Self::MOST }));
            }
        }
        self.events.sort_unstable();
        self.events.dedup();
        self.checkpoints.sort_unstable();
        self.checkpoints.dedup();
        Ok(self)
    }
}

/// A command: what to change about a device. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct DeviceChange {
    /// Another name.
    pub name: Option<Line>,
    /// Other checkpoints; empty for all of its events.
    pub checkpoints: Option<Vec<CheckpointId>>,
    /// Another beginning of its window.
    pub opens_at: Option<DateTime<Utc>>,
    /// Another end of its window.
    pub closes_at: Option<DateTime<Utc>>,
}

/// Why a command about a device is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DeviceRefusal {
    /// No such code was given out, or it was replaced by a newer one.
    #[error("the code is unknown; check each character, or ask for a new code")]
    CodeUnknown,
    /// The code is past its time.
    #[error("the code has expired; ask for a new one")]
    CodeExpired,
    /// Another enrolment has used the code.
    #[error("the code was used before; ask for a new one")]
    CodeUsed,
    /// The enrolment's identifier was used before, with another code.
    #[error("the enrolment has an identifier that was used before; make a new one")]
    EnrolmentReused,
    /// The device was revoked.
    #[error("the device was revoked; prepare a new one")]
    Revoked,
    /// The window of the device, and the time after it, are over.
    #[error("the device is past its window; prepare a new one")]
    PastItsWindow,
    /// Too many codes were tried from where the caller is.
    #[error("too many codes were tried from here; wait a minute")]
    TooManyAttempts,
}

impl DeviceRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::CodeUnknown => ProblemCode::EnrolmentCodeUnknown,
            Self::CodeExpired => ProblemCode::EnrolmentCodeExpired,
            Self::CodeUsed => ProblemCode::EnrolmentCodeUsed,
            Self::EnrolmentReused => ProblemCode::IdReused,
            Self::Revoked => ProblemCode::DeviceRevoked,
            Self::PastItsWindow => ProblemCode::Over,
            Self::TooManyAttempts => ProblemCode::TooManyAttempts,
        }
    }
}

impl Device {
    /// Whether the device may still be given a code.
    pub fn check_in_use(&self, now: DateTime<Utc>) -> Result<(), DeviceRefusal> {
        if self.revoked.is_some() {
            return Err(DeviceRefusal::Revoked);
        }
        if self.window.ends_at() <= now {
            return Err(DeviceRefusal::PastItsWindow);
        }
        Ok(())
    }

    /// Decides what the device looks like after a change. It counts from the device's next call on.
    pub fn changed(&self, change: DeviceChange, now: DateTime<Utc>) -> Result<Self, Problem> {
        self.check_in_use(now)?;
        let new = NewDevice {
            name: change.name.unwrap_or_else(|| self.name.clone()),
            events: self.events.clone(),
            checkpoints: change.checkpoints.unwrap_or_else(|| self.checkpoints.clone()),
            window: Window::parse(
                change.opens_at.unwrap_or(self.window.opens_at),
                change.closes_at.unwrap_or(self.window.closes_at),
            )?,
        };
        let NewDevice { name, checkpoints, window, .. } = new.checked()?;
        Ok(Self { version: self.version + 1, name, checkpoints, window, ..self.clone() })
    }

    /// What the device looks like once it is revoked; one that was revoked before stays as it was.
    #[must_use]
    pub fn revoked(&self, reason: Passage, now: DateTime<Utc>) -> Self {
        let revoked = self.revoked.clone().or(Some(Revoked { at: now, reason }));
        Self { revoked, version: self.version + 1, ..self.clone() }
    }
}
