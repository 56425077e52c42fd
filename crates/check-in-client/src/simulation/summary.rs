//! What came of a simulation, for people and for programs.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::{
    Simulation,
    log::{Counts, Fact, Log},
    office::{Decided, Decisions},
    world::World,
};

/// What came of a simulation.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    seed: u64,
    event: String,
    devices: usize,
    participants: usize,
    scans: usize,
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    decided: Decided,
    /// How many scans bear each flag.
    flags: BTreeMap<String, usize>,
    /// How often the phones judged which way, without a network.
    verdicts: BTreeMap<String, usize>,
    differences: Vec<Difference>,
}

/// Something that is not as it must be, with the facts that it is about.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    what: String,
    facts: Vec<String>,
}

impl Difference {
    pub(super) fn new<'a>(what: String, facts: impl IntoIterator<Item = &'a Fact>) -> Self {
        Self { what, facts: facts.into_iter().map(told).collect() }
    }
}

fn told(fact: &Fact) -> String {
    let scan = &fact.scan;
    let answer = fact.answer.as_ref().map(|answer| (answer.outcome, &answer.flags, answer.scan));
    format!(
        "{} number {} {:?} at {} door {}, shown {:?}, answered {answer:?}",
        scan.scan_id, scan.sequence, fact.direction, scan.captured_at, fact.door, fact.presented,
    )
}

impl Summary {
    pub(super) fn of(
        simulation: &Simulation,
        world: &World,
        log: &Log,
        decisions: &Decisions,
        differences: Vec<Difference>,
    ) -> Self {
        let (mut flags, mut verdicts) = (BTreeMap::new(), BTreeMap::new());
        for (_, fact) in log.facts() {
            *verdicts.entry(fact.scan.local_verdict.clone()).or_default() += 1;
            for flag in fact.answer.iter().flat_map(|answer| &answer.flags) {
                *flags.entry(flag.clone()).or_default() += 1;
            }
        }
        Self {
            seed: simulation.seed,
            event: world.event.clone(),
            devices: simulation.devices,
            participants: simulation.participants,
            scans: log.facts().count(),
            counts: log.counts(),
            decided: decisions.counts(),
            flags,
            verdicts,
            differences,
        }
    }

    /// What is not as it must be.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// How many scans were made.
    #[must_use]
    pub fn scans(&self) -> usize {
        self.scans
    }

    /// How many scans bear each flag.
    #[must_use]
    pub fn flags(&self) -> &BTreeMap<String, usize> {
        &self.flags
    }

    /// How often the phones judged which way, without a network.
    #[must_use]
    pub fn verdicts(&self) -> &BTreeMap<String, usize> {
        &self.verdicts
    }

    /// How often the manager decided what.
    #[must_use]
    pub fn decided(&self) -> &Decided {
        &self.decided
    }

    /// How often what happened.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)?;
        self.facts.iter().try_for_each(|fact| write!(formatter, "\n    {fact}"))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, event, devices, participants, scans, counts, decided, .. } = self;
        writeln!(formatter, "Seed {seed}: {devices} devices and {participants} people at event {event}")?;
        writeln!(
            formatter,
            "  {scans} scans in {} batches; {} without an answer, {} asked to come again, {} sent twice at will",
            counts.batches, counts.unanswered, counts.asked_to_come_again, counts.repeated,
        )?;
        writeln!(
            formatter,
            "  answers: {} accepted, {} accepted with flags, {} replays, {} to come again later",
            counts.accepted, counts.flagged, counts.replays, counts.retry_later,
        )?;
        writeln!(
            formatter,
            "  asked at once: {} let through, {} turned away, {} without an answer",
            counts.let_through, counts.turned_away, counts.asked_unanswered,
        )?;
        writeln!(
            formatter,
            "  walk-ins: {} taken in, {} answered as known, {} found to be someone on the list",
            counts.walk_ins, counts.walk_in_replays, decided.merged,
        )?;
        writeln!(
            formatter,
            "  review: {} accepted, {} rejected, {} attached to someone else",
            decided.accepted_by_review, decided.rejected_by_review, decided.attached_by_review,
        )?;
        writeln!(
            formatter,
            "  phones: {} refreshed, {} switched off and on, {} set back to a copy, {} clocks set",
            counts.refreshed, counts.restarts, counts.restored, counts.clocks_set,
        )?;
        let list = |words: &BTreeMap<String, usize>| {
            words.iter().map(|(word, count)| format!("{word} {count}")).collect::<Vec<_>>().join(", ")
        };
        writeln!(formatter, "  judged at the door: {}", list(&self.verdicts))?;
        writeln!(formatter, "  flags: {}", list(&self.flags))?;
        for difference in &self.differences {
            writeln!(formatter, "DIFFERENCE: {difference}")?;
        }
        match self.differences.len() {
            0 => formatter.write_str("The attendance of everyone is what the facts say."),
            count => write!(formatter, "{count} differences between the server and the facts"),
        }
    }
}
