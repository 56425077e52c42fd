//! The published schema as the gate reads it: made once from the SDL that clients are given.
//!
//! Documents are checked against what we publish, not against what the executor would let pass.

use std::{collections::BTreeSet, sync::LazyLock};

use apollo_compiler::{Name, Schema, schema::ExtendedType, validation::Valid};

/// The schema, and which objects an interface or union can turn out to be.
pub(super) struct Contract {
    pub(super) schema: Valid<Schema>,
    possible: std::collections::HashMap<Name, BTreeSet<Name>>,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::read(&crate::graphql::sdl()));
static NO_OBJECT: BTreeSet<Name> = BTreeSet::new();

/// What the specification of September 2025 adds to introspection, which the validator does not know yet.
const SINCE: &str = "extend type __Type { isOneOf: Boolean }";

impl Contract {
    /// The contract of this program.
    pub(super) fn of_this_program() -> &'static Self {
        &CONTRACT
    }

    /// Reads a schema; it must be valid.
    pub(super) fn read(sdl: &str) -> Self {
        let schema = Schema::builder()
            .parse(sdl, "schema.graphql")
            .parse(SINCE, "introspection.graphql")
            .build()
            .expect("a published schema can be read")
            .validate()
            .expect("a published schema is valid");
        let mut possible = std::collections::HashMap::new();
        for (name, implementers) in schema.implementers_map() {
            possible.insert(name, implementers.objects.into_iter().collect());
        }
        for (name, definition) in &schema.types {
            let objects = match definition {
                ExtendedType::Union(union) => {
                    union.members.iter().map(|member| member.name.clone()).collect()
                }
                ExtendedType::Object(_) => BTreeSet::from([name.clone()]),
                _ => continue,
            };
            possible.insert(name.clone(), objects);
        }
        Self { schema, possible }
    }

    /// The objects that a value of a type can be; an object is itself alone.
    pub(super) fn objects(&self, name: &Name) -> &BTreeSet<Name> {
        self.possible.get(name).unwrap_or(&NO_OBJECT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_interface_has_a_field_that_is_an_object() {
        // What is selected of it twice, of the interface and of an object, would not be put together.
        let schema = &Contract::of_this_program().schema;
        let interfaces = schema.types.values().filter_map(ExtendedType::as_interface);
        let fields: Vec<_> = interfaces.flat_map(|interface| interface.fields.values()).collect();
        assert!(!fields.is_empty());
        for field in fields {
            let kind = &schema.types[field.ty.inner_named_type()];
            assert!(kind.is_scalar() || kind.is_enum(), "{} is {}", field.name, field.ty);
        }
    }
}
