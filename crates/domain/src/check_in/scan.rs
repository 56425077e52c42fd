//! The scan: what was seen at a door, what became of it, and the command that records one.

use chrono::{DateTime, Utc};

use super::{CheckInRefusal, Direction, Method, ScanFlag};
use crate::{
    access::Doer,
    device::EnrolmentId,
    event::Event,
    id::{AccountId, CheckpointId, DeviceId, EventId, RegistrationId, ScanId, SessionId, WalkInId},
    problem::Problem,
    text::Passage,
    vocabulary::vocabulary,
};

/// Where a scan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At the door of the event; no checkpoint is named.
    Event,
    /// At the door of a session; no checkpoint is named.
    Session(SessionId),
    /// At a checkpoint.
    Checkpoint(CheckpointId),
}

/// The device that made a scan, within one of its enrolments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The device.
    pub device: DeviceId,
    /// The enrolment, within which its sequence numbers count.
    pub enrolment: EnrolmentId,
}

vocabulary! {
    /// What a person found out about a scan.
    pub enum ResolutionKind {
        /// It was a mistake: it does not count.
        Undone = "undone",
        /// It counts, in spite of its flags.
        Accepted = "accepted",
        /// It does not count.
        Rejected = "rejected",
        /// It shows someone else, and counts for them.
        Attached = "attached",
    }
}

/// What a person found out about a scan: one more fact; the last one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What it is.
    pub kind: ResolutionKind,
    /// Whom the scan shows, where that was found out.
    pub registration: Option<RegistrationId>,
    /// Who found it out; none where that was not kept.
    pub by: Option<Doer>,
    /// When it was found out.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

/// Who decides about scans, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Who.
    pub by: Option<Doer>,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

/// What was seen at a door: someone came in or went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Its identifier, made by the client; it lives for ever, so that a repetition is known as one.
    pub id: ScanId,
    /// The event at whose door it was.
    pub event: EventId,
    /// The checkpoint.
    pub checkpoint: Option<CheckpointId>,
    /// The session at whose door it was, where no checkpoint is named.
    pub session: Option<SessionId>,
    /// Whom it shows, as it was scanned; none where nobody is known by what was shown.
    pub registration: Option<RegistrationId>,
    /// The walk-in that it names, which may come after it.
    pub walk_in: Option<WalkInId>,
    /// What was shown, as it was read; where nothing was and nobody is known, as whom it named. Empty once the person was
    /// anonymised.
    pub credential: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// When it happened, by the clock of the client.
    pub captured_at: DateTime<Utc>,
    /// By what time it counts; none where the client's cannot be believed.
    pub counted_at: Option<DateTime<Utc>>,
    /// When it was sent, by the same clock; none where that was not told.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the server took it in.
    pub received_at: DateTime<Utc>,
    /// The device that made it.
    pub origin: Option<Origin>,
    /// The device's number for it.
    pub sequence: Option<i64>,
    /// The account that recorded it.
    pub operator: Option<AccountId>,
    /// Who stood at the door, as the device calls them.
    pub operator_name: Option<String>,
    /// What the device told them.
    pub local_verdict: Option<String>,
    /// What the device knew: the cursor of its manifest, as it was given.
    pub manifest: Option<String>,
    /// What is amiss with it.
    pub flags: Vec<ScanFlag>,
    /// What a person found out about it last.
    pub resolution: Option<Resolution>,
}

/// What attendance follows from: of a scan that counts, where and when who went which way, and which device saw it.
///
/// A person may have many; a store reads no more of them than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedScan {
    /// Where it was made.
    pub place: Place,
    /// Which way.
    pub direction: Direction,
    /// By what time it counts; none where the client's cannot be believed.
    pub at: Option<DateTime<Utc>>,
    /// The device that made it.
    pub device: Option<DeviceId>,
}

/// A command: someone comes in or goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// The identifier that the client made; a repetition bears the same.
    pub id: ScanId,
    /// The event at whose door the operator stands; none where the checkpoint or the registration tells it.
    pub event: Option<EventId>,
    /// The checkpoint where the operator stands.
    pub checkpoint: Option<CheckpointId>,
    /// The session at whose door the operator stands, where no checkpoint is named.
    pub session: Option<SessionId>,
    /// Who, where the client knows it; else the credential tells.
    pub registration: Option<RegistrationId>,
    /// The walk-in, where the client registered one itself and knows no registration yet.
    pub walk_in: Option<WalkInId>,
    /// What was shown, as it was read.
    pub credential: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// When it happened; none for now.
    pub captured_at: Option<DateTime<Utc>>,
    /// The device's number for it.
    pub sequence: Option<i64>,
    /// What the device knew: the cursor of its manifest, as it was given.
    pub manifest: Option<String>,
    /// What the device told the operator.
    pub local_verdict: Option<String>,
    /// Who stood at the door, as the device calls them.
    pub operator_name: Option<String>,
}

