//! The review queue as clients see it: flagged scans of an event, and the mutation that decides about them.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    access::Doer,
    check_in::{self, Finding, Resolution, ResolutionKind},
    id::EventId,
    page::PageRequest,
    problem::{Fault, Invalid},
    text::Passage,
};
use hemicycle_persistence::{Failure, FlaggedFilter, FlaggedScan as Flagged};

use super::{
    maker::{for_reviewers, name_at},
    object::Scan,
    submit::ScanFlag,
};
use crate::graphql::{
    connection::{Connection, connection},
    context::ContextExt,
    device::Device,
    error::{ApiError, Nullable, nullable},
    id,
    payload::{UserError, settle},
    registration::Registration,
    scalar::DateTime,
    walk_in::WalkIn,
};

/// How many scans are decided about at once.
const MOST: usize = 100;

/// What a person found out about a scan.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::ResolutionKind")]
pub(crate) enum ScanResolutionKind {
    /// It was a mistake: it does not count.
    Undone,
    /// It counts, in spite of its flags.
    Accepted,
    /// It does not count.
    Rejected,
    /// It shows someone else, and counts for them.
    Attached,
}

/// What to decide about a flagged scan.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScanFinding {
    /// It counts, in spite of its flags.
    Accept,
    /// It does not count.
    Reject,
    /// It shows the person of `registrationId`, and counts for them.
    Attach,
}

/// Which flagged scans. Where several are given, all must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct FlaggedScanWhere {
    /// Those with any of these flags.
    pub flags: Option<Vec<ScanFlag>>,
    /// Those that a person has looked at, or has not.
    pub is_resolved: Option<bool>,
}

/// A decision about a flagged scan.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ScanResolutionInput {
    /// The flagged scan, by its global id.
    pub flagged_scan_id: ID,
    /// What to decide.
    pub finding: ScanFinding,
    /// Whom it shows; needed for `ATTACH`, and for nothing else.
    pub registration_id: Option<ID>,
}

/// Decisions about flagged scans of one event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ResolveScansInput {
    /// The event.
    pub event_id: ID,
    /// The decisions, at most 100; each is kept or refused by itself.
    pub resolutions: Vec<ScanResolutionInput>,
    /// Why you decide so.
    pub reason: String,
}

/// What became of one decision.
#[derive(SimpleObject)]
pub(crate) struct ScanResolutionResult {
    /// The flagged scan, as it came.
    flagged_scan_id: ID,
    /// The scan as it is now; null if the decision was refused.
    flagged_scan: Option<FlaggedScan>,
    /// Why the decision was refused; empty if it was kept.
    errors: Vec<UserError>,
}

/// The outcome of `resolveScans`.
#[derive(SimpleObject)]
pub(crate) struct ResolveScansPayload {
    /// What became of each decision, in their order; null if none could be looked at.
    results: Option<Vec<ScanResolutionResult>>,
    /// Why none could be looked at; empty otherwise.
    errors: Vec<UserError>,
}

/// A scan that was kept with something amiss, so that a person looks at it.
pub(crate) struct FlaggedScan(Flagged);

/// What a person found out about a scan, who and why.
pub(crate) struct ScanResolution {
    resolution: Resolution,
    /// The event at whose door the scan was made.
    event: EventId,
}

/// The flagged scans of an event, the oldest first.
pub(crate) async fn flagged_of_event(
    ctx: &Context<'_>,
    event: EventId,
    filter: Option<FlaggedScanWhere>,
    page: PageRequest,
) -> Result<Connection<FlaggedScan>, ApiError> {
    let filter = filter.unwrap_or_default();
    let flags = filter.flags.unwrap_or_default().into_iter().map(Into::into).collect();
    let filter = FlaggedFilter { flags, is_resolved: filter.is_resolved };
    let rows = ctx.reading()?.list_flagged_scans(event, &filter, &page).await?;
    Ok(connection(rows, FlaggedScan, move |reading| {
        let filter = filter.clone();
        async move { reading.count_flagged_scans(event, &filter).await }
    }))
}

/// A scan that was kept with something amiss, so that a person looks at it.
#[Object]
impl FlaggedScan {
    /// The global id.
    async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The scan, with its flags.
    async fn scan(&self) -> Scan {
        Scan(self.0.scan.clone())
    }

    /// What was shown, as it was read; null where nothing was, once the person was anonymised, and for those who may not
    /// review scans of the event.
    async fn credential(&self, ctx: &Context<'_>) -> Nullable<String> {
        let shown = self.0.scan.credential.clone().filter(|shown| !shown.is_empty());
        nullable(for_reviewers(ctx, self.0.scan.event, shown).await)
    }

    /// The walk-in that it names, with the known people who are proposed for it; null where it names none, and while the
    /// walk-in has not come.
    async fn walk_in(&self, ctx: &Context<'_>) -> Nullable<WalkIn> {
        let walk_in = self.0.scan.walk_in?;
        nullable(ctx.batch().load_one(walk_in).await.map(|found| found.map(WalkIn)))
    }

