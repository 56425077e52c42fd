//! The comparison, type by type.

use std::collections::BTreeSet;

use apollo_compiler::{
    Name, Node, Schema,
    ast::{Directive, InputValueDefinition},
    collections::{IndexMap, IndexSet},
    schema::{Component, ComponentName, ExtendedType, FieldDefinition},
};
use chrono::NaiveDate;

use super::{
    ContractChange, Severity,
    types::{is_safe_input, is_safe_output},
};

/// Tells what the later schema changes, in no order.
pub(super) fn compare(earlier: &Schema, later: &Schema, today: NaiveDate) -> Vec<ContractChange> {
    let mut comparison = Comparison { later, today, changes: Vec::new() };
    for (name, before) in earlier.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        match later.types.get(name) {
            None => comparison.breaking(name.to_string(), "was removed"),
            Some(after) => comparison.definition(name, before, after),
        }
    }
    for (name, before) in
        earlier.directive_definitions.iter().filter(|(_, directive)| !directive.is_built_in())
    {
        let coordinate = format!("@{name}");
        let Some(after) = later.directive_definitions.get(name) else {
            comparison.breaking(coordinate, "was removed");
            continue;
        };
        for location in before.locations.iter().filter(|location| !after.locations.contains(location)) {
            comparison.breaking(coordinate.clone(), format!("can stand on {location} no more"));
        }
        if before.repeatable && !after.repeatable {
            comparison.breaking(coordinate.clone(), "can be repeated no more");
        }
        comparison.arguments(&coordinate, &before.arguments, &after.arguments);
    }
    comparison.changes
}

/// The fields of an object or an interface.
type Fields = IndexMap<Name, Component<FieldDefinition>>;

struct Comparison<'a> {
    later: &'a Schema,
    today: NaiveDate,
    changes: Vec<ContractChange>,
}

