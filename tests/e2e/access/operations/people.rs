//! People, registrations, delegations and check-in: seen at one's own events and institutions, nowhere else.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.participant",
        about: "a guest at the conference",
        document: "{ participant(id: @guest) { id } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Query.participant",
        about: "a trainer at the seminar",
        document: "{ participant(id: @trainer) { id } }",
        answers: "!+000+00",
    },
    Row {
        operation: "Query.participants",
        about: "all that one may see",
        document: "{ participants { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createParticipant",
        about: "at home with the host",
        document: "mutation { createParticipant(input: { homePartnerId: @eci,
            names: [{ asWritten: \"New One\", language: \"en\" }] }) { participant { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.updateParticipant",
        about: "a guest at the conference, at home nowhere",
        document: "mutation { updateParticipant(input: { id: @guest, note: \"A note.\" }) { participant { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.mergeParticipants",
        about: "a guest into themselves, which no one gets done",
        document: "mutation { mergeParticipants(input: { fromId: @guest, intoId: @guest }) { participant { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Query.registration",
        about: "at the conference",
        document: "{ registration(id: @guest-registration) { id } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Mutation.registerWalkIn",
        about: "at the conference",
        document: "mutation { registerWalkIn(input: { walkInId: \"0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1c\",
            eventId: @conference, names: [{ asWritten: \"New One\", language: \"en\" }] }) { walkIn { id } } }",
        answers: "!+--+-+-",
    },
    Row {
        operation: "Mutation.confirmWalkIn",
        about: "at the conference",
        document: "mutation { confirmWalkIn(input: { walkInId: @walk-in, reason: \"Asked.\" }) { walkIn { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.mergeWalkIn",
        about: "at the conference, into a guest who has a registration",
        document: "mutation { mergeWalkIn(input: { walkInId: @walk-in, participantId: @guest, reason: \"Asked.\" }) {
            walkIn { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Query.badgeKeys",
        about: "all of them",
        document: "{ badgeKeys { keyId publicKey } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.badgeSheet",
        about: "of the conference",
        document: "{ badgeSheet(eventId: @conference) { badges } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Query.badgeSheet",
        about: "of a draft in Kazakhstan",
        document: "{ badgeSheet(eventId: @draft-kz) { badges } }",
        answers: "!+-+0000",
    },
    Row {
        operation: "Mutation.reissueBadge",
        about: "of a guest at the conference",
        document: "mutation { reissueBadge(input: { registrationId: @guest-registration }) { registration { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.revokeBadge",
        about: "of a guest at the conference",
        document:
            "mutation { revokeBadge(input: { registrationId: @guest-registration, reason: \"Lost.\" }) {
            registration { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.registerParticipant",
        about: "at the seminar, a new person",
        document: "mutation { registerParticipant(input: { eventId: @seminar, participant: { new: {
            names: [{ asWritten: \"New One\", language: \"en\" }] } } }) { registration { id } } }",
        answers: "!+---+--",
    },
    Row {
        operation: "Mutation.registerParticipant",
        about: "at a draft in Kazakhstan",
        document: "mutation { registerParticipant(input: { eventId: @draft-kz, participant: { new: {
            names: [{ asWritten: \"New One\", language: \"en\" }] } } }) { registration { id } } }",
        answers: "!+-+0000",
    },
    Row {
        operation: "Mutation.updateRegistration",
        about: "at the conference",
        document: "mutation { updateRegistration(input: { id: @guest-registration, role: SPEAKER })
            { registration { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.createDelegation",
        about: "to the conference",
        document: "mutation { createDelegation(input: { eventId: @conference, senderId: @jspi }) { delegation { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.updateDelegation",
        about: "to the conference; that it was sent is public",
        document: "mutation { updateDelegation(input: { id: @delegation, size: 3 }) { delegation { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.addContribution",
        about: "of a guest at the conference",
        document: "mutation { addContribution(input: { registrationId: @guest-registration, kind: LECTURE })
            { contribution { id } } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.checkIn",
        about: "at the conference",
        document: "mutation { checkIn(input: { registrationId: @guest-registration, method: LIST,
            scanId: \"01900000-0000-7000-8000-000000000001\" }) { scan { scanId } } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Mutation.resolveScans",
        about: "at the conference, none",
        document: "mutation { resolveScans(input: { eventId: @conference, resolutions: [], reason: \"Asked.\" }) {
            results { flaggedScanId } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.submitScans",
        about: "nothing: each scan of a batch has an answer of its own",
        document: "mutation { submitScans(input: { scans: [] }) { receivedAt } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.eventAttendance",
        about: "of the conference",
        document: "{ eventAttendance(eventId: @conference) { expected } }",
        answers: "!++0+0+0",
    },
    Row {
        operation: "Subscription.eventAttendance",
        about: "of the conference",
        document: "subscription { eventAttendance(eventId: @conference) { expected } }",
        answers: "!++0+0+0",
    },
    Row {
        operation: "Mutation.undoCheckIn",
        about: "at the conference",
        document: "mutation { undoCheckIn(input: { scanId: \"01900000-0000-7000-8000-000000000001\",
            reason: \"A test.\" }) { scan { scanId } } }",
        answers: "!+00+0+0",
    },
    Row {
        operation: "Mutation.removeContribution",
        about: "of a guest at the conference, once it is gone",
        document: "mutation { removeContribution(input: { id: @contribution }) { contribution { id } } }",
        answers: "!+000000",
    },
    Row {
        operation: "Mutation.recordTestResults",
        about: "of the conference, none",
        document: "mutation { recordTestResults(input: { eventId: @conference, results: [] }) { testResults { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.recordTestResults",
        about: "of a draft in Kazakhstan, none",
        document: "mutation { recordTestResults(input: { eventId: @draft-kz, results: [] }) { testResults { id } } }",
        answers: "!+--0000",
    },
    Row {
        operation: "Mutation.correctTestResult",
        about: "of a guest at the conference",
        document: "mutation { correctTestResult(input: { id: @test-result, score: 18 }) { testResult { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.removeTestResult",
        about: "of a guest at the conference, once it is gone",
        document: "mutation { removeTestResult(input: { id: @test-result }) { testResult { id } } }",
        answers: "!+000000",
    },
    Row {
        operation: "Mutation.cancelRegistration",
        about: "at the conference",
        document: "mutation { cancelRegistration(input: { id: @guest-registration, reason: \"A test.\" })
            { registration { id } } }",
        answers: "!+00+0-0",
    },
];
