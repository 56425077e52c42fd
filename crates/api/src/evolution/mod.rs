//! What a change of the public contract does to those who rely on it.
//!
//! The lists are those of the reference implementation: what breaks a client that was right, and what can surprise
//! one. What was deprecated with a day of removal is no breach once that day has come.

mod compare;
mod types;

use std::fmt;

use apollo_compiler::Schema;
use chrono::NaiveDate;

/// What a change does to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A document that was valid is valid no more, or its answer has another shape.
    Breaking,
    /// Every document stays valid, but a client may meet what it does not expect.
    Dangerous,
    /// It was deprecated, and its day of removal has come.
    Announced,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Breaking => "breaking",
            Self::Dangerous => "dangerous",
            Self::Announced => "announced",
        })
    }
}

/// One change of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractChange {
    /// What it does to clients.
    pub severity: Severity,
    /// Where, as a schema coordinate: `Event.title`, `Query.events(first:)`.
    pub coordinate: String,
    /// What happened there.
    pub what: String,
}

impl fmt::Display for ContractChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} {}", self.severity, self.coordinate, self.what)
    }
}

/// Why two contracts cannot be compared.
#[derive(Debug, thiserror::Error)]
#[error("the {which} schema is not valid: {message}")]
pub struct UnreadableContract {
    which: &'static str,
    message: String,
}

/// Compares two contracts, and tells what the later one changes: the worst first, then by coordinate.
pub fn contract_changes(
    earlier: &str,
    later: &str,
    today: NaiveDate,
) -> Result<Vec<ContractChange>, UnreadableContract> {
    let read = |which, sdl: &str| {
        Schema::parse_and_validate(sdl, "schema.graphql").map_err(|refused| {
            let message = refused.errors.iter().next().map(|fault| fault.error.to_string());
            UnreadableContract { which, message: message.unwrap_or_default() }
        })
    };
    let (earlier, later) = (read("earlier", earlier)?, read("later", later)?);
    let mut changes = compare::compare(&earlier, &later, today);
    changes
        .sort_by(|left, right| (left.severity, &left.coordinate).cmp(&(right.severity, &right.coordinate)));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "
        type Query { a(x: Int = 1, y: String): Item! node: Node old: Int
            gone: Int @deprecated(reason: \"Use a. Removal on 2026-01-31.\") }
        interface Node { id: ID! }
        type Item implements Node { id: ID! name: String! tags: [String!] }
        union Thing = Item
        enum Kind { ONE TWO }
        input Where { kind: Kind, size: Int = 3, must: ID! }
        directive @mark(as: String) on FIELD | QUERY
    ";

    fn changes(from: &str, to: &str) -> Vec<String> {
        let later = BASE.replace(from, to);
        assert_ne!(later, BASE, "{from} is not there");
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
        let changes = contract_changes(BASE, &later, today).expect("both are valid");
        changes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_breaks_a_client_is_told() {
        for (from, to, expected) in [
            (" old: Int\n", "\n", "breaking: Query.old was removed"),
            ("old: Int", "old: String", "breaking: Query.old became String, was Int"),
            ("name: String!", "name: String", "breaking: Item.name became String, was String!"),
            ("y: String)", "y: String!)", "breaking: Query.a(y:) became String!, was String"),
            ("y: String)", "y: String, z: Int!)", "breaking: Query.a(z:) is new and required"),
            (", y: String)", ")", "breaking: Query.a(y:) was removed"),
            ("ONE TWO", "ONE", "breaking: Kind.TWO was removed"),
            ("must: ID!", "must: ID!, more: Int!", "breaking: Where.more is new and required"),
            ("must: ID!", "must: [ID!]!", "breaking: Where.must became [ID!]!, was ID!"),
            ("kind: Kind,", "", "breaking: Where.kind was removed"),
            ("Item implements Node", "Item", "breaking: Item is no Node any more"),
            ("FIELD | QUERY", "FIELD", "breaking: @mark can stand on QUERY no more"),
            ("(as: String)", "", "breaking: @mark(as:) was removed"),
            ("union Thing = Item", "union Thing = Query", "breaking: Thing can be a Item no more"),
            ("enum Kind { ONE TWO }", "scalar Kind", "breaking: Kind became a scalar, was an enum"),
        ] {
            let told = changes(from, to);
            assert!(told.iter().any(|change| change == expected), "{from} -> {to}: {told:?}");
        }
    }

    #[test]
    fn what_can_surprise_a_client_is_told() {
        for (from, to, expected) in [
            ("x: Int = 1", "x: Int = 2", "dangerous: Query.a(x:) has the default 2, was 1"),
            ("y: String)", "y: String, z: Int)", "dangerous: Query.a(z:) is new"),
            ("ONE TWO", "ONE TWO THREE", "dangerous: Kind.THREE is new"),
            ("size: Int = 3", "size: Int", "dangerous: Where.size has no default, was 3"),
            ("must: ID!", "must: ID!, more: Int", "dangerous: Where.more is new"),
            ("union Thing = Item", "union Thing = Item | Query", "dangerous: Thing can be a Query"),
        ] {
            assert_eq!(changes(from, to), [expected], "{from} -> {to}");
        }
    }

    #[test]
    fn what_only_adds_is_not_told() {
        for (from, to) in [
            ("old: Int", "old: Int new: Int"),
            ("old: Int", "old: Int!"),
            ("tags: [String!]", "tags: [String!]!"),
            ("must: ID!", "must: ID"),
            ("y: String)", "y: String) @deprecated(reason: \"x\")"),
        ] {
            let to = to.replace("y: String) @deprecated(reason: \"x\")", "y: String)");
            if to != from {
                assert_eq!(changes(from, &to), Vec::<String>::new(), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn what_was_announced_breaks_nothing_once_its_day_has_come() {
        let without = BASE.replace("gone: Int @deprecated(reason: \"Use a. Removal on 2026-01-31.\")", "");
        let told = |today: &str| {
            let today = today.parse().expect("it is a day");
            contract_changes(BASE, &without, today).expect("both are valid").remove(0).severity
        };
        assert_eq!(told("2026-01-30"), Severity::Breaking);
        assert_eq!(told("2026-01-31"), Severity::Announced);
    }
}
