//! What every phone did, as it noted it down itself: the facts from which the oracle reckons.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::plan::Presented;
use crate::{Direction, HeldScan, ScanAnswer, SequenceRange};

/// What all phones did.
#[derive(Default)]
pub(super) struct Log {
    pub(super) parts: Vec<PartLog>,
}

/// What one phone did.
#[derive(Default)]
pub(super) struct PartLog {
    pub(super) phone: usize,
    /// Every scan that it ever made, by its identifier.
    pub(super) facts: BTreeMap<Uuid, Fact>,
    /// Every batch that it sent, answered or not, in their order.
    pub(super) sent: Vec<Sent>,
    /// The numbers that the server said last had never come.
    pub(super) lost: Vec<SequenceRange>,
    /// What it was told and could not believe.
    pub(super) surprises: Vec<String>,
    /// Those whom it asked about at once and who were not let through, with what they showed, and the code.
    pub(super) refused: Vec<(Presented, Direction, String)>,
    pub(super) counts: Counts,
}

/// A scan that was made.
pub(super) struct Fact {
    pub(super) scan: HeldScan,
    pub(super) presented: Presented,
    pub(super) door: usize,
    pub(super) direction: Direction,
    /// The first answer to it.
    pub(super) answer: Option<ScanAnswer>,
    /// Whether the phone ever asked about it at once.
    pub(super) was_asked: bool,
}

/// Someone who is on no list, as the server took them in.
#[derive(Debug, Clone)]
pub(super) struct TakenIn {
    /// The walk-in, by its global id.
    pub(super) walk_in: String,
    /// The registration that was made, by its global id.
    pub(super) registration: String,
}

/// Those whom phones took in, by their place; the manager hears of them while phones still scan.
pub(super) type Guests = Arc<Mutex<BTreeMap<usize, TakenIn>>>;

/// A batch that was sent.
pub(super) struct Sent {
    /// When it really was.
    pub(super) left_at: DateTime<Utc>,
    /// When it was by the clock of the phone.
    pub(super) shown_at: DateTime<Utc>,
    /// Its scans: their identifiers, numbers and times.
    pub(super) scans: Vec<(Uuid, i64, DateTime<Utc>)>,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Batches that were sent.
    pub(super) batches: u64,
    /// Batches that were sent again because no answer came.
    pub(super) unanswered: u64,
    /// Batches that were sent again because the server asked for it.
    pub(super) asked_to_come_again: u64,
    /// Batches that were sent again although they had been answered.
    pub(super) repeated: u64,
    /// People on no list whom a phone took in.
    pub(super) walk_ins: u64,
    /// Walk-ins answered as known.
    pub(super) walk_in_replays: u64,
    /// Scans for whom someone waited, let through.
    pub(super) let_through: u64,
    /// Scans for whom someone waited, refused.
    pub(super) turned_away: u64,
    /// Questions about such a scan that were not answered.
    pub(super) asked_unanswered: u64,
    /// Scans answered as new and good.
    pub(super) accepted: u64,
    /// Scans answered as new and flagged.
    pub(super) flagged: u64,
    /// Scans answered as known.
    pub(super) replays: u64,
    /// Scans that were to come again.
    pub(super) retry_later: u64,
    /// Times a phone took in what was new, and waited for it because no answer came.
    pub(super) refreshed: u64,
    /// Questions for what was new that were not answered.
    pub(super) refresh_unanswered: u64,
    /// Times a phone was switched off and on.
    pub(super) restarts: u64,
    /// Times a phone was set back to a copy.
    pub(super) restored: u64,
    /// Times a clock was set or jumped.
    pub(super) clocks_set: u64,
}

impl Log {
    /// Every scan ever made.
    pub(super) fn facts(&self) -> impl Iterator<Item = (&PartLog, &Fact)> {
        self.parts.iter().flat_map(|part| part.facts.values().map(move |fact| (part, fact)))
    }

    /// How often what happened, over all phones.
    pub(super) fn counts(&self) -> Counts {
        self.parts.iter().fold(Counts::default(), |sum, part| sum.plus(&part.counts))
    }
}

impl Counts {
    fn plus(self, other: &Self) -> Self {
        Self {
            batches: self.batches + other.batches,
            unanswered: self.unanswered + other.unanswered,
            asked_to_come_again: self.asked_to_come_again + other.asked_to_come_again,
            repeated: self.repeated + other.repeated,
            walk_ins: self.walk_ins + other.walk_ins,
            walk_in_replays: self.walk_in_replays + other.walk_in_replays,
            let_through: self.let_through + other.let_through,
            turned_away: self.turned_away + other.turned_away,
            asked_unanswered: self.asked_unanswered + other.asked_unanswered,
            accepted: self.accepted + other.accepted,
            flagged: self.flagged + other.flagged,
            replays: self.replays + other.replays,
            retry_later: self.retry_later + other.retry_later,
            refreshed: self.refreshed + other.refreshed,
            refresh_unanswered: self.refresh_unanswered + other.refresh_unanswered,
            restarts: self.restarts + other.restarts,
            restored: self.restored + other.restored,
            clocks_set: self.clocks_set + other.clocks_set,
        }
    }
}
