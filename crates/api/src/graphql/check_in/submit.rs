//! `submitScans`: scans that were made long ago, a batch at a time, each with an answer of its own.

use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    access::Actor,
    check_in::{self, Gap, NewScan, Presence},
    device::Report,
    problem::{Fault, Invalid},
    text::Line,
    walk_in::NewWalkIn,
};
use hemicycle_persistence::{Failure, Handed, Recorded, RecordedWalkIn, Stray, Work};

use super::{handed::ScanInput, object::Scan};
use crate::graphql::{
    context::ContextExt,
    error::Nullable,
    part::Unreadable,
    payload::{UserError, settle},
    scalar::DateTime,
    walk_in::{WalkInInput, WalkInResult},
};

/// What became of a scan that was handed in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::ScanOutcome")]
pub(crate) enum ScanOutcome {
    /// It was taken. Forget it.
    Accepted,
    /// It had been taken before, and nothing was done again. Forget it.
    Replay,
    /// It was taken, and a person will look at it for the sake of its `flags`. Forget it.
    AcceptedFlagged,
    /// It can never be taken as it is; what could be read of it was kept. Forget it, and show `reason` to the operator.
    RejectedFinal,
    /// It could not be taken now. Keep it, and send it again.
    RetryLater,
}

/// Why a scan was rejected for good, or is to come again.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::ScanReason")]
pub(crate) enum ScanReason {
    /// A part of it cannot be read; `path` names it.
    Malformed,
    /// A part of it is larger than any device can have meant; `path` names it.
    TooLarge,
    /// The event does not exist, or you do not serve it.
    UnknownEvent,
    /// The checkpoint or the session does not exist, or belongs to another event.
    UnknownCheckpoint,
    /// You may not check people in there.
    NotPermitted,
    /// Another walk-in came under its identifier before.
    IdReused,
    /// The same scan was being taken by another request at that moment.
    Busy,
}

/// What is amiss with a scan that was kept all the same, so that a person looks at it.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::ScanFlag")]
pub(crate) enum ScanFlag {
    /// Another device had let the person in, and nobody had seen them go out.
    DuplicateOtherDevice,
    /// The badge was revoked, and the device knew it.
    RevokedKnown,
    /// The badge was revoked, and the device could not know it yet.
    RevokedUnknown,
    /// The registration was cancelled.
    Cancelled,
    /// The person is registered at another event.
    WrongEvent,
    /// The event or the checkpoint was not open at that time.
    OutsideWindow,
    /// More people were in than the checkpoint holds.
    CapacityExceeded,
    /// The clock of the device was wrong by more than a day, ran backwards, or cannot be believed.
    ClockSuspect,
    /// The person was registered at the door.
    WalkIn,
    /// The figures of the event were final when it arrived: it is kept, and counts once a person says so.
    LateAfterLock,
    /// Nobody is known by this code.
    UnknownCredential,
    /// Another scan came under the same identifier before; both are kept.
    IdReused,
    /// Another scan came under the same sequence number before, or the number is none; both are kept.
    SequenceReused,
}

/// Scans to be handed in.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct SubmitScansInput {
    /// When the batch is sent, by the clock that made the scans: it tells how far that clock is off.
    pub sent_at: Option<DateTime>,
    /// How many scans the device holds back beside these.
    pub pending: Option<i32>,
    /// The version of the application.
    pub application_version: Option<String>,
    /// The walk-ins that the device took in, at most 200, in any order. They are taken before the scans, which may name
    /// them.
    #[graphql(default)]
    pub walk_ins: Vec<WalkInInput>,
    /// The scans, at most 1,000, in any order.
    pub scans: Vec<ScanInput>,
}

/// What became of one scan.
#[derive(SimpleObject)]
pub(crate) struct ScanResult {
    /// The identifier as it came; null where none did.
    scan_id: Option<String>,
    /// What became of it.
    outcome: ScanOutcome,
    /// Why it was rejected, or is to come again; null otherwise.
    reason: Option<ScanReason>,
    /// What is wrong, in English; null where nothing is.
    message: Option<String>,
    /// The part at fault; null where no single one is.
    path: Option<String>,
    /// What is amiss with it; empty where nothing is.
    flags: Vec<ScanFlag>,
    /// The scan as it is kept; null where it is not.
    scan: Option<Scan>,
}

/// Numbers that never came.
#[derive(SimpleObject)]
pub(crate) struct SequenceRange {
    /// The first of them.
    first: i64,
    /// The last of them.
    last: i64,
}

