//! What each field of a record is to the audit trail: open, personal or secret. The one place that says it.
//!
//! Of records about people every field is personal that is not named here as open, so that a new column is withheld
//! until someone has thought about it. Secrets are never written down, whatever record they stand in.

use serde_json::{Map, Value, json};

use crate::id::RecordKind;

/// Who may read a field in the trail, and whether it outlives its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldClass {
    /// Every auditor reads it, for ever.
    Open,
    /// No auditor reads it, and it goes when its person is anonymised.
    Personal,
    /// It is not written down at all.
    Secret,
}

/// A record before and after a change, parted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parted {
    /// The record before: what is personal is marked, not told.
    pub before: Option<Value>,
    /// The record after, likewise; the mark says which personal fields changed.
    pub after: Option<Value>,
    /// The personal fields, `{"before": …, "after": …}`; none where there are none.
    pub personal: Option<Value>,
}

/// Stands for a personal field that is as it was.
const PERSONAL: &str = "[personal]";
/// Stands for a personal field that this change altered.
const PERSONAL_CHANGED: &str = "[personal, changed]";

/// Says what a field of a kind of record is.
#[must_use]
pub fn class_of(kind: RecordKind, field: &str) -> FieldClass {
    if is_secret(field) {
        return FieldClass::Secret;
    }
    let is_open = match kind {
        RecordKind::Agreement
        | RecordKind::BadgeKey
        | RecordKind::Checkpoint
        | RecordKind::Device
        | RecordKind::Event
        | RecordKind::GlassBreak
        | RecordKind::Grant
        | RecordKind::HeadcountReport
        | RecordKind::ParticipantCategory
        | RecordKind::Partner
        | RecordKind::Program
        | RecordKind::ProgramBasis
        | RecordKind::ClientSecret
        | RecordKind::ServiceAccount
        | RecordKind::Session
        | RecordKind::SigningKey
        | RecordKind::Source
        | RecordKind::Territory => true,
        RecordKind::Citation => !["wording", "reading", "note"].contains(&field),
        RecordKind::Delegation => field != "note",
        RecordKind::Account => is_common(field) || ACCOUNT.contains(&field),
        RecordKind::AccountSession => is_common(field) || ACCOUNT_SESSION.contains(&field),
        RecordKind::Contribution => is_common(field) || CONTRIBUTION.contains(&field),
        RecordKind::Participant => is_common(field) || PARTICIPANT.contains(&field),
        RecordKind::Registration | RecordKind::TestResult => {
            is_common(field) || REGISTRATION.contains(&field)
        }
        RecordKind::Scan => is_common(field) || SCAN.contains(&field),
        RecordKind::WalkIn => is_common(field) || WALK_IN.contains(&field),
    };
    if is_open { FieldClass::Open } else { FieldClass::Personal }
}

/// Parts a record as it was and as it is into what stays open and what is personal; secrets are left out.
#[must_use]
pub fn part(kind: RecordKind, before: Option<Value>, after: Option<Value>) -> Parted {
    let mut hidden = Map::new();
    let former = before.as_ref().and_then(Value::as_object).cloned();
    let mut part_one = |side: &str, record: Value, former: Option<&Map<String, Value>>| {
        let Value::Object(fields) = record else { return record };
        let mut open = Map::new();
        let mut personal = Map::new();
        for (field, value) in fields {
            match class_of(kind, &field) {
                FieldClass::Secret => {}
                FieldClass::Open => drop(open.insert(field, value)),
                FieldClass::Personal => {
                    let is_as_it_was = former.is_none_or(|former| former.get(&field) == Some(&value));
                    let mark = if is_as_it_was { PERSONAL } else { PERSONAL_CHANGED };
                    open.insert(field.clone(), json!(mark));
                    personal.insert(field, value);
                }
            }
        }
        if !personal.is_empty() {
            hidden.insert(side.to_owned(), Value::Object(personal));
        }
        Value::Object(open)
    };
    let before = before.map(|record| part_one("before", record, None));
    let after = after.map(|record| part_one("after", record, former.as_ref()));
    let personal = (!hidden.is_empty()).then_some(Value::Object(hidden));
    Parted { before, after, personal }
}

