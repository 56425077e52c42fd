//! What one may not see cannot be told from what does not exist: by its id, by what it is named in, by filters, by
//! counts, by cursors, by paths from what one sees. All of it is asked for every caller and every record of the ground.

use std::collections::{HashMap, HashSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

use super::{
    ask,
    callers::{CALLERS, callers},
    ground::Ground,
    operations::rows,
    walk::{Filter, Walk},
};
use crate::{app::App, client::Client, each_database};

/// What a caller sees of the ground.
struct Sight<'a> {
    caller: &'a str,
    client: &'a Client,
    seen: Vec<&'static str>,
    hidden: Vec<&'static str>,
}

/// A question about a record, by the name that the ground has for it.
struct Question {
    operation: &'static str,
    document: String,
    about: &'static str,
}

impl<'a> Sight<'a> {
    async fn of(caller: &'a str, client: &'a Client, ground: &Ground) -> Self {
        let (mut seen, mut hidden) = (Vec::new(), Vec::new());
        // A citation is seen with the public record that cites.
        for name in ground.names().into_iter().filter(|name| *name != "citation") {
            let shown = shown_with(name);
            let found = client.query(&ground.fill(&format!("{{ node(id: @{shown}) {{ id }} }}"))).await;
            let is_at_the_door = caller == "device" && AT_THE_DOOR.contains(&name);
            let into =
                if found.body["data"]["node"].is_null() && !is_at_the_door { &mut hidden } else { &mut seen };
            into.push(name);
        }
        Self { caller, client, seen, hidden }
    }

    /// Asks a question about a hidden record, and the same about none; tells where the answers differ.
    async fn compare(&self, app: &App<'_>, ground: &Ground, question: &Question) -> Option<String> {
        let Question { operation, document, about } = question;
        let id = ground.id(about);
        let other = stranger(id);
        let elsewhere = ground.with(about, other.clone());
        let none = told(&ask(app, self.client, operation, &elsewhere.fill(document)).await, &other);
        let hidden = told(&ask(app, self.client, operation, &ground.fill(document)).await, id);
        let caller = self.caller;
        (none != hidden)
            .then(|| format!("{caller} can tell {about} by {document}\n  hidden: {hidden}\n  none:   {none}"))
    }
}

/// What the device of the shared event sees though `node` is closed to it.
const AT_THE_DOOR: [&str; 7] = [
    "shared",
    "nominee",
    "hosted",
    "facilitator",
    "nominee-registration",
    "hosted-registration",
    "facilitator-registration",
];

/// The node that a record is seen with, if it is none itself.
fn shown_with(name: &str) -> &str {
    match name {
        "grant-eci" => "account-eci",
        "client-secret" => "service-account",
        "walk-in" => "guest-registration",
        other => other,
    }
}

/// The id of a record of the same kind that does not exist.
fn stranger(id: &str) -> String {
    let mut bytes = BASE64.decode(id).expect("an id is base64");
    let end = bytes.len() - 6;
    bytes[end..].copy_from_slice(b"nobody");
    BASE64.encode(bytes)
}

/// The kind that an id carries.
fn kind(id: &str) -> u8 {
    BASE64.decode(id).expect("an id is base64")[0]
}

/// The part of an answer that can tell something, without the id that was asked for.
fn told(answer: &Value, id: &str) -> String {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let errors: Vec<_> =
        errors.map(|error| json!([error["message"], error["path"], error["extensions"]["code"]])).collect();
    json!([answer["data"], answer["payload"], errors]).to_string().replace(id, "(the id)")
}

/// Whether a document names a record of the ground.
fn names_it(document: &str, name: &str) -> bool {
    let mut parts = document.split('@').skip(1);
    parts.any(|part| part.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next() == Some(name))
}

