//! Whether a type can take the place of another without a client noticing.

use apollo_compiler::{ast::Type, schema::Schema};

/// Whether an answer of the later type satisfies who expects the earlier one.
pub(super) fn is_safe_output(later_schema: &Schema, earlier: &Type, later: &Type) -> bool {
    match (earlier, later) {
        (Type::Named(earlier), Type::Named(later) | Type::NonNullNamed(later))
        | (Type::NonNullNamed(earlier), Type::NonNullNamed(later)) => {
            earlier == later || later_schema.is_subtype(earlier, later)
        }
        (Type::List(earlier), Type::List(later) | Type::NonNullList(later))
        | (Type::NonNullList(earlier), Type::NonNullList(later)) => {
            is_safe_output(later_schema, earlier, later)
        }
        _ => false,
    }
}

/// Whether whoever sends the earlier type satisfies who takes the later one.
pub(super) fn is_safe_input(earlier: &Type, later: &Type) -> bool {
    match (earlier, later) {
        (Type::Named(earlier) | Type::NonNullNamed(earlier), Type::Named(later))
        | (Type::NonNullNamed(earlier), Type::NonNullNamed(later)) => earlier == later,
        (Type::List(earlier) | Type::NonNullList(earlier), Type::List(later))
        | (Type::NonNullList(earlier), Type::NonNullList(later)) => is_safe_input(earlier, later),
        _ => false,
    }
}
