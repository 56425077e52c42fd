//! Documents that are asked for by their hash: automatic persisted queries, trusted documents, and caches.

use hemicycle_api::{ApiSettings, TrustedDocuments, TrustedMode};
use hemicycle_test_database::DatabaseKind;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    answer::Answer,
    app::{App, run_with},
    client::Client,
    each_database,
};

const QUERY: &str = "{ me { email } }";

fn hash(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text).into();
    digest.map(|byte| format!("{byte:02x}")).concat()
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

async fn post(client: &Client, body: Value) -> Answer {
    Answer::to(client.post().json(&body)).await
}

each_database!(a_document_that_was_sent_once_is_found_by_its_hash);
async fn a_document_that_was_sent_once_is_found_by_its_hash(app: &App<'_>) {
    let viewer = app.viewer().await;
    let email = app.account("VIEWER").email.as_str();
    let unknown = post(&viewer, json!({ "extensions": persisted(&hash(QUERY)) })).await;
    unknown.assert_refused(200, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown.error_message(), "PersistedQueryNotFound");
    let sent = post(&viewer, json!({ "query": QUERY, "extensions": persisted(&hash(QUERY)) })).await;
    assert_eq!(sent.text("me.email"), email);
    let found = post(&viewer, json!({ "extensions": persisted(&hash(QUERY)) })).await;
    assert_eq!(found.text("me.email"), email);
}

each_database!(a_hash_that_is_not_that_of_the_text_is_refused);
async fn a_hash_that_is_not_that_of_the_text_is_refused(app: &App<'_>) {
    let viewer = app.viewer().await;
    for extensions in [
        persisted(&hash("{ other }")),
        json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(QUERY) } }),
        json!({ "persistedQuery": { "version": 1 } }),
        json!({ "persistedQuery": "x" }),
    ] {
        post(&viewer, json!({ "query": QUERY, "extensions": extensions }))
            .await
            .assert_refused(400, "BAD_REQUEST");
    }
}

each_database!(a_document_that_is_not_valid_is_not_remembered);
async fn a_document_that_is_not_valid_is_not_remembered(app: &App<'_>) {
    let viewer = app.viewer().await;
    let wrong = "{ unheardOf }";
    let sent = post(&viewer, json!({ "query": wrong, "extensions": persisted(&hash(wrong)) })).await;
    sent.assert_refused(200, "GRAPHQL_VALIDATION_FAILED");
    let asked = post(&viewer, json!({ "extensions": persisted(&hash(wrong)) })).await;
    asked.assert_refused(200, "PERSISTED_QUERY_NOT_FOUND");
}

each_database!(a_query_by_its_hash_can_be_kept_and_asked_again);
async fn a_query_by_its_hash_can_be_kept_and_asked_again(app: &App<'_>) {
    let ask = async |client: &Client, tag: Option<&str>, query: &str| {
        let extensions = persisted(&hash(query)).to_string();
        let request = client.get().query(&[("query", query), ("extensions", &extensions)]);
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
        request.send().await.unwrap()
    };
    let anyone = ask(&app.anonymous(), None, "{ __typename }").await;
    assert_eq!(anyone.headers()["cache-control"], "public, max-age=60");
    // What each caller has left is no other's to keep.
    let own = ask(&app.anonymous(), None, "{ left: rateLimit { remaining } }").await;
    assert_eq!(own.headers()["cache-control"], "private, no-cache");
    let viewer = app.viewer().await;
    let first = ask(&viewer, None, QUERY).await;
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    assert!(first.headers()["vary"].to_str().unwrap().contains("authorization"));
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    // Something else is spent, so that what is left of the budget differs.
    viewer.query("{ events { nodes { id } } }").await;
    let again = ask(&viewer, Some(&tag), QUERY).await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.text().await.unwrap(), "");
    let changed = ask(&app.officer().await, Some(&tag), QUERY).await;
    assert_eq!(changed.status(), 200);
    let unhashed = viewer.get().query(&[("query", QUERY)]).send().await.unwrap();
    assert_eq!(unhashed.headers()["cache-control"], "no-store");
}

/// Runs a case on a server with one trusted document besides the one that signs in.
async fn with_trusted(mode: TrustedMode, case: impl AsyncFnOnce(&App<'_>)) {
    let documents = vec![("me-1".to_owned(), QUERY.to_owned())];
    let set = |settings| ApiSettings { trusted_documents: TrustedDocuments { mode, documents }, ..settings };
    run_with(DatabaseKind::Sqlite, set, case).await;
}

#[tokio::test]
async fn a_trusted_document_is_found_by_its_id_and_by_its_hash() {
    with_trusted(TrustedMode::Preferred, async |app| {
        let viewer = app.viewer().await;
        for body in [json!({ "documentId": "me-1" }), json!({ "extensions": persisted(&hash(QUERY)) })] {
            assert_eq!(post(&viewer, body).await.text("me.email"), app.account("VIEWER").email);
        }
        let by_get = Answer::to(viewer.get().query(&[("documentId", "me-1")])).await;
        assert_eq!(by_get.text("me.email"), app.account("VIEWER").email);
        post(&viewer, json!({ "documentId": "me-2" })).await.assert_refused(200, "PERSISTED_QUERY_NOT_FOUND");
        assert!(viewer.query("{ me { id } }").await.data("me.id").is_string());
    })
    .await;
}

#[tokio::test]
async fn where_only_trusted_documents_are_served_no_other_is() {
    with_trusted(TrustedMode::Only, async |app| {
        let anyone = app.anonymous();
        assert_eq!(post(&anyone, json!({ "query": QUERY })).await.data("me"), &Value::Null);
        assert_eq!(post(&anyone, json!({ "documentId": "me-1" })).await.data("me"), &Value::Null);
        for query in ["{ me { id } }", "{ __schema { queryType { name } } }", "{ unheardOf }", "{"] {
            post(&anyone, json!({ "query": query })).await.assert_refused(400, "BAD_REQUEST");
        }
    })
    .await;
}
