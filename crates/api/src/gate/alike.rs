//! Whether two fields that are to be one ask for the same.

use apollo_compiler::{ast, executable};

/// Whether two fields of one key have the same arguments. The validator has seen to it, but for lists of which one
/// begins with the other.
pub(super) fn asks_alike(left: &executable::Field, right: &executable::Field) -> bool {
    left.arguments.iter().all(|argument| {
        let other = right.specified_argument_by_name(&argument.name);
        other.is_some_and(|other| is_as_long(&argument.value, other))
    })
}

fn is_as_long(left: &ast::Value, right: &ast::Value) -> bool {
    match (left, right) {
        (ast::Value::List(left), ast::Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_as_long(left, right))
        }
        (ast::Value::Object(left), ast::Value::Object(right)) => left.iter().all(|(word, value)| {
            let other = right.iter().find(|(other, _)| other == word);
            other.is_some_and(|(_, other)| is_as_long(value, other))
        }),
        _ => true,
    }
}
