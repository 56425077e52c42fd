//! What the validator lets pass in arguments, though the specification does not: inputs of `@oneOf` with more or
//! less than one field, fields given twice, and variables deep in a literal whose type does not fit there.
//!
//! And one rule of ours: no text holds the character U+0000, which PostgreSQL cannot store.

use apollo_compiler::{
    Name, Node,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value, VariableDefinition},
    collections::HashSet,
    executable::{Operation, Selection, SelectionSet},
    parser::SourceSpan,
    schema::{ExtendedType, InputObjectType},
};

use super::{contract::Contract, document::Document, refusal::Fault};

/// What is wrong with the arguments of the fields and directives of a document that is valid otherwise.
pub(super) fn faults(contract: &Contract, document: &Document) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in document.executable.operations.iter() {
        let mut search = Search { contract, document, operation, spread: HashSet::default(), faults };
        search.operation();
        faults = search.faults;
    }
    faults
}

/// The search through one operation and the fragments that it spreads.
struct Search<'a> {
    contract: &'a Contract,
    document: &'a Document,
    operation: &'a Operation,
    spread: HashSet<&'a Name>,
    faults: Vec<Fault>,
}

/// Where a value stands: what it must be, and whether there is a default for it.
#[derive(Clone, Copy)]
struct Position<'a> {
    ty: &'a Type,
    has_default: bool,
}

impl<'a> Position<'a> {
    fn of(rule: &'a InputValueDefinition) -> Self {
        Self { ty: &rule.ty, has_default: rule.default_value.is_some() }
    }

    /// Whether a variable can stand here, as the specification decides it.
    fn takes(self, variable: &VariableDefinition) -> bool {
        if !self.ty.is_non_null() || variable.ty.is_non_null() {
            return is_compatible(&variable.ty, self.ty);
        }
        let has_value = variable.default_value.as_ref().is_some_and(|default| !default.is_null());
        (has_value || self.has_default) && is_compatible(&variable.ty, &self.ty.clone().nullable())
    }
}

fn is_compatible(given: &Type, wanted: &Type) -> bool {
    match (given, wanted) {
        (Type::NonNullNamed(given), Type::Named(wanted) | Type::NonNullNamed(wanted))
        | (Type::Named(given), Type::Named(wanted)) => given == wanted,
        (Type::NonNullList(given), Type::List(wanted) | Type::NonNullList(wanted))
        | (Type::List(given), Type::List(wanted)) => is_compatible(given, wanted),
        _ => false,
    }
}

