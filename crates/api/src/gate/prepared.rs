//! An operation written for the executor and weighed, and when one that was prepared before can stand for it.
//!
//! How an operation is written depends on which variables are given and on those that decide `@skip` and `@include`;
//! what it costs, on the sizes of pages and the lengths of lists. Whatever else a variable holds changes neither, so
//! the same preparation serves every name that is searched for and every id that is asked for.

use apollo_compiler::executable::Operation;
use async_graphql::{Value, Variables, parser::types::ExecutableDocument};

use super::document::Document;

/// An operation that is ready to be executed, with any values that look alike.
pub(super) struct Prepared {
    /// The operation as the executor takes it.
    pub(super) operation: ExecutableDocument,
    /// What it costs.
    pub(super) weight: u64,
    /// What it weighs in the cache.
    pub(super) size: usize,
}

/// What a preparation depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Likeness {
    document: u64,
    operation: Option<String>,
    variables: Vec<Look>,
}

/// What a preparation sees of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Look {
    LeftOut,
    Null,
    Condition(bool),
    Size(i64),
    Length(usize),
    /// The lengths of the lists that stand in an input.
    Lengths(Vec<usize>),
    Other,
}

impl Likeness {
    pub(super) fn of(document: &Document, operation: &Operation, variables: &Variables) -> Self {
        let look = |name: &str| match variables.get(name) {
            None => Look::LeftOut,
            Some(Value::Null) => Look::Null,
            Some(Value::Boolean(value)) => Look::Condition(*value),
            Some(Value::Number(number)) => number.as_i64().map_or(Look::Other, Look::Size),
            Some(Value::List(items)) => Look::Length(items.len()),
            Some(Value::Object(fields)) => Look::Lengths(fields.values().filter_map(length).collect()),
            Some(_) => Look::Other,
        };
        Self {
            document: document.id,
            operation: operation.name.as_ref().map(ToString::to_string),
            variables: operation.variables.iter().map(|variable| look(&variable.name)).collect(),
        }
    }
}

fn length(value: &Value) -> Option<usize> {
    if let Value::List(items) = value { Some(items.len()) } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::gate::{contract::Contract, limits::Limits};

    #[test]
    fn values_that_change_neither_form_nor_cost_look_alike() {
        let contract = Contract::read(
            "type Query { a(n: Int, s: String, l: [ID!], b: Boolean, i: In): Int } input In { l: [ID!], s: String }",
        );
        let text = "query($n: Int, $s: String, $l: [ID!], $b: Boolean, $i: In)
            { a(n: $n, s: $s, l: $l, b: $b, i: $i) }";
        let read = Document::read(&contract, &Limits::IN_FORCE, text).map_err(|refused| refused.faults);
        let document = read.expect("the document is valid");
        let operation = document.operation(None).expect("it has one operation");
        let likeness = |variables| Likeness::of(&document, operation, &Variables::from_json(variables));
        let first = likeness(json!({ "n": 1, "s": "a", "l": ["x"], "b": true }));
        assert_eq!(first, likeness(json!({ "n": 1, "s": "b", "l": ["y"], "b": true })));
        let within = |list: &[&str], text| likeness(json!({ "i": { "l": list, "s": text } }));
        assert_eq!(within(&["x"], "a"), within(&["y"], "b"));
        assert_ne!(within(&["x"], "a"), within(&["x", "y"], "a"));
        for other in [
            json!({ "n": 2, "s": "a", "l": ["x"], "b": true }),
            json!({ "n": 1, "s": null, "l": ["x"], "b": true }),
            json!({ "n": 1, "l": ["x"], "b": true }),
            json!({ "n": 1, "s": "a", "l": ["x", "y"], "b": true }),
            json!({ "n": 1, "s": "a", "l": ["x"], "b": false }),
        ] {
            assert_ne!(first, likeness(other.clone()), "{other}");
        }
    }
}