impl SequenceRange {
    /// The last of these gaps, at most so many.
    pub(crate) fn last_of(gaps: &[Gap], most: usize) -> Vec<Self> {
        let last = &gaps[gaps.len().saturating_sub(most)..];
        last.iter().map(|gap| Self { first: gap.first, last: gap.last }).collect()
    }
}

/// The outcome of `submitScans`.
#[derive(SimpleObject)]
pub(crate) struct SubmitScansPayload {
    /// What became of each walk-in, in the order in which they were sent; empty where the batch was refused.
    walk_in_results: Vec<WalkInResult>,
    /// What became of each scan, in the order in which they were sent; empty where the batch was refused.
    results: Vec<ScanResult>,
    /// When the server took the batch in.
    received_at: DateTime,
    /// The sequence numbers of this enrolment that never came, below the highest that did, the lowest first: scans that
    /// are lost unless the device still holds them. Of more than 1,000 ranges, the last. Empty for an account.
    lost_sequences: Vec<SequenceRange>,
    /// Why the batch as a whole was refused; empty if it was taken.
    errors: Vec<UserError>,
}

/// The most scans of one batch.
const MOST_SCANS: usize = 1_000;
/// The most ranges of lost numbers that are told.
const MOST_RANGES: usize = 1_000;
/// The most walk-ins of one batch: each is four records.
const MOST_WALK_INS: usize = 200;

/// What handing in a batch comes to: a scan is a row with all that follows from it, a walk-in is four.
pub(super) fn cost(scans: usize, walk_ins: usize, child_complexity: usize) -> usize {
    scans.saturating_add(walk_ins.saturating_mul(4)).saturating_add(child_complexity).saturating_add(10)
}

#[derive(Default)]
pub struct SubmitMutation;

#[Object]
impl SubmitMutation {
    /// Hands in scans that were made earlier, offline or not: facts that are kept with flags rather than refused. Each is
    /// answered by itself, and the same batch can be sent again and again. For someone who waits at the door there is
    /// `checkIn`.
    #[graphql(complexity = "cost(input.scans.len(), input.walk_ins.len(), child_complexity)")]
    async fn submit_scans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The batch.")] input: SubmitScansInput,
    ) -> Nullable<SubmitScansPayload> {
        let received_at = ctx.now().into();
        let input = Arc::new(input);
        let submitted = ctx
            .attempt(|work| {
                let input = Arc::clone(&input);
                Box::pin(async move { submit(work, &input).await })
            })
            .await;
        Some(settle(submitted).map(|(done, errors)| {
            let Submitted { walk_ins, scans, lost } = done.unwrap_or_default();
            SubmitScansPayload {
                walk_in_results: walk_ins,
                results: scans,
                received_at,
                lost_sequences: lost,
                errors,
            }
        }))
    }
}

/// A batch that was taken: what became of each walk-in and each scan, and the numbers that never came.
#[derive(Default)]
struct Submitted {
    walk_ins: Vec<WalkInResult>,
    scans: Vec<ScanResult>,
    lost: Vec<SequenceRange>,
}

async fn submit(work: &mut Work, input: &SubmitScansInput) -> Result<Submitted, Failure> {
    for (field, actual, maximum) in
        [("walkIns", input.walk_ins.len(), MOST_WALK_INS), ("scans", input.scans.len(), MOST_SCANS)]
    {
        if actual > maximum {
            return Err(Invalid::new(field, Fault::TooMany { actual, maximum }).into());
        }
    }
    let sent_at = input.sent_at.as_ref().map(|at| at.instant("sentAt")).transpose()?;
    let walk_ins: Vec<_> = input.walk_ins.iter().map(WalkInInput::read).collect();
    let read: Vec<_> = input.scans.iter().map(ScanInput::read).collect();
    let actor = work.shared_actor();
    let handed = read.iter().filter_map(|read| read.as_ref().ok()).map(|scan| Handed {
        request: None,
        actor: actor.clone(),
        presence: Presence::Offline,
        is_told: false,
        sent_at,
        scan: scan.clone(),
    });
    let handed: Vec<Handed> = handed.collect();
    let walked_in: Vec<_> = walk_ins.iter().filter_map(|read| read.as_ref().ok()).cloned().collect();
    let (walked_in, recorded) = work.hand_in(walked_in, handed).await?;
    let sender = work.actor_name().unwrap_or_default();
    let mut strays: Vec<Stray> = Vec::new();
    let walk_ins = walk_in_results(input, &walk_ins, walked_in, &sender, &mut strays);
    let scans = scan_results(input, &read, recorded, &sender, &mut strays);
    work.keep_strays(strays).await?;
    let lost = match work.actor() {
        Actor::Device { id, enrolment, .. } => {
            let (id, enrolment) = (*id, *enrolment);
            work.hear_from_device(id, enrolment, &report(input, &read)).await?;
            SequenceRange::last_of(work.numbers_of_enrolment(enrolment).await?.gaps(), MOST_RANGES)
        }
        Actor::Account { .. } | Actor::ServiceAccount { .. } | Actor::Anonymous | Actor::System { .. } => {
            Vec::new()
        }
    };
    Ok(Submitted { walk_ins, scans, lost })
}

