//! What goes out over HTTP: media types, statuses, headers, and what an error tells.

use reqwest::Method;
use serde_json::json;

use crate::{answer::Answer, app::App, each_database};

const GRAPHQL: &str = "application/graphql-response+json";

async fn ask(app: &App<'_>, accept: &str, query: &str) -> Answer {
    let request = app.request(Method::POST, "/graphql").header("accept", accept);
    Answer::to(request.json(&json!({ "query": query }))).await
}

each_database!(the_media_type_is_the_one_that_is_asked_for);
async fn the_media_type_is_the_one_that_is_asked_for(app: &App<'_>) {
    for (accept, expected) in [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL, GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/graphql-response+json;q=0.5, application/json", "application/json"),
        ("application/json, application/graphql-response+json", "application/json"),
        ("application/graphql-response+json;charset=utf-8", GRAPHQL),
        ("text/html, */*;q=0.1", "application/json"),
        ("APPLICATION/GRAPHQL-RESPONSE+JSON", GRAPHQL),
    ] {
        let answer = ask(app, accept, "{ __typename }").await;
        assert_eq!(answer.header("content-type"), format!("{expected}; charset=utf-8"), "{accept}");
        assert_eq!(answer.text("__typename"), "Query");
    }
}

each_database!(a_client_that_accepts_neither_type_is_refused_with_406);
async fn a_client_that_accepts_neither_type_is_refused_with_406(app: &App<'_>) {
    for accept in ["text/html", "application/xml", "application/json;q=0", "text/*"] {
        ask(app, accept, "{ __typename }").await.assert_refused(406, "BAD_REQUEST");
    }
}

each_database!(a_request_error_is_400_under_the_new_type_and_200_under_the_old);
async fn a_request_error_is_400_under_the_new_type_and_200_under_the_old(app: &App<'_>) {
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ node { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ me }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($id: ID!) { node(id: $id) { id } }", "BAD_USER_INPUT"),
    ] {
        ask(app, GRAPHQL, query).await.assert_refused(400, code);
        ask(app, "application/json", query).await.assert_refused(200, code);
    }
}

each_database!(a_field_error_is_200_with_data_under_either_type);
async fn a_field_error_is_200_with_data_under_either_type(app: &App<'_>) {
    for accept in [GRAPHQL, "application/json"] {
        let answer = ask(app, accept, "{ __typename partner(id: \"x\") { id } }").await;
        assert_eq!((answer.status.as_u16(), answer.error_codes()), (200, vec!["UNAUTHENTICATED"]));
        assert_eq!(answer.body["data"], json!({ "__typename": "Query", "partner": null }));
        assert_eq!(answer.body["errors"][0]["path"], json!(["partner"]));
    }
}

each_database!(a_refusal_at_the_door_is_401_under_either_type);
async fn a_refusal_at_the_door_is_401_under_either_type(app: &App<'_>) {
    for accept in [GRAPHQL, "application/json"] {
        let request = app.with_token("token").post().header("accept", accept);
        let answer = Answer::to(request.json(&json!({ "query": "{ __typename }" }))).await;
        answer.assert_refused(401, "UNAUTHENTICATED");
    }
}

each_database!(every_answer_has_its_headers);
async fn every_answer_has_its_headers(app: &App<'_>) {
    for (method, accept, query) in [
        (Method::POST, "application/json", "{ __typename }"),
        (Method::POST, GRAPHQL, "{"),
        (Method::POST, "text/html", "{ __typename }"),
        (Method::PUT, "*/*", "{ __typename }"),
    ] {
        let request = app.request(method, "/graphql").header("accept", accept);
        let answer = Answer::to(request.json(&json!({ "query": query }))).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{:?}", answer.headers);
        assert_eq!(answer.header("cache-control"), "no-store", "{:?}", answer.headers);
        assert!(!answer.header("x-request-id").is_empty(), "{:?}", answer.headers);
    }
}

