//! What comes in over HTTP: methods, media types, bodies, parameters; and how each refusal looks.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{answer::Answer, app::App, each_database};

const QUERY: &str = "{ __typename }";

/// Sends a body under a content type, or under none.
async fn send(app: &App<'_>, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let request = app.request(Method::POST, "/graphql").body(body);
    let request = match content_type {
        Some(value) => request.header("content-type", value),
        None => request,
    };
    Answer::to(request).await
}

fn body(query: &str) -> String {
    json!({ "query": query }).to_string()
}

each_database!(a_json_body_is_read_whatever_the_case_of_its_type);
async fn a_json_body_is_read_whatever_the_case_of_its_type(app: &App<'_>) {
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON; charset=\"utf-8\"",
    ] {
        let answer = send(app, Some(content_type), body(QUERY)).await;
        assert_eq!(answer.text("__typename"), "Query", "{content_type}");
    }
}

each_database!(a_body_of_another_type_is_refused_with_415);
async fn a_body_of_another_type_is_refused_with_415(app: &App<'_>) {
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/graphql"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=a"),
        Some("application/json; charset=utf-16"),
        Some("application/json; charset=iso-8859-1"),
        Some("application/jsonp"),
    ] {
        let answer = send(app, content_type, body(QUERY)).await;
        answer.assert_refused(415, "BAD_REQUEST");
    }
}

each_database!(a_malformed_body_is_refused_with_400_under_either_type);
async fn a_malformed_body_is_refused_with_400_under_either_type(app: &App<'_>) {
    for accept in ["application/json", "application/graphql-response+json"] {
        for malformed in [
            "",
            "{",
            "null",
            "42",
            "\"{ __typename }\"",
            "{}",
            r#"{"query":null}"#,
            r#"{"query":42}"#,
            r#"{"query":{"a":1}}"#,
            r#"{"query":"{ __typename }","variables":"{}"}"#,
            r#"{"query":"{ __typename }","variables":[1]}"#,
            r#"{"query":"{ __typename }","operationName":1}"#,
            r#"{"query":"{ __typename }","extensions":"a"}"#,
            r#"{"query":"{ __typename }"} trailing"#,
        ] {
            let request = app.request(Method::POST, "/graphql").header("accept", accept);
            let request = request.header("content-type", "application/json").body(malformed);
            let answer = Answer::to(request).await;
            answer.assert_refused(400, "BAD_REQUEST");
            assert!(!answer.error_message().contains("serde"), "{}", answer.body);
        }
    }
}

each_database!(bytes_that_are_no_utf_8_are_refused);
async fn bytes_that_are_no_utf_8_are_refused(app: &App<'_>) {
    let mut bytes = body("{ search(text: \"X\") { partners { id } } }").into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'X').unwrap();
    bytes[at] = 0xff;
    send(app, Some("application/json"), bytes).await.assert_refused(400, "BAD_REQUEST");
}

each_database!(parameters_that_are_null_count_as_absent);
async fn parameters_that_are_null_count_as_absent(app: &App<'_>) {
    let parameters = json!({ "query": QUERY, "variables": null, "operationName": null, "extensions": null });
    let answer = send(app, Some("application/json"), parameters.to_string()).await;
    assert_eq!(answer.text("__typename"), "Query");
}

each_database!(a_batch_is_refused);
async fn a_batch_is_refused(app: &App<'_>) {
    for batch in [json!([]), json!([{ "query": QUERY }]), json!([{ "query": QUERY }, { "query": QUERY }])] {
        let answer = send(app, Some("application/json"), batch.to_string()).await;
        answer.assert_refused(400, "BAD_REQUEST");
    }
}

each_database!(a_body_above_the_limit_is_refused_with_413);
async fn a_body_above_the_limit_is_refused_with_413(app: &App<'_>) {
    const LIMIT: usize = 256 * 1024;
    let padded = |length: usize| {
        let frame = json!({ "query": QUERY, "operationName": null, "extensions": { "pad": "" } }).to_string();
        let pad = " ".repeat(length - frame.len());
        json!({ "query": QUERY, "operationName": null, "extensions": { "pad": pad } }).to_string()
    };
    assert_eq!(send(app, Some("application/json"), padded(LIMIT)).await.text("__typename"), "Query");
    send(app, Some("application/json"), padded(LIMIT + 1)).await.assert_refused(413, "BAD_REQUEST");
}

each_database!(the_operation_is_the_one_that_is_named);
async fn the_operation_is_the_one_that_is_named(app: &App<'_>) {
    let document = "query One { one: __typename } query Two { two: __typename }";
    let ask = async |name: Value| {
        let parameters = json!({ "query": document, "operationName": name });
        send(app, Some("application/json"), parameters.to_string()).await
    };
    assert_eq!(ask(json!("Two")).await.data("two"), "Query");
    for wrong in [Value::Null, json!("Three"), json!("")] {
        ask(wrong).await.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
    }
    let alone = json!({ "query": "query One { __typename }", "operationName": "One" }).to_string();
    assert_eq!(send(app, Some("application/json"), alone).await.text("__typename"), "Query");
}

