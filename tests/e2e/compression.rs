//! Answers that are compressed for clients that ask for it.

use hemicycle_api::ApiSettings;
use hemicycle_test_database::DatabaseKind::Sqlite;
use reqwest::Response;
use serde_json::{Value, json};

use crate::app::{App, run, run_with};

const LONG: &str = include_str!("websocket/introspection.graphql");

/// Asks for an answer in these encodings, and leaves it as it comes.
async fn ask(app: &App<'_>, encodings: &str, query: &str) -> Response {
    let request = app.anonymous().post().header("accept-encoding", encodings);
    request.json(&json!({ "query": query })).send().await.unwrap()
}

fn encoding(response: &Response) -> Option<&str> {
    response.headers().get("content-encoding").map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_long_answer_comes_in_the_encoding_that_is_preferred() {
    run(Sqlite, async |app| {
        let plain = ask(app, "identity", LONG).await.bytes().await.unwrap();
        for (encodings, expected) in [
            ("gzip", "gzip"),
            ("br", "br"),
            ("gzip;q=0.5, br", "br"),
            ("br;q=0.5, gzip", "gzip"),
            ("zstd, gzip;q=0.1", "gzip"),
        ] {
            let response = ask(app, encodings, LONG).await;
            assert_eq!(encoding(&response), Some(expected), "{encodings}");
            assert_eq!(response.headers()["vary"], "accept-encoding");
            assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
            let bytes = response.bytes().await.unwrap();
            assert!(bytes.len() * 3 < plain.len(), "{encodings}: {} of {}", bytes.len(), plain.len());
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_compressed_is_the_same_answer() {
    run(Sqlite, async |app| {
        let plain: Value = ask(app, "identity", LONG).await.json().await.unwrap();
        assert!(plain["data"]["__schema"]["types"].is_array());
        let builder = || reqwest::Client::builder().no_proxy();
        for client in [builder().gzip(true).no_brotli(), builder().brotli(true).no_gzip()] {
            let request = client.build().unwrap().post(app.url()).json(&json!({ "query": LONG }));
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            assert!(answer["data"] == plain["data"], "the answers differ");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_ask_and_a_short_answer_are_left_alone() {
    run(Sqlite, async |app| {
        for encodings in ["identity", "zstd", "gzip;q=0", ""] {
            assert_eq!(encoding(&ask(app, encodings, LONG).await), None, "{encodings}");
        }
        assert_eq!(encoding(&ask(app, "gzip, br", "{ __typename }").await), None);
    })
    .await;
}

#[tokio::test]
async fn a_stream_of_events_is_not_compressed() {
    run(Sqlite, async |app| {
        let request = app.anonymous().post().header("accept-encoding", "gzip, br");
        let request = request.header("accept", "text/event-stream").json(&json!({ "query": LONG }));
        let response = request.send().await.unwrap();
        assert_eq!((response.status().as_u16(), encoding(&response)), (200, None));
        assert!(response.text().await.unwrap().starts_with("event: next\ndata: {"));
    })
    .await;
}

#[tokio::test]
async fn compression_can_be_switched_off() {
    let set = |settings| ApiSettings { compression: false, ..settings };
    run_with(Sqlite, set, async |app| {
        assert_eq!(encoding(&ask(app, "gzip, br", LONG).await), None);
    })
    .await;
}
