//! Mutations of check-in: let someone in or out, and undo it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    check_in::NewScan,
    problem::{Fault, Invalid},
    text::Passage,
};
use hemicycle_persistence::{CheckedIn, Failure};

use super::{
    handed::{plain_registration, read_credential},
    object::{Direction, Method, Scan},
};
use crate::graphql::{
    context::ContextExt,
    error::{Nullable, nullable},
    id,
    payload::{UserError, settle},
    registration::Registration,
    scalar::{DateTime, Uuid},
};

/// Someone comes in or goes out.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CheckInInput {
    /// An identifier of your making, best a UUID of version 7. Sending the same scan again under it does no harm:
    /// it is answered as before. Another scan under it is refused with `ID_REUSED`.
    pub scan_id: Uuid,
    /// Who, as found in the list; left out where the credential tells.
    pub registration_id: Option<ID>,
    /// What was shown, as it was read: a badge; at most 4,096 characters.
    pub credential: Option<String>,
    /// The event at whose door you stand: a registration of another one is refused with `WRONG_EVENT`.
    pub event_id: Option<ID>,
    /// The session at whose door you stand; left out at the door of the event.
    pub session_id: Option<ID>,
    /// The checkpoint where you stand; left out at the door of the event.
    pub checkpoint_id: Option<ID>,
    /// The device's number for the scan. A scan that is refused uses none up.
    pub sequence: Option<i64>,
    /// Which way.
    #[graphql(default_with = "Direction::In")]
    pub direction: Direction,
    /// How the person was recognised.
    #[graphql(default_with = "Method::Manual")]
    pub method: Method,
    /// When it happened, by your clock; left out for now. At most five minutes in the future.
    pub captured_at: Option<DateTime>,
}

/// A check-in that was wrong.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UndoCheckInInput {
    /// The scan.
    pub scan_id: Uuid,
    /// Why it is undone.
    pub reason: String,
}

/// The outcome of `checkIn`.
pub(crate) struct CheckInPayload {
    done: Option<CheckedIn>,
    errors: Vec<UserError>,
}

/// The outcome of `checkIn`.
#[Object]
impl CheckInPayload {
    /// The registration, with the attendance that follows.
    async fn registration(&self, ctx: &Context<'_>) -> Nullable<Registration> {
        let CheckedIn { scan, entry, .. } = self.done.as_ref()?;
        match entry {
            Some(entry) => Some(Ok(Registration(Arc::clone(entry)))),
            None => nullable(ctx.load(scan.registration?).await.map(|entry| entry.map(Registration))),
        }
    }

    /// The scan.
    async fn scan(&self) -> Option<Scan> {
        self.done.as_ref().map(|done| Scan(done.scan.clone()))
    }

    /// Whether the same scan was recorded before; nothing was written then.
    async fn is_replay(&self) -> Option<bool> {
        self.done.as_ref().map(|done| done.is_replay)
    }

    /// Why the person was not let through; empty if they were.
    async fn errors(&self) -> &[UserError] {
        &self.errors
    }
}

/// The outcome of `undoCheckIn`.
#[derive(SimpleObject)]
pub(crate) struct UndoCheckInPayload {
    /// The registration, with the attendance that follows.
    registration: Option<Registration>,
    /// The scan, which counts no longer.
    scan: Option<Scan>,
    /// Why nothing was undone; empty if it was.
    errors: Vec<UserError>,
}

impl CheckInInput {
    fn parse(&self) -> Result<NewScan, Invalid> {
        let captured_at = self.captured_at.as_ref().map(|at| at.instant("capturedAt")).transpose()?;
        let registration =
            self.registration_id.as_ref().map(|id| id::parse("registrationId", id)).transpose()?;
        let credential = read_credential(self.credential.clone())?;
        if registration.is_none() && credential.is_none() {
            return Err(Invalid::new("registrationId", Fault::Empty));
        }
        Ok(NewScan {
            id: self.scan_id.uuid("scanId")?.into(),
            event: self.event_id.as_ref().map(|id| id::parse("eventId", id)).transpose()?,
            session: self.session_id.as_ref().map(|id| id::parse("sessionId", id)).transpose()?,
            checkpoint: self.checkpoint_id.as_ref().map(|id| id::parse("checkpointId", id)).transpose()?,
            registration: registration.or_else(|| credential.as_deref().and_then(plain_registration)),
            walk_in: None,
            credential,
            sequence: self.sequence,
            manifest: None,
            local_verdict: None,
            operator_name: None,
            direction: self.direction.into(),
            method: self.method.into(),
            captured_at,
        })
    }
}

#[derive(Default)]
pub struct CheckInMutation;

#[Object]
impl CheckInMutation {
    /// Lets a registered person in or out at the door of an event or of one of its sessions. Refusals come at once,
    /// each with a code of its own: already in, cancelled, wrong event, not yet open, over.
    async fn check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who passes which door.")] input: CheckInInput,
    ) -> Nullable<CheckInPayload> {
        let passed = async {
            let request = ctx.request();
            let store = &ctx.services().store;
            let (scan, is_told) = (input.parse()?, ctx.look_ahead().field("registration").exists());
            store.check_in(&request.actor, request.id.as_str(), ctx.now(), scan, is_told).await
        };
        Some(settle(passed.await).map(|(done, errors)| CheckInPayload { done, errors }))
    }

    /// Undoes a check-in. The scan stays on record with the reason, and counts no longer.
    async fn undo_check_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which scan, and why.")] input: UndoCheckInInput,
    ) -> Nullable<UndoCheckInPayload> {
        let undone: Result<_, Failure> = ctx
            .attempt(move |work| {
                let input = input.clone();
                Box::pin(async move {
                    let scan = input.scan_id.uuid("scanId")?.into();
                    work.undo_check_in(scan, Passage::parse("reason", &input.reason)?).await
                })
            })
            .await;
        Some(settle(undone).map(|(done, errors)| match done {
            Some(CheckedIn { scan, entry, .. }) => {
                UndoCheckInPayload { registration: entry.map(Registration), scan: Some(Scan(scan)), errors }
            }
            None => UndoCheckInPayload { registration: None, scan: None, errors },
        }))
    }
}
