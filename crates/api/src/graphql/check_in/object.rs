//! Scans and attendance, as clients see them.

use async_graphql::{Context, Enum, Object, SimpleObject};
use hemicycle_domain::{
    check_in::{self, Scan as DomainScan},
    id::Id,
};

use crate::graphql::{
    context::ContextExt,
    error::{Nullable, nullable},
    event::{Session, find_session},
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
}

impl From<check_in::Attendance> for Attendance {
    fn from(attendance: check_in::Attendance) -> Self {
        Self {
            has_attended: attendance.has_attended,
            is_inside: attendance.is_inside,
            first_in_at: attendance.first_in_at.map(Into::into),
            last_out_at: attendance.last_out_at.map(Into::into),
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

    /// Whom it shows.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        nullable(ctx.load(self.0.registration).await.map(|entry| entry.map(Registration)))
    }

    /// The session at whose door it was; null for the door of the event.
    async fn session(&self, ctx: &Context<'_>) -> Nullable<Session> {
        let session = self.0.session?;
        nullable(find_session(ctx, self.0.event, session).await)
    }

    /// Which way.
    async fn direction(&self) -> Direction {
        self.0.direction.into()
    }

    /// How the person was recognised.
    async fn method(&self) -> Method {
        self.0.method.into()
    }

    /// When it happened, by the clock of the client.
    async fn captured_at(&self) -> DateTime {
        self.0.captured_at.into()
    }

    /// When the server took it in.
    async fn received_at(&self) -> DateTime {
        self.0.received_at.into()
    }

    /// When it was undone; null where it counts.
    async fn undone_at(&self) -> Option<DateTime> {
        self.0.voided.as_ref().map(|voided| voided.at.into())
    }

    /// Why it was undone.
    async fn undone_reason(&self) -> Option<&str> {
        self.0.voided.as_ref().map(|voided| voided.reason.as_str())
    }
}