/// Every question that a record can be named in: by its id, in each operation of the table, in each filter.
fn questions(
    sight: &Sight<'_>,
    objects: &Objects,
    filters: &[(Filter, Vec<u8>)],
    ground: &Ground,
) -> Vec<Question> {
    let mut all = Vec::new();
    for about in &sight.hidden {
        let mut ask = |operation, document| all.push(Question { operation, document, about });
        ask(
            "Query.node",
            format!("{{ node(id: @{about}) {{ __typename id }} nodes(ids: [@{about}]) {{ id }} }}"),
        );
        for row in rows().filter(|row| names_it(row.document, about)) {
            ask(row.operation, row.document.to_owned());
        }
        for (filter, _) in filters.iter().filter(|(_, kinds)| kinds.contains(&kind(ground.id(about)))) {
            let field = filter.field.replace("@it", &format!("@{about}"));
            // That something happened to a record is what the trail is there to tell an auditor.
            if sight.caller == "auditor" && filter.field.starts_with("auditTrail") {
                continue;
            }
            if filter.owner == "Query" {
                ask("Query", format!("{{ {field} }}"));
            }
            let owners = sight.seen.iter().filter(|seen| objects.get(**seen) == Some(&filter.owner));
            for owner in owners {
                ask("Query", format!("{{ node(id: @{owner}) {{ ... on {} {{ {field} }} }} }}", filter.owner));
            }
        }
    }
    all
}

/// Which object each record of the ground is, of those that are nodes.
type Objects = HashMap<&'static str, String>;

async fn objects(administrator: &Client, ground: &Ground) -> Objects {
    let mut objects = HashMap::new();
    for name in ground.names() {
        let found =
            administrator.query(&ground.fill(&format!("{{ node(id: @{name}) {{ __typename }} }}"))).await;
        if let Some(object) = found.body["data"]["node"]["__typename"].as_str() {
            objects.insert(name, object.to_owned());
        }
    }
    objects
}

/// The filters by an id, each with the kinds that it takes: the administrator, who sees all, tries them out.
async fn filters(
    walk: &Walk,
    administrator: &Client,
    ground: &Ground,
    objects: &Objects,
) -> Vec<(Filter, Vec<u8>)> {
    let mut one_of_each: HashMap<u8, &str> = HashMap::new();
    for name in ground.names() {
        one_of_each.insert(kind(ground.id(name)), name);
    }
    let mut found = Vec::new();
    for filter in walk.filters() {
        let owner = ground.names().into_iter().find(|name| objects.get(name) == Some(&filter.owner));
        let mut kinds = Vec::new();
        for (kind, name) in &one_of_each {
            let field = filter.field.replace("@it", &format!("@{name}"));
            let document = match owner {
                Some(owner) => {
                    format!("{{ node(id: @{owner}) {{ ... on {} {{ {field} }} }} }}", filter.owner)
                }
                None => format!("{{ {field} }}"),
            };
            let answer = administrator.query(&ground.fill(&document)).await.body;
            match answer["errors"][0]["extensions"]["code"].as_str() {
                None => kinds.push(*kind),
                Some("BAD_USER_INPUT") => {}
                Some(_) => panic!("{document}: {answer}"),
            }
        }
        assert!(!kinds.is_empty(), "no record of the ground fits into {}", filter.field);
        found.push((filter, kinds));
    }
    found
}

each_database!(what_one_may_not_see_cannot_be_told_from_what_does_not_exist);
async fn what_one_may_not_see_cannot_be_told_from_what_does_not_exist(app: &App<'_>) {
    let administrator = app.administrator().await;
    let ground = Ground::prepare(&administrator).await;
    let callers = callers(app, &ground).await;
    let walk = Walk::of(&administrator).await;
    let objects = objects(&administrator, &ground).await;
    let filters = filters(&walk, &administrator, &ground, &objects).await;
    let (mut leaks, mut compared) = (Vec::new(), 0);
    for (caller, client) in CALLERS.iter().zip(&callers).skip(1) {
        let sight = Sight::of(caller, client, &ground).await;
        for question in questions(&sight, &objects, &filters, &ground) {
            leaks.extend(sight.compare(app, &ground, &question).await);
            compared += 1;
        }
    }
    assert!(leaks.is_empty(), "{} of {compared}:\n{}", leaks.len(), leaks.join("\n"));
    assert!(compared > 500, "only {compared} questions were compared");
}

