//! Programs and agreements: public to everyone who signs in, set up by offices and coordinators.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.agreement",
        about: "one",
        document: "{ agreement(id: @agreement) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.agreements",
        about: "all",
        document: "{ agreements { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createAgreement",
        about: "of an institution of Kazakhstan and one of India",
        document: "mutation { createAgreement(input: { kind: MEMORANDUM, names: [{ text: \"New\", language: \"en\" }],
            parties: [{ partnerId: @senate-kz }, { partnerId: @eci }] }) { agreement { id } } }",
        answers: "!+++----",
    },
    Row {
        operation: "Mutation.updateAgreement",
        about: "of institutions of Uzbekistan",
        document: "mutation { updateAgreement(input: { id: @agreement, note: \"A note.\" }) { agreement { id } } }",
        answers: "!++-----",
    },
    Row {
        operation: "Query.program",
        about: "one",
        document: "{ program(id: @program) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.programs",
        about: "all",
        document: "{ programs { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createProgram",
        about: "in Kazakhstan",
        document: "mutation { createProgram(input: { names: [{ text: \"New\", language: \"en\" }],
            countries: [\"KZ\"] }) { program { id } } }",
        answers: "!+++----",
    },
    Row {
        operation: "Mutation.updateProgram",
        about: "in Uzbekistan",
        document: "mutation { updateProgram(input: { id: @program, note: \"A note.\" }) { program { id } } }",
        answers: "!++-----",
    },
];
