//! Enrolment: a one-time code is exchanged for the right to be the device.
//!
//! The same exchange sent again, by the same enrolment and within the code's time, answers as before: at the door of
//! a hall without a good network the first answer may never arrive.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Device, DeviceRefusal, EnrolmentId, Signs};
use crate::text::Line;

/// The longest time for which a code can be good.
pub const MAXIMUM_CODE_LIFETIME: TimeDelta = TimeDelta::days(1);

/// An enrolment of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Its identifier, made by the device.
    pub id: EnrolmentId,
    /// When it began.
    pub at: DateTime<Utc>,
    /// The version of the application, as the device told it.
    pub application_version: Option<Line>,
    /// What kind of phone it is, as the device told it.
    pub model: Option<Line>,
}

/// A command: a phone shows a code and becomes the device.
#[derive(Debug, Clone)]
pub struct NewEnrolment {
    /// The identifier that the phone made; it has never used it before.
    pub id: EnrolmentId,
    /// The version of its application.
    pub application_version: Option<Line>,
    /// What kind of phone it is.
    pub model: Option<Line>,
}

/// A code as kept: for which device it is, and what became of it. The code itself is known by its hash alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When a newer code took its place.
    pub replaced_at: Option<DateTime<Utc>>,
    /// The enrolment that used it.
    pub used_by: Option<EnrolmentId>,
}

impl Device {
    /// Decides whether a phone that presents a code of this device becomes the device, and what that looks like.
    ///
    /// The enrolment before, if there is one, ends by it; sequence numbers begin anew. None where the same exchange
    /// was done before and still stands.
    pub fn enrolled(
        &self,
        code: EnrolmentCode,
        new: NewEnrolment,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, DeviceRefusal> {
        let current = self.enrolment.as_ref().map(|enrolment| enrolment.id);
        match code.used_by {
            Some(used_by) if used_by == new.id && current == Some(used_by) && now < code.expires_at => {
                self.check_in_use(now).map(|()| None)
            }
            Some(_) => Err(DeviceRefusal::CodeUsed),
            None if code.replaced_at.is_some() => Err(DeviceRefusal::CodeUnknown),
            None if code.expires_at <= now => Err(DeviceRefusal::CodeExpired),
            None => {
                self.check_in_use(now)?;
                let NewEnrolment { id, application_version, model } = new;
                let enrolment = Some(Enrolment { id, at: now, application_version, model });
                let signs = Signs { last_seen_at: Some(now), ..Signs::default() };
                Ok(Some(Self { enrolment, signs, version: self.version + 1, ..self.clone() }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        device::{Revoked, Window},
        text::Passage,
    };
    use uuid::Uuid;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn minutes(minutes: i64) -> DateTime<Utc> {
        START + TimeDelta::minutes(minutes)
    }

    fn device() -> Device {
        Device {
            id: Uuid::from_u128(1).into(),
            version: 1,
            created_at: START,
            name: Line::parse("name", "North door").unwrap(),
            events: vec![Uuid::from_u128(2).into()],
            checkpoints: Vec::new(),
            window: Window::parse(START, START + TimeDelta::days(1)).unwrap(),
            enrolment: None,
            signs: Signs::default(),
            revoked: None,
        }
    }

    fn code() -> EnrolmentCode {
        EnrolmentCode { expires_at: minutes(15), replaced_at: None, used_by: None }
    }

    fn phone(n: u128) -> NewEnrolment {
        NewEnrolment { id: EnrolmentId(Uuid::from_u128(n)), application_version: None, model: None }
    }

    #[test]
    fn a_code_makes_a_phone_the_device_once() {
        let enrolled = device().enrolled(code(), phone(7), minutes(1)).unwrap().unwrap();
        let used = EnrolmentCode { used_by: Some(phone(7).id), ..code() };
        assert_eq!(enrolled.enrolled(used, phone(8), minutes(2)), Err(DeviceRefusal::CodeUsed));
        // The answer was lost on its way: the same phone asks again.
        assert_eq!(enrolled.enrolled(used, phone(7), minutes(2)), Ok(None));
        assert_eq!(enrolled.enrolled(used, phone(7), minutes(15)), Err(DeviceRefusal::CodeUsed));
    }

    #[test]
    fn a_code_that_is_late_or_replaced_or_of_a_revoked_device_is_refused() {
        assert_eq!(device().enrolled(code(), phone(7), minutes(15)), Err(DeviceRefusal::CodeExpired));
        let replaced = EnrolmentCode { replaced_at: Some(START), ..code() };
        assert_eq!(device().enrolled(replaced, phone(7), minutes(1)), Err(DeviceRefusal::CodeUnknown));
        let reason = Passage::parse("reason", "Lost.").unwrap();
        let lost = Device { revoked: Some(Revoked { at: START, reason }), ..device() };
        assert_eq!(lost.enrolled(code(), phone(7), minutes(1)), Err(DeviceRefusal::Revoked));
        let late = EnrolmentCode { expires_at: START + TimeDelta::days(100), ..code() };
        let long_after = START + TimeDelta::days(31);
        assert_eq!(device().enrolled(late, phone(7), long_after), Err(DeviceRefusal::PastItsWindow));
    }

    #[test]
    fn to_enrol_again_ends_the_enrolment_before_and_begins_its_counting_anew() {
        let mut first = device().enrolled(code(), phone(7), minutes(1)).unwrap().unwrap();
        first.signs = Signs { pending: Some(3), highest_sequence: Some(40), ..first.signs };
        let second = first.enrolled(code(), phone(8), minutes(5)).unwrap().unwrap();
        assert_eq!(second.enrolment.as_ref().map(|enrolment| enrolment.id), Some(phone(8).id));
        assert_eq!((second.signs.pending, second.signs.highest_sequence), (None, None));
        // The code of the first enrolment does not bring it back.
        let used = EnrolmentCode { used_by: Some(phone(7).id), ..code() };
        assert_eq!(second.enrolled(used, phone(7), minutes(6)), Err(DeviceRefusal::CodeUsed));
    }
}
