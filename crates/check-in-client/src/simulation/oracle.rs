//! What must have become of everything: reckoned from the logs of the phones by the pure rules of the domain.
//!
//! Of the server nothing is believed but when it took a scan in, which is a fact like the times of the phone; and that
//! only where the phone had sent the scan before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use hemicycle_domain::{
    check_in::{Attendance, Clock, DayRule, Ground, Method, Scan, ScanFlag, attendance, run_backwards},
    checkpoint::{Checkpoint, CheckpointKind, CheckpointRules, MissingExit, Window},
    id::{CheckpointId, EventId, RegistrationId, SessionId},
};
use uuid::Uuid;

use super::{
    log::{Fact, Log, PartLog, Sent},
    office::{Decisions, Finding},
    plan::Presented,
    world::{Standing, World},
};
use crate::{Direction, manifest::Verdict, operation::KeptTimes};

/// What must have become of everything.
pub(super) struct Expected {
    /// Of each scan; what may have become of it, where more than one of the batches that held it can have been taken.
    pub(super) scans: BTreeMap<Uuid, Vec<ExpectedScan>>,
    /// Of each person, by their place in the world; those who are on no list come after them.
    pub(super) attendance: Vec<Attendance>,
}

/// What must have become of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpectedScan {
    pub(super) counted_at: Option<DateTime<Utc>>,
    /// The flags that it must bear.
    pub(super) flags: BTreeSet<ScanFlag>,
    /// Those that it may bear beside them, because they tell of what came before it.
    pub(super) possible: BTreeSet<ScanFlag>,
}

/// How far the clocks of this machine and of the server may be apart.
const APART: TimeDelta = TimeDelta::minutes(2);

impl ExpectedScan {
    /// Whether what became of the scan is what must have become of it.
    pub(super) fn is(&self, kept: KeptTimes, flags: &[String]) -> bool {
        let given: Option<BTreeSet<ScanFlag>> = flags.iter().map(|flag| ScanFlag::from_word(flag)).collect();
        given.is_some_and(|given| {
            let beside: BTreeSet<ScanFlag> = given.difference(&self.flags).copied().collect();
            kept.counted_at == self.counted_at
                && given.is_superset(&self.flags)
                && beside.is_subset(&self.possible)
        })
    }
}

/// Reckons from all facts.
pub(super) fn reckon(world: &World, log: &Log, decisions: &Decisions) -> Expected {
    let checkpoints = checkpoints(world);
    let ground = ground(world, &checkpoints);
    let mut of_person: Vec<Vec<Scan>> = vec![Vec::new(); world.people.len() + world.guests.len()];
    let mut scans = BTreeMap::new();
    for (part, fact) in log.facts() {
        let expected = expect(world, decisions, &checkpoints, part, fact);
        let answer = fact.answer.as_ref();
        let kept = answer.and_then(|answer| Some((answer.scan?, &answer.flags)));
        // The one that it was, else the last: that it was none is told by whoever compares.
        let told = kept.and_then(|(kept, flags)| expected.iter().find(|one| one.is(kept, flags)));
        if let Some(told) = told.or(expected.last())
            && let Some((owner, is_decided)) = owner(world, decisions, fact)
        {
            let scan = scan(world, &checkpoints, fact, told);
            // What somebody decided about holds, whatever it was flagged for.
            let flags = if is_decided { Vec::new() } else { scan.flags };
            of_person[owner].push(Scan { registration: Some(number_of(owner)), flags, ..scan });
        }
        scans.insert(fact.scan.scan_id, expected);
    }
    Expected {
        scans,
        attendance: of_person
            .iter()
            .map(|scans| attendance(&ground, scans.iter().filter_map(Scan::counted)))
            .collect(),
    }
}

