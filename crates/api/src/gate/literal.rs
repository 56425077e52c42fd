//! Literals and names of a document as the executor has them.

use apollo_compiler::{Name as Word, ast};
use async_graphql::Name;
use async_graphql_value::Value;

/// A literal as the executor has it; variables stay variables.
pub(super) fn literal(value: &ast::Value) -> Value {
    match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(word) => Value::Enum(name(word)),
        ast::Value::Variable(word) => Value::Variable(name(word)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Boolean(value) => Value::Boolean(*value),
        ast::Value::Int(digits) => number(digits.as_str()),
        ast::Value::Float(digits) => number(digits.as_str()),
        ast::Value::List(items) => Value::List(items.iter().map(|item| literal(item)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(word, value)| (name(word), literal(value))).collect())
        }
    }
}

/// Reads a number; one too large for a float is null, which no argument that takes numbers accepts.
fn number(digits: &str) -> Value {
    match digits.parse::<i64>() {
        Ok(whole) => Value::Number(whole.into()),
        Err(_) => digits.parse().map_or(Value::Null, Value::Number),
    }
}

pub(super) fn name(word: &Word) -> Name {
    Name::new(word.as_str())
}
