//! Fields that not everyone sees who sees their object: figures, people, personal data.

use super::{callers::BY_HAND, ground::Ground, recorded::Recorded};
use crate::client::Client;

/// A field, and who finds something in it.
struct Row {
    /// The object and its field.
    field: &'static str,
    /// The document; `@name` stands for the id of a record of the ground.
    document: &'static str,
    /// Where in the answer the field stands.
    path: &'static str,
    /// For each of the first eight callers but nobody: `+` there is something, `0` there is null or an empty list, `.` the object itself
    /// is not found.
    answers: &'static str,
}

/// The letters stand for administrator, officer, coordinator (Kazakhstan), host (Election Commission of India),
/// manager (seminar in Jizzakh), operator (conference in New Delhi), viewer.
const ROWS: &[Row] = &[
    Row {
        field: "Event.counts",
        document: "{ event(id: @conference) { counts { registrations } } }",
        path: "event.counts",
        answers: "++0+000",
    },
    Row {
        field: "Event.registrations",
        document: "{ event(id: @conference) { registrations { nodes { id } } } }",
        path: "event.registrations.nodes",
        answers: "+00+0+0",
    },
    Row {
        field: "RegistrationConnection.totalCount",
        document: "{ event(id: @conference) { registrations { totalCount } } }",
        path: "event.registrations.totalCount",
        answers: "+00+0+0",
    },
    Row {
        field: "Event.headcountReports",
        document: "{ event(id: @seminar) { headcountReports { id } } }",
        path: "event.headcountReports",
        answers: "+++++++",
    },
    Row {
        field: "Event.delegations",
        document: "{ event(id: @conference) { delegations { id } } }",
        path: "event.delegations",
        answers: "+++++++",
    },
    Row {
        field: "Delegation.members",
        document: "{ node(id: @delegation) { ... on Delegation { members { id } } } }",
        path: "node.members",
        answers: "+00+0+0",
    },
    Row {
        field: "Event.flaggedScans",
        document: "{ event(id: @conference) { flaggedScans { nodes { id } } } }",
        path: "event.flaggedScans.nodes",
        answers: "+00+0+0",
    },
    Row {
        field: "FlaggedScanConnection.totalCount",
        document: "{ event(id: @conference) { flaggedScans { totalCount } } }",
        path: "event.flaggedScans.totalCount",
        answers: "+00+0+0",
    },
    Row {
        field: "Query.rejectedScans",
        document: "{ rejectedScans(eventId: @shared) { nodes { reason } } }",
        path: "rejectedScans.nodes",
        answers: "+00+000",
    },
    Row {
        field: "RejectedScanConnection.totalCount",
        document: "{ rejectedScans(eventId: @shared) { totalCount } }",
        path: "rejectedScans.totalCount",
        answers: "+00+000",
    },
    Row {
        field: "Event.walkIns",
        document: "{ event(id: @conference) { walkIns { nodes { id } } } }",
        path: "event.walkIns.nodes",
        answers: "+00+0+0",
    },
    Row {
        field: "WalkInConnection.totalCount",
        document: "{ event(id: @conference) { walkIns { totalCount } } }",
        path: "event.walkIns.totalCount",
        answers: "+00+0+0",
    },
    Row {
        field: "Registration.badge",
        document: "{ registration(id: @guest-registration) { badge { payload } } }",
        path: "registration.badge",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.name",
        document: "{ participant(id: @guest) { name } }",
        path: "participant.name",
        answers: "+..+.+.",
    },
    Row {
        field: "Participant.email",
        document: "{ participant(id: @guest) { email } }",
        path: "participant.email",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.birthYear",
        document: "{ participant(id: @guest) { birthYear } }",
        path: "participant.birthYear",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.sex",
        document: "{ participant(id: @guest) { sex } }",
        path: "participant.sex",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.disability",
        document: "{ participant(id: @guest) { disability } }",
        path: "participant.disability",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.accessNeeds",
        document: "{ participant(id: @guest) { accessNeeds } }",
        path: "participant.accessNeeds",
        answers: "+..+.0.",
    },
    Row {
        field: "Participant.disability",
        document: "{ participant(id: @nominee) { disability } }",
        path: "participant.disability",
        answers: "+..+...",
    },
    Row {
        field: "Registration.testResults",
        document: "{ registration(id: @guest-registration) { testResults { score } } }",
        path: "registration.testResults",
        answers: "+..+.0.",
    },
    Row {
        field: "Registration.testResults",
        document: "{ registration(id: @nominee-registration) { testResults { score } } }",
        path: "registration.testResults",
        answers: "+..+...",
    },
    Row {
        field: "Event.counts",
        document: "{ event(id: @shared) { counts { registrations } } }",
        path: "event.counts",
        answers: "++0+000",
    },
    Row {
        field: "Event.registrations",
        document: "{ event(id: @shared) { registrations { nodes { id } } } }",
        path: "event.registrations.nodes",
        answers: "+00+000",
    },
    Row {
        field: "Participant.email",
        document: "{ participant(id: @nominee) { email } }",
        path: "participant.email",
        answers: "+..+...",
    },
    Row {
        field: "Participant.birthYear",
        document: "{ participant(id: @nominee) { birthYear } }",
        path: "participant.birthYear",
        answers: "+..+...",
    },
    Row {
        field: "Participant.note",
        document: "{ participant(id: @nominee) { note } }",
        path: "participant.note",
        answers: "+..+...",
    },
    Row {
        field: "SearchResult.participants",
        document: "{ search(text: \"Karimova\") { participants { id } } }",
        path: "search.participants",
        answers: "+00+0+0",
    },
    Row {
        field: "SearchResult.events",
        document: "{ search(text: \"Draft in Kazakhstan\") { events { id } } }",
        path: "search.events",
        answers: "+++0000",
    },
];

/// Asks every caller but nobody for every field.
pub(super) async fn ask(callers: &[Client], ground: &Ground, recorded: &mut Recorded) {
    for row in ROWS {
        let document = ground.fill(row.document);
        let mut answers = String::from("!");
        for client in &callers[1..] {
            let answer = client.query(&document).await;
            let code = &answer.body["errors"][0]["extensions"]["code"];
            assert!(code.is_null() || code == "NOT_FOUND", "{}: {}", row.field, answer.body);
            let object = row.path.split('.').next().unwrap_or_default();
            answers.push(if answer.body["data"][object].is_null() {
                '.'
            } else {
                let value = answer.data(row.path);
                let is_empty = value.is_null() || value == 0 || value.as_array().is_some_and(Vec::is_empty);
                if is_empty { '0' } else { '+' }
            });
        }
        recorded.expect_by_hand(row.document, &answers[1..BY_HAND], row.answers);
        recorded.row(&answers, &format!("{}: {}", row.field, row.document));
    }
}