    /// What a person found out about it last; null while nobody has looked at it.
    async fn resolution(&self) -> Option<ScanResolution> {
        let resolution = self.0.scan.resolution.clone()?;
        Some(ScanResolution { resolution, event: self.0.scan.event })
    }
}

/// What a person found out about a scan, who and why.
#[Object]
impl ScanResolution {
    /// What it is.
    async fn kind(&self) -> ScanResolutionKind {
        ResolutionKind::into(self.resolution.kind)
    }

    /// The global id of the account that decided; null where a device did, or the program itself, and for those who may not
    /// review scans of the event.
    async fn account_id(&self, ctx: &Context<'_>) -> Nullable<ID> {
        let account = for_reviewers(ctx, self.event, self.resolution.by.and_then(Doer::account)).await;
        nullable(account.map(|account| account.map(id::global_id)))
    }

    /// The name of the account that decided; null where `accountId` is.
    async fn account_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        let account = self.resolution.by.and_then(Doer::account)?;
        nullable(name_at(ctx, self.event, account).await)
    }

    /// The device by which it was found out: it undid the scan, or handed in the walk-in whom it shows. Null where an
    /// account decided, and for those who do not see the device.
    async fn device(&self, ctx: &Context<'_>) -> Nullable<Device> {
        let device = self.resolution.by.and_then(Doer::device)?;
        nullable(ctx.load(device).await.map(|found| found.map(Device)))
    }

    /// When it was found out.
    async fn at(&self) -> DateTime {
        self.resolution.at.into()
    }

    /// Why.
    async fn reason(&self) -> &str {
        self.resolution.reason.as_str()
    }

    /// Whom the scan was attached to; null where it was not.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let registration = self.resolution.registration?;
        nullable(ctx.batch().load_one(registration).await.map(|entry| entry.map(Registration)))
    }
}

#[derive(Default)]
pub struct ReviewMutation;

#[Object]
impl ReviewMutation {
    /// Decides about flagged scans of an event: each is one more fact, from which attendance follows; the last one about
    /// a scan holds. It takes the right to review scans of the event.
    async fn resolve_scans(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and why.")] input: ResolveScansInput,
    ) -> Nullable<ResolveScansPayload> {
        let command = input.clone();
        let resolved = ctx.attempt(move |work| {
            let input = command.clone();
            Box::pin(async move {
                let (event, findings) = (id::parse("eventId", &input.event_id)?, input.findings()?);
                work.resolve_scans(event, findings, &Passage::parse("reason", &input.reason)?).await
            })
        });
        Some(settle(resolved.await).and_then(|(answers, errors)| {
            let Some(answers) = answers else { return Ok(ResolveScansPayload { results: None, errors }) };
            let ids = input.resolutions.iter().map(|resolution| resolution.flagged_scan_id.clone());
            let results = ids.zip(answers).map(|(id, answer)| result(id, answer));
            Ok(ResolveScansPayload { results: Some(results.collect::<Result<_, ApiError>>()?), errors })
        }))
    }
}

fn result(id: ID, answer: Result<Flagged, Failure>) -> Result<ScanResolutionResult, ApiError> {
    let (flagged, errors) = settle(answer)?;
    Ok(ScanResolutionResult { flagged_scan_id: id, flagged_scan: flagged.map(FlaggedScan), errors })
}

impl ResolveScansInput {
    fn findings(&self) -> Result<Vec<(hemicycle_domain::id::ScanId, Finding)>, Invalid> {
        if self.resolutions.len() > MOST {
            let (actual, maximum) = (self.resolutions.len(), MOST);
            return Err(Invalid::new("resolutions", Fault::TooMany { actual, maximum }));
        }
        let parsed = self.resolutions.iter().enumerate().map(|(index, resolution)| {
            resolution.parse().map_err(|fault| fault.within(index).within("resolutions"))
        });
        parsed.collect()
    }
}

impl ScanResolutionInput {
    fn parse(&self) -> Result<(hemicycle_domain::id::ScanId, Finding), Invalid> {
        let finding = match (self.finding, &self.registration_id) {
            (ScanFinding::Attach, Some(id)) => Finding::Attach(id::parse("registrationId", id)?),
            (ScanFinding::Attach, None) => {
                return Err(Invalid::new("registrationId", Fault::NeededBy { other: "finding: ATTACH" }));
            }
            (ScanFinding::Accept | ScanFinding::Reject, Some(_)) => {
                return Err(Invalid::new("registrationId", Fault::Excludes { other: "this finding" }));
            }
            (ScanFinding::Accept, None) => Finding::Accept,
            (ScanFinding::Reject, None) => Finding::Reject,
        };
        Ok((id::parse("flaggedScanId", &self.flagged_scan_id)?, finding))
    }
}
