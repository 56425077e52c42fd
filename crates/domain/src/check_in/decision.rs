//! The decision about one scan: what is amiss with it, and what follows where someone waits, and where nobody does.
//!
//! An online scan is refused for the first thing that is amiss; an offline one is a fact, and is flagged for all.

use chrono::{DateTime, Utc};

use super::{
    CheckInRefusal, Clock, CountedScan, Direction, Method, Origin, Place, Reckoned, ScanFlag,
    attendance::is_inside_by,
};
use crate::{
    checkpoint::Checkpoint,
    event::{Event, EventStatus},
    id::{EventId, WalkInId},
    problem::{Fault, Invalid, Problem},
    registration::RegistrationStatus,
};

/// Whether someone waits at the door for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Someone waits: what is amiss is refused.
    Online,
    /// The door has decided long ago: what is amiss is flagged.
    Offline,
}

/// Whom a scan shows, as far as the decision goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolled {
    /// The event at which they are registered.
    pub event: EventId,
    /// Whether the registration stands.
    pub status: RegistrationStatus,
}

/// That the badge was revoked, and whether the device could know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// Whether the manifest that the device had tells of it.
    pub was_known: bool,
}

/// What is known as a scan is judged.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The event at whose door it was made.
    pub event: &'a Event,
    /// The checkpoint.
    pub checkpoint: Option<&'a Checkpoint>,
    /// Whom it shows; none where nobody is known by what was shown.
    pub registration: Option<Enrolled>,
    /// The walk-in that it names, of whom nobody has said yet who it is.
    pub walk_in: Option<WalkInId>,
    /// Whether the badge was revoked.
    pub revocation: Option<Revocation>,
    /// The scans that count for that registration so far.
    pub before: &'a [CountedScan],
    /// How many are in at the checkpoint, where its capacity is limited; none where the person is one of them, who takes
    /// no other place.
    pub inside: Option<i64>,
    /// Its times.
    pub clock: Clock,
    /// Whether the device's clock ran backwards.
    pub runs_backwards: bool,
    /// Whether another scan came under its identifier.
    pub id_is_taken: bool,
    /// Whether another scan came under its sequence number.
    pub sequence_is_taken: bool,
}

/// What the scan itself says, as far as the decision goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Where it was made.
    pub place: Place,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// The device that made it; none where an account did.
    pub origin: Option<Origin>,
}

/// What was decided about a scan that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// By what time it counts; none where its time cannot be believed.
    pub counted_at: Option<DateTime<Utc>>,
    /// What a person should look at, in the order of the list.
    pub flags: Vec<ScanFlag>,
}

/// One thing that is amiss: how an offline scan is flagged for it, and how an online one is refused.
struct Finding {
    flag: Option<ScanFlag>,
    refusal: Option<Problem>,
}

/// Decides about a scan.
///
/// Online the answer is a refusal or a fact without a flag; offline it is always a fact.
pub fn decide(said: Said, facts: &Facts<'_>, presence: Presence) -> Result<Kept, Problem> {
    let Reckoned { at, is_suspect } = facts.clock.reckoned();
    let findings = findings(said, facts, presence, at, is_suspect);
    match presence {
        Presence::Online => match findings.into_iter().find_map(|finding| finding.refusal) {
            Some(refusal) => Err(refusal),
            None => Ok(Kept { counted_at: at, flags: Vec::new() }),
        },
        Presence::Offline => {
            let mut flags: Vec<ScanFlag> = findings.into_iter().filter_map(|finding| finding.flag).collect();
            flags.sort_unstable();
            flags.dedup();
            Ok(Kept { counted_at: at, flags })
        }
    }
}

/// All that is amiss, what is refused first first.
fn findings(
    said: Said,
    facts: &Facts<'_>,
    presence: Presence,
    at: Option<DateTime<Utc>>,
    is_suspect: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find =
        |flag: Option<ScanFlag>, refusal: Option<Problem>| findings.push(Finding { flag, refusal });
    let event = facts.event;
    if facts.id_is_taken {
        find(Some(ScanFlag::IdReused), Some(CheckInRefusal::IdReused.into()));
    }
    if facts.sequence_is_taken {
        find(Some(ScanFlag::SequenceReused), Some(CheckInRefusal::SequenceReused.into()));
    }
    match facts.registration {
        None => find(Some(ScanFlag::UnknownCredential), Some(CheckInRefusal::UnknownCredential.into())),
        Some(registration) if registration.event != event.id => {
            find(Some(ScanFlag::WrongEvent), Some(CheckInRefusal::WrongEvent.into()));
        }
        Some(_) => {}
    }
    if facts.walk_in.is_some() {
        find(Some(ScanFlag::WalkIn), None);
    }
    if event.is_archived {
        find(Some(ScanFlag::LateAfterLock), Some(Problem::Archived));
    }
    if let Some((flag, refusal)) = check_open(event.status, said.method) {
        find(flag, Some(refusal.into()));
    }
    if let Some(revocation) = facts.revocation {
        let flag = if revocation.was_known { ScanFlag::RevokedKnown } else { ScanFlag::RevokedUnknown };
        find(Some(flag), Some(CheckInRefusal::Revoked.into()));
    }
    if facts.registration.is_some_and(|registration| registration.status == RegistrationStatus::Cancelled) {
        find(Some(ScanFlag::Cancelled), Some(CheckInRefusal::Cancelled.into()));
    }
    if facts.clock.captured_at - facts.clock.received_at > Clock::TOLERANCE {
        let reason = "it lies in the future".to_owned();
        find(None, Some(Invalid::new("capturedAt", Fault::Malformed { reason }).into()));
    }
    if is_suspect || facts.runs_backwards {
        find(Some(ScanFlag::ClockSuspect), None);
    }
    // Who waits stands at the door now, whatever a clock says; a list tells of another time.
    let at_door = match presence {
        Presence::Online if !facts.clock.is_from_list => Some(facts.clock.received_at),
        Presence::Online | Presence::Offline => at,
    };
    check_checkpoint(said, facts, at_door, &mut find);
    if let Some((flag, refusal)) = check_inside(said, facts, presence, at) {
        find(flag, Some(refusal.into()));
    }
    findings
}