each_database!(a_query_can_come_by_get);
async fn a_query_can_come_by_get(app: &App<'_>) {
    let document = "query A($id: ID!) { node(id: $id) { id } } query B { __typename }";
    let get = |parameters: &[(&str, &str)]| app.anonymous().get().query(parameters);

    let named = Answer::to(get(&[("query", document), ("operationName", "B")])).await;
    assert_eq!(named.text("__typename"), "Query");
    let viewer = app.viewer().await;
    let parameters = [("query", document), ("operationName", "A"), ("variables", r#"{"id":"x"}"#)];
    let with_variables = Answer::to(viewer.get().query(&parameters)).await;
    assert_eq!(with_variables.error_codes(), ["BAD_USER_INPUT"]);
}

each_database!(a_get_with_malformed_parameters_is_refused_with_400);
async fn a_get_with_malformed_parameters_is_refused_with_400(app: &App<'_>) {
    for query in
        ["", "query=%ff", "query=%7B__typename%7D&variables=x", "query=%7B__typename%7D&variables=[]"]
    {
        let answer = Answer::to(app.request(Method::GET, &format!("/graphql?{query}"))).await;
        answer.assert_refused(400, "BAD_REQUEST");
    }
}

each_database!(a_get_changes_nothing);
async fn a_get_changes_nothing(app: &App<'_>) {
    let administrator = app.administrator().await;
    let before = app.database.row_counts().await.unwrap();
    let mutation = "mutation { createPartner(input: { kind: NGO, country: \"UZ\", \
                    names: [{ text: \"By GET\", language: \"en\" }] }) { partner { id } } }";
    let both = format!("query Q {{ __typename }} {mutation}").replace("mutation {", "mutation M {");
    for parameters in [vec![("query", mutation)], vec![("query", both.as_str()), ("operationName", "M")]] {
        let answer = Answer::to(administrator.get().query(&parameters)).await;
        answer.assert_refused(405, "BAD_REQUEST");
        assert_eq!(answer.header("allow"), "POST");
    }
    assert_eq!(app.database.row_counts().await.unwrap(), before);
    let selected = [("query", both.as_str()), ("operationName", "Q")];
    assert_eq!(Answer::to(administrator.get().query(&selected)).await.text("__typename"), "Query");
}

each_database!(other_methods_are_refused_with_405);
async fn other_methods_are_refused_with_405(app: &App<'_>) {
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request =
            app.request(method, "/graphql").header("content-type", "application/json").body(body(QUERY));
        let answer = Answer::to(request).await;
        answer.assert_refused(405, "BAD_REQUEST");
        assert_eq!(answer.header("allow"), "GET, POST");
    }
}

each_database!(a_subscription_does_not_come_by_http);
async fn a_subscription_does_not_come_by_http(app: &App<'_>) {
    let answer = send(app, Some("application/json"), body("subscription { __typename }")).await;
    answer.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
}

each_database!(the_character_nul_reaches_no_resolver);
async fn the_character_nul_reaches_no_resolver(app: &App<'_>) {
    let administrator = app.administrator().await;
    for parameters in [
        json!({ "query": "query($id: ID!) { node(id: $id) { id } }", "variables": { "id": "a\0b" } }),
        json!({ "query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": { "ids": ["a", "\0"] } }),
        json!({ "query": "query($w: EventWhere) { events(where: $w) { nodes { id } } }",
                "variables": { "w": { "named": "ab\0cd" } } }),
        json!({ "query": "{ search(text: \"ab\\u0000cd\") { partners { id } } }" }),
        json!({ "query": "{ search(text: \"ab\\u{0}cd\") { partners { id } } }" }),
        json!({ "query": "{ search(text: \"ab\0cd\") { partners { id } } }" }),
    ] {
        let answer = Answer::to(administrator.post().json(&parameters)).await;
        assert!(answer.body.get("data").is_none(), "{parameters}: {}", answer.body);
        let codes = ["BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"];
        assert!(codes.contains(&answer.error_codes()[0]), "{parameters}: {}", answer.body);
    }
}

each_database!(a_control_character_in_a_name_is_turned_down);
async fn a_control_character_in_a_name_is_turned_down(app: &App<'_>) {
    let administrator = app.administrator().await;
    for name in ["a\u{1b}b", "a\nb", "a\u{85}b"] {
        let names = json!([{ "text": name, "language": "en" }]);
        let input = json!({ "kind": "NGO", "country": "UZ", "names": names });
        let answer = administrator.mutate("createPartner", input, "partner { id }").await;
        answer.assert_turned_down("createPartner", "INVALID_INPUT", "names.0.text");
    }
}

each_database!(a_client_that_sends_no_accept_header_is_answered);
async fn a_client_that_sends_no_accept_header_is_answered(app: &App<'_>) {
    let body = body(QUERY);
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        app.address,
        body.len()
    );
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/json; charset=utf-8\r\n"), "{answer}");
}
