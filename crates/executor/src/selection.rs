//! Which fields are selected of an object.

use async_graphql::{
    ContextSelectionSet, Positioned, ServerError, ServerResult,
    parser::types::{Field, Selection, SelectionSet, TypeCondition},
};

/// The fields that are selected of an object of this type, those of the fragments that apply to it among them, in the
/// order in which they stand there.
pub(crate) fn fields_of<'a>(
    ctx: &ContextSelectionSet<'a>,
    type_name: &str,
) -> ServerResult<Vec<&'a Positioned<Field>>> {
    let selection = &ctx.item.node;
    let mut fields = Vec::with_capacity(selection.items.len());
    collect(ctx, type_name, selection, &mut fields)?;
    Ok(fields)
}

fn collect<'a>(
    ctx: &ContextSelectionSet<'a>,
    type_name: &str,
    selection: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> ServerResult<()> {
    for item in &selection.items {
        let (condition, selection) = match &item.node {
            Selection::Field(field) => {
                fields.push(field);
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = ctx.query_env.fragments.get(name).ok_or_else(|| {
                    ServerError::new(format!("Unknown fragment \"{name}\"."), Some(spread.pos))
                })?;
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
        };
        if condition.is_none_or(|condition| applies(ctx, type_name, &condition.node)) {
            collect(ctx, type_name, &selection.node, fields)?;
        }
    }
    Ok(())
}

/// Whether a fragment on this type is one for objects of that: it is the same, or an interface or a union of
/// it.
fn applies(ctx: &ContextSelectionSet<'_>, type_name: &str, condition: &TypeCondition) -> bool {
    let on = ctx.schema_env.registry.types.get(condition.on.node.as_str());
    on.is_some_and(|on| on.is_possible_type(type_name))
}
