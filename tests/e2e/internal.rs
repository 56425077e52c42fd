//! An error in the database reaches a client as an internal one, with a reference and nothing else.

use serde_json::json;

use crate::{answer::Answer, app::App, each_database, event::new_event, partner::new_partner};

/// That an answer tells nothing about the inside.
fn assert_blank(answer: &Answer) {
    assert_eq!(answer.error_codes(), ["INTERNAL_SERVER_ERROR"], "{}", answer.body);
    assert_eq!(answer.error_message(), "internal server error");
    let extensions = &answer.body["errors"][0]["extensions"];
    let reference = extensions["requestId"].as_str().unwrap_or_default();
    assert!(!reference.is_empty() && reference == answer.header("x-request-id"), "{}", answer.body);
    assert_eq!(extensions.as_object().unwrap().len(), 2, "a code and a reference: {extensions}");
    let text = answer.body.to_string().to_lowercase();
    for word in ["select", "insert", "sqlite", "postgres", "sqlx", "relation", "no such table", "_broken"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

each_database!(a_question_to_a_broken_table_is_an_internal_error);
async fn a_question_to_a_broken_table_is_an_internal_error(app: &App<'_>) {
    let viewer = app.viewer().await;
    app.database.break_table("event").await.unwrap();
    for document in [
        "{ events { nodes { id } } }",
        "{ events(where: { named: \"seminar\" }) { totalCount } }",
        "{ search(text: \"seminar\") { events { id } } }",
    ] {
        assert_blank(&viewer.query(document).await);
    }
    let healthy = viewer.query("{ partners(first: 1) { nodes { id } } }").await;
    assert_eq!(healthy.list("partners.nodes").len(), 1, "what does not need the table is answered");
}

each_database!(a_relation_in_a_broken_table_is_an_internal_error_of_its_own);
async fn a_relation_in_a_broken_table_is_an_internal_error_of_its_own(app: &App<'_>) {
    let viewer = app.viewer().await;
    app.database.break_table("event_tally").await.unwrap();
    let administrator = app.administrator().await;
    let answer = administrator.query("{ events(first: 1) { nodes { id counts { attended } } } }").await;
    assert_blank(&answer);
    assert!(answer.partial_data("events.nodes.0.id").is_string(), "{}", answer.body);
    assert!(
        viewer
            .query("{ events(first: 1) { nodes { counts { attended } } } }")
            .await
            .body
            .get("errors")
            .is_none()
    );
}

each_database!(a_command_that_fails_half_way_leaves_nothing);
async fn a_command_that_fails_half_way_leaves_nothing(app: &App<'_>) {
    let administrator = app.administrator().await;
    app.database.break_table("change").await.unwrap();
    let before = app.database.row_counts().await.unwrap();
    let mut partner = new_partner("UZ", "Half an institute");
    partner["idempotencyKey"] = json!("key-1");
    assert_blank(&administrator.mutate("createPartner", partner, "partner { id }").await);
    assert_blank(&administrator.mutate("createEvent", new_event("Half a seminar"), "event { id }").await);
    assert_eq!(app.database.row_counts().await.unwrap(), before);
    let found = administrator.query("{ search(text: \"half\") { partners { id } events { id } } }").await;
    assert_eq!(found.data("search"), &json!({ "partners": [], "events": [] }));
}

each_database!(a_broken_door_is_an_internal_error_of_the_whole_request);
async fn a_broken_door_is_an_internal_error_of_the_whole_request(app: &App<'_>) {
    let viewer = app.viewer().await;
    app.database.break_table("account").await.unwrap();
    let answer = app.anonymous().ask_for_session("viewer@demo.example", "a").await;
    assert_blank(&answer);
    let answer = viewer.query("{ me { id } }").await;
    assert_blank(&answer);
}

each_database!(a_client_may_name_the_reference_itself);
async fn a_client_may_name_the_reference_itself(app: &App<'_>) {
    let viewer = app.viewer().await;
    app.database.break_table("event").await.unwrap();
    let request = viewer
        .post()
        .header("x-request-id", "door-7 <script>")
        .json(&json!({ "query": "{ events { nodes { id } } }" }));
    let answer = Answer::to(request).await;
    assert_eq!(answer.body["errors"][0]["extensions"]["requestId"], "door-7<script>");
}
