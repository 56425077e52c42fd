//! The rules of check-in, without a database: the decision, the clocks, and the fold in any order.

mod clock;
mod decision;
mod fold;
mod partition;
mod repetition;
mod sequence;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::{
    checkpoint::{Checkpoint, CheckpointKind, CheckpointRules, MissingExit, Window},
    event::{Event, EventStatus, sample},
    id::{CheckpointId, RegistrationId},
    registration::RegistrationStatus,
    text::Passage,
};

fn event(status: EventStatus) -> Event {
    Event { status, ..sample::event() }
}

fn registration() -> Enrolled {
    Enrolled { event: Uuid::from_u128(1).into(), status: RegistrationStatus::Registered }
}

fn somebody() -> RegistrationId {
    Uuid::from_u128(2).into()
}

/// Minutes after nine in the morning.
fn at(minute: i64) -> DateTime<Utc> {
    let morning = NaiveDate::from_ymd_opt(2026, 1, 21).unwrap().and_hms_opt(9, 0, 0).unwrap().and_utc();
    morning + TimeDelta::minutes(minute)
}

fn device(number: u128) -> Origin {
    Origin {
        device: Uuid::from_u128(number).into(),
        enrolment: crate::device::EnrolmentId(Uuid::from_u128(1_000 + number)),
    }
}

/// A scan that counts, at the door of the event.
fn scan(id: u128, direction: Direction, minute: i64) -> Scan {
    Scan {
        id: Uuid::from_u128(id).into(),
        event: Uuid::from_u128(1).into(),
        checkpoint: None,
        session: None,
        registration: Some(somebody()),
        walk_in: None,
        credential: None,
        direction,
        method: Method::Qr,
        captured_at: at(minute),
        counted_at: Some(at(minute)),
        sent_at: None,
        received_at: at(minute),
        origin: None,
        sequence: None,
        operator: None,
        operator_name: None,
        local_verdict: None,
        manifest: None,
        flags: Vec::new(),
        resolution: None,
    }
}

/// Of these scans, those that count.
fn counting<'a>(scans: impl IntoIterator<Item = &'a Scan>) -> Vec<CountedScan> {
    scans.into_iter().filter_map(Scan::counted).collect()
}

fn at_checkpoint(checkpoint: CheckpointId, scan: Scan) -> Scan {
    Scan { checkpoint: Some(checkpoint), ..scan }
}

fn decided() -> Decided {
    Decided { by: None, at: at(600), reason: Passage::parse("reason", "Wrong badge.").unwrap() }
}

fn resolved(kind: ResolutionKind, scan: &Scan) -> Scan {
    Scan { resolution: Some(decided().that(kind, None)), ..scan.clone() }
}

/// A day from nine to five, at `number` days after the first.
fn day(number: u128) -> Checkpoint {
    let offset = i64::try_from(number).unwrap() * 24 * 60;
    let rules = CheckpointRules {
        doors: Window { from: Some(at(offset - 9 * 60)), until: Some(at(offset + 15 * 60)) },
        hours: Window { from: Some(at(offset)), until: Some(at(offset + 8 * 60)) },
        ..CheckpointRules::default()
    };
    Checkpoint { day: Some(at(offset).date_naive()), ..checkpoint(10 + number, CheckpointKind::Day, rules) }
}

fn checkpoint(id: u128, kind: CheckpointKind, rules: CheckpointRules) -> Checkpoint {
    Checkpoint {
        id: Uuid::from_u128(id).into(),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        event: Uuid::from_u128(1).into(),
        kind,
        name: None,
        day: None,
        session: None,
        rules,
        is_default: true,
        is_removed: false,
    }
}

fn without_exits(missing_exit: MissingExit, minutes: Option<i32>) -> CheckpointRules {
    CheckpointRules { scans_exits: false, missing_exit, missing_exit_minutes: minutes, ..day(0).rules }
}
