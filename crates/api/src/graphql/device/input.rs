//! Inputs by which devices are prepared, enrolled and revoked, and how they are read.

use async_graphql::{ID, InputObject};
use chrono::{TimeDelta, Utc};
use hemicycle_domain::{
    device::{DeviceChange, EnrolmentId, NewDevice, NewEnrolment, Window},
    problem::Invalid,
    text::Line,
};

use crate::graphql::{
    id,
    scalar::{DateTime, Uuid},
};

/// How many minutes a code is good for where nothing else is said.
pub(super) const CODE_MINUTES: i32 = 15;

/// A device to be prepared.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PrepareDeviceInput {
    /// What its people call it, such as the door where it stands.
    pub name: String,
    /// The events that it is to serve; at least one, at most 50.
    pub event_ids: Vec<ID>,
    /// The checkpoints where it may stand; left out or empty for all of its events'.
    #[graphql(default)]
    pub checkpoint_ids: Vec<ID>,
    /// From when on it may serve; left out for now.
    pub opens_at: Option<DateTime>,
    /// Until when it may serve.
    pub closes_at: DateTime,
    /// How many minutes its code is good for, at most 1440.
    #[graphql(default_with = "CODE_MINUTES")]
    pub code_minutes: i32,
    /// A key of your making: the same command with the same key is done once, however often it is sent. Sent again it
    /// gives out a new code.
    pub idempotency_key: Option<String>,
}

/// A new code for a device, whether or not it was enrolled before.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RenewDeviceCodeInput {
    /// The device.
    pub device_id: ID,
    /// How many minutes the code is good for, at most 1440.
    #[graphql(default_with = "CODE_MINUTES")]
    pub code_minutes: i32,
}

/// A phone that shows a code.
#[derive(InputObject)]
pub(crate) struct EnrolDeviceInput {
    /// The code, as it was typed or as its QR says.
    pub code: String,
    /// An identifier of the phone's making, a UUID that it has never used before. Sending the same code with the same
    /// identifier again, while the code is good, answers as before: the first answer may have been lost.
    pub enrolment_id: Uuid,
    /// The version of the application.
    pub application_version: Option<String>,
    /// What kind of phone it is.
    pub model: Option<String>,
}

/// What to change about a device; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateDeviceInput {
    /// The device.
    pub device_id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another name.
    pub name: Option<String>,
    /// The checkpoints where it may stand from now on; empty for all of its events'.
    pub checkpoint_ids: Option<Vec<ID>>,
    /// Another beginning of its window.
    pub opens_at: Option<DateTime>,
    /// Another end of its window. A phone that is enrolled keeps its token: where that ends before the new window does,
    /// enrol it again by `renewDeviceCode`.
    pub closes_at: Option<DateTime>,
}

/// A device that may do nothing any more.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RevokeDeviceInput {
    /// The device.
    pub device_id: ID,
    /// Why.
    pub reason: String,
}

impl PrepareDeviceInput {
    pub(super) fn parse(&self, now: chrono::DateTime<Utc>) -> Result<NewDevice, Invalid> {
        let opens_at = self.opens_at.as_ref().map(|at| at.instant("opensAt")).transpose()?;
        Ok(NewDevice {
            name: Line::parse("name", &self.name)?,
            events: id::parse_all("eventIds", &self.event_ids)?,
            checkpoints: id::parse_all("checkpointIds", &self.checkpoint_ids)?,
            window: Window::parse(opens_at.unwrap_or(now), self.closes_at.instant("closesAt")?)?,
        })
    }
}

impl UpdateDeviceInput {
    pub(super) fn parse(&self) -> Result<DeviceChange, Invalid> {
        let instant = |field, at: Option<&DateTime>| at.map(|at| at.instant(field)).transpose();
        let checkpoints = self.checkpoint_ids.as_ref().map(|ids| id::parse_all("checkpointIds", ids));
        Ok(DeviceChange {
            name: self.name.as_ref().map(|name| Line::parse("name", name)).transpose()?,
            checkpoints: checkpoints.transpose()?,
            opens_at: instant("opensAt", self.opens_at.as_ref())?,
            closes_at: instant("closesAt", self.closes_at.as_ref())?,
        })
    }
}

impl EnrolDeviceInput {
    pub(super) fn parse(&self) -> Result<NewEnrolment, Invalid> {
        let line = |field, text: Option<&String>| text.map(|text| Line::parse(field, text)).transpose();
        Ok(NewEnrolment {
            id: EnrolmentId(self.enrolment_id.uuid("enrolmentId")?),
            application_version: line("applicationVersion", self.application_version.as_ref())?,
            model: line("model", self.model.as_ref())?,
        })
    }
}

/// How long a code is to be good for.
pub(super) fn code_lifetime(minutes: i32) -> TimeDelta {
    TimeDelta::minutes(minutes.into())
}