impl Scan {
    /// Where it was made.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::of(self.checkpoint, self.session)
    }

    /// Whether it counts: as a person found out, else unless a flag keeps it waiting for one.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.counts_for().is_some()
    }

    /// What attendance follows from; none where it does not count.
    #[must_use]
    pub fn counted(&self) -> Option<CountedScan> {
        self.counts().then(|| CountedScan {
            place: self.place(),
            direction: self.direction,
            at: self.counted_at,
            device: self.origin.map(|origin| origin.device),
        })
    }

    /// For whom it counts; none where it does not.
    ///
    /// A scan at the door of another event counts for nobody until it is attached to someone of that event.
    #[must_use]
    pub fn counts_for(&self) -> Option<RegistrationId> {
        match &self.resolution {
            None => self.registration.filter(|_| !self.flags.iter().any(|flag| flag.parks())),
            Some(resolution) => match resolution.kind {
                ResolutionKind::Undone | ResolutionKind::Rejected => None,
                ResolutionKind::Accepted => {
                    self.registration.filter(|_| !self.flags.contains(&ScanFlag::WrongEvent))
                }
                ResolutionKind::Attached => resolution.registration,
            },
        }
    }

    /// Whether the scan waited for this walk-in alone, and counts now that it came.
    ///
    /// A scan that waits for something else as well goes on waiting, and so does one at which a person has looked.
    #[must_use]
    pub fn waited_for(&self, walk_in: WalkInId, event: EventId) -> bool {
        let waits = |flag: &ScanFlag| flag.parks() && *flag != ScanFlag::UnknownCredential;
        self.walk_in == Some(walk_in)
            && self.event == event
            && self.registration.is_none()
            && self.resolution.is_none()
            && !self.flags.iter().any(waits)
    }

    /// The scan as a fact of this registration, whomever it showed when it was made.
    #[must_use]
    pub fn attached(&self, registration: RegistrationId, decided: Decided) -> Self {
        let resolution = decided.that(ResolutionKind::Attached, Some(registration));
        Self { resolution: Some(resolution), ..self.clone() }
    }

    /// The scan once it is said who the walk-in is that it names; none where something else is amiss, or someone has looked
    /// at it.
    #[must_use]
    pub fn settled_with_walk_in(&self, decided: Decided) -> Option<Self> {
        if self.resolution.is_some() || self.registration.is_none() || self.flags != [ScanFlag::WalkIn] {
            return None;
        }
        let resolution = decided.that(ResolutionKind::Accepted, None);
        Some(Self { resolution: Some(resolution), ..self.clone() })
    }

    /// Decides whether the scan may be undone, and what it looks like then.
    pub fn undone(&self, event: &Event, decided: Decided) -> Result<Self, Problem> {
        if self.resolution.as_ref().is_some_and(|resolution| resolution.kind == ResolutionKind::Undone) {
            return Err(CheckInRefusal::AlreadyUndone.into());
        }
        if event.is_archived {
            return Err(Problem::Archived);
        }
        if event.status.is_finished() {
            return Err(CheckInRefusal::Over { status: event.status }.into());
        }
        let resolution = decided.that(ResolutionKind::Undone, None);
        Ok(Self { resolution: Some(resolution), ..self.clone() })
    }
}

impl Decided {
    /// The resolution that this is what was found out.
    pub(super) fn that(self, kind: ResolutionKind, registration: Option<RegistrationId>) -> Resolution {
        let Self { by, at, reason } = self;
        Resolution { kind, registration, by, at, reason }
    }
}

impl NewScan {
    /// Where it was made.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::of(self.checkpoint, self.session)
    }
}

impl Place {
    /// The checkpoint, else the session, else the event.
    #[must_use]
    pub fn of(checkpoint: Option<CheckpointId>, session: Option<SessionId>) -> Self {
        match (checkpoint, session) {
            (Some(checkpoint), _) => Self::Checkpoint(checkpoint),
            (None, Some(session)) => Self::Session(session),
            (None, None) => Self::Event,
        }
    }
}
