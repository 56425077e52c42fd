//! The manager while the doors are open: finds out who walk-ins are, and looks at flagged scans, while phones still send.
//!
//! What is decided about a scan follows from its identifier alone, and of each it is decided once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::PoisonError,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    log::{Guests, TakenIn},
    manager::Manager,
    world::{Standing, World},
};
use crate::Trouble;

const UNRESOLVED: &str = "query($id: ID!, $after: String) { event(id: $id) {
    flaggedScans(where: { isResolved: false }, first: 100, after: $after) { nodes { id scan { scanId flags } }
        pageInfo { endCursor hasNextPage } } } }";
const RESOLVE: &str = "mutation($input: ResolveScansInput!) { resolveScans(input: $input) {
    results { flaggedScanId errors { code message } } errors { code message path } } }";
const MERGE: &str = "mutation($input: MergeWalkInInput!) { mergeWalkIn(input: $input) {
    walkIn { id } errors { code message path } } }";

/// How long the manager does something else in between.
const PAUSE: Duration = Duration::from_millis(60);
/// The most decisions of one mutation.
const AT_ONCE: usize = 10;

/// What the manager did.
#[derive(Default)]
pub(super) struct Decisions {
    /// What was decided about scans.
    pub(super) findings: BTreeMap<Uuid, Finding>,
    /// The walk-ins who were found to be someone, by their places.
    pub(super) merged: BTreeSet<usize>,
    /// Those whom phones took in.
    pub(super) guests: BTreeMap<usize, TakenIn>,
    /// What the manager was told and could not believe.
    pub(super) surprises: Vec<String>,
}

/// What was decided about a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    Accept,
    Reject,
    /// It shows this person, by their place.
    Attach(usize),
}

/// How often the manager decided what.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// Walk-ins found to be someone who was registered.
    pub(super) merged: usize,
    /// Flagged scans that count after all.
    pub(super) accepted_by_review: usize,
    /// Flagged scans that do not count.
    pub(super) rejected_by_review: usize,
    /// Flagged scans that count for someone else.
    pub(super) attached_by_review: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    flagged_scans: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Vec<Flagged>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
}

#[derive(Deserialize)]
struct Flagged {
    id: String,
    scan: FlaggedScan,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlaggedScan {
    scan_id: Uuid,
    flags: Vec<String>,
}

#[derive(Deserialize)]
struct Resolved {
    results: Option<Vec<Answer>>,
}

#[derive(Deserialize)]
struct Answer {
    errors: Vec<Value>,
}

impl Decisions {
    /// How often what was decided.
    pub(super) fn counts(&self) -> Decided {
        let count = |is: fn(&Finding) -> bool| self.findings.values().filter(|one| is(one)).count();
        Decided {
            merged: self.merged.len(),
            accepted_by_review: count(|one| *one == Finding::Accept),
            rejected_by_review: count(|one| *one == Finding::Reject),
            attached_by_review: count(|one| matches!(one, Finding::Attach(_))),
        }
    }

    /// As whom a walk-in goes on, by their place among the people.
    pub(super) fn merged_into(&self, world: &World, guest: usize) -> Option<usize> {
        world.guests[guest].filter(|_| self.merged.contains(&guest))
    }
}

/// Works until all phones are done, and once more then.
pub(super) async fn work(
    mut manager: Manager,
    world: &World,
    guests: &Guests,
    mut doors: watch::Receiver<()>,
) -> Result<Decisions, Trouble> {
    let mut decisions = Decisions::default();
    loop {
        let are_closed = doors.has_changed().is_err();
        decisions.guests = guests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // At an event that was taken there are scans of others: they are not ours to look at.
        if world.is_own {
            review(&mut manager, world, &mut decisions).await?;
        }
        find_out(&mut manager, world, &mut decisions).await?;
        if are_closed {
            return Ok(decisions);
        }
        // Ends at once when the doors close.
        drop(tokio::time::timeout(PAUSE, doors.changed()).await);
    }
}

/// Finds out who walk-ins are.
async fn find_out(manager: &mut Manager, world: &World, decisions: &mut Decisions) -> Result<(), Trouble> {
    for (guest, taken) in decisions.guests.clone() {
        let Some(known) = world.guests[guest].filter(|_| !decisions.merged.contains(&guest)) else {
            continue;
        };
        let input = json!({ "walkInId": taken.walk_in, "participantId": world.people[known].participant,
            "reason": "The simulation knows who it is." });
        let _: Value = manager.ask(MERGE, json!({ "input": input })).await?;
        decisions.merged.insert(guest);
    }
    Ok(())
}

/// Decides about some of the scans that nobody has looked at.
async fn review(manager: &mut Manager, world: &World, decisions: &mut Decisions) -> Result<(), Trouble> {
    let good = world.people_in(Standing::Good);
    let mut found: Vec<(String, Uuid, Finding)> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let variables = json!({ "id": world.event, "after": after });
        let shown: Shown = manager.ask(UNRESOLVED, variables).await?;
        let Page { nodes, page_info } = shown.flagged_scans;
        let news = nodes.into_iter().filter(|one| !decisions.findings.contains_key(&one.scan.scan_id));
        found.extend(news.filter_map(|one| {
            let finding = finding(&one.scan, &good)?;
            Some((one.id, one.scan.scan_id, finding))
        }));
        if !page_info.has_next_page || found.len() >= AT_ONCE {
            break;
        }
        after = page_info.end_cursor;
    }
    found.truncate(AT_ONCE);
    if found.is_empty() {
        return Ok(());
    }
    let resolutions = found.iter().map(|(id, _, finding)| match finding {
        Finding::Accept => json!({ "flaggedScanId": id, "finding": "ACCEPT" }),
        Finding::Reject => json!({ "flaggedScanId": id, "finding": "REJECT" }),
        Finding::Attach(person) => json!({ "flaggedScanId": id, "finding": "ATTACH",
            "registrationId": world.people[*person].registration }),
    });
    let input = json!({ "eventId": world.event, "reason": "The simulation wants it so.",
        "resolutions": resolutions.collect::<Vec<_>>() });
    let resolved: Resolved = manager.ask(RESOLVE, json!({ "input": input })).await?;
    let answers = resolved.results.unwrap_or_default();
    if answers.len() != found.len() {
        decisions.surprises.push(format!("{} findings had {} answers", found.len(), answers.len()));
    }
    for ((id, scan, finding), answer) in found.into_iter().zip(answers) {
        if !answer.errors.is_empty() {
            let text = format!("{finding:?} of {id} (scan {scan}) was answered with {:?}", answer.errors);
            decisions.surprises.push(text);
        }
        decisions.findings.insert(scan, finding);
    }
    Ok(())
}

/// What is decided about a scan; none for those that are left alone.
fn finding(scan: &FlaggedScan, good: &[usize]) -> Option<Finding> {
    let number = scan.scan_id.as_u128();
    if number % 5 > 1 {
        return None;
    }
    // What shows nobody of the event cannot be accepted; whoever was cancelled stays so.
    let cannot = ["CANCELLED", "UNKNOWN_CREDENTIAL", "WRONG_EVENT"];
    let is_acceptable = !scan.flags.iter().any(|flag| cannot.contains(&flag.as_str()));
    let someone = usize::try_from((number / 15) % good.len().max(1) as u128).unwrap_or_default();
    let accepted = if is_acceptable { Finding::Accept } else { Finding::Reject };
    Some(match (number / 5 % 3, good.get(someone)) {
        (0, _) => Finding::Reject,
        (1, Some(person)) => Finding::Attach(*person),
        _ => accepted,
    })
}
