//! The fields of an object.

use std::{future::Future, pin::Pin};

use async_graphql::{
    ContextSelectionSet, Name, Positioned, ServerResult, Value,
    indexmap::{IndexMap, map::Entry},
    parser::types::Field,
    resolver_utils::ContainerType,
};

use crate::{gather, selection::fields_of};

/// Puts an object together from the fields that are selected of it.
///
/// Neither extensions of the library nor directives of its users see these fields. Interfaces and unions are the
/// library's own: see [`library`](crate::library).
///
/// # Errors
///
/// That of the first field that must not be null and has no answer.
pub fn resolve_container<'c, 'a, T: ContainerType + ?Sized>(
    ctx: &'c ContextSelectionSet<'a>,
    object: &'a T,
) -> Pin<Box<dyn Future<Output = ServerResult<Value>> + Send + 'c>> {
    // A type of its own for each object would hold those of all objects below it, which lead back to it.
    Box::pin(resolve_fields(ctx, object))
}

async fn resolve_fields<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    object: &'a T,
) -> ServerResult<Value> {
    let fields = fields_of(ctx, &object.introspection_type_name())?;
    let answers = gather(fields.iter().map(|field| resolve_field(ctx, object, field))).await?;
    Ok(together(&fields, answers))
}

/// The answers under the keys of their fields.
fn together(fields: &[&Positioned<Field>], answers: Vec<Value>) -> Value {
    let mut object = IndexMap::with_capacity(fields.len());
    for (field, answer) in fields.iter().zip(answers) {
        insert(&mut object, field.node.response_key().node.clone(), answer);
    }
    Value::Object(object)
}

/// Puts a value under a key; where one stands there, what each was asked for comes together.
fn insert(object: &mut IndexMap<Name, Value>, key: Name, value: Value) {
    match object.entry(key) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(entry) => merge(entry.into_mut(), value),
    }
}

fn merge(known: &mut Value, more: Value) {
    match (known, more) {
        (Value::Object(known), Value::Object(more)) => {
            for (key, value) in more {
                insert(known, key, value);
            }
        }
        (Value::List(known), Value::List(more)) => {
            for (known, more) in known.iter_mut().zip(more) {
                merge(known, more);
            }
        }
        _ => {}
    }
}

async fn resolve_field<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    object: &'a T,
    field: &'a Positioned<Field>,
) -> ServerResult<Value> {
    if field.node.name.node == "__typename" {
        return Ok(Value::String(object.introspection_type_name().into_owned()));
    }
    let ctx = ctx.with_field(field);
    Ok(object.resolve_field(&ctx).await?.unwrap_or_default())
}