each_database!(a_request_keeps_the_id_that_its_client_gave_it);
async fn a_request_keeps_the_id_that_its_client_gave_it(app: &App<'_>) {
    let request = app.request(Method::POST, "/graphql").header("x-request-id", "door-7");
    let answer = Answer::to(request.json(&json!({ "query": "{ __typename }" }))).await;
    assert_eq!(answer.header("x-request-id"), "door-7");
}

each_database!(answers_come_in_the_order_of_the_question);
async fn answers_come_in_the_order_of_the_question(app: &App<'_>) {
    let viewer = app.viewer().await;
    let request = viewer.post().json(&json!({ "query":
        "{ z: partners(first: 1) { nodes { version id } } a: me { grants { role } email } m: __typename }" }));
    let text = request.send().await.unwrap().text().await.unwrap();
    let at = |key: &str| text.find(&format!("\"{key}\":")).unwrap_or_else(|| panic!("no {key} in {text}"));
    let keys = ["z", "nodes", "version", "id", "a", "grants", "role", "email", "m"];
    assert!(keys.is_sorted_by_key(|key| at(key)), "{text}");
}

each_database!(an_error_names_where_it_stands);
async fn an_error_names_where_it_stands(app: &App<'_>) {
    let answer = ask(app, "application/json", "{\n  nothing\n}").await;
    assert_eq!(answer.body["errors"][0]["locations"], json!([{ "line": 2, "column": 3 }]));
}

each_database!(there_are_at_most_twenty_errors_of_at_most_three_hundred_characters);
async fn there_are_at_most_twenty_errors_of_at_most_three_hundred_characters(app: &App<'_>) {
    let fields: Vec<String> = (0..100).map(|n| format!("nothing{n}")).collect();
    let query = format!("{{ {} {} }}", fields.join(" "), "x".repeat(1_000));
    let answer = ask(app, "application/json", &query).await;
    let errors = answer.body["errors"].as_array().unwrap();
    assert!(errors.len() <= 20, "{} errors", errors.len());
    assert!(errors.iter().all(|error| error["message"].as_str().unwrap().chars().count() <= 300));
}

each_database!(a_name_that_is_nearly_right_brings_no_suggestion);
async fn a_name_that_is_nearly_right_brings_no_suggestion(app: &App<'_>) {
    for query in
        ["{ partnerz { nodes { id } } }", "{ events(were: {}) { nodes { id } } }", "{ ...on Evint { id } }"]
    {
        let answer = ask(app, "application/json", query).await;
        let message = answer.error_message();
        assert!(!message.contains("Did you mean") && !message.contains("partners"), "{message}");
    }
}

each_database!(a_variable_without_a_value_where_one_is_needed_is_the_client_s_error);
async fn a_variable_without_a_value_where_one_is_needed_is_the_client_s_error(app: &App<'_>) {
    let viewer = app.viewer().await;
    let answer = viewer.query("query($id: ID!) { node(id: $id) { id } }").await;
    assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{}", answer.body);
    let answer = viewer.query("query($id: ID) { node(id: $id) { id } }").await;
    assert_eq!(answer.error_codes(), ["GRAPHQL_VALIDATION_FAILED"], "{}", answer.body);
}

each_database!(a_failed_field_is_null_and_its_siblings_stay);
async fn a_failed_field_is_null_and_its_siblings_stay(app: &App<'_>) {
    let viewer = app.viewer().await;
    let answer = viewer
        .query("{ bad: node(id: \"x\") { id } good: me { email } list: nodes(ids: [\"x\"]) { id } }")
        .await;
    assert_eq!(answer.partial_data("bad"), &serde_json::Value::Null);
    assert_eq!(answer.partial_data("good.email"), app.account("VIEWER").email.as_str());
    assert_eq!(answer.partial_data("list"), &json!([null]));
    assert_eq!(answer.error_codes(), ["BAD_USER_INPUT", "BAD_USER_INPUT"]);
}