each_database!(every_path_leads_to_what_is_seen_by_its_id);
async fn every_path_leads_to_what_is_seen_by_its_id(app: &App<'_>) {
    let administrator = app.administrator().await;
    let ground = Ground::prepare(&administrator).await;
    let callers = callers(app, &ground).await;
    let walk = Walk::of(&administrator).await;
    let objects = objects(&administrator, &ground).await;
    let nodes: HashSet<u8> = objects.keys().map(|name| kind(ground.id(name))).collect();
    let (mut leaks, mut followed) = (Vec::new(), 0);
    for (caller, client) in CALLERS.iter().zip(&callers).skip(1) {
        let sight = Sight::of(caller, client, &ground).await;
        for start in &sight.seen {
            // To a device `node` is closed, whatever it sees.
            let Some(object) = objects.get(start).filter(|_| *caller != "device") else { continue };
            let paths = walk.paths(object);
            let document = format!("{{ node(id: @{start}) {{ ... on {object} {{ {paths} }} }} }}");
            let answer = client.query(&ground.fill(&document)).await;
            let mut ids = Vec::new();
            collect_ids(answer.data("node"), &mut ids);
            ids.retain(|id| nodes.contains(&kind(id)));
            ids.sort();
            ids.dedup();
            for some in ids.chunks(100) {
                let answer = client
                    .ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": some }))
                    .await;
                for (id, found) in some.iter().zip(answer.list("nodes")) {
                    followed += 1;
                    if found.is_null() {
                        leaks.push(format!("{caller} comes from {start} to {id}, kind {}", kind(id)));
                    }
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(followed > 500, "only {followed} paths were followed");
}

fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                match value {
                    Value::String(id) if field == "id" => ids.push(id.clone()),
                    value => collect_ids(value, ids),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_ids(value, ids)),
        _ => {}
    }
}

each_database!(counts_and_cursors_know_only_what_is_listed);
async fn counts_and_cursors_know_only_what_is_listed(app: &App<'_>) {
    let administrator = app.administrator().await;
    let ground = Ground::prepare(&administrator).await;
    let callers = callers(app, &ground).await;
    let walk = Walk::of(&administrator).await;
    for list in walk.lists() {
        let all = format!(
            "{{ {list}(first: 200) {{ totalCount pageInfo {{ hasNextPage }} edges {{ cursor node {{ __typename }} }} }} }}"
        );
        let everything = administrator.query(&all).await;
        let cursors: Vec<&Value> =
            everything.list(&format!("{list}.edges")).iter().map(|edge| &edge["cursor"]).take(10).collect();
        for (caller, client) in CALLERS.iter().zip(&callers).skip(1) {
            let own = client.query(&all).await;
            if own.body["data"].is_null() {
                assert_eq!(
                    own.body["errors"][0]["extensions"]["code"], "NOT_FOUND",
                    "{caller}: {}",
                    own.body
                );
                continue;
            }
            let shown = own.list(&format!("{list}.edges"));
            if !own.data(&format!("{list}.pageInfo.hasNextPage")).as_bool().unwrap_or_default() {
                assert_eq!(own.data(&format!("{list}.totalCount")), shown.len(), "{caller}: {list}");
            }
            for cursor in &cursors {
                let after = format!(
                    "query($after: String) {{ {list}(first: 200, after: $after) {{ edges {{ cursor }} }} }}"
                );
                let rest = client.ask(&after, json!({ "after": cursor })).await;
                let mut rest = rest.list(&format!("{list}.edges")).iter();
                let known = |edge: &Value| shown.iter().any(|known| known["cursor"] == edge["cursor"]);
                assert!(shown.len() == 200 || rest.all(known), "{caller}: {list} after {cursor}");
            }
        }
    }
}

each_database!(nobody_is_found_by_personal_data);
async fn nobody_is_found_by_personal_data(app: &App<'_>) {
    let administrator = app.administrator().await;
    let ground = Ground::prepare(&administrator).await;
    for client in callers(app, &ground).await.iter().skip(1) {
        for guess in [
            "998712391563",
            "+998 71 239 15 63",
            "nominee@people.example",
            "people.example",
            "1985",
            "Speaks three languages",
        ] {
            let document = "query($guess: String!) { search(text: $guess) { participants { id } }
                participants(where: { named: $guess }) { totalCount nodes { id } } }";
            let answer = client.ask(document, json!({ "guess": guess })).await.body;
            let found = [&answer["data"]["search"]["participants"], &answer["data"]["participants"]["nodes"]];
            assert!(
                found.iter().all(|found| found.as_array().is_none_or(Vec::is_empty)),
                "{guess}: {answer}"
            );
        }
    }
}
