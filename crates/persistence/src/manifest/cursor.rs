//! How far a device has read the people of an event: within the snapshot, or along the changes after it.
//!
//! A cursor is opaque. It names a change that must still be in the feed: after a restored backup, or once the feed was
//! cut, it is not, and the device begins anew.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use hemicycle_domain::{
    id::{EventId, Id},
    manifest::ManifestNames,
    problem::{Fault, Invalid},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::feed::Cursor;

/// What is read along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Feed {
    /// Everyone who is expected.
    #[serde(rename = "m")]
    Roster,
    /// Whose badges are not good any more.
    #[serde(rename = "r")]
    Revocations,
}

/// How far a device has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    version: u8,
    feed: Feed,
    event: Uuid,
    /// What the device holds of names: with another setting it must begin anew.
    names: ManifestNames,
    transaction: i64,
    sequence: i64,
    /// The last person of the snapshot that was read, as long as it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<(DateTime<Utc>, Uuid)>,
}

const VERSION: u8 = 1;
const LONGEST: usize = 400;

impl Position {
    /// At the beginning of a snapshot; the changes since this place of the feed follow it.
    pub(super) fn start(feed: Feed, event: EventId, names: ManifestNames, since: Cursor) -> Self {
        Self {
            version: VERSION,
            feed,
            event: event.uuid(),
            names,
            transaction: since.transaction,
            sequence: since.sequence,
            after: None,
        }
    }

    /// Within the snapshot, after this row.
    pub(super) fn within(self, after: (DateTime<Utc>, Uuid)) -> Self {
        Self { after: Some(after), ..self }
    }

    /// After the snapshot, before the changes since it began.
    pub(super) fn past_snapshot(self) -> Self {
        Self { after: None, ..self }
    }

    /// After this change.
    pub(super) fn past(self, change: Cursor) -> Self {
        Self { transaction: change.transaction, sequence: change.sequence, after: None, ..self }
    }

    /// The place of the feed whose later changes have not been read.
    pub(super) fn place(self) -> Cursor {
        Cursor { transaction: self.transaction, sequence: self.sequence }
    }

    /// The row of the snapshot after which it goes on, while it does.
    pub(super) fn after(self) -> Option<(DateTime<Utc>, Uuid)> {
        self.after
    }

    /// Whether it goes on from here in this feed of this event, with names as they are shown now.
    pub(super) fn belongs_to(self, feed: Feed, event: EventId, names: ManifestNames) -> bool {
        self.version == VERSION
            && self.feed == feed
            && self.event == event.uuid()
            && (self.names == names || feed == Feed::Revocations)
    }

    /// Whether it was given out for this event, whichever feed it is of.
    pub(super) fn is_of(self, event: EventId) -> bool {
        self.version == VERSION && self.event == event.uuid()
    }

    pub(super) fn write(self) -> String {
        BASE64.encode(serde_json::to_vec(&self).expect("a cursor has string keys and finite numbers"))
    }

    pub(super) fn read(text: &str) -> Result<Self, Invalid> {
        let bytes = if text.len() > LONGEST { None } else { BASE64.decode(text).ok() };
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            let reason = "not a cursor of a manifest; begin anew without one".to_owned();
            Invalid::new("after", Fault::Malformed { reason })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_out_and_belongs_to_one_feed() {
        let event = EventId::from(Uuid::from_u128(1));
        let since = Cursor { transaction: 7, sequence: 8 };
        let start = Position::start(Feed::Roster, event, ManifestNames::Full, since);
        let within = start.within((DateTime::UNIX_EPOCH, Uuid::from_u128(2)));
        for position in [start, within, start.past(Cursor { transaction: 9, sequence: 10 })] {
            assert_eq!(Position::read(&position.write()), Ok(position));
        }
        assert_eq!(within.past_snapshot(), start);
        assert!(start.belongs_to(Feed::Roster, event, ManifestNames::Full));
        assert!(!start.belongs_to(Feed::Roster, event, ManifestNames::Nothing));
        assert!(!start.belongs_to(Feed::Revocations, event, ManifestNames::Full));
        assert!(!start.belongs_to(Feed::Roster, Uuid::from_u128(3).into(), ManifestNames::Full));
        for wrong in ["", "x", "e30", &"A".repeat(401)] {
            assert!(Position::read(wrong).is_err(), "{wrong}");
        }
    }
}
