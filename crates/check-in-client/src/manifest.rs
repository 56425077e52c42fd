//! What a device holds of an event, so that it can judge without a network: people, revocations, keys, checkpoints.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER_PERMISSIVE;
use hemicycle_domain::{
    badge::{BadgeKey, verify},
    id::{EventId, Id},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::operation::{ManifestPage, RevocationPage};

/// What a device holds of an event. It is kept with the cursors that belong to it, in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    event: Option<EventShown>,
    people: BTreeMap<Uuid, Person>,
    revocations: BTreeMap<Uuid, Revoked>,
    keys: Vec<String>,
    checkpoints: Vec<Doors>,
    people_cursor: Option<String>,
    revocations_cursor: Option<String>,
}

/// The event, as a device shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventShown {
    uuid: Uuid,
    title: String,
    status: String,
}

/// Someone who is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The registration, as badges name it.
    pub registration_uuid: Uuid,
    /// The registration, as the API names it.
    pub registration_id: String,
    /// As much of the name as the event lets devices hold.
    pub name: Option<String>,
    /// What the person is at the event.
    pub role: String,
    /// The first serial of the person's badge that is good.
    pub first_good_serial: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Revoked {
    is_cancelled: bool,
    first_good_serial: u16,
}

/// A checkpoint with its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Doors {
    /// Its global id.
    pub id: String,
    /// What people are scanned at.
    pub kind: String,
    /// The day, of a day's checkpoint.
    pub day: Option<NaiveDate>,
    /// From when people are let through.
    pub opens_at: Option<DateTime<Utc>>,
    /// Until when people are let through.
    pub closes_at: Option<DateTime<Utc>>,
    /// From when time counts as attended.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when time counts as attended.
    pub ends_at: Option<DateTime<Utc>>,
    /// How many may be in at once.
    pub capacity: Option<i32>,
    /// Whether people are scanned as they go out.
    pub scans_exits: bool,
    /// What a missing exit means.
    pub missing_exit: String,
    /// For how many minutes it stands.
    pub missing_exit_minutes: Option<i32>,
}

/// What the device tells the operator about a code. It decides about nothing: every scan is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// The badge is good, and this is who bears it.
    Welcome(&'a Person),
    /// The badge is genuine, and was revoked or replaced.
    Revoked,
    /// The badge is genuine, and nobody of that registration is expected, as far as the device knows.
    NotExpected,
    /// The badge cannot be relied on, or is not for this door; one of the reasons of the protocol.
    NotGood(&'static str),
}

impl Verdict<'_> {
    /// The word under which it is handed in with the scan.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Welcome(_) => "WELCOME",
            Self::Revoked => "REVOKED",
            Self::NotExpected => "NOT_EXPECTED",
            Self::NotGood(reason) => reason,
        }
    }
}

impl Manifest {
    /// Takes in a page of revocations; tells whether there is more to be read at once.
    pub(crate) fn take_revocations(&mut self, page: RevocationPage) -> bool {
        if page.requires_full_resync {
            self.revocations.clear();
            self.revocations_cursor = None;
            return true;
        }
        for revocation in page.revocations {
            let revoked = Revoked {
                is_cancelled: revocation.is_cancelled,
                first_good_serial: revocation.first_good_serial,
            };
            self.revocations.insert(revocation.registration_uuid, revoked);
        }
        self.revocations_cursor = page.cursor;
        page.has_more
    }

    /// Takes in a page of people; tells whether there is more to be read at once.
    pub(crate) fn take_people(&mut self, page: ManifestPage) -> bool {
        if page.requires_full_resync {
            self.people.clear();
            self.people_cursor = None;
            return true;
        }
        self.event = Some(page.event);
        self.people.extend(page.entries.into_iter().map(|person| (person.registration_uuid, person)));
        for removed in page.removed {
            self.people.remove(&removed.registration_uuid);
        }
        self.keys = page.keys.into_iter().map(|key| key.public_key).collect();
        self.checkpoints = page.checkpoints;
        self.people_cursor = page.cursor;
        page.has_more
    }

    /// Where the people go on.
    #[must_use]
    pub fn people_cursor(&self) -> Option<&str> {
        self.people_cursor.as_deref()
    }

    /// Where the revocations go on.
    #[must_use]
    pub fn revocations_cursor(&self) -> Option<&str> {
        self.revocations_cursor.as_deref()
    }

    /// Those who are expected.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The checkpoints where the device may stand.
    #[must_use]
    pub fn checkpoints(&self) -> &[Doors] {
        &self.checkpoints
    }

    /// Judges a code by what the device holds and by its clock, without a network.
    #[must_use]
    pub fn judge(&self, code: &str, now: DateTime<Utc>) -> Verdict<'_> {
        let Some(event) = &self.event else { return Verdict::NotGood("UNKNOWN_KEY") };
        let badge = match verify(code, &self.badge_keys(), EventId::from(event.uuid), now) {
            Ok(badge) => badge,
            Err(refusal) => return Verdict::NotGood(refusal.as_str()),
        };
        let registration = badge.registration.uuid();
        let is_revoked = |revoked: &Revoked| revoked.is_cancelled || badge.serial < revoked.first_good_serial;
        if self.revocations.get(&registration).is_some_and(is_revoked) {
            return Verdict::Revoked;
        }
        match self.people.get(&registration) {
            None => Verdict::NotExpected,
            Some(person) if badge.serial < person.first_good_serial => Verdict::Revoked,
            Some(person) => Verdict::Welcome(person),
        }
    }

    /// The keys that can be relied on; one that cannot be read verifies nothing.
    fn badge_keys(&self) -> Vec<BadgeKey> {
        let parsed = self.keys.iter().filter_map(|key| HEXLOWER_PERMISSIVE.decode(key.as_bytes()).ok());
        parsed.filter_map(|bytes| BadgeKey::parse(&bytes).ok()).collect()
    }
}
