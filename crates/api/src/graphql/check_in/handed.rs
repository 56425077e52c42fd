//! Scans as devices hand them in: each read by itself, so that one that cannot be read does not harm the others.

use async_graphql::{ID, InputObject};
use hemicycle_domain::{
    check_in::{Direction, Method, NewScan, ScanReason},
    id::RegistrationId,
    problem::{Fault, Invalid},
};
use hemicycle_persistence::Stray;

use crate::graphql::{
    id,
    part::{self, Unreadable, cut, global, note, text, word},
    scalar::{DateTime, ScanPart, Uuid},
};

/// A scan to be handed in. Every part is taken as it comes: one that cannot be read is answered with `REJECTED_FINAL` in
/// the result of this scan, and never refuses the batch.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ScanInput {
    /// The identifier that the device made for the scan: a UUID, best of version 7. It lives for ever.
    pub scan_id: Option<ScanPart>,
    /// The device's number for the scan, from 1, without a gap within one enrolment. Accounts leave it out.
    pub sequence: Option<ScanPart>,
    /// The global id of the event; may be left out where the checkpoint or the registration tells it, and by a device that
    /// serves one event alone.
    pub event_id: Option<ScanPart>,
    /// The global id of the checkpoint; left out at the door of the event.
    pub checkpoint_id: Option<ScanPart>,
    /// The global id of the session at whose door it was, where no checkpoint is named.
    pub session_id: Option<ScanPart>,
    /// The global id of the registration, where someone was found in the list; else the credential tells.
    pub registration_id: Option<ScanPart>,
    /// The identifier that the device made for the walk-in whom it scanned; the walk-in may come in this batch, in an
    /// earlier or in a later one. The scan then needs `eventId` or `checkpointId`.
    pub walk_in_id: Option<ScanPart>,
    /// What was shown, as it was read; at most 4,096 characters.
    pub credential: Option<ScanPart>,
    /// `IN` or `OUT`; left out for `IN`.
    pub direction: Option<ScanPart>,
    /// `QR`, `MANUAL` or `LIST`; left out for `QR`.
    pub method: Option<ScanPart>,
    /// When it happened, by the clock of the device: RFC 3339 with an offset.
    pub captured_at: Option<ScanPart>,
    /// The cursor of the manifest that the device had.
    pub manifest_cursor: Option<ScanPart>,
    /// What the device told the operator, in its own words.
    pub local_verdict: Option<ScanPart>,
    /// Who stood at the door, as the device calls them.
    pub operator: Option<ScanPart>,
}

/// The longest credential that is kept as it is, in characters.
const LONGEST_CREDENTIAL: usize = 4_096;

impl ScanInput {
    /// The identifier as it came, cut to what an answer can repeat.
    pub(super) fn scan_id(&self) -> Option<String> {
        text(self.scan_id.as_ref()).map(|text| cut(&text, 100))
    }

    /// Reads the scan.
    pub(super) fn read(&self) -> Result<NewScan, Unreadable> {
        let needed = |field: &str| Invalid::new(field, Fault::Empty);
        let id = text(self.scan_id.as_ref()).ok_or_else(|| needed("scanId"))?;
        let captured_at = text(self.captured_at.as_ref()).ok_or_else(|| needed("capturedAt"))?;
        let credential = read_credential(text(self.credential.as_ref()))
            .map_err(|invalid| Unreadable { reason: ScanReason::TooLarge, invalid })?;
        let named = global::<RegistrationId>("registrationId", self.registration_id.as_ref())?;
        let registration = named.or_else(|| credential.as_deref().and_then(plain_registration));
        let walk_in = text(self.walk_in_id.as_ref()).map(|id| Uuid(id).uuid("walkInId")).transpose()?;
        if registration.is_none() && walk_in.is_none() && credential.is_none() {
            return Err(needed("credential").into());
        }
        let event = global("eventId", self.event_id.as_ref())?;
        let checkpoint = global("checkpointId", self.checkpoint_id.as_ref())?;
        // A walk-in tells the event only once it has come, and a scan must not depend on what came first.
        if walk_in.is_some() && event.is_none() && checkpoint.is_none() {
            return Err(Invalid::new("eventId", Fault::NeededBy { other: "walkInId" }).into());
        }
        Ok(NewScan {
            id: Uuid(id).uuid("scanId")?.into(),
            event,
            checkpoint,
            session: global("sessionId", self.session_id.as_ref())?,
            registration,
            walk_in: walk_in.map(Into::into),
            credential,
            direction: word("direction", self.direction.as_ref(), Direction::from_word)?
                .unwrap_or(Direction::In),
            method: word("method", self.method.as_ref(), Method::from_word)?.unwrap_or(Method::Qr),
            captured_at: Some(DateTime(captured_at).instant("capturedAt")?),
            sequence: self.sequence()?,
            manifest: note(self.manifest_cursor.as_ref()),
            local_verdict: note(self.local_verdict.as_ref()),
            operator_name: note(self.operator.as_ref()),
        })
    }

    /// What is kept of the scan where it can never be one.
    pub(super) fn stray(&self, reason: ScanReason, sent_by: &str) -> Stray {
        let credential = text(self.credential.as_ref());
        let named = global("registrationId", self.registration_id.as_ref()).ok().flatten();
        Stray {
            sequence: self.sequence().ok().flatten(),
            registration: named.or_else(|| credential.as_deref().and_then(plain_registration)),
            credential,
            ..part::stray(reason, &self.body(), sent_by)
        }
    }

    fn sequence(&self) -> Result<Option<i64>, Invalid> {
        let malformed = || {
            let reason = "not a whole number of 64 bits".to_owned();
            Invalid::new("sequence", Fault::Malformed { reason })
        };
        text(self.sequence.as_ref()).map(|text| text.trim().parse().map_err(|_| malformed())).transpose()
    }

    /// The whole scan as text, part by part.
    fn body(&self) -> String {
        let parts = [
            ("scanId", &self.scan_id),
            ("sequence", &self.sequence),
            ("eventId", &self.event_id),
            ("checkpointId", &self.checkpoint_id),
            ("sessionId", &self.session_id),
            ("registrationId", &self.registration_id),
            ("walkInId", &self.walk_in_id),
            ("direction", &self.direction),
            ("method", &self.method),
            ("capturedAt", &self.captured_at),
            ("manifestCursor", &self.manifest_cursor),
            ("localVerdict", &self.local_verdict),
            ("operator", &self.operator),
            // The one that can be very long comes last: what is cut off is cut off here.
            ("credential", &self.credential),
        ];
        part::body(parts)
    }
}

/// What was shown, as it was read: a code of no characters is none, and one that is too long is refused.
pub(super) fn read_credential(shown: Option<String>) -> Result<Option<String>, Invalid> {
    let credential = shown.filter(|code| !code.is_empty());
    let length = credential.as_ref().map_or(0, |code| code.chars().count());
    if length > LONGEST_CREDENTIAL {
        let fault = Fault::TooLong { actual: length, maximum: LONGEST_CREDENTIAL };
        return Err(Invalid::new("credential", fault));
    }
    Ok(credential)
}

/// The registration that a code names without being a badge: its global id, or its bare identifier.
pub(super) fn plain_registration(credential: &str) -> Option<RegistrationId> {
    let bare = || Uuid(credential.to_owned()).uuid("credential").ok().map(Into::into);
    id::parse("credential", &ID(credential.to_owned())).ok().or_else(bare)
}
