//! The gate: each limit from outside, what an operation costs, who pays, and what the executor would get wrong.

use std::fmt::Write;

use hemicycle_api::ApiSettings;
use hemicycle_test_database::DatabaseKind;
use serde_json::{Value, json};

use crate::{
    app::{App, run_with},
    each_database,
    event_stream::EventStream,
    known,
    partner::new_partner,
    socket::Socket,
};

/// A document whose fragments spread one another twice at each level: 2 to the power of `levels` fields.
fn bomb(levels: usize) -> String {
    let mut document = "{ ...F0 }".to_owned();
    for level in 0..levels {
        write!(document, " fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1).unwrap();
    }
    write!(document, " fragment F{levels} on Query {{ __typename }}").unwrap();
    document
}

each_database!(each_limit_of_a_document_is_told_by_the_document_that_passes_it);
async fn each_limit_of_a_document_is_told_by_the_document_that_passes_it(app: &App<'_>) {
    let viewer = app.viewer().await;
    let many = |count: usize, part: fn(usize) -> String| (0..count).map(part).collect::<String>();
    let deep = format!("{{ events {{ nodes {{ {} id {} }} }} }}", "parent { ".repeat(14), "} ".repeat(14));
    for (document, status, code, word) in [
        (format!("{{ me {{ id }} }} # {}", "x".repeat(33_000)), 400, "BAD_REQUEST", "32768 bytes"),
        (format!("{{ {} }}", "a ".repeat(2_010)), 200, "GRAPHQL_PARSE_FAILED", "4000 tokens"),
        (deep, 200, "GRAPHQL_VALIDATION_FAILED", "15 levels"),
        (many(101, |n| format!("a{n}: __typename ")), 200, "GRAPHQL_VALIDATION_FAILED", "100 aliases"),
        (many(102, |_| "__typename ".to_owned()), 200, "GRAPHQL_VALIDATION_FAILED", "100 repeated"),
        (
            many(51, |_| "... @skip(if: false) { id } ".to_owned()),
            200,
            "GRAPHQL_VALIDATION_FAILED",
            "50 directives",
        ),
        (bomb(28), 200, "GRAPHQL_VALIDATION_FAILED", "4000 fields"),
        (bomb(150), 200, "GRAPHQL_VALIDATION_FAILED", "4000 fields"),
        (
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
            200,
            "GRAPHQL_VALIDATION_FAILED",
            "spreads itself",
        ),
    ] {
        let document =
            if document.starts_with('{') { document } else { format!("{{ me {{ {document} }} }}") };
        let answer = viewer.query(&document).await;
        answer.assert_refused(status, code);
        assert!(answer.error_message().contains(word), "{word}: {}", answer.error_message());
    }
    let roots = format!("{{ {} }}", many(31, |n| format!("a{n}: me {{ id }} ")));
    let answer = viewer.query(&roots).await;
    assert!(answer.error_message().contains("30 root fields"), "{}", answer.body);
}

#[tokio::test]
async fn a_bomb_takes_no_more_memory_however_deep_it_is() {
    run_with(
        DatabaseKind::Sqlite,
        |settings| settings,
        async |app| {
            let viewer = app.viewer().await;
            viewer.query(&bomb(2)).await.text("__typename");
            let before = resident();
            for levels in [12, 25, 50, 100, 170] {
                viewer.query(&bomb(levels)).await.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
            }
            let more = resident().saturating_sub(before);
            assert!(more < 64 * 1024 * 1024, "{more} bytes more");
        },
    )
    .await;
}

/// How much memory this process holds, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

each_database!(the_limits_are_the_same_over_a_socket_and_as_events);
async fn the_limits_are_the_same_over_a_socket_and_as_events(app: &App<'_>) {
    let viewer = app.viewer().await;
    let mut socket = Socket::enter(app, viewer.token()).await.unwrap();
    let aliases: Vec<_> = (0..101).map(|number| format!("a{number}: __typename ")).collect();
    let parents = format!("{} id {}", "parent { ".repeat(14), "} ".repeat(14));
    for (document, code, word) in [
        (bomb(150), "GRAPHQL_VALIDATION_FAILED", "4000 fields"),
        (format!("{{ events {{ nodes {{ {parents} }} }} }}"), "GRAPHQL_VALIDATION_FAILED", "15 levels"),
        (format!("{{ {} }}", aliases.concat()), "GRAPHQL_VALIDATION_FAILED", "100 aliases"),
        (DEAR.to_owned(), "COST_EXCEEDED", "20000"),
    ] {
        socket.subscribe("1", &document).await;
        let message = socket.hear().await;
        assert_eq!(message["type"], "error", "{message}");
        let mut stream = EventStream::open(viewer.post().json(&json!({ "query": document }))).await;
        for error in [&message["payload"][0], &stream.next().await["errors"][0]] {
            assert_eq!(error["extensions"]["code"], code, "{error}");
            assert!(error["message"].as_str().unwrap().contains(word), "{error}");
        }
    }
}

/// What costs more than any operation may.
const DEAR: &str = "{ programs(first: 200) { nodes { events(first: 200) { nodes { id } } } } }";

each_database!(introspection_is_answered_as_tools_ask_it_and_not_in_circles);
async fn introspection_is_answered_as_tools_ask_it_and_not_in_circles(app: &App<'_>) {
    let of_type = "kind name ofType { ".repeat(9) + "kind name" + &" }".repeat(9);
    let usual = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...FullType }}
            directives {{ name locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
        fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
            fields(includeDeprecated: true) {{ name args(includeDeprecated: true) {{ ...InputValue }}
                type {{ ...TypeRef }} isDeprecated deprecationReason }}
            inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
            enumValues(includeDeprecated: true) {{ name isDeprecated deprecationReason }}
            possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }}
        fragment TypeRef on __Type {{ {of_type} }}"
    );
    let answer = app.viewer().await.query(&usual).await;
    assert!(answer.texts("__schema.types", "name").contains(&"Event"), "{}", answer.body);
    let circle = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    app.viewer().await.query(circle).await.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn where_introspection_is_off_the_schema_is_not_told() {
    let set = |settings| ApiSettings { introspection: false, ..settings };
    run_with(DatabaseKind::Sqlite, set, async |app| {
        let viewer = app.viewer().await;
        for document in [
            "{ __schema { queryType { name } } }",
            "{ me { id } ...F } fragment F on Query { __type(name: \"Event\") { name } }",
        ] {
            viewer.query(document).await.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
        }
        assert_eq!(viewer.query("{ __typename }").await.text("__typename"), "Query");
    })
    .await;
}

