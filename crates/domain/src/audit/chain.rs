//! The chain: each row of the trail is sealed with a hash over its canonical bytes and the hash of the row before.
//!
//! The bytes are JSON in its canonical form, so that both databases and any other program come to the same.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Canonical;
use crate::problem::{Fault, Invalid};

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Digest([u8; 32]);

/// A row of the trail, as far as the chain covers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number; numbers rise, and some are missing where a write was given up.
    pub sequence: i64,
    /// The transaction that wrote it, where the database numbers them; else zero.
    pub transaction: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `account:…`, `device:…`, `service_account:…`, `system:…`.
    pub actor: Option<String>,
    /// For whom the actor did it, where that is someone else.
    pub on_behalf_of: Option<String>,
    /// The request in which it was done.
    pub request: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of record.
    pub subject_kind: String,
    /// To which record.
    pub subject: Uuid,
    /// The event it belongs to.
    pub event: Option<Uuid>,
    /// The record before, without what is personal.
    pub before: Option<Canonical>,
    /// The record after, without what is personal.
    pub after: Option<Canonical>,
    /// The digest of the personal part.
    pub personal: Option<Digest>,
}

/// The end of the chain: what an auditor notes down to hold against the trail later.
///
/// Its text form is `position:hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// How many rows are sealed.
    pub position: i64,
    /// The hash of the last.
    pub hash: Digest,
}

impl Entry {
    /// The hash of this row after that of the row before.
    #[must_use]
    pub fn seal(&self, former: Digest) -> Digest {
        let mut hash = Sha256::new();
        hash.update(former.0);
        hash.update(self.canonical());
        Digest(hash.finalize().into())
    }

    /// What is hashed: a list, of which the records are written already.
    fn canonical(&self) -> String {
        let known = (
            self.sequence,
            self.transaction,
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            &self.actor,
            &self.on_behalf_of,
            &self.request,
            &self.action,
            &self.subject_kind,
            self.subject,
            self.event,
        );
        let personal = self.personal.map(|digest| format!("\"{digest}\""));
        let [before, after] =
            [&self.before, &self.after].map(|record| record.as_ref().map(Canonical::as_str));
        let mut text = serde_json::to_string(&known).expect("words and numbers can be written");
        text.pop();
        for item in [before, after, personal.as_deref()] {
            text.push(',');
            text.push_str(item.unwrap_or("null"));
        }
        text.push(']');
        text
    }
}

/// The digest of a personal part, over its text as it is stored. A salt in it keeps it from being guessed.
#[must_use]
pub fn personal_digest(text: &str) -> Digest {
    Digest(Sha256::digest(text.as_bytes()).into())
}

impl Digest {
    /// Reads the bytes of a hash; none if there are not 32.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    fn parse(text: &str) -> Option<Self> {
        HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl Head {
    /// Reads `position:hash`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Invalid> {
        let malformed = || {
            let reason = "a head is a position, a colon and 64 hexadecimal digits".to_owned();
            Invalid::new(field, Fault::Malformed { reason })
        };
        let (position, hash) = text.trim().split_once(':').ok_or_else(malformed)?;
        let position = position.parse().ok().filter(|position| *position >= 0).ok_or_else(malformed)?;
        Ok(Self { position, hash: Digest::parse(hash).ok_or_else(malformed)? })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.position, self.hash)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A record in its canonical form.
    pub(in crate::audit) fn record(record: Value) -> Option<Canonical> {
        serde_json::from_value(record).unwrap()
    }

    /// The nth row of a made-up trail.
    pub(in crate::audit) fn entry(sequence: i64) -> Entry {
        Entry {
            sequence,
            transaction: 0,
            at: DateTime::from_timestamp(1_767_225_600 + sequence, 0).unwrap(),
            actor: Some("account:1".to_owned()),
            on_behalf_of: None,
            request: Some("r".to_owned()),
            action: "event.update".to_owned(),
            subject_kind: "event".to_owned(),
            subject: Uuid::from_u128(7),
            event: None,
            before: record(json!({ "title": "A" })),
            after: record(json!({ "title": "B", "capacity": 40 })),
            personal: None,
        }
    }

    #[test]
    fn every_field_of_a_row_counts() {
        let seal = |change: fn(&mut Entry)| {
            let mut entry = entry(1);
            change(&mut entry);
            entry.seal(Digest::default())
        };
        let whole = seal(|_| {});
        let changes: [fn(&mut Entry); 13] = [
            |entry| entry.sequence = 2,
            |entry| entry.transaction = 2,
            |entry| entry.at += chrono::TimeDelta::microseconds(1),
            |entry| entry.actor = None,
            |entry| entry.on_behalf_of = Some("account:1".to_owned()),
            |entry| entry.request = None,
            |entry| entry.action = "event.cancel".to_owned(),
            |entry| entry.subject_kind = "program".to_owned(),
            |entry| entry.subject = Uuid::nil(),
            |entry| entry.event = Some(Uuid::nil()),
            |entry| entry.before = None,
            |entry| entry.after = record(json!({ "title": "C", "capacity": 40 })),
            |entry| entry.personal = Some(Digest::default()),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            assert_ne!(seal(change), whole, "change {index}");
        }
        assert_ne!(entry(1).seal(whole), whole, "the row before counts too");
    }

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head { position: 12, hash: entry(1).seal(Digest::default()) };
        assert_eq!(Head::parse("head", &head.to_string()), Ok(head));
        for text in ["", "12", "12:ab", "-1:00", "x:y", &format!("1:{}", "é".repeat(32))] {
            assert!(Head::parse("head", text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_seal_is_what_it_always_was() {
        // The same comes from any other program that follows `docs/audit.md`.
        let expected = "53487f0a83b6b79512ccf11af501238b157c02e9ee9d9bad5d5ca75506026ee8";
        assert_eq!(entry(1).seal(Digest::default()).to_string(), expected);
    }
}