/// For whom a scan is to be looked at, and whether somebody decided so; none where it counts for nobody.
fn owner(world: &World, decisions: &Decisions, fact: &Fact) -> Option<(usize, bool)> {
    let shown = match fact.presented {
        // Of whoever turned out to be someone all that was seen is theirs.
        Presented::Guest(guest) => {
            let merged = decisions.merged_into(world, guest);
            Some(merged.unwrap_or(world.people.len() + guest))
        }
        _ => fact.person(),
    };
    match decisions.findings.get(&fact.scan.scan_id) {
        None => shown.map(|shown| (shown, false)),
        Some(Finding::Accept) => shown.map(|shown| (shown, true)),
        Some(Finding::Attach(person)) => Some((*person, true)),
        Some(Finding::Reject) => None,
    }
}

/// What must have become of a scan, for each of the ways by which it can have been taken.
fn expect(
    world: &World,
    decisions: &Decisions,
    checkpoints: &[Checkpoint],
    part: &PartLog,
    fact: &Fact,
) -> Vec<ExpectedScan> {
    let id = fact.scan.scan_id;
    let Some(kept) = fact.answer.as_ref().and_then(|answer| answer.scan) else { return Vec::new() };
    let has_it = |sent: &&Sent| sent.scans.iter().any(|(scan, ..)| *scan == id);
    let had_left = |sent: &&Sent| sent.left_at <= kept.received_at + APART;
    let mut expected: Vec<ExpectedScan> = Vec::new();
    if fact.was_asked {
        expected.push(expect_let_through(world, fact));
    }
    for sent in part.sent.iter().filter(has_it).filter(had_left) {
        let one = expect_with(world, decisions, checkpoints, part, fact, sent, kept.received_at);
        if !expected.contains(&one) {
            expected.push(one);
        }
    }
    expected
}

/// What must have become of a scan that was let through while someone waited: its time counts as it is told, and nothing is
/// amiss with it, or it would have been refused.
fn expect_let_through(world: &World, fact: &Fact) -> ExpectedScan {
    let standing = fact.person().map(|person| world.people[person].standing);
    let is_welcome = may_be_let_through(standing, &fact.presented);
    // Whoever may not be let through is expected to bear a flag that no such scan can have.
    let impossible = (!is_welcome).then_some(ScanFlag::UnknownCredential);
    ExpectedScan {
        counted_at: Some(fact.scan.captured_at.trunc_subsecs(6)),
        flags: impossible.into_iter().collect(),
        possible: BTreeSet::new(),
    }
}

/// Whether someone who stands so can be let through with what they show.
pub(super) fn may_be_let_through(standing: Option<Standing>, presented: &Presented) -> bool {
    match standing {
        None | Some(Standing::Elsewhere | Standing::Cancelled) => false,
        Some(Standing::Good) => true,
        Some(Standing::Revoked) => matches!(presented, Presented::Name(_)),
        Some(Standing::Replaced) => !matches!(presented, Presented::FirstBadge(_)),
    }
}

