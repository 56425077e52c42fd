//! Every operation, every object and every guarded field, asked by every role: what each sees and what it is refused.
//!
//! `operations/` holds the questions, a file per noun, `fields.rs` the fields; `objects.rs` says who sees which object.
//! What all callers get is recorded in `answers.txt`. A walk through the schema (`schema_walk.rs`) fails for an operation
//! or an object that has no row. `hidden.rs` shows that what one may not see cannot be told from what does not exist.

mod callers;
mod fields;
mod ground;
mod hidden;
mod objects;
mod operations;
mod recorded;
mod shared;
mod walk;

use serde_json::{Value, json};

use crate::{app::App, client::Client, each_database, socket::Socket};

pub(crate) use objects::OBJECTS;
pub(crate) use operations::operations;

use callers::{BY_HAND, callers};
use ground::Ground;
use recorded::Recorded;

/// One question and who gets which answer.
pub(crate) struct Row {
    /// The root type and its field: `Mutation.createEvent`.
    operation: &'static str,
    /// What it is asked about.
    about: &'static str,
    /// The document. `@name` stands for the id of a record of the ground.
    document: &'static str,
    /// An answer for each of the first eight callers, a letter each:
    ///
    /// - `+` it is answered, or turned down for a reason that has nothing to do with who asks;
    /// - `0` the record is not found: null, or `NOT_FOUND`;
    /// - `-` the record is seen, and this is `FORBIDDEN`;
    /// - `!` `UNAUTHENTICATED`.
    answers: &'static str,
}

each_database!(every_question_answers_each_caller_as_recorded);
async fn every_question_answers_each_caller_as_recorded(app: &App<'_>) {
    let ground = Ground::prepare(&app.administrator().await).await;
    let callers = callers(app, &ground).await;
    let mut recorded = Recorded::default();
    recorded.section("Records by `node(id)`");
    walk::ask_for_nodes(&callers, &ground, &mut recorded).await;
    recorded.section("Fields that not everyone sees who sees their object");
    fields::ask(&callers, &ground, &mut recorded).await;
    recorded.section("Operations");
    for row in operations::rows() {
        let document = ground.fill(row.document);
        let mut answers = String::new();
        for client in &callers {
            answers.push(letter(&ask(app, client, row.operation, &document).await, row));
        }
        let about = format!("{}: {}", row.operation, row.about);
        recorded.expect_by_hand(&about, &answers[..BY_HAND], row.answers);
        recorded.row(&answers, &about);
    }
    recorded.compare();
}

/// Asks a question of the table.
async fn ask(app: &App<'_>, client: &Client, operation: &str, document: &str) -> Value {
    if operation.starts_with("Subscription.") {
        first_message(app, client, document).await
    } else {
        client.query(document).await.body
    }
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
        _ => '?',
    }
}
