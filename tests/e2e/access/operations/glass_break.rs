//! Breaking the glass: the matter of those who see figures alone; ended by the host, seen by both.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.glassBreaks",
        about: "one's own, and those at one's host",
        document: "{ glassBreaks { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.node",
        about: "an officer's at the conference",
        document: "{ node(id: @glass-break) { id } }",
        answers: "!+00+000",
    },
    Row {
        operation: "Mutation.breakTheGlass",
        about: "of the conference, for no minute",
        document:
            "mutation { breakTheGlass(input: { place: { eventId: @conference }, opens: [PEOPLE], minutes: 0,
            reason: \"Only the right to it is asked for here, and no minute of it.\" }) { errors { path } } }",
        answers: "!-+-----",
    },
    Row {
        operation: "Mutation.endGlassBreak",
        about: "an officer's at the conference",
        document: "mutation { endGlassBreak(input: { glassBreakId: @glass-break }) { glassBreak { id } } }",
        answers: "!+00+000",
    },
];
