//! How large a document may be once its fragments are put in their places.
//!
//! Each fragment is looked at once and remembered, so that a document whose fragments spread one another
//! costs no more to refuse than to read, however large it would become.

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Document, Field, FragmentDefinition, Selection},
    collections::{HashMap, HashSet},
};

/// What a document may hold.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Bytes of the text.
    pub(super) bytes: usize,
    /// Tokens of the text, as the lexer counts them: with white space, which makes them about twice as many.
    pub(super) tokens: usize,
    /// Fields, with each fragment counted wherever it is spread.
    pub(super) fields: usize,
    /// Fields in fields.
    pub(super) depth: usize,
    /// Fields in fields under `__schema` and `__type`; the usual question of tools is 13 deep.
    pub(super) introspection_depth: usize,
    /// Fields with an alias, `__typename` too.
    pub(super) aliases: usize,
    /// Fields that repeat a field beside them.
    pub(super) duplicates: usize,
    /// Directives.
    pub(super) directives: usize,
    /// Fields of the operation itself.
    pub(super) root_fields: usize,
}

impl Limits {
    /// The limits in force.
    pub(super) const IN_FORCE: Self = Self {
        bytes: 32 * 1024,
        tokens: 4_000,
        fields: 4_000,
        depth: 15,
        introspection_depth: 16,
        aliases: 100,
        duplicates: 100,
        directives: 50,
        root_fields: 30,
    };
}

/// What a selection amounts to with its fragments in their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Weight {
    fields: usize,
    depth: usize,
    introspection_depth: usize,
    aliases: usize,
    duplicates: usize,
    directives: usize,
    root_fields: usize,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.duplicates = self.duplicates.saturating_add(other.duplicates);
        self.directives = self.directives.saturating_add(other.directives);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
    }
}

/// Checks every operation of a document; the message says which limit it passes.
pub(super) fn check(document: &Document, limits: &Limits) -> Result<(), String> {
    let mut scale = Scale::of(document);
    for definition in &document.definitions {
        let weight = match definition {
            Definition::OperationDefinition(operation) => {
                let mut weight = scale.selections(&operation.selection_set)?;
                weight.directives = weight.directives.saturating_add(operation.directives.len());
                weight
            }
            // Where it is spread decides whether its fields stand at the root.
            Definition::FragmentDefinition(fragment) => {
                Weight { root_fields: 0, ..scale.fragment(&fragment.name)? }
            }
            _ => continue,
        };
        for (what, amount, limit) in [
            ("fields", weight.fields, limits.fields),
            ("levels", weight.depth, limits.depth),
            ("levels of introspection", weight.introspection_depth, limits.introspection_depth),
            ("aliases", weight.aliases, limits.aliases),
            ("repeated fields", weight.duplicates, limits.duplicates),
            ("directives", weight.directives, limits.directives),
            ("root fields", weight.root_fields, limits.root_fields),
        ] {
            if amount > limit {
                return Err(format!("the document has more than {limit} {what}: ask for less at a time"));
            }
        }
    }
    Ok(())
}

/// Weighs selections, each fragment once.
struct Scale<'a> {
    fragments: HashMap<&'a Name, &'a Node<FragmentDefinition>>,
    known: HashMap<&'a Name, Weight>,
    open: HashSet<&'a Name>,
}

impl<'a> Scale<'a> {
    fn of(document: &'a Document) -> Self {
        let fragments = document.definitions.iter().filter_map(|definition| match definition {
            Definition::FragmentDefinition(fragment) => Some((&fragment.name, fragment)),
            _ => None,
        });
        Self { fragments: fragments.collect(), known: HashMap::default(), open: HashSet::default() }
    }