/// The life of the event: before it opens and after it is over nobody passes; a held one still takes lists.
fn check_open(status: EventStatus, method: Method) -> Option<(Option<ScanFlag>, CheckInRefusal)> {
    match (status, method) {
        (EventStatus::Open | EventStatus::InProgress, _) | (EventStatus::Held, Method::List) => None,
        (EventStatus::Draft | EventStatus::Planned | EventStatus::Postponed, _) => {
            Some((Some(ScanFlag::OutsideWindow), CheckInRefusal::NotYetOpen { status }))
        }
        // What was scanned during the event and arrives after it is as good as any.
        (EventStatus::Held, Method::Manual | Method::Qr) => Some((None, CheckInRefusal::Over { status })),
        (EventStatus::Closed | EventStatus::Cancelled, _) => {
            Some((Some(ScanFlag::LateAfterLock), CheckInRefusal::Over { status }))
        }
    }
}

fn check_checkpoint(
    said: Said,
    facts: &Facts<'_>,
    at: Option<DateTime<Utc>>,
    find: &mut impl FnMut(Option<ScanFlag>, Option<Problem>),
) {
    let Some(checkpoint) = facts.checkpoint else { return };
    let doors = checkpoint.rules.doors;
    if let Some(at) = at.filter(|at| !doors.holds(*at)) {
        let refusal = match doors.from {
            Some(opens_at) if at < opens_at => CheckInRefusal::CheckpointNotYetOpen { opens_at },
            _ => CheckInRefusal::CheckpointClosed,
        };
        find(Some(ScanFlag::OutsideWindow), Some(refusal.into()));
    }
    if let Some(capacity) = checkpoint.rules.capacity
        && said.direction == Direction::In
        && facts.inside.is_some_and(|inside| inside >= i64::from(capacity))
    {
        find(Some(ScanFlag::CapacityExceeded), Some(CheckInRefusal::CheckpointFull { capacity }.into()));
    }
}

/// Whether the person is where the scan says they come from. A door that does not scan exits cannot tell.
fn check_inside(
    said: Said,
    facts: &Facts<'_>,
    presence: Presence,
    at: Option<DateTime<Utc>>,
) -> Option<(Option<ScanFlag>, CheckInRefusal)> {
    // Who waits at the door comes after all that is known, whatever the clocks of two servers say.
    let at = match presence {
        Presence::Online => DateTime::<Utc>::MAX_UTC,
        Presence::Offline => at.unwrap_or(facts.clock.received_at),
    };
    let here = || facts.before.iter().filter(|scan| scan.place == said.place);
    let is_earlier = |scan: &&CountedScan| scan.at.is_some_and(|counted_at| counted_at <= at);
    let by_time = |scan: &&CountedScan| (scan.at, scan.direction);
    let device = said.origin.map(|origin| origin.device);
    let is_other_in = |scan: &CountedScan| scan.direction == Direction::In && scan.device != device;
    let before = here().filter(is_earlier).max_by_key(by_time);
    let after = here().filter(|scan| scan.at.is_some_and(|counted_at| at < counted_at)).min_by_key(by_time);
    let scans_exits = facts.checkpoint.is_none_or(|checkpoint| checkpoint.rules.scans_exits);
    match (said.direction, is_inside_by(here().filter(is_earlier))) {
        (Direction::In, true) => {
            let is_other = before.is_some_and(is_other_in);
            Some((is_other.then_some(ScanFlag::DuplicateOtherDevice), CheckInRefusal::AlreadyIn))
        }
        // What another door saw later can arrive earlier.
        (Direction::In, false) if after.is_some_and(is_other_in) => {
            Some((Some(ScanFlag::DuplicateOtherDevice), CheckInRefusal::AlreadyIn))
        }
        (Direction::Out, false) if scans_exits => Some((None, CheckInRefusal::NotIn)),
        (Direction::In | Direction::Out, _) => None,
    }
}
