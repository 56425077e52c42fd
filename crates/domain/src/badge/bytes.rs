//! The bytes of a badge and their text form, for writing and for reading.
//!
//! The text is base45, whose letters are those of a QR code's alphanumeric mode: the 154 characters fill a QR code
//! of version 6 at level M, where base64 would need version 8. Nothing here knows whether a badge is genuine.

use uuid::Uuid;

use super::{Badge, BadgeRefusal, CategoryCode, Day, EventMark, KeyId, Validity};
use crate::id::Id;

/// What every badge begins with, so that a reader passes by other codes.
pub const PREFIX: &str = "HMB:";

/// How many characters a badge has, the prefix among them.
pub const TEXT_LENGTH: usize = 154;

/// The version of the bytes that is written.
const VERSION: u8 = 1;

/// How many bytes come before the signature.
const CONTENT: usize = 36;

/// How many bytes a badge has.
const LENGTH: usize = CONTENT + 64;

/// A badge as text: what its QR code holds. Whoever holds it can show it at the door.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    pub(super) fn of(content: &[u8; CONTENT], signature: &[u8; 64]) -> Self {
        let mut bytes = [0; LENGTH];
        bytes[..CONTENT].copy_from_slice(content);
        bytes[CONTENT..].copy_from_slice(signature);
        Self::of_bytes(&bytes)
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self(format!("{PREFIX}{}", base45::encode(bytes)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Credential(..)")
    }
}

/// A badge that was read, and what is needed to tell whether it is genuine.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) key: KeyId,
    pub(super) badge: Badge,
    pub(super) content: [u8; CONTENT],
    pub(super) signature: [u8; 64],
}

/// Writes the bytes before the signature.
pub(super) fn content(key: KeyId, badge: &Badge) -> [u8; CONTENT] {
    let mut bytes = [0; CONTENT];
    bytes[0] = VERSION;
    bytes[1..5].copy_from_slice(&key.0);
    bytes[5..13].copy_from_slice(&badge.event.0);
    bytes[13..29].copy_from_slice(badge.registration.uuid().as_bytes());
    bytes[29] = badge.category.0;
    bytes[30..32].copy_from_slice(&badge.serial.to_be_bytes());
    bytes[32..34].copy_from_slice(&badge.validity.from.0.to_be_bytes());
    bytes[34..36].copy_from_slice(&badge.validity.until.0.to_be_bytes());
    bytes
}

/// What is signed: the prefix and the bytes before the signature. The prefix keeps what a key signs as a badge
/// from being taken for anything else.
pub(super) fn signed(content: &[u8]) -> Vec<u8> {
    [PREFIX.as_bytes(), content].concat()
}

/// Reads the text of a badge. A text has one meaning and a badge one text: no letter may be of another case, no
/// white space may stand around it.
pub(super) fn read(text: &str) -> Result<Read, BadgeRefusal> {
    let body = text.strip_prefix(PREFIX).ok_or(BadgeRefusal::NotABadge)?;
    // The length comes first: whatever is shown at a door is not decoded before it could be a badge.
    if text.len() != TEXT_LENGTH {
        return Err(BadgeRefusal::Malformed);
    }
    let bytes = base45::decode(body).map_err(|_| BadgeRefusal::Malformed)?;
    let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| BadgeRefusal::Malformed)?;
    if bytes[0] != VERSION {
        return Err(BadgeRefusal::UnknownVersion);
    }
    let badge = Badge {
        event: EventMark(part(&bytes, 5)),
        registration: Uuid::from_bytes(part(&bytes, 13)).into(),
        category: CategoryCode(bytes[29]),
        serial: u16::from_be_bytes(part(&bytes, 30)),
        validity: Validity {
            from: Day(u16::from_be_bytes(part(&bytes, 32))),
            until: Day(u16::from_be_bytes(part(&bytes, 34))),
        },
    };
    let (content, signature) = (part(&bytes, 0), part(&bytes, CONTENT));
    Ok(Read { key: KeyId(part(&bytes, 1)), badge, content, signature })
}

fn part<const N: usize>(bytes: &[u8; LENGTH], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the parts lie within the bytes of a badge")
}
