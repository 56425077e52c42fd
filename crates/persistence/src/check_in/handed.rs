//! What is handed in to be recorded, and what becomes of it.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Actor,
    check_in::{NewScan, Origin, Presence, Scan, ScanReason, run_backwards},
    id::EventId,
};

use crate::fault::Failure;

/// A scan that was handed in.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Who handed it in.
    pub actor: Arc<Actor>,
    /// The request that it came with, where that is not the one of the whole work.
    pub request: Option<String>,
    /// Whether someone waits at the door.
    pub presence: Presence,
    /// Whether whoever waits is told of the person.
    pub is_told: bool,
    /// When the batch was sent, by the clock that made the scan.
    pub sent_at: Option<DateTime<Utc>>,
    /// The scan.
    pub scan: NewScan,
}

/// What became of a scan that was handed in.
#[derive(Debug)]
pub enum Recorded {
    /// It is kept.
    Kept {
        /// The scan as it is kept.
        scan: Box<Scan>,
        /// Whether it was before; nothing was written then.
        is_replay: bool,
    },
    /// Someone waits, and is not let through; nothing was written.
    Refused(Failure),
    /// It can never be kept as it is, or not now; nothing was written.
    Rejected(ScanReason),
}

impl Handed {
    /// The event at whose door it says it was made: the one that it names, else the only one that its device serves, where
    /// it names no checkpoint either.
    pub(super) fn stated_event(&self) -> Option<EventId> {
        let only = match (&*self.actor, self.scan.checkpoint) {
            (Actor::Device { events, .. }, None) => match events.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
            _ => None,
        };
        self.scan.event.or(only)
    }

    /// The device that made the scan, if a device handed it in.
    pub(super) fn origin(&self) -> Option<Origin> {
        match &*self.actor {
            Actor::Device { id, enrolment, .. } => Some(Origin { device: *id, enrolment: *enrolment }),
            Actor::Account { .. }
            | Actor::ServiceAccount { .. }
            | Actor::Anonymous
            | Actor::System { .. } => None,
        }
    }
}

/// Which scans their device's clock runs backwards at, device by device.
pub(super) fn backwards(handed: &[Handed], now: DateTime<Utc>) -> Vec<bool> {
    let mut places: HashMap<Origin, Vec<usize>> = HashMap::new();
    for (place, one) in handed.iter().enumerate() {
        if let Some(origin) = one.origin() {
            places.entry(origin).or_default().push(place);
        }
    }
    let mut backwards = vec![false; handed.len()];
    for places in places.values() {
        let times = places.iter().map(|place| &handed[*place].scan);
        let times: Vec<_> = times.map(|scan| (scan.sequence, scan.captured_at.unwrap_or(now))).collect();
        for (place, runs_backwards) in places.iter().zip(run_backwards(&times)) {
            backwards[*place] = runs_backwards;
        }
    }
    backwards
}
