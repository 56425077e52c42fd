//! The shared event: its host runs it, its co-organiser and its funder see of it what their part opens.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.event",
        about: "one that two organise",
        document: "{ event(id: @shared) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.event",
        about: "a draft that two organise",
        document: "{ event(id: @shared-draft) { id } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Query.eventAttendance",
        about: "of the event that two organise",
        document: "{ eventAttendance(eventId: @shared) { expected } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Query.participant",
        about: "one whom the co-organiser sent",
        document: "{ participant(id: @nominee) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Query.participant",
        about: "one whom nobody sent",
        document: "{ participant(id: @hosted) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Query.registration",
        about: "of one whom the co-organiser sent",
        document: "{ registration(id: @nominee-registration) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Query.registration",
        about: "of one whom nobody sent",
        document: "{ registration(id: @hosted-registration) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.updateEvent",
        about: "one that two organise, which its host alone may",
        document: "mutation { updateEvent(input: { id: @shared, venue: \"Hall 2\" }) { event { id } } }",
        answers: "!++-+---",
    },
    Row {
        operation: "Mutation.registerParticipant",
        about: "at the event that two organise",
        document: "mutation { registerParticipant(input: { eventId: @shared, participant: { id: @nominee } })
            { registration { id } } }",
        answers: "!+--+---",
    },
    Row {
        operation: "Mutation.updateRegistration",
        about: "of one whom the co-organiser sent, which its event's host alone may",
        document: "mutation { updateRegistration(input: { id: @nominee-registration, role: OBSERVER })
            { registration { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.updateParticipant",
        about: "one whom the co-organiser sent",
        document: "mutation { updateParticipant(input: { id: @nominee, note: \"A note.\" }) { participant { id } } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.linkAccount",
        about: "an account of the host's to a guest",
        document: "mutation { linkAccount(input: { accountId: @account-eci, participantId: @guest }) { account { id } } }",
        answers: "!+00-000",
    },
];
