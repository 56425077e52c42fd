//! The audit trail, and what a person can ask for about the own data. The last rows: they forget somebody.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.auditTrail",
        about: "all that one may read",
        document: "{ auditTrail { nodes { number } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.auditHead",
        about: "as it is now",
        document: "{ auditHead { head unsealed } }",
        answers: "!+000000",
    },
    Row {
        operation: "Mutation.exportParticipant",
        about: "a guest at the conference, at home nowhere",
        document: "mutation { exportParticipant(input: { id: @guest, reason: \"Letter 17\" }) { export } }",
        answers: "!+00+0-0",
    },
    Row {
        operation: "Mutation.eraseParticipant",
        about: "a guest at the conference, at home nowhere",
        document: "mutation { eraseParticipant(input: { id: @guest, reason: \"Letter 17\" }) { participant { id } } }",
        answers: "!+00+0-0",
    },
];
