//! Headcount reports, sources and reach: reported figures are seen with their event, counts by those who may.

use super::{Row, SIGNED_IN};

pub(super) const ROWS: &[Row] = &[
    Row {
        operation: "Query.headcountReport",
        about: "of the seminar in Jizzakh",
        document: "{ headcountReport(id: @report) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.headcountReport",
        about: "of a draft in Kazakhstan",
        document: "{ headcountReport(id: @report-draft) { id } }",
        answers: "!+++0000",
    },
    Row {
        operation: "Query.headcountReports",
        about: "all",
        document: "{ headcountReports { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.reportHeadcount",
        about: "of the seminar in Jizzakh",
        document: "mutation { reportHeadcount(input: { eventId: @seminar, measure: WOMEN, state: ATTENDED,
            amount: { qualifier: EXACT, value: 20 } }) { headcountReport { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.correctHeadcount",
        about: "of the seminar in Jizzakh",
        document: "mutation { correctHeadcount(input: { id: @report, note: \"A note.\" }) { headcountReport { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.withdrawHeadcount",
        about: "of a draft in Kazakhstan",
        document: "mutation { withdrawHeadcount(input: { id: @report-draft, reason: \"A test.\" }) { headcountReport { id } } }",
        answers: "!+++0000",
    },
    Row {
        operation: "Query.reach",
        about: "of everything, each counting what they may",
        document: "{ reach { whole { events } } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.source",
        about: "one",
        document: "{ source(id: @source) { id } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Query.sources",
        about: "all",
        document: "{ sources { nodes { id } totalCount } }",
        answers: SIGNED_IN,
    },
    Row {
        operation: "Mutation.createSource",
        about: "a document",
        document: "mutation { createSource(input: { headline: \"New\" }) { source { id } } }",
        answers: "!+++++--",
    },
    Row {
        operation: "Mutation.updateSource",
        about: "that the administrator recorded",
        document: "mutation { updateSource(input: { id: @source, note: \"A note.\" }) { source { id } } }",
        answers: "!++-----",
    },
    Row {
        operation: "Mutation.citeSource",
        about: "for the seminar in Jizzakh",
        document: "mutation { citeSource(input: { sourceId: @source, subjectId: @seminar }) { citation { id } } }",
        answers: "!++--+--",
    },
    Row {
        operation: "Mutation.removeCitation",
        about: "of the seminar in Jizzakh, once it is gone",
        document: "mutation { removeCitation(input: { id: @citation }) { citation { id } } }",
        answers: "!+000000",
    },
];
