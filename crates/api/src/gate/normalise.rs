//! An operation as the executor must see it to answer as the specification says.
//!
//! Fragments are put in their places, `@skip` and `@include` are decided, fields of one response key are one
//! field, and an argument whose variable was left out is left out. The executor would resolve a repeated
//! field twice (and run a repeated mutation twice), and does not know the defaults of variables.

use std::{cell::RefCell, collections::BTreeSet};

use apollo_compiler::{
    Name as Word, Node,
    ast::{self, DirectiveList},
    collections::{HashMap, HashSet},
    executable::{self, Operation, Selection, SelectionSet},
    parser::SourceSpan,
};
use async_graphql::{
    Pos, Positioned, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType,
        Selection as Selected, SelectionSet as SelectedSet, Type, TypeCondition, VariableDefinition,
    },
};
use async_graphql_value::ConstValue;

use super::{
    alike::asks_alike,
    contract::Contract,
    document::Document,
    literal::{literal, name},
    refusal::{Fault, Refused},
};
use crate::graphql::ErrorCode;

/// Writes an operation anew, for these values of its variables.
pub(super) fn normalise(
    contract: &Contract,
    document: &Document,
    operation: &Operation,
    variables: &Variables,
) -> Result<ExecutableDocument, Refused> {
    let writer = Writer { contract, document, variables: Some(variables), faults: RefCell::default() };
    let selection_set = writer.selection_set(std::iter::once(&operation.selection_set));
    let definition = OperationDefinition {
        ty: match operation.operation_type {
            executable::OperationType::Query => OperationType::Query,
            executable::OperationType::Mutation => OperationType::Mutation,
            executable::OperationType::Subscription => OperationType::Subscription,
        },
        variable_definitions: operation.variables.iter().map(|variable| writer.variable(variable)).collect(),
        directives: Vec::new(),
        selection_set,
    };
    let faults = writer.faults.into_inner();
    if !faults.is_empty() {
        return Err(Refused::many(ErrorCode::BadUserInput, faults));
    }
    let position = document.places.find(operation.selection_set.selections.first().and_then(place));
    Ok(ExecutableDocument {
        operations: DocumentOperations::Single(Positioned::new(definition, position)),
        fragments: std::collections::HashMap::default(),
    })
}

/// The fields of one key that cannot be one though the validator lets them pass: their lists differ in length.
pub(super) fn conflicts(contract: &Contract, document: &Document, operation: &Operation) -> Vec<Fault> {
    let writer = Writer { contract, document, variables: None, faults: RefCell::default() };
    writer.selection_set(std::iter::once(&operation.selection_set));
    writer.faults.into_inner()
}

fn place(selection: &Selection) -> Option<SourceSpan> {
    match selection {
        Selection::Field(field) => field.location(),
        Selection::FragmentSpread(spread) => spread.location(),
        Selection::InlineFragment(fragment) => fragment.location(),
    }
}

struct Writer<'a> {
    contract: &'a Contract,
    document: &'a Document,
    /// The values of the variables; without them, every selection stands and conflicts are sought.
    variables: Option<&'a Variables>,
    faults: RefCell<Vec<Fault>>,
}

/// One field of the answer: all the fields of the document that share its key.
struct Entry<'a> {
    /// The object for which alone it was asked; none where every object of the type answers it.
    object: Option<Word>,
    fields: Vec<&'a Node<executable::Field>>,
}