impl Comparison<'_> {
    fn breaking(&mut self, coordinate: String, what: impl Into<String>) {
        self.changes.push(ContractChange { severity: Severity::Breaking, coordinate, what: what.into() });
    }

    fn dangerous(&mut self, coordinate: String, what: impl Into<String>) {
        self.changes.push(ContractChange { severity: Severity::Dangerous, coordinate, what: what.into() });
    }

    /// Something is gone: a breach, unless it was announced for a day that has come.
    fn removed(&mut self, coordinate: String, deprecation: Option<&Directive>) {
        let was_announced = deprecation.and_then(day_of_removal).is_some_and(|day| day <= self.today);
        let severity = if was_announced { Severity::Announced } else { Severity::Breaking };
        self.changes.push(ContractChange { severity, coordinate, what: "was removed".to_owned() });
    }

    fn definition(&mut self, name: &str, before: &ExtendedType, after: &ExtendedType) {
        match (before, after) {
            (ExtendedType::Object(before), ExtendedType::Object(after)) => {
                self.interfaces(name, &before.implements_interfaces, &after.implements_interfaces);
                self.fields(name, &before.fields, &after.fields);
            }
            (ExtendedType::Interface(before), ExtendedType::Interface(after)) => {
                self.interfaces(name, &before.implements_interfaces, &after.implements_interfaces);
                self.fields(name, &before.fields, &after.fields);
            }
            (ExtendedType::Union(before), ExtendedType::Union(after)) => {
                let (before, after) = (names(&before.members), names(&after.members));
                for member in before.difference(&after) {
                    self.breaking(name.to_owned(), format!("can be a {member} no more"));
                }
                for member in after.difference(&before) {
                    self.dangerous(name.to_owned(), format!("can be a {member}"));
                }
            }
            (ExtendedType::Enum(before), ExtendedType::Enum(after)) => {
                for (value, definition) in &before.values {
                    if !after.values.contains_key(value) {
                        let deprecation = definition.directives.get("deprecated").map(|found| &**found);
                        self.removed(format!("{name}.{value}"), deprecation);
                    }
                }
                for value in after.values.keys().filter(|value| !before.values.contains_key(*value)) {
                    self.dangerous(format!("{name}.{value}"), "is new");
                }
            }
            (ExtendedType::InputObject(before), ExtendedType::InputObject(after)) => {
                let fields = |definition: &apollo_compiler::schema::InputObjectType| {
                    definition.fields.values().map(|field| field.node.clone()).collect::<Vec<_>>()
                };
                let coordinate = |field: &str| format!("{name}.{field}");
                self.inputs(coordinate, &fields(before), &fields(after));
            }
            (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
            _ => {
                let what = format!("became {}, was {}", kind(after), kind(before));
                self.breaking(name.to_owned(), what);
            }
        }
    }

    fn interfaces(&mut self, name: &str, before: &IndexSet<ComponentName>, after: &IndexSet<ComponentName>) {
        let (before, after) = (names(before), names(after));
        for interface in before.difference(&after) {
            self.breaking(name.to_owned(), format!("is no {interface} any more"));
        }
        for interface in after.difference(&before) {
            self.dangerous(name.to_owned(), format!("is a {interface}"));
        }
    }

    fn fields(&mut self, name: &str, before: &Fields, after: &Fields) {
        for (field_name, field) in before {
            let coordinate = format!("{name}.{field_name}");
            let Some(now) = after.get(field_name) else {
                self.removed(coordinate, field.directives.get("deprecated").map(|found| &**found));
                continue;
            };
            if !is_safe_output(self.later, &field.ty, &now.ty) {
                self.breaking(coordinate.clone(), format!("became {}, was {}", now.ty, field.ty));
            }
            self.arguments(&coordinate, &field.arguments, &now.arguments);
        }
    }

    fn arguments(
        &mut self,
        coordinate: &str,
        before: &[Node<InputValueDefinition>],
        after: &[Node<InputValueDefinition>],
    ) {
        self.inputs(|argument| format!("{coordinate}({argument}:)"), before, after);
    }

    fn inputs(
        &mut self,
        coordinate: impl Fn(&str) -> String,
        before: &[Node<InputValueDefinition>],
        after: &[Node<InputValueDefinition>],
    ) {
        for input in before {
            let coordinate = coordinate(&input.name);
            let Some(now) = after.iter().find(|now| now.name == input.name) else {
                self.removed(coordinate, input.directives.get("deprecated").map(|found| &**found));
                continue;
            };
            if !is_safe_input(&input.ty, &now.ty) {
                self.breaking(coordinate.clone(), format!("became {}, was {}", now.ty, input.ty));
            }
            let default =
                |input: &InputValueDefinition| input.default_value.as_ref().map(ToString::to_string);
            match (default(input), default(now)) {
                (before, after) if before == after => {}
                (Some(before), Some(after)) => {
                    self.dangerous(coordinate, format!("has the default {after}, was {before}"));
                }
                (Some(before), None) => self.dangerous(coordinate, format!("has no default, was {before}")),
                (None, after) => {
                    self.dangerous(
                        coordinate,
                        format!("has the default {}, had none", after.unwrap_or_default()),
                    );
                }
            }
        }
        for input in after.iter().filter(|now| before.iter().all(|input| input.name != now.name)) {
            if input.is_required() {
                self.breaking(coordinate(&input.name), "is new and required");
            } else {
                self.dangerous(coordinate(&input.name), "is new");
            }
        }
    }
}

fn names(all: &IndexSet<ComponentName>) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

fn kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "a scalar",
        ExtendedType::Object(_) => "an object",
        ExtendedType::Interface(_) => "an interface",
        ExtendedType::Union(_) => "a union",
        ExtendedType::Enum(_) => "an enum",
        ExtendedType::InputObject(_) => "an input",
    }
}

/// The day of `@deprecated(reason: "Use X. Removal on YYYY-MM-DD.")`.
fn day_of_removal(deprecation: &Directive) -> Option<NaiveDate> {
    let reason = deprecation.specified_argument_by_name("reason")?.as_str()?;
    let (_, after) = reason.split_once("Removal on ")?;
    after.get(..10)?.parse().ok()
}
