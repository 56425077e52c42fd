//! What a device may ask: the few operations of a door, and of their answers what a door needs.
//!
//! Everything else does not exist for it. Which records it sees is not decided here but by the scope of its actor.

use std::collections::HashSet;

use apollo_compiler::executable::{Operation, Selection, SelectionSet};

use super::{
    document::Document,
    refusal::{Fault, Refused},
};
use crate::graphql::ErrorCode;

/// The objects of which a device reads every field.
const WHOLE: &[&str] = &[
    "Attendance",
    "BadgeRevocation",
    "CheckInManifest",
    "CheckInPayload",
    "CheckInRevocations",
    "CheckpointAttendance",
    "DayRule",
    "DevicePresence",
    "EnrolDevicePayload",
    "EventAttendance",
    "FileLineError",
    "InvalidInputError",
    "LocalizedText",
    "ManifestEntry",
    "ManifestEvent",
    "ManifestKey",
    "ManifestRemoval",
    "RateLimit",
    "RuleError",
    "ScanResult",
    "SequenceRange",
    "SubmitScansPayload",
    "Translation",
    "UndoCheckInPayload",
    "UserError",
    "WalkInResult",
];

/// The objects of which a device reads some fields: a person's name comes with the manifest, as the event wants it.
const IN_PART: &[(&str, &[&str])] = &[
    ("CategoryAttendance", &["attended", "categoryId", "expected", "inside"]),
    (
        "Checkpoint",
        &[
            "capacity",
            "closesAt",
            "day",
            "endsAt",
            "id",
            "kind",
            "missingExit",
            "missingExitMinutes",
            "name",
            "opensAt",
            "scansExits",
            "startsAt",
            "version",
        ],
    ),
    (
        "Device",
        &[
            "applicationVersion",
            "checkpointIds",
            "closesAt",
            "enrolledAt",
            "enrolmentId",
            "eventIds",
            "highestSequence",
            "id",
            "lastSeenAt",
            "model",
            "name",
            "opensAt",
            "pending",
            "version",
        ],
    ),
    ("Mutation", &["checkIn", "registerWalkIn", "submitScans", "undoCheckIn"]),
    ("Query", &["checkInManifest", "checkInRevocations", "eventAttendance", "rateLimit", "thisDevice"]),
    ("RegisterWalkInPayload", &["errors", "registration", "walkIn"]),
    ("Registration", &["attendance", "id", "role", "status"]),
    (
        "Scan",
        &[
            "capturedAt",
            "checkpoint",
            "countedAt",
            "counts",
            "direction",
            "flags",
            "method",
            "receivedAt",
            "registration",
            "scanId",
            "session",
            "undoneAt",
            "undoneReason",
        ],
    ),
    ("SessionAttendance", &["attended", "expected", "inside", "sessionId"]),
    ("Subscription", &["eventAttendance"]),
    ("WalkIn", &["flags", "id", "madeAt", "registration"]),
];

/// Refuses an operation that asks for anything beyond.
pub(super) fn check(document: &Document, operation: &Operation) -> Result<(), Refused> {
    let mut walk = Walk { document, known: HashSet::new(), faults: Vec::new() };
    walk.look_at(&operation.selection_set);
    if walk.faults.is_empty() {
        return Ok(());
    }
    Err(Refused::many(ErrorCode::NotFound, walk.faults))
}

struct Walk<'a> {
    document: &'a Document,
    /// The fragments that were looked at.
    known: HashSet<&'a str>,
    faults: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn look_at(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    if is_open(&set.ty, &field.name) {
                        self.look_at(&field.selection_set);
                    } else {
                        let message = format!("a device has no field {}.{}", set.ty, field.name);
                        self.faults.push(Fault::at(self.document.places.find(field.location()), message));
                    }
                }
                Selection::InlineFragment(fragment) => self.look_at(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let name = spread.fragment_name.as_str();
                    if let Some(fragment) = self.document.executable.fragments.get(name)
                        && self.known.insert(name)
                    {
                        self.look_at(&fragment.selection_set);
                    }
                }
            }
        }
    }
}

fn is_open(object: &str, field: &str) -> bool {
    // What the schema is, everyone may know; its types begin with two underscores as its fields do.
    if field.starts_with("__") || object.starts_with("__") || WHOLE.contains(&object) {
        return true;
    }
    IN_PART.iter().any(|(known, fields)| *known == object && fields.contains(&field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{contract::Contract, limits::Limits};

    fn messages(text: &str) -> Vec<String> {
        let document = Document::read(Contract::of_this_program(), &Limits::IN_FORCE, text)
            .unwrap_or_else(|refused| panic!("{refused:?}"));
        let operation = document.operation(None).unwrap_or_else(|refused| panic!("{refused:?}"));
        match check(&document, operation) {
            Ok(()) => Vec::new(),
            Err(refused) => refused.faults.into_iter().map(|fault| fault.message).collect(),
        }
    }

    #[test]
    fn what_a_door_needs_is_open_and_all_else_does_not_exist() {
        assert_eq!(messages("{ __typename rateLimit { remaining } }"), [""; 0]);
        assert_eq!(messages("{ __type(name: \"Event\") { fields { name } } }"), [""; 0]);
        let document = "subscription { eventAttendance(eventId: \"x\") { expected registration { id } } }";
        assert_eq!(messages(document), [""; 0]);
        assert_eq!(messages("{ me { id } events { nodes { id } } }").len(), 2);
    }

    #[test]
    fn a_scan_does_not_tell_a_device_who_made_it() {
        let document = "mutation($i: CheckInInput!) { checkIn(input: $i) { scan { scanId countedAt
            device { name } operatorId operatorName localVerdict } } }";
        let fields = ["device", "operatorId", "operatorName", "localVerdict"];
        assert_eq!(messages(document), fields.map(|field| format!("a device has no field Scan.{field}")));
    }

    #[test]
    fn no_way_leads_from_a_registration_to_the_person() {
        let document = "mutation($i: CheckInInput!) { checkIn(input: $i) { ...P } }
            fragment P on CheckInPayload { registration { id ... on Registration { participant { name } } }
                scan { registration { event { id } } } }";
        assert_eq!(
            messages(document),
            ["a device has no field Registration.participant", "a device has no field Registration.event"]
        );
    }
}
