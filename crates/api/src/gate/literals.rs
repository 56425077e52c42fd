//! What the validator does not know of literals: a `@oneOf` input has exactly one field and a value for it, and no
//! text holds the character U+0000, which PostgreSQL cannot store.

use apollo_compiler::{
    ExecutableDocument, Node,
    ast::{Argument, InputValueDefinition, Type, Value},
    executable::{Selection, SelectionSet},
    parser::SourceSpan,
    schema::ExtendedType,
};
use async_graphql::Pos;

use super::{
    contract::Contract,
    refusal::{Fault, Refused},
};
use crate::graphql::ErrorCode;

/// Checks the arguments of every field of a document.
pub(super) fn check(contract: &Contract, document: &ExecutableDocument) -> Result<(), Refused> {
    let mut search = Search { contract, document, faults: Vec::new() };
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                search.value(&variable.ty, default, default.location());
            }
        }
        search.selections(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        search.selections(&fragment.selection_set);
    }
    match search.faults {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Refused::many(ErrorCode::GraphqlValidationFailed, faults)),
    }
}

struct Search<'a> {
    contract: &'a Contract,
    document: &'a ExecutableDocument,
    faults: Vec<Fault>,
}

impl Search<'_> {
    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn arguments(&mut self, rules: &[Node<InputValueDefinition>], arguments: &[Node<Argument>]) {
        for argument in arguments {
            if let Some(rule) = rules.iter().find(|rule| rule.name == argument.name) {
                self.value(&rule.ty, &argument.value, argument.value.location());
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Value, place: Option<SourceSpan>) {
        match value {
            Value::List(items) => {
                for item in items {
                    self.value(ty.item_type(), item, item.location());
                }
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(rule)) =
                    self.contract.schema.types.get(ty.inner_named_type())
                else {
                    return;
                };
                if rule.directives.has("oneOf") && (fields.len() != 1 || fields[0].1.is_null()) {
                    let message = format!("a {} must have exactly one field, and a value for it", rule.name);
                    self.report(message, place);
                }
                for (name, inner) in fields {
                    if let Some(field) = rule.fields.get(name) {
                        self.value(&field.ty, inner, inner.location());
                    }
                }
            }
            Value::String(text) if text.contains('\0') => {
                let message = "a text holds the character U+0000, which no text here can hold";
                self.report(message.to_owned(), place);
            }
            _ => {}
        }
    }

    fn report(&mut self, message: String, place: Option<SourceSpan>) {
        let place = place.and_then(|place| place.line_column(&self.document.sources));
        let locations = place.map(|place| Pos { line: place.line, column: place.column });
        self.faults.push(Fault { message, locations: locations.into_iter().collect(), path: Vec::new() });
    }
}