/// Whether a field of this name holds what must never be read back.
fn is_secret(field: &str) -> bool {
    field.ends_with("_hash")
        || ["password", "secret", "token", "recovery", "private_key"].iter().any(|word| field.contains(word))
}

/// Fields that tell nothing of a person, whatever record they stand in.
fn is_common(field: &str) -> bool {
    ["id", "version", "created_at", "event_id", "partner_id", "program_id", "session_id", "territory_id"]
        .contains(&field)
}

/// Of a session: since when, how long and why not any more; not from where.
const ACCOUNT_SESSION: &[&str] = &["account_id", "opened_at", "last_used_at", "ended_at", "ended_why"];
const ACCOUNT: &[&str] = &[
    "account_id",
    "role",
    "place_kind",
    "country",
    "granted_at",
    "granted_by",
    "revoked_at",
    "disabled_at",
    "second_factor_since",
    "provider_since",
    "linked_at",
    "issuer",
    "people",
    "participant_ids",
    "rejected_scan_ids",
    "glass_breaks",
];
const CONTRIBUTION: &[&str] = &["registration_id", "kind"];
const PARTICIPANT: &[&str] = &[
    "home_partner_id",
    "country",
    "merged_into_id",
    "archived_at",
    // What an export or an erasure tells of itself.
    "reason",
    "registrations",
    "changes",
];
const REGISTRATION: &[&str] = &[
    "participant_id",
    "role",
    "category_id",
    "delegation_id",
    "is_delegation_head",
    "country",
    "status",
    "merged_into_id",
    // Of its badge.
    "registration_id",
    "serial",
    "issued_at",
    "revoked_at",
    // Of its test results, whose changes are told of it.
    "stage",
];
const WALK_IN: &[&str] =
    &["registration_id", "participant_id", "known_id", "made_at", "settled_at", "outcome", "flags"];
const SCAN: &[&str] = &[
    "registration_id",
    "direction",
    "method",
    "device_id",
    "device_sequence",
    "enrolment_id",
    "checkpoint_id",
    "manifest_cursor",
    "captured_at",
    "counted_at",
    "counted_for",
    "claimed_id",
    "claimed_sequence",
    "sent_at",
    "received_at",
    "flags",
    "walk_in_id",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_identifies_a_person_is_marked_and_kept_apart() {
        let before = json!({ "id": "1", "email": "a@example.org", "birth_year": 1980 });
        let after = json!({ "id": "1", "email": "b@example.org", "birth_year": 1980 });
        let parted = part(RecordKind::Participant, Some(before), Some(after));
        let marked = json!({ "id": "1", "email": "[personal]", "birth_year": "[personal]" });
        assert_eq!(parted.before, Some(marked));
        let marked = json!({ "id": "1", "email": "[personal, changed]", "birth_year": "[personal]" });
        assert_eq!(parted.after, Some(marked));
        let personal = parted.personal.unwrap();
        assert_eq!(personal["before"], json!({ "email": "a@example.org", "birth_year": 1980 }));
        assert_eq!(personal["after"], json!({ "email": "b@example.org", "birth_year": 1980 }));
    }

    #[test]
    fn a_record_about_a_thing_is_open() {
        let record = json!({ "id": "1", "names": ["Seminar"] });
        let parted = part(RecordKind::Event, None, Some(record.clone()));
        assert_eq!(parted, Parted { before: None, after: Some(record), personal: None });
    }

    #[test]
    fn a_field_that_nobody_thought_of_is_personal_where_the_record_is_about_people() {
        for kind in [RecordKind::Account, RecordKind::Participant, RecordKind::Registration, RecordKind::Scan]
        {
            assert_eq!(class_of(kind, "shoe_size"), FieldClass::Personal, "{kind}");
        }
    }

    #[test]
    fn no_secret_is_written_down() {
        for kind in RecordKind::ALL {
            for field in ["password_hash", "token_hash", "refresh_token", "totp_secret", "recovery_codes"] {
                let record = json!({ field: "x" });
                let parted = part(*kind, Some(record.clone()), Some(record));
                assert_eq!(parted.before, Some(json!({})), "{field} of {kind}");
                assert_eq!(parted.after, Some(json!({})), "{field} of {kind}");
                assert_eq!(parted.personal, None, "{field} of {kind}");
            }
        }
    }
}
