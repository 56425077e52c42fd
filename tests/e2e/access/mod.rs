//! Every operation, asked by every role: what each sees and what it is refused.
//!
//! `operations/` holds the table, a file per noun; `objects.rs` says who sees which object. A walk through the
//! schema (`schema_walk.rs`) fails for an operation or an object that has no row.

mod fields;
mod ground;
mod objects;
mod operations;

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, socket::Socket};

pub(crate) use objects::OBJECTS;
pub(crate) use operations::operations;

use ground::Ground;

/// One question and who gets which answer.
pub(crate) struct Row {
    /// The root type and its field: `Mutation.createEvent`.
    operation: &'static str,
    /// What it is asked about.
    about: &'static str,
    /// The document. `@name` stands for the id of a record of the ground.
    document: &'static str,
    /// An answer for each of [`CALLERS`], a letter each:
    ///
    /// - `+` it is answered, or turned down for a reason that has nothing to do with who asks;
    /// - `0` the record is not found: null, or `NOT_FOUND`;
    /// - `-` the record is seen, and this is `FORBIDDEN`;
    /// - `!` `UNAUTHENTICATED`.
    answers: &'static str,
}

/// Who asks, in the order of the letters.
///
/// The coordinator is Kazakhstan's, the host is the Election Commission of India, the manager runs the seminar in
/// Jizzakh, the operator stands at the door of the conference in New Delhi.
const CALLERS: [&str; 8] =
    ["nobody", "administrator", "officer", "coordinator", "host", "manager", "operator", "viewer"];

async fn callers(app: &App<'_>) -> [Client; 8] {
    [
        app.anonymous(),
        app.administrator().await,
        app.officer().await,
        app.coordinator().await,
        app.host().await,
        app.manager().await,
        app.operator().await,
        app.viewer().await,
    ]
}

each_database!(every_operation_answers_each_role_as_the_table_says);
async fn every_operation_answers_each_role_as_the_table_says(app: &App<'_>) {
    let callers = callers(app).await;
    let ground = Ground::prepare(&callers[1]).await;
    let mut wrong = Vec::new();
    for row in operations::rows() {
        let document = ground.fill(row.document);
        let mut answers = String::new();
        for client in &callers {
            let answer = if row.operation.starts_with("Subscription.") {
                first_message(app, client, &document).await
            } else {
                client.query(&document).await.body
            };
            answers.push(letter(&answer, row));
        }
        if answers != row.answers {
            let about = format!("{} ({})", row.operation, row.about);
            wrong.push(format!("{about}: expected {}, got {answers}", row.answers));
        }
    }
    assert!(wrong.is_empty(), "callers are {CALLERS:?}\n{}", wrong.join("\n"));
}

/// The first thing that a subscription says.
async fn first_message(app: &App<'_>, client: &Client, document: &str) -> Value {
    let Some(mut socket) = Socket::enter(app, client.token()).await else {
        return json!({ "errors": [{ "extensions": { "code": "UNAUTHENTICATED" } }] });
    };
    socket.subscribe("1", document).await;
    let message = socket.hear().await;
    if message["type"] == "error" {
        json!({ "errors": message["payload"] })
    } else {
        message["payload"].clone()
    }
}

/// The letter of an answer.
fn letter(answer: &Value, row: &Row) -> char {
    let field = row.operation.split('.').nth(1).unwrap_or_default();
    let errors = answer["errors"].as_array().into_iter().flatten();
    let codes: Vec<_> = errors.map(|error| error["extensions"]["code"].as_str()).collect();
    match codes.as_slice() {
        [] if answer["data"][field].is_null() => '0',
        [] => '+',
        codes if codes.iter().all(|code| *code == Some("UNAUTHENTICATED")) => '!',
        codes if codes.iter().all(|code| *code == Some("FORBIDDEN")) => '-',
        codes if codes.iter().all(|code| *code == Some("NOT_FOUND")) => '0',
        _ => panic!("{} ({}): {answer}", row.operation, row.about),
    }
}