impl<'a> Search<'a> {
    fn operation(&mut self) {
        for variable in &self.operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(Position { ty: &variable.ty, has_default: false }, default);
            }
        }
        self.directives(&self.operation.directives);
        self.selections(&self.operation.selection_set);
    }

    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives);
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    if self.spread.insert(&spread.fragment_name)
                        && let Some(fragment) = self.document.executable.fragments.get(&spread.fragment_name)
                    {
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            if let Some(rule) = self.contract.schema.directive_definitions.get(&directive.name) {
                self.arguments(&rule.arguments, &directive.arguments);
            }
        }
    }

    fn arguments(&mut self, rules: &[Node<InputValueDefinition>], arguments: &[Node<Argument>]) {
        for argument in arguments {
            if let Some(rule) = rules.iter().find(|rule| rule.name == argument.name) {
                self.value(Position::of(rule), &argument.value);
            }
        }
    }

    fn value(&mut self, position: Position<'_>, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) => {
                let definition = self.operation.variables.iter().find(|variable| variable.name == *name);
                if let Some(definition) = definition
                    && !position.takes(definition)
                {
                    let message = format!(
                        "the variable ${name} of type {} cannot stand for a {}",
                        definition.ty, position.ty
                    );
                    self.report(message, value.location());
                }
            }
            Value::List(items) => {
                let (Type::List(ty) | Type::NonNullList(ty)) = position.ty else { return };
                for item in items {
                    self.value(Position { ty, has_default: false }, item);
                }
            }
            Value::Object(fields) => {
                let inner = position.ty.inner_named_type();
                if let Some(ExtendedType::InputObject(rule)) = self.contract.schema.types.get(inner) {
                    self.object(rule, fields, value.location());
                }
            }
            Value::String(text) if text.contains('\0') => {
                let message = "a text holds the character U+0000, which no text here can hold";
                self.report(message.to_owned(), value.location());
            }
            _ => {}
        }
    }

    fn object(&mut self, rule: &InputObjectType, fields: &[(Name, Node<Value>)], place: Option<SourceSpan>) {
        let is_one_of = rule.directives.has("oneOf");
        if is_one_of && (fields.len() != 1 || fields[0].1.is_null()) {
            self.report(format!("a {} must have exactly one field, and a value for it", rule.name), place);
        }
        let mut given = HashSet::default();
        for (name, value) in fields {
            if !given.insert(name) {
                self.report(format!("the field {name} of a {} is given twice", rule.name), name.location());
            }
            if let Some(field) = rule.fields.get(name) {
                let needed = if is_one_of { (*field.ty).clone().non_null() } else { (*field.ty).clone() };
                self.value(Position { ty: &needed, ..Position::of(field) }, value);
            }
        }
    }

    fn report(&mut self, message: String, place: Option<SourceSpan>) {
        let fault = Fault::at(self.document.places.find(place), message);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::gate::{contract::Contract, document::Document, limits::Limits};

    const SDL: &str = "
        type Query { list(of: [Word!], where: Where, one: One, flag: Boolean! = true): Int }
        enum Word { A B }
        input Where { word: Word, in: [Word!], size: Int! = 3, deep: [Where!] }
        input One @oneOf { x: Int, y: String }
        directive @oneOf on INPUT_OBJECT
    ";

    fn faults(text: &str) -> Vec<String> {
        let read = Document::read(&Contract::read(SDL), &Limits::IN_FORCE, text);
        read.err()
            .map_or_else(Vec::new, |refused| refused.faults.into_iter().map(|fault| fault.message).collect())
    }

    #[test]
    fn a_variable_stands_where_its_type_fits_however_deep() {
        for text in [
            "query($w: Word!) { list(of: [A, $w]) }",
            "query($w: Word) { list(where: { word: $w }) }",
            "query($w: [Word!]) { list(where: { deep: [{ in: $w }] }) }",
            "query($n: Int) { list(where: { size: $n }) }",
            "query($b: Boolean) { list(flag: $b) }",
            "query($x: Int!) { list(one: { x: $x }) }",
            "query($b: Boolean = false) { list @include(if: $b) }",
        ] {
            assert_eq!(faults(text), Vec::<String>::new(), "{text}");
        }
        for text in [
            "query($w: Word) { list(of: [A, $w]) }",
            "query($w: Word!) { list(where: { in: $w }) }",
            "query($w: [Word]) { list(where: { deep: [{ in: $w }] }) }",
            "query($x: Int) { list(one: { x: $x }) }",
            "query($b: Boolean = null) { list @include(if: $b) }",
            "query($w: Word) { ...F } fragment F on Query { list(where: { in: [$w] }) }",
        ] {
            assert_eq!(faults(text).len(), 1, "{text}: {:?}", faults(text));
        }
    }

    #[test]
    fn what_is_given_twice_or_not_once_is_refused() {
        for (text, word) in [
            ("{ list(where: { size: 1, size: 1 }) }", "twice"),
            ("{ list(where: { deep: [{ word: A, word: B }] }) }", "twice"),
            ("{ list(one: {}) }", "exactly one"),
            ("{ list(one: { x: 1, y: \"a\" }) }", "exactly one"),
            ("{ list(one: { x: null }) }", "exactly one"),
            ("{ list(one: { y: \"\\u0000\" }) }", "U+0000"),
            ("query($o: One = { x: 1, y: \"\" }) { list(one: $o) }", "exactly one"),
        ] {
            let faults = faults(text);
            assert!(faults.len() == 1 && faults[0].contains(word), "{text}: {faults:?}");
        }
    }
}
