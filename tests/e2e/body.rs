//! Bodies: how long, how slow, with and without a length said beforehand, and broken ones.

use std::time::Duration;

use hemicycle_api::ApiSettings;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{app::App, each_database};

/// How long an answer may take; nothing waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest body of anybody, and of who has signed in.
const SMALL: usize = 1_000;
const LARGE: usize = 3_000;

fn narrow(settings: ApiSettings) -> ApiSettings {
    ApiSettings { largest_body: SMALL, largest_signed_body: LARGE, ..settings }
}

/// A question of so many bytes.
fn question(length: usize) -> String {
    format!("{:<length$}", r#"{"query":"{ __typename }"}"#)
}

/// Sends a request with these lines in its head, and reads the answer.
async fn send(app: &App<'_>, lines: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n{lines}\r\n"
    );
    // The server may close before it has read all of it.
    drop(stream.write_all(format!("{head}{body}").as_bytes()).await);
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset ends it as well.
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    drop(read.expect("the server ends the connection"));
    String::from_utf8_lossy(&answer).into_owned()
}

fn with_length(body: &str) -> (String, String) {
    (format!("content-length: {}\r\n", body.len()), body.to_owned())
}

fn in_chunks(body: &str) -> (String, String) {
    let (first, second) = body.split_at(body.len() / 2);
    let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
    ("transfer-encoding: chunked\r\n".to_owned(), format!("{}{}0\r\n\r\n", chunk(first), chunk(second)))
}

each_database!(a_body_has_a_limit_whether_its_length_is_said_or_not, crate::body::narrow);
async fn a_body_has_a_limit_whether_its_length_is_said_or_not(app: &App<'_>) {
    let viewer = app.viewer().await;
    let signed = format!("authorization: Bearer {}\r\n", viewer.token().unwrap());
    let forged = "authorization: Bearer forged\r\n".to_owned();
    let (nobody, encodings) = (String::new(), [with_length as fn(&str) -> _, in_chunks]);
    for encode in encodings {
        for (caller, length, status) in [
            (&nobody, SMALL, "200"),
            (&nobody, SMALL + 1, "413"),
            (&signed, SMALL, "200"),
            (&signed, SMALL + 1, "200"),
            (&signed, LARGE, "200"),
            (&signed, LARGE + 1, "413"),
            (&forged, SMALL + 1, "401"),
        ] {
            let (lines, body) = encode(&question(length));
            let answer = send(app, &format!("{caller}{lines}"), &body).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length} {lines}: {answer}");
        }
    }
}

each_database!(a_body_that_is_not_encoded_as_its_head_says_is_refused_with_400);
async fn a_body_that_is_not_encoded_as_its_head_says_is_refused_with_400(app: &App<'_>) {
    for (lines, body) in [
        ("transfer-encoding: chunked\r\n", "five\r\n{}\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "ffffffffffffffffff\r\n{}\r\n"),
    ] {
        let answer = send(app, lines, body).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{lines}{body}: {answer}");
        assert!(answer.contains("BAD_REQUEST") && !answer.contains("larger"), "{answer}");
    }
}

each_database!(a_head_that_is_no_http_is_refused_with_400);
async fn a_head_that_is_no_http_is_refused_with_400(app: &App<'_>) {
    for head in [
        "POST /graphql\r\n\r\n",
        "POST /graph ql HTTP/1.1\r\n\r\n",
        "P\u{1}ST /graphql HTTP/1.1\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /graphql HTTP/1.1\r\nhost: a\u{0}b\r\n\r\n",
        "POST /graphql HTTP/1.1\r\ncontent-length: many\r\n\r\n",
        "POST /graphql HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "POST /graphql HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{head:?}: {answer}");
    }
}

each_database!(json_in_json_without_end_is_refused_with_400);
async fn json_in_json_without_end_is_refused_with_400(app: &App<'_>) {
    for (open, close) in [("[", "]"), ("{\"variables\":", "}")] {
        let body = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let (lines, body) = with_length(&body);
        let answer = send(app, &lines, &body).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("not valid JSON"), "{answer}");
    }
}

/// A server that waits for a large body as short a time as for a small one.
fn impatient(settings: ApiSettings) -> ApiSettings {
    ApiSettings { upload_time_limit: Duration::from_millis(50), ..narrow(settings) }
}

each_database!(a_large_body_that_does_not_arrive_is_refused_with_408, crate::body::impatient);
async fn a_large_body_that_does_not_arrive_is_refused_with_408(app: &App<'_>) {
    let viewer = app.viewer().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         authorization: Bearer {}\r\ncontent-length: {LARGE}\r\n\r\n{{",
        viewer.token().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("TIMEOUT"), "{answer}");
}
