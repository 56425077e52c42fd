//! A badge as those see it who run the event, and the public keys as everyone sees them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hemicycle_domain::{
    access::Capability,
    badge::{self, Issue, KeptKey},
    id::RegistrationId,
    problem::{Fault, Invalid},
    registration::RegistrationStatus,
    text::Passage,
};
use hemicycle_persistence::RosterEntry;
use hemicycle_print::Code;

use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    loader::{loader, rekey},
    scalar::{Date, DateTime},
};

/// The key of what happened to a registration's badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct IssueOf(pub(super) RegistrationId);

loader!(IssueOf => Issue, |reading, keys| async {
    let ids: Vec<RegistrationId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.issues_of_badges(&ids).await, IssueOf)
});

/// The largest module of a picture, in pixels.
const LARGEST_MODULE: i32 = 32;

/// The badge of a registration: a code that a device verifies without a network. It has no name in it.
pub(crate) struct Badge {
    says: badge::Badge,
    issue: Issue,
    payload: Option<String>,
}

/// Makes the badge of a registration for whoever may register people at its event; none for others.
pub(crate) async fn of_registration(
    ctx: &Context<'_>,
    entry: &RosterEntry,
) -> Result<Option<Badge>, ApiError> {
    let registration = &entry.registration;
    let Some(event) = ctx.batch().load_one(registration.event).await? else { return Ok(None) };
    if !ctx.request().actor.may(Capability::EditRegistrations, &event.whereabouts) {
        return Ok(None);
    }
    let issue = ctx.batch().load_one(IssueOf(registration.id)).await?.unwrap_or_default();
    let says = badge::Badge::of(registration, &event, &issue);
    let is_good = issue.revoked.is_none() && registration.status == RegistrationStatus::Registered;
    let payload = if is_good {
        let secret = ctx.services().badges.secret(ctx.now()).await?;
        Some(secret.issue(&says).as_str().to_owned())
    } else {
        None
    };
    Ok(Some(Badge { says, issue, payload }))
}

impl Badge {
    fn code(&self) -> Result<Option<Code>, ApiError> {
        Ok(self.payload.as_deref().map(Code::of).transpose()?)
    }
}

/// The badge of a registration: a code that a device verifies without a network. It has no name in it.
#[Object]
impl Badge {
    /// Which badge of the registration it is: 1 for the first, one more each time it is issued anew. Former ones are
    /// no longer good.
    async fn serial(&self) -> i32 {
        self.issue.serial.into()
    }

    /// What its QR code holds: 154 characters, described in `docs/check-in-protocol.md`. Null if the badge was revoked
    /// or the registration was cancelled. Whoever has it can show it at the door: keep it from others.
    async fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    /// The QR code (version 6, level M) with its white border as an SVG picture; null where `payload` is.
    async fn qr_svg(&self) -> Nullable<String> {
        nullable(self.code().map(|code| code.map(|code| code.svg())))
    }

    /// The QR code with its white border as a PNG picture in base64; null where `payload` is.
    async fn qr_png(
        &self,
        #[graphql(desc = "The side of a module in pixels, 1 to 32; the code has 49 a side.", default = 8)]
        module_pixels: i32,
    ) -> Nullable<String> {
        let picture = || {
            let scale =
                u8::try_from(module_pixels).ok().filter(|_| (1..=LARGEST_MODULE).contains(&module_pixels));
            let scale = scale.ok_or_else(|| {
                let (actual, maximum) = (module_pixels.into(), LARGEST_MODULE.into());
                Invalid::new("modulePixels", Fault::OutOfRange { actual, minimum: 1, maximum })
            })?;
            let Some(code) = self.code()? else { return Ok(None) };
            Ok::<_, ApiError>(Some(BASE64.encode(code.png(scale)?)))
        };
        nullable(picture())
    }

    /// The first day on which it is good, in UTC.
    async fn valid_from(&self) -> Date {
        self.says.validity.from.date().into()
    }

    /// The last day on which it is good, in UTC.
    async fn valid_until(&self) -> Date {
        self.says.validity.until.date().into()
    }

    /// When it was revoked; null if it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.issue.revoked.as_ref().map(|revoked| revoked.at.into())
    }

    /// Why it was revoked.
    async fn revoke_reason(&self) -> Option<&str> {
        self.issue.revoked.as_ref().map(|revoked| Passage::as_str(&revoked.reason))
    }
}

/// A public key that verifies badges.
#[derive(SimpleObject)]
pub(crate) struct BadgeKey {
    /// Its name, as badges bear it: eight hexadecimal digits.
    key_id: String,
    /// The 32 bytes of the Ed25519 public key, in base64.
    public_key: String,
    /// When it was made.
    created_at: DateTime,
    /// Until when badges that it signed are good; null while new badges are signed with it.
    read_until: Option<DateTime>,
}

impl From<&KeptKey> for BadgeKey {
    fn from(kept: &KeptKey) -> Self {
        Self {
            key_id: kept.key.id().to_string(),
            public_key: BASE64.encode(kept.key.bytes()),
            created_at: kept.created_at.into(),
            read_until: kept.read_until.map(Into::into),
        }
    }
}

impl From<hemicycle_print::CodeTooLong> for ApiError {
    fn from(fault: hemicycle_print::CodeTooLong) -> Self {
        Self::Internal(Arc::from(fault.to_string()))
    }
}

impl From<hemicycle_print::PictureFault> for ApiError {
    fn from(fault: hemicycle_print::PictureFault) -> Self {
        Self::Internal(Arc::from(fault.to_string()))
    }
}