/// The fields of one selection set, in the order in which they are first met.
#[derive(Default)]
struct Entries<'a> {
    list: Vec<Entry<'a>>,
    places: HashMap<(Option<Word>, &'a Word), usize>,
    /// The fragments that have been put in their places, each with the objects for which alone it was.
    spread: HashSet<(&'a Word, Vec<Word>)>,
}

impl<'a> Entries<'a> {
    fn add(&mut self, object: Option<&Word>, field: &'a Node<executable::Field>) {
        let key = field.response_key();
        if let Some(place) = self.places.get(&(object.cloned(), key)) {
            self.list[*place].fields.push(field);
            return;
        }
        let is_leaf = field.selection_set.selections.is_empty();
        if is_leaf && object.is_some() && self.places.contains_key(&(None, key)) {
            return;
        }
        self.places.insert((object.cloned(), key), self.list.len());
        self.list.push(Entry { object: object.cloned(), fields: vec![field] });
    }
}

impl<'a> Writer<'a> {
    /// Merges selection sets of one type into one.
    fn selection_set(&self, sets: impl Iterator<Item = &'a SelectionSet> + Clone) -> Positioned<SelectedSet> {
        let mut entries = Entries::default();
        let mut position = Pos::default();
        for set in sets {
            if position == Pos::default() {
                position = self.position(set.selections.first().and_then(place));
            }
            let all = self.contract.objects(&set.ty);
            self.collect(set, all, all, &mut entries);
        }
        let mut items: Vec<Positioned<Selected>> = Vec::with_capacity(entries.list.len());
        for entry in entries.list {
            let field = self.field(&entry.fields);
            let position = field.pos;
            let field = Positioned::new(Selected::Field(field), position);
            match entry.object {
                None => items.push(field),
                Some(object) => push_for(&mut items, &object, field),
            }
        }
        Positioned::new(SelectedSet { items }, position)
    }

    /// Gathers the fields of a set that is asked of some of the objects of a type.
    fn collect(
        &self,
        set: &'a SelectionSet,
        asked: &BTreeSet<Word>,
        all: &BTreeSet<Word>,
        entries: &mut Entries<'a>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) if self.is_wanted(&field.directives) => {
                    if asked.len() == all.len() {
                        entries.add(None, field);
                    } else {
                        for object in asked {
                            entries.add(Some(object), field);
                        }
                    }
                }
                Selection::InlineFragment(fragment) if self.is_wanted(&fragment.directives) => {
                    self.narrow(&fragment.selection_set, asked, all, entries);
                }
                Selection::FragmentSpread(spread) if self.is_wanted(&spread.directives) => {
                    let only =
                        if asked.len() == all.len() { Vec::new() } else { asked.iter().cloned().collect() };
                    let once = (&spread.fragment_name, only);
                    if let Some(fragment) = self.document.executable.fragments.get(&spread.fragment_name)
                        && entries.spread.insert(once)
                    {
                        self.narrow(&fragment.selection_set, asked, all, entries);
                    }
                }
                _ => {}
            }
        }
    }

    /// Gathers the fields of a fragment from those objects that it is about.
    fn narrow(
        &self,
        set: &'a SelectionSet,
        asked: &BTreeSet<Word>,
        all: &BTreeSet<Word>,
        entries: &mut Entries<'a>,
    ) {
        let about = self.contract.objects(&set.ty);
        if asked.is_subset(about) {
            self.collect(set, asked, all, entries);
        } else {
            let both: BTreeSet<_> = asked.intersection(about).cloned().collect();
            self.collect(set, &both, all, entries);
        }
    }

    /// Writes the field that stands for all fields of one key.
    fn field(&self, fields: &[&'a Node<executable::Field>]) -> Positioned<Field> {
        let first = fields[0];
        for other in &fields[1..] {
            if self.variables.is_none() && !asks_alike(first, other) {
                let key = first.response_key();
                let message =
                    format!("the fields {key} cannot be one: their arguments differ; give one an alias");
                self.report(message, other.location());
            }
        }
        let position = self.position(first.location());
        for argument in &first.arguments {
            if let Some(rule) = first.definition.argument_by_name(&argument.name) {
                self.check_nulls(&rule.ty, &argument.value);
            }
        }
        let arguments = first.arguments.iter().filter(|argument| self.is_given(&argument.value));
        let arguments = arguments.map(|argument| {
            let value = Positioned::new(literal(&argument.value), self.position(argument.value.location()));
            (Positioned::new(name(&argument.name), self.position(argument.location())), value)
        });
        let field = Field {
            alias: first.alias.as_ref().map(|alias| Positioned::new(name(alias), position)),
            name: Positioned::new(name(&first.name), position),
            arguments: arguments.collect(),
            directives: Vec::new(),
            selection_set: self.selection_set(fields.iter().map(|field| &field.selection_set)),
        };
        Positioned::new(field, position)
    }

    fn variable(&self, variable: &Node<ast::VariableDefinition>) -> Positioned<VariableDefinition> {
        let position = self.position(variable.location());
        let written = variable.ty.to_string();
        let definition = VariableDefinition {
            name: Positioned::new(name(&variable.name), position),
            var_type: Positioned::new(Type::new(&written).expect("a valid type is one"), position),
            directives: Vec::new(),
            default_value: None,
        };
        Positioned::new(definition, position)
    }

    /// Whether an argument has a value: one whose variable was left out has none.
    fn is_given(&self, value: &ast::Value) -> bool {
        let Some(variable) = value.as_variable() else { return true };
        self.variables.is_none_or(|variables| variables.contains_key(variable.as_str()))
    }

    /// Reports a variable that is null where the type allows none: a default let its type pass.
    fn check_nulls(&self, ty: &ast::Type, value: &Node<ast::Value>) {
        match &**value {
            ast::Value::Variable(variable) => {
                let is_null = self.value(variable) == Some(&ConstValue::Null);
                if is_null && ty.is_non_null() {
                    let message = format!("the variable ${variable} must not be null: it stands for a {ty}");
                    self.report(message, value.location());
                }
            }
            ast::Value::List(items) => items.iter().for_each(|item| self.check_nulls(ty.item_type(), item)),
            ast::Value::Object(fields) => {
                let rule = self.contract.schema.get_input_object(ty.inner_named_type());
                for (name, value) in fields {
                    if let Some(field) = rule.and_then(|rule| rule.fields.get(name)) {
                        self.check_nulls(&field.ty, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn value(&self, variable: &Word) -> Option<&'a ConstValue> {
        self.variables?.get(variable.as_str())
    }

    /// Whether `@skip` and `@include` let a selection stand.
    fn is_wanted(&self, directives: &DirectiveList) -> bool {
        if self.variables.is_none() {
            return true;
        }
        let is_set = |directive: &str| {
            let condition = directives.get(directive)?.specified_argument_by_name("if")?;
            let ast::Value::Variable(variable) = &**condition else { return condition.to_bool() };
            if let Some(ConstValue::Boolean(value)) = self.value(variable) {
                return Some(*value);
            }
            let message = format!("the variable ${variable} must not be null: it decides @{directive}");
            self.report(message, condition.location());
            None
        };
        is_set("skip") != Some(true) && is_set("include") != Some(false)
    }

    fn report(&self, message: String, place: Option<SourceSpan>) {
        self.faults.borrow_mut().push(Fault::at(self.position(place), message));
    }

    fn position(&self, place: Option<SourceSpan>) -> Pos {
        self.document.places.find(place)
    }
}

/// Adds a field that is asked of one object alone: to the fragment before it, if that is about the same object.
fn push_for(items: &mut Vec<Positioned<Selected>>, object: &Word, field: Positioned<Selected>) {
    let position = field.pos;
    if let Some(Positioned { node: Selected::InlineFragment(last), .. }) = items.last_mut()
        && last
            .node
            .type_condition
            .as_ref()
            .is_some_and(|condition| condition.node.on.node == object.as_str())
    {
        last.node.selection_set.node.items.push(field);
        return;
    }
    let on = Positioned::new(name(object), position);
    let fragment = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on }, position)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectedSet { items: vec![field] }, position),
    };
    items.push(Positioned::new(Selected::InlineFragment(Positioned::new(fragment, position)), position));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::gate::{limits::Limits, values};

    const SDL: &str = "
        type Query { node(id: ID): Node hero(first: Int = 3): Human humans: [Human] tick: Int }
        type Mutation { bump(by: Int = 1): Human }
        interface Node { id: ID! }
        interface Named implements Node { id: ID! name: String }
        type Human implements Node & Named { id: ID! name: String friend: Human pets: [Pet] }
        type Pet implements Node & Named { id: ID! name: String owner: Human }
        type Rock implements Node { id: ID! weight: Int }
    ";

    /// Writes an operation as text, fields in order, so that what the executor gets can be read.
    fn written(text: &str, variables: Json) -> String {
        let contract = Contract::read(SDL);
        let document = Document::read(&contract, &Limits::IN_FORCE, text).map_err(|refused| refused.faults);
        let document = document.expect(text);
        let operation = document.operation(None).expect("it has one operation");
        let Json::Object(sent) = variables else { panic!("variables are an object") };
        let variables = values::coerce(&contract, &document, operation, sent).expect("they fit");
        let written = normalise(&contract, &document, operation, &variables).expect(text);
        let DocumentOperations::Single(operation) = written.operations else { panic!("it is one operation") };
        shown(&operation.node.selection_set.node)
    }

    fn shown(set: &SelectedSet) -> String {
        let items = set.items.iter().map(|item| match &item.node {
            Selected::Field(field) => {
                let field = &field.node;
                let mut text = field.response_key().node.to_string();
                if field.alias.is_some() {
                    text = format!("{text}:{}", field.name.node);
                }
                for (name, value) in &field.arguments {
                    text = format!("{text}({}={})", name.node, value.node);
                }
                if !field.selection_set.node.items.is_empty() {
                    text = format!("{text}{{{}}}", shown(&field.selection_set.node));
                }
                text
            }
            Selected::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.to_string());
                format!("..{}{{{}}}", on.unwrap_or_default(), shown(&fragment.node.selection_set.node))
            }
            Selected::FragmentSpread(_) => panic!("no spread is left"),
        });
        items.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fields_of_one_key_become_one_in_the_place_of_the_first() {
        for (text, expected) in [
            ("{ tick tick }", "tick"),
            ("{ hero { id } tick hero { name id } }", "hero{id name} tick"),
            ("mutation { bump { id } bump { name } b: bump { id } }", "bump{id name} b:bump{id}"),
            (
                "{ ...F hero { friend { name } } } fragment F on Query { hero { friend { id } } }",
                "hero{friend{id name}}",
            ),
            ("{ hero { ... on Human { id } ... on Named { name } ... on Pet { owner { id } } } }", ""),
        ] {
            if expected.is_empty() {
                // A fragment on a type that cannot be is refused as such.
                assert!(Document::read(&Contract::read(SDL), &Limits::IN_FORCE, text).is_err());
                continue;
            }
            assert_eq!(written(text, json!({})), expected, "{text}");
        }
    }

    #[test]
    fn what_is_asked_of_some_objects_alone_stays_so() {
        for (text, expected) in [
            ("{ node { id ... on Human { name id } } }", "node{id ..Human{name}}"),
            (
                "{ node { ... on Human { friend { id } } id ... on Human { friend { name } name } } }",
                "node{..Human{friend{id name}} id ..Human{name}}",
            ),
            ("{ node { ... on Named { name } } }", "node{..Human{name} ..Pet{name}}"),
            ("{ node { ... on Named { ... on Pet { name } } } }", "node{..Pet{name}}"),
            ("{ node { ... on Node { id } ... { __typename } } }", "node{id __typename}"),
            ("{ hero { ... on Node { ... on Human { name } id } } }", "hero{name id}"),
        ] {
            assert_eq!(written(text, json!({})), expected, "{text}");
        }
    }

    #[test]
    fn conditions_are_decided_by_values_and_by_defaults() {
        let text =
            "query($yes: Boolean = true, $no: Boolean!) { a: tick @include(if: $yes) b: tick @skip(if: $yes)
            ... @include(if: $no) { c: tick } ...F @skip(if: $no) e: tick @include(if: false) }
            fragment F on Query { d: tick }";
        assert_eq!(written(text, json!({ "no": false })), "a:tick d:tick");
        assert_eq!(written(text, json!({ "no": true, "yes": false })), "b:tick c:tick");
    }

    #[test]
    fn fields_of_one_key_with_lists_of_other_lengths_are_not_one() {
        let contract = Contract::read("type Query { a(of: [Int]): Int }");
        for (text, is_refused) in
            [("{ a(of: [1]) a(of: [1, 2]) }", true), ("{ a(of: [1, 2]) a(of: [1, 2]) }", false)]
        {
            assert_eq!(Document::read(&contract, &Limits::IN_FORCE, text).is_err(), is_refused, "{text}");
        }
    }

    #[test]
    fn null_does_not_stand_where_a_default_let_its_type_pass() {
        let contract =
            Contract::read("type Query { a(n: Int! = 1, l: [Int!], w: In): Int } input In { n: Int! = 2 }");
        for text in [
            "query($n: Int) { a(n: $n) }",
            "query($n: Int = 1) { a(l: [2, $n]) }",
            "query($n: Int) { a(w: { n: $n }) }",
            "query($n: Boolean = true) { a @skip(if: $n) }",
        ] {
            let read = Document::read(&contract, &Limits::IN_FORCE, text).map_err(|refused| refused.faults);
            let document = read.expect(text);
            let operation = document.operation(None).expect("it has one operation");
            let null = Variables::from_json(json!({ "n": null }));
            let refused = normalise(&contract, &document, operation, &null).expect_err(text);
            assert!(refused.faults[0].message.contains("$n must not be null"), "{text}: {refused:?}");
        }
    }

    #[test]
    fn an_argument_whose_variable_is_left_out_is_left_out() {
        let text = "query($n: Int, $m: Int = 7) { hero(first: $n) { id } m: hero(first: $m) { id } }";
        assert_eq!(written(text, json!({})), "hero{id} m:hero(first=$m){id}");
        assert_eq!(written(text, json!({ "n": 2 })), "hero(first=$n){id} m:hero(first=$m){id}");
    }
}