/// What became of each walk-in; what is rejected for good is kept as text.
fn walk_in_results(
    input: &SubmitScansInput,
    read: &[Result<NewWalkIn, Unreadable>],
    recorded: Vec<RecordedWalkIn>,
    sender: &str,
    strays: &mut Vec<Stray>,
) -> Vec<WalkInResult> {
    let mut recorded = recorded.into_iter();
    let mut results = Vec::with_capacity(read.len());
    for (walk_in, read) in input.walk_ins.iter().zip(read) {
        let result = match read {
            Ok(_) => match recorded.next() {
                Some(recorded) => walk_in.recorded(recorded),
                None => continue,
            },
            Err(unreadable) => walk_in.unreadable(unreadable),
        };
        strays.extend(result.rejection().map(|reason| walk_in.stray(reason, sender)));
        results.push(result);
    }
    results
}

/// What became of each scan; what is rejected for good is kept as text.
fn scan_results(
    input: &SubmitScansInput,
    read: &[Result<NewScan, Unreadable>],
    recorded: Vec<Recorded>,
    sender: &str,
    strays: &mut Vec<Stray>,
) -> Vec<ScanResult> {
    let mut recorded = recorded.into_iter();
    let mut results = Vec::with_capacity(read.len());
    for (scan, read) in input.scans.iter().zip(read) {
        let result = match read {
            Ok(_) => result(scan, recorded.next()),
            Err(unreadable) => ScanResult {
                reason: Some(unreadable.reason.into()),
                message: Some(format!("{} {}", unreadable.invalid.path.join("."), unreadable.invalid.fault)),
                path: Some(unreadable.invalid.path.join(".")),
                ..ScanResult::new(scan, ScanOutcome::RejectedFinal)
            },
        };
        if let (ScanOutcome::RejectedFinal, Some(reason)) = (result.outcome, result.reason) {
            strays.push(scan.stray(reason.into(), sender));
        }
        results.push(result);
    }
    results
}

/// What a device tells of itself with a batch; what cannot be read of that keeps no scan from being taken.
fn report(input: &SubmitScansInput, read: &[Result<NewScan, Unreadable>]) -> Report {
    let version = input.application_version.as_ref();
    Report {
        pending: input.pending.filter(|pending| *pending >= 0),
        application_version: version.and_then(|text| Line::parse("applicationVersion", text).ok()),
        highest_sequence: read.iter().filter_map(|read| read.as_ref().ok()?.sequence).max(),
    }
}

fn result(scan: &ScanInput, recorded: Option<Recorded>) -> ScanResult {
    match recorded {
        Some(Recorded::Kept { scan: kept, is_replay }) => {
            let outcome = if is_replay {
                ScanOutcome::Replay
            } else if kept.flags.is_empty() {
                ScanOutcome::Accepted
            } else {
                ScanOutcome::AcceptedFlagged
            };
            let flags = kept.flags.iter().copied().map(Into::into).collect();
            ScanResult { flags, scan: Some(Scan(*kept)), ..ScanResult::new(scan, outcome) }
        }
        Some(Recorded::Rejected(reason)) => {
            let is_final = reason != check_in::ScanReason::Busy;
            let outcome = if is_final { ScanOutcome::RejectedFinal } else { ScanOutcome::RetryLater };
            ScanResult { reason: Some(reason.into()), ..ScanResult::new(scan, outcome) }
        }
        // A fact is never refused, and each has an answer.
        Some(Recorded::Refused(_)) | None => ScanResult::new(scan, ScanOutcome::RetryLater),
    }
}

impl ScanResult {
    fn new(scan: &ScanInput, outcome: ScanOutcome) -> Self {
        Self {
            scan_id: scan.scan_id(),
            outcome,
            reason: None,
            message: None,
            path: None,
            flags: Vec::new(),
            scan: None,
        }
    }
}
