//! Mutations of devices: prepare, give out a code, enrol, revoke.

use async_graphql::{Context, Object, SimpleObject};
use hemicycle_domain::{
    account::LONGEST_TOKEN,
    device::{Device as DomainDevice, DeviceRefusal},
    text::Passage,
};
use hemicycle_persistence::{CodeHash, Failure, Work};

use super::{
    input::{
        EnrolDeviceInput, PrepareDeviceInput, RenewDeviceCodeInput, RevokeDeviceInput, UpdateDeviceInput,
        code_lifetime,
    },
    object::Device,
};
use crate::{
    graphql::{
        context::ContextExt,
        error::{ApiError, Nullable},
        id,
        input::idempotency,
        payload::{UserError, payload, settle},
        scalar::DateTime,
    },
    sign_in::{Principal, code_hash, code_qr, new_code},
};

/// A code by which a phone becomes the device, once. It is shown here and never again.
#[derive(SimpleObject)]
pub(crate) struct EnrolmentCode {
    /// The code: letters and digits of which none is taken for another, in groups.
    code: String,
    /// When it stops being good.
    expires_at: DateTime,
    /// The code as a QR, a picture in SVG.
    qr_svg: String,
}

/// The outcome of `prepareDevice`.
#[derive(SimpleObject)]
pub(crate) struct PrepareDevicePayload {
    /// The new device.
    device: Option<Device>,
    /// The code by which a phone becomes it.
    code: Option<EnrolmentCode>,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

/// The outcome of `renewDeviceCode`.
#[derive(SimpleObject)]
pub(crate) struct RenewDeviceCodePayload {
    /// The device.
    device: Option<Device>,
    /// Its new code. Those before it that were not used are good no longer.
    code: Option<EnrolmentCode>,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

/// The outcome of `enrolDevice`.
#[derive(SimpleObject)]
pub(crate) struct EnrolDevicePayload {
    /// The device that the phone is from now on.
    device: Option<Device>,
    /// The access token: send it as `Authorization: Bearer …`. Null if there are errors.
    access_token: Option<String>,
    /// When the access token stops being good at the latest, however long the device's window may become. Whether the
    /// device is one still is looked up at each call: until 30 days after its window, as that is then.
    access_token_expires_at: Option<DateTime>,
    /// Why the phone is not the device; empty if it is.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `updateDevice`.
    UpdateDevicePayload {
        /// The device as it is now.
        device: Device
    }
}

payload! {
    /// The outcome of `revokeDevice`.
    RevokeDevicePayload {
        /// The device as it is now.
        device: Device
    }
}

#[derive(Default)]
pub struct DeviceMutation;

#[Object]
impl DeviceMutation {
    /// Prepares a device for the doors of events, and gives out the code by which a phone becomes it.
    async fn prepare_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device.")] input: PrepareDeviceInput,
    ) -> Nullable<PrepareDevicePayload> {
        let (code, hash) = new_code();
        let minutes = input.code_minutes;
        let prepared = ctx.write(async |work| {
            let once = idempotency("prepareDevice", input.idempotency_key.as_ref(), &input)?;
            let device = if let Some(id) = work.repeated(once.as_ref()).await? {
                id
            } else {
                let device = work.prepare_device(input.parse(ctx.now())?).await?.id;
                work.remember(once, device).await?;
                device
            };
            give_code(work, device, hash, minutes).await
        });
        let given = Given::from_outcome(ctx, prepared.await, code, minutes);
        Some(given.map(|Given { device, code, errors }| PrepareDevicePayload { device, code, errors }))
    }

    /// Gives out a new code for a device: for a phone that is to take its place, or after the code before has expired.
    /// The phone that is enrolled goes on until another uses the code.
    async fn renew_device_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device.")] input: RenewDeviceCodeInput,
    ) -> Nullable<RenewDeviceCodePayload> {
        let (code, hash) = new_code();
        let minutes = input.code_minutes;
        let renewed = ctx.write(async |work| {
            give_code(work, id::parse("deviceId", &input.device_id)?, hash, minutes).await
        });
        let given = Given::from_outcome(ctx, renewed.await, code, minutes);
        Some(given.map(|Given { device, code, errors }| RenewDeviceCodePayload { device, code, errors }))
    }

