//! Scans and attendance, as clients see them.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use hemicycle_domain::{
    check_in::{self, Resolution, ResolutionKind, Scan as DomainScan},
    id::Id,
};

use super::{
    maker::{for_reviewers, name_at},
    submit::ScanFlag,
};
use crate::graphql::{
    checkpoint::Checkpoint,
    context::ContextExt,
    device::Device,
    error::{Nullable, nullable},
    event::{Session, find_session},
    id,
    registration::Registration,
    scalar::{DateTime, Uuid},
};

/// Which way someone went.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::Direction", name = "ScanDirection")]
pub(crate) enum Direction {
    /// Came in.
    In,
    /// Went out.
    Out,
}

/// How someone was recognised.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "check_in::Method", name = "ScanMethod")]
pub(crate) enum Method {
    /// Found in the roster by name.
    Manual,
    /// By the code of a badge.
    Qr,
    /// Entered from a signed list, during the event or after it.
    List,
}

/// Whether a person was at an event, and is there now, as far as the scans tell.
#[derive(SimpleObject)]
pub(crate) struct Attendance {
    /// Whether any scan that stands let the person in.
    has_attended: bool,
    /// Whether the person is inside.
    is_inside: bool,
    /// When the person first came in.
    first_in_at: Option<DateTime>,
    /// When the person last went out.
    last_out_at: Option<DateTime>,
    /// For how many minutes of 60 seconds the person attended, within the hours of the checkpoints; time at several
    /// places at once counts once.
    minutes: i32,
    /// For how many half days the person attended; two are a day.
    half_days: i32,
    /// Whether some of it follows from a rule, because no exit was seen.
    is_imputed: bool,
}

impl From<check_in::Attendance> for Attendance {
    fn from(attendance: check_in::Attendance) -> Self {
        Self {
            has_attended: attendance.has_attended,
            is_inside: attendance.is_inside,
            first_in_at: attendance.first_in_at.map(Into::into),
            last_out_at: attendance.last_out_at.map(Into::into),
            minutes: attendance.minutes,
            half_days: attendance.half_days,
            is_imputed: attendance.is_imputed,
        }
    }
}

/// What was seen at a door: someone came in or went out. It is never changed, only undone with a reason.
pub(crate) struct Scan(pub(crate) DomainScan);

/// What was seen at a door: someone came in or went out. It is never changed, only undone with a reason.
#[Object]
impl Scan {
    /// The identifier that the client made.
    async fn scan_id(&self) -> Uuid {
        self.0.id.uuid().into()
    }

    /// Whom it shows; null where nobody is known by what was shown.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let registration = self.0.registration?;
        nullable(ctx.load(registration).await.map(|entry| entry.map(Registration)))
    }

    /// The session at whose door it was; null for the door of the event.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let session = self.0.session?;
        nullable(find_session(ctx, self.0.event, session).await)
    }

    /// The checkpoint; null where none was named.
    async fn checkpoint(&self, ctx: &Context<'_>) -> Nullable<Checkpoint> {
        let checkpoint = self.0.checkpoint?;
        nullable(ctx.load(checkpoint).await.map(|found| found.map(Checkpoint)))
    }

    /// What is amiss with it, so that a person looks at it; empty where nothing is.
    async fn flags(&self) -> Vec<ScanFlag> {
        self.0.flags.iter().copied().map(Into::into).collect()
    }

    /// Whether it counts: as a person found out, else unless a flag keeps it waiting for one.
    async fn counts(&self) -> bool {
        self.0.counts()
    }

    /// By what time it counts, the client's clock corrected; null where that clock cannot be believed.
    async fn counted_at(&self) -> Option<DateTime> {
        self.0.counted_at.map(Into::into)
    }

    /// Which way.
    async fn direction(&self) -> Direction {
        self.0.direction.into()
    }

    /// How the person was recognised.
    async fn method(&self) -> Method {
        self.0.method.into()
    }

    /// The device that made it; null where an account did, and for those who do not see the device.
    async fn device(&self, ctx: &Context<'_>) -> Nullable<Device> {
        let origin = self.0.origin?;
        nullable(ctx.load(origin.device).await.map(|found| found.map(Device)))
    }

    /// The enrolment of that device by which it made the scan: `sequence` counts within it. Null where an account made it.
    async fn enrolment_id(&self) -> Option<Uuid> {
        self.0.origin.map(|origin| origin.enrolment.0.into())
    }

    /// The device's number for it, from 1; null where none was given. Of two scans under one number, both tell it.
    async fn sequence(&self) -> Option<i64> {
        self.0.sequence
    }

    /// The global id of the account that made it; null where a device did, and for those who may not review scans of the
    /// event.
    async fn operator_id(&self, ctx: &Context<'_>) -> Nullable<ID> {
        let account = for_reviewers(ctx, self.0.event, self.0.operator).await;
        nullable(account.map(|account| account.map(id::global_id)))
    }

    /// Who stood at the door: the name of the account that made it, or what the device called its operator, in its own
    /// words. Null where nobody was named, and for those who may not review scans of the event.
    async fn operator_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        let named = async {
            match self.0.operator {
                Some(account) => name_at(ctx, self.0.event, account).await,
                None => for_reviewers(ctx, self.0.event, self.0.operator_name.clone()).await,
            }
        };
        nullable(named.await)
    }

    /// What the device told its operator, in its own words; null where it did not say, and for those who may not review
    /// scans of the event.
    async fn local_verdict(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(for_reviewers(ctx, self.0.event, self.0.local_verdict.clone()).await)
    }

    /// Whether the device told which manifest it had: what the door knew as it decided.
    async fn had_manifest(&self) -> bool {
        self.0.manifest.is_some()
    }

    /// When it was sent, by the same clock as `capturedAt`; null where that was not told. How much later `receivedAt` is, is
    /// how far that clock was off.
    async fn sent_at(&self) -> Option<DateTime> {
        self.0.sent_at.map(Into::into)
    }

    /// When it happened, by the clock of the client.
    async fn captured_at(&self) -> DateTime {
        self.0.captured_at.into()
    }

    /// When the server took it in.
    async fn received_at(&self) -> DateTime {
        self.0.received_at.into()
    }

    /// When it was undone; null where it was not.
    async fn undone_at(&self) -> Option<DateTime> {
        self.undone().map(|resolution| resolution.at.into())
    }

    /// Why it was undone.
    async fn undone_reason(&self) -> Option<&str> {
        self.undone().map(|resolution| resolution.reason.as_str())
    }
}

impl Scan {
    fn undone(&self) -> Option<&Resolution> {
        self.0.resolution.as_ref().filter(|resolution| resolution.kind == ResolutionKind::Undone)
    }
}
