//! The schema as a whole, by introspection: everything is described, everything follows the conventions, and
//! every operation and object has its place in the access table.

use std::collections::BTreeSet;

use hemicycle_test_database::DatabaseKind;
use serde_json::Value;

use crate::{access, app};

const INTROSPECTION: &str = "{ __schema { types { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description type { ...T } args { name description type { ...T } } }
    inputFields { name description type { ...T } } enumValues(includeDeprecated: true) { name description }
    interfaces { name } possibleTypes { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// The types of the schema, without those that introspection itself brings.
async fn types() -> Vec<Value> {
    let mut types = Vec::new();
    app::run(DatabaseKind::Sqlite, async |app| {
        let answer = app.anonymous().query(INTROSPECTION).await;
        types = answer.list("__schema.types").to_vec();
        types.retain(|found| !name(found).starts_with("__"));
    })
    .await;
    assert!(types.len() > 50, "this is not the whole schema");
    types
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value[field].as_array().into_iter().flatten()
}

/// A type as it is written: `[Event!]!`.
fn written(value: &Value) -> String {
    match value["kind"].as_str() {
        Some("NON_NULL") => format!("{}!", written(&value["ofType"])),
        Some("LIST") => format!("[{}]", written(&value["ofType"])),
        _ => name(value).to_owned(),
    }
}

fn is_scalar_of_graphql(found: &Value) -> bool {
    matches!(name(found), "Boolean" | "Float" | "ID" | "Int" | "String")
}

#[tokio::test]
async fn everything_has_a_description() {
    let mut missing = Vec::new();
    let mut check = |value: &Value, path: String| {
        if value["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            missing.push(path);
        }
    };
    for found in types().await.iter().filter(|found| !is_scalar_of_graphql(found)) {
        check(found, name(found).to_owned());
        for field in list(found, "fields") {
            check(field, format!("{}.{}", name(found), name(field)));
            for argument in list(field, "args") {
                check(argument, format!("{}.{}({})", name(found), name(field), name(argument)));
            }
        }
        for member in list(found, "inputFields").chain(list(found, "enumValues")) {
            check(member, format!("{}.{}", name(found), name(member)));
        }
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[tokio::test]
async fn names_are_written_as_the_conventions_say() {
    let is_camel = |text: &str, first_is_capital: bool| {
        let first = text.chars().next().is_some_and(|first| {
            if first_is_capital { first.is_ascii_uppercase() } else { first.is_ascii_lowercase() }
        });
        first && text.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_loud = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let mut wrong = Vec::new();
    for found in types().await {
        let own = name(&found).to_owned();
        if !is_camel(&own, true) || own.ends_with("Type") || own.ends_with("Enum") {
            wrong.push(own.clone());
        }
        for field in list(&found, "fields").chain(list(&found, "inputFields")) {
            if !is_camel(name(field), false)
                || name(field).starts_with("get")
                || name(field).starts_with("list")
            {
                wrong.push(format!("{own}.{}", name(field)));
            }
        }
        wrong.extend(
            list(&found, "enumValues").map(name).filter(|v| !is_loud(v)).map(|v| format!("{own}.{v}")),
        );
        if found["kind"] == "SCALAR" && !is_scalar_of_graphql(&found) && found["specifiedByURL"].is_null() {
            wrong.push(format!("{own} has no @specifiedBy"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn lists_hold_no_null_but_for_nodes_by_id() {
    let mut wrong = Vec::new();
    for found in types().await {
        for field in list(&found, "fields").chain(list(&found, "inputFields")) {
            let written = written(&field["type"]);
            let is_whole = !written.contains(']') || written.contains("!]");
            if !is_whole && (name(&found), name(field)) != ("Query", "nodes") {
                wrong.push(format!("{}.{}: {written}", name(&found), name(field)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_mutation_takes_one_input_and_answers_with_a_payload_of_its_own() {
    let types = types().await;
    let find = |wanted: &str| types.iter().find(|found| name(found) == wanted);
    let mut wrong = Vec::new();
    for mutation in list(find("Mutation").unwrap(), "fields") {
        let arguments: Vec<_> = list(mutation, "args").map(name).collect();
        let input =
            list(mutation, "args").next().map(|argument| written(&argument["type"])).unwrap_or_default();
        if arguments != ["input"] || !input.ends_with("Input!") {
            wrong.push(format!("{}({arguments:?}: {input})", name(mutation)));
        }
        let payload = written(&mutation["type"]);
        let payload = payload.trim_end_matches('!');
        let errors = find(payload).into_iter().flat_map(|payload| list(payload, "fields"));
        let errors: Vec<_> = errors.filter(|field| name(field) == "errors").collect();
        if !payload.ends_with("Payload")
            || errors.len() != 1
            || written(&errors[0]["type"]) != "[UserError!]!"
        {
            wrong.push(format!("{}: {payload}", name(mutation)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_connection_is_whole_and_takes_the_four_arguments_of_relay() {
    let mut wrong = Vec::new();
    for found in types().await {
        for field in list(&found, "fields") {
            let written = written(&field["type"]);
            if !written.trim_end_matches('!').ends_with("Connection") {
                continue;
            }
            let arguments: Vec<_> = list(field, "args").map(name).collect();
            let takes_all =
                ["first", "after", "last", "before"].iter().all(|wanted| arguments.contains(wanted));
            if !takes_all || !written.ends_with('!') {
                wrong.push(format!("{}.{}({arguments:?}): {written}", name(&found), name(field)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_operation_stands_in_the_access_table() {
    let types = types().await;
    let roots = ["Query", "Mutation", "Subscription"];
    let offered: BTreeSet<String> = types
        .iter()
        .filter(|found| roots.contains(&name(found)))
        .flat_map(|root| list(root, "fields").map(move |field| format!("{}.{}", name(root), name(field))))
        .collect();
    let answered: BTreeSet<String> = access::operations().into_iter().map(ToOwned::to_owned).collect();
    let missing: Vec<_> = offered.difference(&answered).collect();
    assert!(missing.is_empty(), "give each a row in tests/e2e/access/operations: {missing:#?}");
    let stale: Vec<_> = answered.difference(&offered).collect();
    assert!(stale.is_empty(), "no longer in the schema: {stale:#?}");
}

#[tokio::test]
async fn every_object_stands_in_the_access_table() {
    let types = types().await;
    let roots = ["Query", "Mutation", "Subscription"];
    let offered: BTreeSet<&str> = types
        .iter()
        .filter(|found| found["kind"] == "OBJECT" || found["kind"] == "INTERFACE" || found["kind"] == "UNION")
        .map(name)
        .filter(|name| !roots.contains(name))
        .collect();
    let ruled: BTreeSet<&str> = access::OBJECTS.iter().map(|(object, _)| *object).collect();
    let missing: Vec<_> = offered.difference(&ruled).filter(|name| !is_of_another(name)).collect();
    assert!(missing.is_empty(), "say in tests/e2e/access/objects.rs who sees each: {missing:#?}");
    let stale: Vec<_> = ruled.difference(&offered).collect();
    assert!(stale.is_empty(), "no longer in the schema: {stale:#?}");
}

/// Whether who sees an object follows from what it wraps: a payload, a connection, an edge.
fn is_of_another(object: &str) -> bool {
    ["Payload", "Connection", "Edge"].iter().any(|ending| object.ends_with(ending))
}