    /// Makes the phone that shows a code the device, and ends what was enrolled as that device before. Needs no token.
    async fn enrol_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code, and what the phone tells of itself.")] input: EnrolDeviceInput,
    ) -> Result<EnrolDevicePayload, ApiError> {
        let (device, errors) = settle(enrol(ctx, &input).await)?;
        let Some(device) = device else {
            return Ok(EnrolDevicePayload {
                device: None,
                access_token: None,
                access_token_expires_at: None,
                errors,
            });
        };
        // The window may become longer: what it is, is looked up at each call, as whether the enrolment goes on.
        let (now, expires_at) = (ctx.now(), ctx.now() + LONGEST_TOKEN);
        let enrolment = device.enrolment.as_ref().map(|enrolment| enrolment.id);
        // It is often offline when another token would be due.
        let token = match enrolment {
            Some(enrolment) => {
                let principal = Principal::Device(device.id, enrolment);
                Some(ctx.services().tokens.issue_until(principal, now, expires_at).await?)
            }
            None => None,
        };
        Ok(EnrolDevicePayload {
            device: Some(Device(device)),
            access_token: token,
            access_token_expires_at: Some(expires_at.into()),
            errors,
        })
    }

    /// Changes what a device is called, where it may stand and when. Its next call is judged by it, and `thisDevice` and the
    /// checkpoints of its manifest tell it. It takes the right to prepare devices for each of its events.
    async fn update_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device, and what to change.")] input: UpdateDeviceInput,
    ) -> Nullable<UpdateDevicePayload> {
        let updated = ctx.write(async |work| {
            let id = id::parse("deviceId", &input.device_id)?;
            work.update_device(id, input.expected_version, input.parse()?).await
        });
        UpdateDevicePayload::from_outcome(updated.await, Device)
    }

    /// Revokes a device: it is refused from its next call on, on every connection, and can never be enrolled again.
    async fn revoke_device(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device, and why.")] input: RevokeDeviceInput,
    ) -> Nullable<RevokeDevicePayload> {
        let revoked = ctx.write(async |work| {
            let reason = Passage::parse("reason", &input.reason)?;
            work.revoke_device(id::parse("deviceId", &input.device_id)?, reason).await
        });
        RevokeDevicePayload::from_outcome(revoked.await, Device)
    }
}

async fn give_code(
    work: &mut Work,
    device: hemicycle_domain::id::DeviceId,
    hash: CodeHash,
    minutes: i32,
) -> Result<DomainDevice, Failure> {
    work.renew_device_code(device, hash, code_lifetime(minutes)).await
}

/// What became of a code that was to be given out.
struct Given {
    device: Option<Device>,
    code: Option<EnrolmentCode>,
    errors: Vec<UserError>,
}

impl Given {
    /// Shows the code, if it was given out.
    fn from_outcome(
        ctx: &Context<'_>,
        outcome: Result<DomainDevice, Failure>,
        code: String,
        minutes: i32,
    ) -> Result<Self, ApiError> {
        let (device, errors) = settle(outcome)?;
        let Some(device) = device else { return Ok(Self { device: None, code: None, errors }) };
        let qr_svg = code_qr(&code).map_err(|fault| ApiError::Internal(fault.to_string().into()))?;
        let expires_at = (ctx.now() + code_lifetime(minutes)).into();
        let code = EnrolmentCode { code, expires_at, qr_svg };
        Ok(Self { device: Some(Device(device)), code: Some(code), errors })
    }
}

async fn enrol(ctx: &Context<'_>, input: &EnrolDeviceInput) -> Result<DomainDevice, Failure> {
    let new = input.parse()?;
    let services = ctx.services();
    if !services.attempts.count(ctx.request().visitor.address) {
        return Err(DeviceRefusal::TooManyAttempts.into());
    }
    services.store.enrol_device(&code_hash(&input.code), new, ctx.now()).await
}
