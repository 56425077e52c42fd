//! The fields of an object.

use std::{future::Future, pin::Pin};

use async_graphql::{
    ContextSelectionSet, Name, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    resolver_utils::{self, ContainerType},
};

use crate::gather;

/// Puts an object together from the fields that are selected of it.
///
/// Fragments, directives and keys that stand there twice are left to the library: of the first the gate in front of the
/// schema leaves those of interfaces and unions, of the others none. No extension of the library sees these fields.
///
/// # Errors
///
/// That of the first field that must not be null and has no answer.
pub fn resolve_container<'c, 'a, T: ContainerType + ?Sized>(
    ctx: &'c ContextSelectionSet<'a>,
    object: &'a T,
) -> Pin<Box<dyn Future<Output = ServerResult<Value>> + Send + 'c>> {
    // A type of its own for each object would hold those of all objects below it, which lead back to it.
    match plain_fields(&ctx.item.node) {
        Some(fields) => Box::pin(resolve_fields(ctx, object, fields)),
        None => Box::pin(resolver_utils::resolve_container(ctx, object)),
    }
}

async fn resolve_fields<'a, T: ContainerType + ?Sized>(
    ctx: &ContextSelectionSet<'a>,
    object: &'a T,
    fields: Vec<&'a Positioned<Field>>,
) -> ServerResult<Value> {
    let answers = gather(fields.iter().map(|field| resolve_field(ctx, object, field))).await?;
    let keys = fields.iter().map(|field| key(field).clone());
    Ok(Value::Object(keys.zip(answers).collect::<IndexMap<Name, Value>>()))
}

/// The fields of a selection that is nothing but fields, each under a key of its own.
fn plain_fields(selection: &SelectionSet) -> Option<Vec<&Positioned<Field>>> {
    let mut fields: Vec<&Positioned<Field>> = Vec::with_capacity(selection.items.len());
    for item in &selection.items {
        let Selection::Field(field) = &item.node else { return None };
        let is_twice = |known: &&Positioned<Field>| key(known) == key(field);
        if !field.node.directives.is_empty() || fields.iter().any(is_twice) {
            return None;
        }
        fields.push(field);
    }
    Some(fields)
}

fn key(field: &Positioned<Field>) -> &Name {
    &field.node.response_key().node
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
