//! Fields that not everyone sees who sees their object: figures, people, personal data.

use super::{CALLERS, callers, ground::Ground};
use crate::{app::App, each_database};

/// A field, and who finds something in it.
struct Row {
    /// The object and its field.
    field: &'static str,
    /// The document; `@name` stands for the id of a record of the ground.
    document: &'static str,
    /// Where in the answer the field stands.
    path: &'static str,
    /// For each caller but nobody: `+` there is something, `0` there is null or an empty list, `.` the object itself
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

each_database!(every_field_is_seen_by_whom_the_table_says);
async fn every_field_is_seen_by_whom_the_table_says(app: &App<'_>) {
    let callers = callers(app).await;
    let ground = Ground::prepare(&callers[1]).await;
    let mut wrong = Vec::new();
    for row in ROWS {
        let document = ground.fill(row.document);
        let mut answers = String::new();
        for client in &callers[1..] {
            let answer = client.query(&document).await;
            assert!(answer.body.get("errors").is_none(), "{}: {}", row.field, answer.body);
            let object = row.path.split('.').next().unwrap_or_default();
            answers.push(if answer.body["data"][object].is_null() {
                '.'
            } else {
                let value = answer.data(row.path);
                let is_empty = value.is_null() || value == 0 || value.as_array().is_some_and(Vec::is_empty);
                if is_empty { '0' } else { '+' }
            });
        }
        if answers != row.answers {
            wrong.push(format!("{}: expected {}, got {answers}", row.field, row.answers));
        }
    }
    assert!(wrong.is_empty(), "callers are {:?}\n{}", &CALLERS[1..], wrong.join("\n"));
}
