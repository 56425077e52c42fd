//! Events and their sessions: drafts are seen by those who prepare them, all else by everyone who signs in.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.event",
        about: "a published one",
        document: "{ event(id: @training) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.event",
        about: "a draft in Kazakhstan",
        document: "{ event(id: @draft-kz) { id } }",
        answers: "!+++0000",
    },
    Row {
        operation: "Query.event",
        about: "a draft of the host",
        document: "{ event(id: @draft-eci) { id } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Query.events",
        about: "all",
        document: "{ events { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createEvent",
        about: "in Kazakhstan",
        document:
            "mutation { createEvent(input: { kind: TRAINING, territoryId: @kz-31, dates: { edtf: \"2027\" },
            names: [{ text: \"New\", language: \"en\" }] }) { event { id } } }",
        answers: "!+++----",
    },
    Row {
        operation: "Mutation.createEvent",
        about: "of the host",
        document: "mutation { createEvent(input: { kind: TRAINING, hostId: @eci, dates: { edtf: \"2027\" },
            names: [{ text: \"New\", language: \"en\" }] }) { event { id } } }",
        answers: "!++-+---",
    },
    Row {
        operation: "Mutation.updateEvent",
        about: "the seminar in Jizzakh",
        document: "mutation { updateEvent(input: { id: @seminar, venue: \"Hall 2\" }) { event { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.updateEvent",
        about: "a draft in Kazakhstan",
        document: "mutation { updateEvent(input: { id: @draft-kz, venue: \"Hall 2\" }) { event { id } } }",
        answers: "!+++0000",
    },
    Row {
        operation: "Mutation.advanceEvent",
        about: "the seminar in Jizzakh, a step that its life does not have",
        document: "mutation { advanceEvent(input: { id: @seminar, step: PLAN }) { event { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.advanceEvent",
        about: "a draft of the host",
        document: "mutation { advanceEvent(input: { id: @draft-eci, step: CLOSE }) { event { id } } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Mutation.createCheckpoint",
        about: "of the seminar in Jizzakh, of a kind that needs a name",
        document: "mutation { createCheckpoint(input: { eventId: @seminar, kind: DOOR }) { checkpoint { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.updateCheckpoint",
        about: "a door of the host's draft",
        document: "mutation { updateCheckpoint(input: { id: @door-eci, capacity: 40 }) { checkpoint { id } } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Mutation.removeCheckpoint",
        about: "a door of the host's draft, from a version it never had",
        document: "mutation { removeCheckpoint(input: { id: @door-eci, expectedVersion: 99 }) { checkpoint { id } } }",
        answers: "!++0+000",
    },
    Row {
        operation: "Mutation.createSession",
        about: "of the seminar in Jizzakh, with a number that cannot be",
        document: "mutation { createSession(input: { eventId: @seminar, number: 0,
            names: [{ text: \"New\", language: \"en\" }] }) { session { id } } }",
        answers: "!++--+--",
    },
];
