//! What devices hand in, part by part: each is read by itself, so that one that cannot be read harms nothing else, and
//! what can never be taken is kept as text.

use async_graphql::ID;
use data_encoding::HEXLOWER;
use hemicycle_domain::{
    check_in::ScanReason,
    id::Id,
    problem::{Fault, Invalid},
};
use hemicycle_persistence::Stray;
use sha2::{Digest, Sha256};

use super::{id, scalar::ScanPart};

/// Why something that was handed in cannot be read, and the part that is at fault.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) reason: ScanReason,
    pub(crate) invalid: Invalid,
}

impl From<Invalid> for Unreadable {
    fn from(invalid: Invalid) -> Self {
        Self { reason: ScanReason::Malformed, invalid }
    }
}

/// The longest of what a device says of itself; more is cut off.
const LONGEST_NOTE: usize = 500;
/// How much is kept of what cannot be read, in characters.
const LONGEST_BODY: usize = 8_192;

/// The text of a part. What no text in the database can hold is shown by its sign.
pub(crate) fn text(part: Option<&ScanPart>) -> Option<String> {
    part.and_then(|part| part.0.as_ref()).map(|text| text.replace('\0', "\u{2400}"))
}

/// A part of which no more is kept than a line.
pub(crate) fn note(part: Option<&ScanPart>) -> Option<String> {
    text(part).map(|text| cut(&text, LONGEST_NOTE))
}

/// The beginning of a text, of so many characters at most.
pub(crate) fn cut(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// A part that is the global id of a record.
pub(crate) fn global<I: Id>(field: &str, part: Option<&ScanPart>) -> Result<Option<I>, Invalid> {
    text(part).map(|text| id::parse(field, &ID(text))).transpose()
}

/// A part that is a word of a list.
pub(crate) fn word<T>(
    field: &str,
    part: Option<&ScanPart>,
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, Invalid> {
    let unknown = |word: &str| {
        let reason = format!("{:?} is not one of its words", cut(word, 50));
        Invalid::new(field, Fault::Malformed { reason })
    };
    text(part).map(|text| read(&text.to_ascii_lowercase()).ok_or_else(|| unknown(&text))).transpose()
}

/// All parts as one text, each on a line of its own.
pub(crate) fn body<'a>(parts: impl IntoIterator<Item = (&'static str, &'a Option<ScanPart>)>) -> String {
    let said = parts.into_iter().filter_map(|(name, part)| Some((name, text(part.as_ref())?)));
    said.map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("\n")
}

/// What is kept of something that can never be taken, and who sent it.
pub(crate) fn stray(reason: ScanReason, body: &str, sent_by: &str) -> Stray {
    let mut hash = Sha256::new();
    hash.update(sent_by.as_bytes());
    hash.update([0]);
    hash.update(body.as_bytes());
    let digest = HEXLOWER.encode(&hash.finalize());
    let body = cut(body, LONGEST_BODY);
    Stray { sequence: None, reason, registration: None, credential: None, body, digest }
}
