//! Devices: the matter of those who run the events that they serve, seen by those who check people in there.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.thisDevice",
        about: "oneself, whom none of these is",
        document: "{ thisDevice { id } }",
        answers: "00000000",
    },
    Row {
        operation: "Query.devices",
        about: "of the conference, each of what they see",
        document: "{ devices(eventId: @conference) { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.rejectedScans",
        about: "of the conference, each of what they see",
        document: "{ rejectedScans(eventId: @conference) { nodes { reason text } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.prepareDevice",
        about: "for the conference",
        document: "mutation { prepareDevice(input: { name: \"Door\", eventIds: [@conference],
            closesAt: \"2026-11-03T00:00:00Z\" }) { device { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.renewDeviceCode",
        about: "of a device at the conference",
        document: "mutation { renewDeviceCode(input: { deviceId: @device }) { code { expiresAt } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.enrolDevice",
        about: "with an unknown code",
        document: "mutation { enrolDevice(input: { code: \"a\",
            enrolmentId: \"01900000-0000-7000-8000-00000000000d\" }) { accessToken } }",
        answers: "++++++++",
    },
    Row {
        operation: "Mutation.updateDevice",
        about: "at the conference",
        document: "mutation { updateDevice(input: { deviceId: @device, name: \"South door\" }) { device { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.revokeDevice",
        about: "at the conference",
        document: "mutation { revokeDevice(input: { deviceId: @device, reason: \"A test.\" }) { device { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Query.checkInManifest",
        about: "of the conference",
        document: "{ checkInManifest(eventId: @conference, first: 1) { cursor } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Query.checkInRevocations",
        about: "of the conference",
        document: "{ checkInRevocations(eventId: @conference, first: 1) { cursor } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Query.node",
        about: "a device at the conference",
        document: "{ node(id: @device) { id } }",
        answers: "!+00+0+0",
    },
];