    fn selections(&mut self, selections: &'a [Selection]) -> Result<Weight, String> {
        let mut sum = Weight::default();
        let mut keys = HashSet::default();
        let mut spreads = HashSet::default();
        for selection in selections {
            let weight = match selection {
                Selection::Field(field) => {
                    let mut weight = self.field(field)?;
                    weight.duplicates += usize::from(!keys.insert(field.response_name()));
                    weight
                }
                Selection::InlineFragment(fragment) => {
                    let mut weight = self.selections(&fragment.selection_set)?;
                    weight.directives = weight.directives.saturating_add(fragment.directives.len());
                    weight
                }
                Selection::FragmentSpread(spread) => {
                    let mut weight = self.fragment(&spread.fragment_name)?;
                    weight.directives = weight.directives.saturating_add(spread.directives.len());
                    if !spreads.insert(&spread.fragment_name) {
                        weight.duplicates = weight.duplicates.saturating_add(weight.fields);
                    }
                    weight
                }
            };
            sum.add(weight);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field) -> Result<Weight, String> {
        let inner = self.selections(&field.selection_set)?;
        let is_introspection = matches!(field.name.as_str(), "__schema" | "__type");
        let deepest = inner.depth.max(inner.introspection_depth) + 1;
        Ok(Weight {
            fields: inner.fields.saturating_add(1),
            depth: if is_introspection { 1 } else { inner.depth + 1 },
            introspection_depth: if is_introspection { deepest } else { inner.introspection_depth },
            aliases: inner.aliases.saturating_add(usize::from(field.alias.is_some())),
            duplicates: inner.duplicates,
            directives: inner.directives.saturating_add(field.directives.len()),
            root_fields: 1,
        })
    }

    /// Weighs a fragment the first time it is met; one that is not defined weighs nothing and is refused later.
    fn fragment(&mut self, name: &'a Name) -> Result<Weight, String> {
        if let Some(weight) = self.known.get(name) {
            return Ok(*weight);
        }
        let Some(fragment) = self.fragments.get(name).copied() else {
            return Ok(Weight::default());
        };
        if !self.open.insert(name) {
            return Err(format!("the fragment {name} spreads itself"));
        }
        let mut weight = self.selections(&fragment.selection_set)?;
        weight.directives = weight.directives.saturating_add(fragment.directives.len());
        self.open.remove(name);
        self.known.insert(name, weight);
        Ok(weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), String> {
        let document = Document::parse(text, "test").expect("the document parses");
        let limits = Limits {
            fields: 10,
            depth: 3,
            introspection_depth: 4,
            aliases: 2,
            duplicates: 2,
            directives: 2,
            root_fields: 4,
            ..Limits::IN_FORCE
        };
        check(&document, &limits)
    }

    #[test]
    fn each_limit_is_named_by_the_document_that_passes_it() {
        for (text, word) in [
            ("{ a { b1 b2 b3 b4 b5 } c { d1 d2 d3 d4 } }", "10 fields"),
            ("{ a { b { c { d } } } }", "3 levels"),
            ("{ __schema { a { b { c { d } } } } }", "4 levels of introspection"),
            ("{ x: a y: b z: __typename }", "2 aliases"),
            ("{ a a a a }", "2 repeated fields"),
            ("{ a { ...F ...F } } fragment F on T { x y z }", "2 repeated fields"),
            ("{ a @x b @x ... @x { c } }", "2 directives"),
            ("query @x { ...F @x } fragment F on T @x { a }", "2 directives"),
            ("{ a b c d e }", "4 root fields"),
            ("{ a b ...F } fragment F on T { c d ... { e } }", "4 root fields"),
        ] {
            let message = verdict(text).expect_err(text);
            assert!(message.contains(word), "{text}: {message}");
        }
        for text in [
            "{ a { b { c } } }",
            "{ __schema { a { b { c } } } }",
            "{ a a a }",
            "{ x: a y: b c }",
            "{ a { ...F } } fragment F on T { b c d e f }",
        ] {
            assert_eq!(verdict(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn fragments_in_a_circle_are_refused() {
        for text in [
            "{ ...A } fragment A on T { ...A }",
            "{ a } fragment A on T { b { ...B } } fragment B on T { ... { ...A } }",
        ] {
            let message = verdict(text).expect_err(text);
            assert!(message.contains("spreads itself"), "{message}");
        }
    }

    #[test]
    fn fragments_that_double_at_each_level_are_refused_without_being_spread() {
        for levels in [8, 64, 250] {
            let doubling = |level| format!(" fragment F{level} on T {{ ...F{0} ...F{0} }}", level + 1);
            let fragments: Vec<String> = (0..levels).map(doubling).collect();
            let text = format!("{{ ...F0 }} {} fragment F{levels} on T {{ a }}", fragments.concat());
            let message = verdict(&text).expect_err("the document is too large");
            assert!(message.contains("fields"), "{message}");
        }
    }
}
