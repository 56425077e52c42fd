//! The schema as the tests of access read it: which objects `node` reaches, which fields lead to records, which lists
//! filter by an id.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ground::Ground, recorded::Recorded};
use crate::client::Client;

const INTROSPECTION: &str = "{ __schema { types { kind name possibleTypes { name }
    fields(includeDeprecated: true) { name type { ...T } args { name type { ...T } defaultValue } }
    inputFields { name type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The schema.
pub(super) struct Walk(BTreeMap<String, Value>);

/// A list that filters by an id, to be asked with that id in the place of `@it`.
pub(super) struct Filter {
    /// The object that has the list: `Query`, or one that `node` reaches.
    pub(super) owner: String,
    /// The field with its filter and what is asked of each.
    pub(super) field: String,
}

impl Walk {
    /// Reads the schema of the server.
    pub(super) async fn of(client: &Client) -> Self {
        let answer = client.query(INTROSPECTION).await;
        let types = answer.list("__schema.types").iter();
        Self(
            types
                .map(|found| (found["name"].as_str().unwrap_or_default().to_owned(), found.clone()))
                .collect(),
        )
    }

    /// The objects that `node` reaches.
    pub(super) fn nodes(&self) -> Vec<&str> {
        list(&self.0["Node"], "possibleTypes").map(name).collect()
    }

    /// What leads from an object to records within two steps, asked for their ids.
    pub(super) fn paths(&self, object: &str) -> String {
        self.ids(object, 2).join(" ")
    }

    fn ids(&self, object: &str, steps: usize) -> Vec<String> {
        let fields = list(&self.0[object], "fields").filter(|field| is_asked_without_arguments(field));
        let mut found = Vec::new();
        for field in fields {
            let (written, of) = (name(field), name(named(&field["type"])));
            if of == "ID" && written == "id" {
                found.push("id".to_owned());
            } else if self.0[of]["kind"] == "OBJECT" && steps > 0 && written != "edges" {
                // A page of a list is no step of its own.
                let steps = if of.ends_with("Connection") { steps } else { steps - 1 };
                let within = self.ids(of, steps);
                if !within.is_empty() {
                    found.push(format!("{written} {{ {} }}", within.join(" ")));
                }
            }
        }
        found
    }

    /// The lists of the whole API that need no argument.
    pub(super) fn lists(&self) -> Vec<&str> {
        let fields = list(&self.0["Query"], "fields").filter(|field| is_asked_without_arguments(field));
        fields.filter(|field| name(named(&field["type"])).ends_with("Connection")).map(name).collect()
    }

    /// The lists that filter by an id.
    pub(super) fn filters(&self) -> Vec<Filter> {
        let mut found = Vec::new();
        for owner in ["Query"].into_iter().chain(self.nodes()) {
            for field in list(&self.0[owner], "fields").filter(|field| is_asked_without_arguments(field)) {
                let Some(filter) = list(field, "args").find(|argument| name(argument) == "where") else {
                    continue;
                };
                let asked = self.counted(name(named(&field["type"])));
                for test in list(&self.0[name(named(&filter["type"]))], "inputFields") {
                    let of = named(&test["type"]);
                    let value = match (name(of), is_list(&test["type"])) {
                        ("ID", true) => "[@it]",
                        ("ID", false) => "@it",
                        ("IDFilter", _) => "{ eq: @it }",
                        _ => continue,
                    };
                    let field =
                        format!("{}(where: {{ {}: {value} }}) {{ {asked} }}", name(field), name(test));
                    found.push(Filter { owner: owner.to_owned(), field });
                }
            }
        }
        found
    }

    /// What is asked of an answer to a filter: the ids and the count of a list, else all plain fields of an object.
    fn counted(&self, object: &str) -> String {
        if object.ends_with("Connection") {
            let nodes = list(&self.0[object], "fields").find(|field| name(field) == "nodes");
            let of = nodes.map_or("", |nodes| name(named(&nodes["type"])));
            let has_id = list(&self.0[of], "fields").any(|field| name(field) == "id");
            return format!("totalCount nodes {{ __typename {} }}", if has_id { "id" } else { "" });
        }
        self.plain(object, 2).join(" ")
    }

    fn plain(&self, object: &str, steps: usize) -> Vec<String> {
        let mut found = vec!["__typename".to_owned()];
        for field in list(&self.0[object], "fields").filter(|field| is_asked_without_arguments(field)) {
            let of = name(named(&field["type"]));
            match self.0[of]["kind"].as_str() {
                Some("SCALAR" | "ENUM") if of != "DateTime" => found.push(name(field).to_owned()),
                Some("OBJECT") if steps > 0 => {
                    found.push(format!("{} {{ {} }}", name(field), self.plain(of, steps - 1).join(" ")));
                }
                _ => {}
            }
        }
        found
    }
}

/// Asks every caller for every record of the ground; every object that `node` reaches must be among them.
pub(super) async fn ask_for_nodes(callers: &[Client], ground: &Ground, recorded: &mut Recorded) {
    let mut missing: Vec<String> = Vec::new();
    let walk = Walk::of(&callers[1]).await;
    missing.extend(walk.nodes().into_iter().map(ToOwned::to_owned));
    for name in ground.names() {
        let document = ground.fill(&format!("{{ node(id: @{name}) {{ __typename }} }}"));
        let mut answers = String::new();
        let mut object = String::new();
        for client in callers {
            let body = client.query(&document).await.body;
            let found = body["data"]["node"]["__typename"].as_str();
            object = found.map_or(object, ToOwned::to_owned);
            answers.push(match (found, body["errors"][0]["extensions"]["code"].as_str()) {
                (Some(_), _) => '+',
                (None, None | Some("NOT_FOUND")) => '0',
                (None, Some("UNAUTHENTICATED")) => '!',
                (None, _) => panic!("{name}: {body}"),
            });
        }
        if !object.is_empty() {
            missing.retain(|known| *known != object);
            recorded.row(&answers, &format!("{object}: @{name}"));
        }
    }
    assert!(missing.is_empty(), "give the ground (tests/e2e/access/ground.rs) a record of each: {missing:?}");
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value[field].as_array().into_iter().flatten()
}

/// The type itself, without what is around it.
fn named(of: &Value) -> &Value {
    if of["ofType"].is_null() { of } else { named(&of["ofType"]) }
}

fn is_list(of: &Value) -> bool {
    of["kind"] == "LIST" || (!of["ofType"].is_null() && is_list(&of["ofType"]))
}

fn is_asked_without_arguments(field: &Value) -> bool {
    list(field, "args")
        .all(|argument| argument["type"]["kind"] != "NON_NULL" || !argument["defaultValue"].is_null())
}
