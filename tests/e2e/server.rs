//! The server itself: an end that finishes what has begun, limits on what takes long, the page for browsers.

use std::time::Duration;

use hemicycle_test_database::DatabaseKind;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::app::{App, run, run_with};

const BODY: &str = r#"{"query":"{ __typename }"}"#;

/// Sends the head of a request and the first part of its body.
async fn send_half(app: &App<'_>) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        app.address,
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&BODY.as_bytes()[..5]).await.unwrap();
    stream
}

async fn read_all(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_request_in_flight_is_answered_after_the_server_was_asked_to_stop() {
    run(DatabaseKind::Sqlite, async |app| {
        let mut stream = send_half(app).await;
        // An answer on another connection says that the server has taken this one in.
        app.anonymous().query("{ __typename }").await.text("__typename");
        app.stop();
        while TcpStream::connect(app.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        stream.write_all(&BODY.as_bytes()[5..]).await.unwrap();
        let answer = read_all(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r#"{"data":{"__typename":"Query"}"#), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_refused_with_408() {
    let set =
        |settings| hemicycle_api::ApiSettings { body_time_limit: Duration::from_millis(50), ..settings };
    run_with(DatabaseKind::Sqlite, set, async |app| {
        let answer = read_all(send_half(app).await).await;
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
        assert!(answer.contains(r#""code":"TIMEOUT""#), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_given_a_page_where_that_is_set_and_only_there() {
    let ask = async |app: &App<'_>| {
        let request = app.request(reqwest::Method::GET, "/graphql").header("accept", "text/html,*/*;q=0.1");
        let response = request.send().await.unwrap();
        let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), media_type)
    };
    run(DatabaseKind::Sqlite, async |app| {
        assert_eq!(ask(app).await, (400, "application/json; charset=utf-8".to_owned()));
    })
    .await;
    let set = |settings| hemicycle_api::ApiSettings { graphiql: true, ..settings };
    run_with(DatabaseKind::Sqlite, set, async |app| {
        assert_eq!(ask(app).await, (200, "text/html; charset=utf-8".to_owned()));
    })
    .await;
}