fn expect_with(
    world: &World,
    decisions: &Decisions,
    checkpoints: &[Checkpoint],
    part: &PartLog,
    fact: &Fact,
    sent: &Sent,
    received_at: DateTime<Utc>,
) -> ExpectedScan {
    let scan = &fact.scan;
    let (captured_at, sent_at) = (scan.captured_at, Some(sent.shown_at));
    let reckoned = Clock { captured_at, sent_at, received_at, is_from_list: false }.reckoned();
    let numbered: Vec<_> = sent.scans.iter().map(|(_, number, at)| (Some(*number), *at)).collect();
    let place = sent.scans.iter().position(|(id, ..)| *id == scan.scan_id).unwrap_or_default();
    let counted_at = reckoned.at.map(|at| at.trunc_subsecs(6));
    let checkpoint = checkpoint_of(checkpoints, fact);
    let standing = fact.person().map(|person| world.people[person].standing);
    let has_shown_code = !matches!(fact.presented, Presented::Name(_));
    let is_replaced = matches!(fact.presented, Presented::FirstBadge(_));

    let mut flags = BTreeSet::new();
    if reckoned.is_suspect || run_backwards(&numbered).get(place) == Some(&true) {
        flags.insert(ScanFlag::ClockSuspect);
    }
    if let (Some(checkpoint), Some(at)) = (checkpoint, counted_at)
        && !checkpoint.rules.doors.holds(at)
    {
        flags.insert(ScanFlag::OutsideWindow);
    }
    let mut possible = BTreeSet::new();
    if let Presented::Guest(guest) = fact.presented {
        // It may have come before the walk-in, or after it was settled who that is.
        possible.insert(ScanFlag::UnknownCredential);
        let may_be_settled = decisions.merged_into(world, guest).is_some();
        let bearing = if may_be_settled { &mut possible } else { &mut flags };
        bearing.insert(ScanFlag::WalkIn);
    }
    flags.extend(match standing {
        None if matches!(fact.presented, Presented::Guest(_)) => None,
        None => Some(ScanFlag::UnknownCredential),
        Some(Standing::Elsewhere) => Some(ScanFlag::WrongEvent),
        Some(Standing::Cancelled) => Some(ScanFlag::Cancelled),
        Some(Standing::Revoked) if has_shown_code => Some(revoked(fact)),
        Some(Standing::Replaced) if is_replaced => Some(revoked(fact)),
        Some(Standing::Good | Standing::Revoked | Standing::Replaced) => None,
    });

    if fact.direction == Direction::In {
        possible.insert(ScanFlag::DuplicateOtherDevice);
        if checkpoint.is_some_and(|checkpoint| checkpoint.rules.capacity.is_some()) {
            possible.insert(ScanFlag::CapacityExceeded);
        }
    }
    let same_number = |other: &&Fact| other.scan.sequence == scan.sequence;
    if part.facts.values().filter(same_number).count() > 1 {
        possible.insert(ScanFlag::SequenceReused);
    }
    ExpectedScan { counted_at, flags, possible }
}

/// Which flag the scan of a revoked badge bears. A phone that turned it away as revoked had been told; of one that gave
/// another reason, or had asked before the revocation was settled, the server alone can say.
fn revoked(fact: &Fact) -> ScanFlag {
    let was_told = fact.scan.local_verdict == Verdict::Revoked.as_str();
    let is_unknown = |flag: &String| flag == ScanFlag::RevokedUnknown.as_str();
    let says_unknown = fact.answer.as_ref().is_some_and(|answer| answer.flags.iter().any(is_unknown));
    if says_unknown && !was_told { ScanFlag::RevokedUnknown } else { ScanFlag::RevokedKnown }
}

impl Fact {
    /// Whom it shows, by their place in the world; none for a code that nobody is known by.
    pub(super) fn person(&self) -> Option<usize> {
        match self.presented {
            Presented::Badge(person) | Presented::FirstBadge(person) | Presented::Name(person) => {
                Some(person)
            }
            Presented::UnknownCode(_) | Presented::Guest(_) => None,
        }
    }

    /// Who of those on no list it shows.
    pub(super) fn guest(&self) -> Option<usize> {
        match self.presented {
            Presented::Guest(guest) => Some(guest),
            _ => None,
        }
    }
}

/// The registration of someone, as the rules know it.
fn number_of(person: usize) -> RegistrationId {
    Uuid::from_u128(person as u128).into()
}

/// The fact as the rules know it.
fn scan(world: &World, checkpoints: &[Checkpoint], fact: &Fact, expected: &ExpectedScan) -> Scan {
    let door = &fact.scan.door;
    let session = |id: &String| {
        let place = world
            .checkpoints
            .iter()
            .position(|checkpoint| checkpoint.session.as_ref().is_some_and(|session| session.id == *id));
        place.map(session_id)
    };
    Scan {
        id: fact.scan.scan_id.into(),
        event: EVENT.into(),
        checkpoint: checkpoint_of(checkpoints, fact).map(|checkpoint| checkpoint.id),
        session: door.session_id.as_ref().and_then(session),
        walk_in: None,
        registration: None,
        credential: None,
        direction: match fact.direction {
            Direction::In => hemicycle_domain::check_in::Direction::In,
            Direction::Out => hemicycle_domain::check_in::Direction::Out,
        },
        method: Method::Qr,
        captured_at: fact.scan.captured_at,
        counted_at: expected.counted_at,
        sent_at: None,
        received_at: fact.scan.captured_at,
        origin: None,
        sequence: None,
        operator: None,
        operator_name: None,
        local_verdict: None,
        manifest: None,
        flags: expected.flags.iter().copied().collect(),
        resolution: None,
    }
}