each_database!(fields_of_one_key_are_one_field_also_at_the_root_of_a_mutation);
async fn fields_of_one_key_are_one_field_also_at_the_root_of_a_mutation(app: &App<'_>) {
    let administrator = app.administrator().await;
    let document = "mutation($input: CreatePartnerInput!) {
        createPartner(input: $input) { partner { id } }
        ...Rest
        createPartner(input: $input) { errors { code } }
    }
    fragment Rest on Mutation { createPartner(input: $input) { partner { kind } } }";
    let before = app.database.row_counts().await.unwrap();
    let answer = administrator.ask(document, json!({ "input": new_partner("UZ", "Once") })).await;
    assert_eq!(answer.text("createPartner.partner.kind"), "NGO", "{}", answer.body);
    assert_eq!(answer.data("createPartner.errors"), &json!([]));
    let after = app.database.row_counts().await.unwrap();
    assert_eq!(after["partner"] - before["partner"], 1);
}

each_database!(a_variable_that_is_left_out_leaves_the_default_of_its_argument);
async fn a_variable_that_is_left_out_leaves_the_default_of_its_argument(app: &App<'_>) {
    let viewer = app.viewer().await;
    let document = "query($first: Int, $is: Boolean = false) {
        partners(first: $first) { nodes { id name @include(if: $is) } } }";
    let whole = viewer.ask(document, json!({})).await;
    assert_eq!(whole.list("partners.nodes").len(), 20);
    assert_eq!(whole.list("partners.nodes")[0].get("name"), None);
    let two = viewer.ask(document, json!({ "first": 2, "is": true })).await;
    assert_eq!(two.list("partners.nodes").len(), 2);
    assert!(two.list("partners.nodes")[0]["name"].is_string());
}

each_database!(a_bad_variable_is_named_by_its_path);
async fn a_bad_variable_is_named_by_its_path(app: &App<'_>) {
    let administrator = app.administrator().await;
    let document =
        "mutation($input: CreatePartnerInput!) { createPartner(input: $input) { errors { code } } }";
    let mut input = new_partner("UZ", "A");
    input["names"] = json!([{ "text": 1, "language": "en" }]);
    let answer = administrator.ask(document, json!({ "input": input })).await;
    answer.assert_refused(200, "BAD_USER_INPUT");
    assert_eq!(answer.body["errors"][0]["extensions"]["path"], json!(["input", "names", "0", "text"]));
    assert_eq!(answer.body["errors"][0]["locations"], json!([{ "line": 1, "column": 10 }]));
}

each_database!(every_answer_says_what_it_cost);
async fn every_answer_says_what_it_cost(app: &App<'_>) {
    let viewer = app.viewer().await;
    let small =
        viewer.query("{ events(first: 2) { nodes { id } } rateLimit { cost remaining maximum } }").await;
    let large = viewer.query("{ events(first: 200) { nodes { id } } }").await;
    let requested =
        |answer: &crate::answer::Answer| answer.body["extensions"]["cost"]["requested"].as_u64().unwrap();
    assert!(requested(&large) > 20 * requested(&small), "{} {}", requested(&large), requested(&small));
    assert_eq!(small.number("rateLimit.cost"), i64::try_from(requested(&small)).unwrap());
    assert_eq!(
        small.body["extensions"]["cost"]["remaining"].as_i64().unwrap(),
        small.number("rateLimit.remaining")
    );
    assert_eq!(small.number("rateLimit.maximum"), 20_000);
}

each_database!(what_an_interface_is_asked_comes_in_the_order_of_the_document);
async fn what_an_interface_is_asked_comes_in_the_order_of_the_document(app: &App<'_>) {
    let viewer = app.viewer().await;
    let partner = known::partner(&viewer, "international idea").await;
    let document = "query($id: ID!) { node(id: $id) {
        ... on Partner { kind } id ... on Event { title } ...P __typename } }
        fragment P on Partner { kind name }";
    let answer = viewer.ask(document, json!({ "id": partner })).await;
    let Value::Object(node) = answer.data("node") else { panic!("{}", answer.body) };
    assert_eq!(node["__typename"], "Partner");
    let keys = ["kind", "id", "name", "__typename"];
    let response = viewer.post().json(&json!({ "query": document, "variables": { "id": partner } }));
    let text = response.send().await.unwrap().text().await.unwrap();
    let places: Vec<_> = keys.iter().map(|key| text.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}
