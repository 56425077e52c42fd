//! Connections: how many, for how long, in which version of HTTP; what becomes of slow clients.

use std::{num::NonZeroU32, time::Duration};

use hemicycle_api::{ApiSettings, Budget, Budgets};
use hemicycle_test_database::DatabaseKind::Sqlite;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::app::{App, run, run_with};

/// How long anything here may take; nothing waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(100);
const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A raw connection.
struct Raw(TcpStream);

impl Raw {
    async fn open(app: &App<'_>) -> Self {
        Self(TcpStream::connect(app.address).await.unwrap())
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Asks whether the server lives, and reads the answer; the connection stays.
    async fn is_answered(&mut self) -> bool {
        if self.0.write_all(LIVE).await.is_err() {
            return false;
        }
        let mut answer = Vec::new();
        while !answer.ends_with(b"live\n") {
            let mut byte = [0; 1];
            match timeout(PATIENCE, self.0.read(&mut byte)).await.expect("something comes") {
                Ok(1) => answer.extend(byte),
                _ => return false,
            }
        }
        answer.starts_with(b"HTTP/1.1 200")
    }

    /// Reads until the server ends the connection.
    async fn end(&mut self) -> String {
        let mut all = Vec::new();
        // A reset ends it as well.
        let ended = timeout(PATIENCE, self.0.read_to_end(&mut all)).await;
        drop(ended.expect("the server ends the connection"));
        String::from_utf8_lossy(&all).into_owned()
    }
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    run(Sqlite, async |app| {
        let mut connection = Raw::open(app).await;
        for _ in 0..5 {
            assert!(connection.is_answered().await);
        }
    })
    .await;
}

#[tokio::test]
async fn http_2_is_spoken_without_ado_to_those_who_know() {
    run(Sqlite, async |app| {
        let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
        let ask = async || {
            let request = client.post(app.url()).json(&json!({ "query": "{ __typename }" }));
            let response = request.send().await.unwrap();
            (response.version(), response.text().await.unwrap())
        };
        let answers = futures_util::future::join_all((0..150).map(|_| ask())).await;
        for (version, text) in answers {
            assert_eq!(version, reqwest::Version::HTTP_2);
            assert!(text.starts_with(r#"{"data":{"__typename":"Query"}"#), "{text}");
        }
        let request = client.post(app.url()).header("accept", "text/event-stream");
        let events = request.json(&json!({ "query": "{ __typename }" })).send().await.unwrap();
        assert_eq!(events.version(), reqwest::Version::HTTP_2);
        assert!(events.text().await.unwrap().starts_with("event: next\n"));
    })
    .await;
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let set = |settings| ApiSettings { header_time_limit: SHORT, ..settings };
    run_with(Sqlite, set, async |app| {
        for beginning in [
            "",
            "G",
            "GET /health/live HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
            "PRI * HTTP/2.0\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ] {
            let mut connection = Raw::open(app).await;
            connection.send(beginning.as_bytes()).await;
            let answer = connection.end().await;
            assert!(!answer.contains("200 OK"), "{beginning}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_ends_the_connection() {
    let set = |settings| ApiSettings { header_time_limit: SHORT, ..settings };
    run_with(Sqlite, set, async |app| {
        let mut connection = Raw::open(app).await;
        let mut ended = [0; 1];
        let dripping = timeout(PATIENCE, async {
            loop {
                let drop = connection.0.write_all(b"x-drop: a\r\n").await;
                let next = timeout(Duration::from_millis(5), connection.0.read(&mut ended)).await;
                if drop.is_err() || next.is_ok() {
                    return;
                }
            }
        });
        connection_is_over(dripping.await);
    })
    .await;
}

fn connection_is_over<T, E: std::fmt::Debug>(outcome: Result<T, E>) {
    outcome.expect("the server ends the connection");
}

#[tokio::test]
async fn an_idle_connection_outlives_one_that_dawdles() {
    let set = |settings| ApiSettings { header_time_limit: SHORT, ..settings };
    run_with(Sqlite, set, async |app| {
        let mut idle = Raw::open(app).await;
        assert!(idle.is_answered().await);
        let mut dawdling = Raw::open(app).await;
        assert!(dawdling.is_answered().await);
        dawdling.send(b"GET /health").await;
        assert_eq!(dawdling.end().await, "");
        assert!(idle.is_answered().await);
    })
    .await;
}

#[tokio::test]
async fn a_connection_is_not_idle_for_ever() {
    let set = |settings| ApiSettings { idle_time_limit: SHORT, ..settings };
    run_with(Sqlite, set, async |app| {
        let mut connection = Raw::open(app).await;
        assert!(connection.is_answered().await);
        assert_eq!(connection.end().await, "");
    })
    .await;
}

#[tokio::test]
async fn a_connection_too_many_is_answered_with_503_until_one_ends() {
    let set = |settings| ApiSettings { connections: 2, ..settings };
    run_with(Sqlite, set, async |app| {
        let (mut first, mut second) = (Raw::open(app).await, Raw::open(app).await);
        assert!(first.is_answered().await && second.is_answered().await);
        let mut third = Raw::open(app).await;
        third.send(LIVE).await;
        let answer = third.end().await;
        assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
        assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
        let body = answer.split("\r\n\r\n").nth(1).unwrap();
        let body: serde_json::Value = serde_json::from_str(body).expect("the body is JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");

        assert!(second.is_answered().await, "those who are in stay in");
        drop(first);
        let admitted = timeout(PATIENCE, async { while !Raw::open(app).await.is_answered().await {} });
        admitted.await.expect("there is a place again");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answers_is_dropped() {
    let set = |settings| ApiSettings { write_time_limit: SHORT, ..settings };
    run_with(Sqlite, set, async |app| {
        let body = json!({ "query": include_str!("websocket/introspection.graphql") }).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = Raw::open(app).await;
        let dropped =
            timeout(PATIENCE, async { while connection.0.write_all(request.as_bytes()).await.is_ok() {} });
        dropped.await.expect("the server does not wait for ever");
    })
    .await;
}

#[tokio::test]
async fn each_client_behind_a_trusted_proxy_has_a_budget_of_its_own() {
    let anonymous = Budget { capacity: NonZeroU32::new(3).unwrap(), per_second: NonZeroU32::MIN };
    for (behind_proxy, expected) in [(true, 200), (false, 429)] {
        let set = |settings: ApiSettings| {
            let budgets = Budgets { anonymous, ..settings.budgets };
            ApiSettings { behind_proxy, budgets, ..settings }
        };
        run_with(Sqlite, set, async |app| {
            let ask = async |forwarded: &str| {
                let request = app.anonymous().post().header("x-forwarded-for", forwarded);
                let request = request.json(&json!({ "query": "{ me { id email } }" }));
                request.send().await.unwrap().status().as_u16()
            };
            while ask("198.51.100.1, 203.0.113.7").await == 200 {}
            assert_eq!(ask("203.0.113.7, 203.0.113.8").await, expected);
        })
        .await;
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    run(Sqlite, async |app| {
        let mut connection = Raw::open(app).await;
        let head = format!("GET /health/live HTTP/1.1\r\nx-large: {}\r\n\r\n", "a".repeat(100_000));
        // The server may close before it has read all of it.
        drop(connection.0.write_all(head.as_bytes()).await);
        let answer = connection.end().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    })
    .await;
}