/// Any event: the rules ask of none which it is.
const EVENT: Uuid = Uuid::from_u128(1);

fn checkpoint_id(place: usize) -> CheckpointId {
    Uuid::from_u128(0x1_0000 + place as u128).into()
}

fn session_id(place: usize) -> SessionId {
    Uuid::from_u128(0x2_0000 + place as u128).into()
}

/// The first door is that of the event; those of the checkpoints follow, then those of the sessions.
fn checkpoint_of<'a>(checkpoints: &'a [Checkpoint], fact: &Fact) -> Option<&'a Checkpoint> {
    fact.door.checked_sub(1).and_then(|place| checkpoints.get(place))
}

fn ground<'a>(world: &World, checkpoints: &'a [Checkpoint]) -> Ground<'a> {
    let hours = world.timetable.map_or_else(Window::default, |timetable| Window {
        from: Some(timetable.starts_at),
        until: Some(timetable.ends_at),
    });
    let zone = world.timetable.map_or(chrono_tz::Tz::UTC, |timetable| timetable.zone);
    Ground { checkpoints, hours, zone, day_rule: DayRule::default() }
}

/// The checkpoints as the rules know them.
fn checkpoints(world: &World) -> Vec<Checkpoint> {
    let known = world.checkpoints.iter().enumerate();
    known
        .map(|(place, known)| {
            let doors = &known.doors;
            let missing_exit = MissingExit::from_word(&doors.missing_exit.to_lowercase());
            let rules = CheckpointRules {
                doors: Window { from: doors.opens_at, until: doors.closes_at },
                hours: Window { from: doors.starts_at, until: doors.ends_at },
                capacity: doors.capacity,
                scans_exits: doors.scans_exits,
                missing_exit: missing_exit.unwrap_or(MissingExit::UntilEnd),
                missing_exit_minutes: doors.missing_exit_minutes,
            };
            Checkpoint {
                id: checkpoint_id(place),
                version: 1,
                created_at: DateTime::UNIX_EPOCH,
                event: EventId::from(EVENT),
                kind: CheckpointKind::from_word(&doors.kind.to_lowercase()).unwrap_or(CheckpointKind::Door),
                name: None,
                day: doors.day,
                session: known.session.as_ref().map(|_| session_id(place)),
                rules,
                is_default: false,
                is_removed: false,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(flags: &[ScanFlag], possible: &[ScanFlag]) -> ExpectedScan {
        ExpectedScan {
            counted_at: Some(DateTime::UNIX_EPOCH),
            flags: flags.iter().copied().collect(),
            possible: possible.iter().copied().collect(),
        }
    }

    #[test]
    fn a_scan_bears_the_flags_that_it_must_and_none_that_it_may_not() {
        let expected = expected(&[ScanFlag::ClockSuspect], &[ScanFlag::DuplicateOtherDevice]);
        let at = |counted_at| KeptTimes { received_at: DateTime::UNIX_EPOCH, counted_at };
        let in_time = at(Some(DateTime::UNIX_EPOCH));
        let is = |flags: &[&str]| {
            let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
            expected.is(in_time, &flags)
        };
        assert!(is(&["CLOCK_SUSPECT"]));
        assert!(is(&["CLOCK_SUSPECT", "DUPLICATE_OTHER_DEVICE"]));
        assert!(!is(&[]));
        assert!(!is(&["DUPLICATE_OTHER_DEVICE"]));
        assert!(!is(&["CLOCK_SUSPECT", "CANCELLED"]));
        assert!(!is(&["CLOCK_SUSPECT", "SOMETHING_NEW"]));
        assert!(!expected.is(at(None), &["CLOCK_SUSPECT".to_owned()]));
    }
}
