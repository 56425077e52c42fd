//! Which pages of other origins may call from a browser.

use hemicycle_api::ApiSettings;
use hemicycle_test_database::DatabaseKind::Sqlite;
use reqwest::{Method, Response};
use serde_json::json;

use crate::app::{App, run, run_with};

const ORIGIN: &str = "https://app.example.org";

fn with_origin(settings: ApiSettings) -> ApiSettings {
    let cors_origins = vec![ORIGIN.parse().unwrap(), "http://localhost:3000".parse().unwrap()];
    ApiSettings { cors_origins, ..settings }
}

async fn preflight(app: &App<'_>, origin: &str) -> Response {
    let request = app
        .request(Method::OPTIONS, "/graphql")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type, x-client");
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_preflight_of_an_origin_that_is_set_is_answered() {
    run_with(Sqlite, with_origin, async |app| {
        for origin in [ORIGIN, "http://localhost:3000"] {
            let response = preflight(app, origin).await;
            assert!(response.status().is_success());
            assert_eq!(header(&response, "access-control-allow-origin"), Some(origin));
            assert_eq!(header(&response, "access-control-allow-methods"), Some("GET,POST"));
            let headers = header(&response, "access-control-allow-headers").unwrap();
            assert!(headers.contains("authorization") && headers.contains("x-client"), "{headers}");
            assert_eq!(header(&response, "access-control-max-age"), Some("7200"));
            assert_eq!(header(&response, "access-control-allow-credentials"), None);
        }
    })
    .await;
}

#[tokio::test]
async fn an_origin_that_is_not_set_is_given_nothing() {
    run_with(Sqlite, with_origin, async |app| {
        for origin in
            ["https://evil.example", "http://app.example.org", "https://app.example.org.evil.example", "null"]
        {
            let response = preflight(app, origin).await;
            assert_eq!(header(&response, "access-control-allow-origin"), None, "{origin}");
            let request = app.anonymous().post().header("origin", origin);
            let response = request.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
            assert_eq!(header(&response, "access-control-allow-origin"), None, "{origin}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_may_read_answers_refusals_and_what_stands_in_their_headers() {
    run_with(Sqlite, with_origin, async |app| {
        for (accept, status) in [("application/json", 200), ("text/html", 406)] {
            let request = app.anonymous().post().header("origin", ORIGIN).header("accept", accept);
            let response = request.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(header(&response, "access-control-allow-origin"), Some(ORIGIN));
            let exposed = header(&response, "access-control-expose-headers").unwrap();
            assert_eq!(exposed, "x-request-id,retry-after,etag");
            let varies: Vec<_> =
                response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(varies.join(",").to_lowercase().contains("origin"), "{varies:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn where_no_origin_is_set_no_preflight_is_answered() {
    run(Sqlite, async |app| {
        let response = preflight(app, ORIGIN).await;
        assert_eq!(response.status(), 405);
        assert_eq!(header(&response, "access-control-allow-origin"), None);
    })
    .await;
}
