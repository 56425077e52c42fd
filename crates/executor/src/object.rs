//! The fields of an object.

use std::{future::Future, pin::Pin};

use async_graphql::{
    ContextSelectionSet, Positioned, ServerError, ServerResult, Value, parser::types::Field,
    resolver_utils::ContainerType,
};

use crate::{gather, selection::fields_of, text};

/// Puts an object together from the fields that are selected of it, each of which stands there once.
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
    text::object(&fields, &answers).map_err(|fault| ServerError::new(fault.to_string(), Some(ctx.item.pos)))
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
