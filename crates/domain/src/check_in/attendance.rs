//! Attendance: what follows from all scans of one registration, in whatever order they arrive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Direction, Scan};
use crate::id::{ScanId, SessionId};

/// Whether a person was at an event, and is there now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether any scan that stands let the person in.
    pub has_attended: bool,
    /// Whether the person is inside as far as the scans tell.
    pub is_inside: bool,
    /// When the person first came in.
    pub first_in_at: Option<DateTime<Utc>>,
    /// When the person last went out.
    pub last_out_at: Option<DateTime<Utc>>,
}

/// What the scans of one checkpoint say: the door of the event, or of a session.
#[derive(Debug, Clone, Copy, Default)]
struct Checkpoint {
    first_in: Option<DateTime<Utc>>,
    last_out: Option<DateTime<Utc>>,
    last: Option<(DateTime<Utc>, ScanId, Direction)>,
}

impl Checkpoint {
    fn take_in(&mut self, scan: &Scan) {
        let at = scan.captured_at;
        match scan.direction {
            Direction::In => self.first_in = Some(self.first_in.map_or(at, |first| first.min(at))),
            Direction::Out => self.last_out = Some(self.last_out.map_or(at, |last| last.max(at))),
        }
        // Two scans of one instant are told apart by their ids, which say nothing but are the same everywhere.
        let this = (at, scan.id, scan.direction);
        self.last = Some(self.last.map_or(this, |last| last.max(this)));
    }

    fn is_inside(&self) -> bool {
        matches!(self.last, Some((_, _, Direction::In)))
    }
}

/// Folds scans into attendance. Order and repetition of the scans do not matter; voided ones do not count.
///
/// Who came in anywhere has attended. Whether someone is inside is told by the door of the event; only where
/// nobody scans at that door, by the doors of its sessions.
pub fn attendance<'a>(scans: impl IntoIterator<Item = &'a Scan>) -> Attendance {
    let mut doors: BTreeMap<Option<SessionId>, Checkpoint> = BTreeMap::new();
    for scan in scans.into_iter().filter(|scan| scan.voided.is_none()) {
        doors.entry(scan.session).or_default().take_in(scan);
    }
    let first_in_at = doors.values().filter_map(|door| door.first_in).min();
    let (is_inside, last_out_at) = match doors.get(&None) {
        Some(door) => (door.is_inside(), door.last_out),
        None => {
            (doors.values().any(Checkpoint::is_inside), doors.values().filter_map(|door| door.last_out).max())
        }
    };
    Attendance { has_attended: first_in_at.is_some(), is_inside, first_in_at, last_out_at }
}

/// Whether the person is inside at one checkpoint.
pub(super) fn is_inside_at<'a>(
    session: Option<SessionId>,
    scans: impl IntoIterator<Item = &'a Scan>,
) -> bool {
    let mut door = Checkpoint::default();
    let standing = scans.into_iter().filter(|scan| scan.voided.is_none() && scan.session == session);
    standing.for_each(|scan| door.take_in(scan));
    door.is_inside()
}
