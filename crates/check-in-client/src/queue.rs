//! What a device scanned and has no answer to: numbered, and kept until each has one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::operation::{Outcome, ScanAnswer, WalkInAnswer};

/// Which way someone goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Direction {
    /// Comes in.
    In,
    /// Goes out.
    Out,
}

/// How someone was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// By the code of a badge.
    Qr,
    /// Found in the list by name.
    Manual,
}

/// What is shown at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A code, as it was read.
    Code(String),
    /// Nothing: the operator found this registration in the list, by its global id.
    Registration(String),
    /// Nothing: the device took the person in itself, under this identifier.
    WalkIn(Uuid),
}

/// Where the device stands, by global ids. With neither it stands at the door of the event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Door {
    /// The checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint_id: Option<String>,
    /// The session, where no checkpoint is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

/// A scan as it is kept, and as it is handed in: a fact that never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldScan {
    /// Its identifier, which lives for ever.
    pub scan_id: Uuid,
    /// Its number within the enrolment.
    pub sequence: i64,
    /// The event at whose door it was made.
    pub event_id: String,
    /// Where at that event.
    #[serde(flatten)]
    pub door: Door,
    /// Whom the operator found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_id: Option<String>,
    /// What was shown, as it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Whom the device took in itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk_in_id: Option<Uuid>,
    /// Which way.
    pub direction: Direction,
    /// How the person was recognised.
    pub method: Method,
    /// When, by the clock of the device.
    pub captured_at: DateTime<Utc>,
    /// What the device knew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest_cursor: Option<String>,
    /// What the device told the operator.
    pub local_verdict: String,
}

/// Someone who is on no list, as the device took them in and hands them in: a fact that never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldWalkIn {
    /// Its identifier, which lives for ever.
    pub walk_in_id: Uuid,
    /// The event at whose door they stood.
    pub event_id: String,
    /// The name as they gave it.
    pub name: String,
}

/// What has no answer yet: scans by their numbers, and walk-ins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    next_sequence: i64,
    held: BTreeMap<i64, HeldScan>,
    #[serde(default)]
    walk_ins: BTreeMap<Uuid, HeldWalkIn>,
}

impl Default for Queue {
    /// A queue of a new enrolment: numbers begin at 1.
    fn default() -> Self {
        Self { next_sequence: 1, held: BTreeMap::new(), walk_ins: BTreeMap::new() }
    }
}

impl Queue {
    /// Gives a scan the next number and keeps it.
    pub(crate) fn keep(&mut self, number: impl FnOnce(i64) -> HeldScan) -> &HeldScan {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.held.entry(sequence).or_insert_with(|| number(sequence))
    }

    /// Keeps someone whom the device took in.
    pub(crate) fn keep_walk_in(&mut self, walk_in: HeldWalkIn) {
        self.walk_ins.insert(walk_in.walk_in_id, walk_in);
    }

    /// Forgets a scan that was let through.
    pub(crate) fn forget(&mut self, scan: &HeldScan) {
        if self.held.get(&scan.sequence) == Some(scan) {
            self.held.remove(&scan.sequence);
        }
    }

    /// Takes back a scan that was refused; its number is free again if it was the last that was given.
    pub(crate) fn take_back(&mut self, scan: &HeldScan) {
        self.forget(scan);
        if scan.sequence + 1 == self.next_sequence {
            self.next_sequence = scan.sequence;
        }
    }

    /// Walk-ins that have no answer yet, as many as this at most.
    #[must_use]
    pub fn first_walk_ins(&self, most: usize) -> Vec<HeldWalkIn> {
        self.walk_ins.values().take(most).cloned().collect()
    }

    /// The oldest scans that have no answer yet, as many as this at most.
    #[must_use]
    pub fn first(&self, most: usize) -> Vec<HeldScan> {
        self.held.values().take(most).cloned().collect()
    }

    /// Whether every scan and every walk-in has an answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.walk_ins.is_empty()
    }

    /// How many scans have no answer yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Forgets walk-ins that were answered, except those that are to come again.
    pub(crate) fn settle_walk_ins(&mut self, walk_ins: &[HeldWalkIn], answers: &[WalkInAnswer]) {
        for (walk_in, answer) in walk_ins.iter().zip(answers) {
            if answer.outcome != Outcome::RetryLater && answer.walk_in_id == Some(walk_in.walk_in_id) {
                self.walk_ins.remove(&walk_in.walk_in_id);
            }
        }
    }

    /// Forgets what was answered, except what is to come again.
    pub(crate) fn settle(&mut self, scans: &[HeldScan], answers: &[ScanAnswer]) {
        for (scan, answer) in scans.iter().zip(answers) {
            let is_settled = answer.outcome != Outcome::RetryLater && answer.scan_id == Some(scan.scan_id);
            if is_settled && self.held.get(&scan.sequence) == Some(scan) {
                self.held.remove(&scan.sequence);
            }
        }
    }
}
