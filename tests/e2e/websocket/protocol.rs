//! How a socket begins and how it ends: every close code, every limit.

use std::time::Duration;

use hemicycle_api::{ApiSettings, SocketSettings};
use hemicycle_test_database::DatabaseKind::Sqlite;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

use super::with_sockets;
use crate::{
    app::{App, run, run_with},
    socket::Socket,
};

const MINUTE: Duration = Duration::from_mins(1);
const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

/// A socket of nobody, who is let in.
async fn enter(app: &App<'_>) -> Socket {
    Socket::enter(app, None).await.expect("nobody is let in")
}

#[tokio::test]
async fn nobody_is_let_in_and_may_what_nobody_may() {
    run(Sqlite, async |app| {
        let mut socket = enter(app).await;
        socket.subscribe("1", "{ __typename me { id } }").await;
        let next = socket.hear().await;
        assert_eq!((&next["id"], &next["type"]), (&json!("1"), &json!("next")));
        assert_eq!(next["payload"]["data"], json!({ "__typename": "Query", "me": null }));
        assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_read_from_the_payload_or_from_the_headers() {
    run(Sqlite, async |app| {
        let viewer = app.viewer().await;
        let value = format!("Bearer {}", viewer.token().unwrap());
        let payloads = [
            json!({ "Authorization": value }),
            json!({ "authorization": value }),
            json!({ "headers": { "Authorization": value } }),
        ];
        for payload in payloads {
            let mut socket = Socket::open(app).await;
            socket.say(json!({ "type": "connection_init", "payload": payload })).await;
            assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
            socket.subscribe("1", "{ me { email } }").await;
            assert_eq!(socket.hear().await["payload"]["data"]["me"]["email"], app.account("VIEWER").email);
        }
        let headers = [PROTOCOL, ("authorization", value.as_str())];
        let mut socket = Socket::open_with(app, &headers).await.unwrap();
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket.subscribe("1", "{ me { email } }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["me"]["email"], app.account("VIEWER").email);
    })
    .await;
}

#[tokio::test]
async fn a_bad_token_is_refused_with_4403() {
    run(Sqlite, async |app| {
        for value in [json!("Bearer token"), json!("Basic a"), json!(""), json!(1), Value::Null] {
            let mut socket = Socket::open(app).await;
            socket.say(json!({ "type": "connection_init", "payload": { "Authorization": value } })).await;
            assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()), "{value}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_malformed_message_closes_with_4400_and_a_short_reason() {
    run(Sqlite, async |app| {
        for text in [
            "",
            "{",
            "null",
            "[]",
            "{}",
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
            r#"{"type":"ping","payload":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{ __typename }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"variables":{}}}"#,
            r#"{"type":"complete"}"#,
            &format!(r#"{{"type":"{}"}}"#, "x".repeat(1_000)),
        ] {
            let mut socket = enter(app).await;
            socket.say_text(text).await;
            let (code, reason) = socket.closed().await;
            assert_eq!(code, 4400, "{text}: {reason}");
            assert!(!reason.is_empty() && reason.len() <= 40, "{text}: {reason}");
        }
        let mut socket = enter(app).await;
        socket.send(Message::binary(b"{\"type\":\"ping\"}".to_vec())).await;
        assert_eq!(socket.closed().await.0, 4400);
    })
    .await;
}

#[tokio::test]
async fn an_operation_before_the_init_closes_with_4401() {
    run(Sqlite, async |app| {
        let mut socket = Socket::open(app).await;
        socket.subscribe("1", "{ __typename }").await;
        assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_client_of_another_protocol_is_closed_with_4406() {
    run(Sqlite, async |app| {
        let mut socket = Socket::open_with(app, &[]).await.unwrap();
        assert_eq!(socket.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn the_protocol_is_chosen_among_several() {
    run(Sqlite, async |app| {
        let headers = [("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")];
        let mut socket = Socket::open_with(app, &headers).await.unwrap();
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed_with_4408() {
    let sockets = SocketSettings { init_time_limit: Duration::from_millis(50), ..SocketSettings::default() };
    run_with(Sqlite, with_sockets(sockets), async |app| {
        let mut socket = Socket::open(app).await;
        assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
        let mut pinging = Socket::open(app).await;
        pinging.say(json!({ "type": "ping" })).await;
        assert_eq!(pinging.closed().await.0, 4408, "a ping asks for nothing");
    })
    .await;
}

#[tokio::test]
async fn an_id_in_use_closes_with_4409() {
    run(Sqlite, async |app| {
        for id in ["1".to_owned(), "ж".repeat(500)] {
            let token = app.host().await;
            let mut socket = Socket::enter(app, token.token()).await.unwrap();
            let event = crate::registration::open_event(&token, "Seminar").await;
            let follow = format!("subscription {{ eventAttendance(eventId: \"{event}\") {{ expected }} }}");
            socket.subscribe(&id, &follow).await;
            assert_eq!(socket.hear().await["type"], "next");
            socket.subscribe(&id, "{ __typename }").await;
            let (code, reason) = socket.closed().await;
            assert_eq!(code, 4409, "{reason}");
            assert!(reason.starts_with("Subscriber "), "{reason}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_init_closes_with_4429() {
    run(Sqlite, async |app| {
        let mut socket = enter(app).await;
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.closed().await, (4429, "Too many initialisation requests".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_too_large_closes_with_1009() {
    run(Sqlite, async |app| {
        let limit = SocketSettings::default().largest_message;
        let padded = |length: usize| {
            let frame = json!({ "type": "ping", "payload": { "a": "" } }).to_string();
            json!({ "type": "ping", "payload": { "a": "a".repeat(length - frame.len()) } }).to_string()
        };
        let mut socket = enter(app).await;
        socket.say_text(&padded(limit)).await;
        assert_eq!(socket.hear().await["type"], "pong");
        socket.say_text(&padded(limit + 1)).await;
        assert_eq!(socket.closed().await, (1009, "Message too large".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_before_and_after_the_init() {
    run(Sqlite, async |app| {
        let mut socket = Socket::open(app).await;
        socket.say(json!({ "type": "ping" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "pong" }));
        socket.say(json!({ "type": "connection_init" })).await;
        socket.hear().await;
        socket.say(json!({ "type": "ping", "payload": { "at": 1 } })).await;
        assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "at": 1 } }));
        socket.say(json!({ "type": "pong" })).await;
        socket.say(json!({ "type": "ping" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    })
    .await;
}

#[tokio::test]
async fn the_server_asks_for_signs_of_life() {
    let sockets = SocketSettings { ping_every: Duration::from_millis(100), ..SocketSettings::default() };
    run_with(Sqlite, with_sockets(sockets), async |app| {
        let mut socket = enter(app).await;
        // The client library answers each ping by itself, so that the socket stays open.
        for _ in 0..4 {
            assert!(matches!(socket.next_frame().await, Some(Message::Ping(_))));
        }
        socket.subscribe("1", "{ __typename }").await;
        assert_eq!(socket.hear().await["type"], "next");
    })
    .await;
}

#[tokio::test]
async fn a_client_that_gives_no_sign_of_life_is_dropped() {
    let sockets = SocketSettings { ping_every: Duration::from_millis(20), ..SocketSettings::default() };
    run_with(Sqlite, with_sockets(sockets), async |app| {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let handshake = format!(
            "GET /graphql HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n",
            app.address
        );
        stream.write_all(handshake.as_bytes()).await.unwrap();
        let mut all = Vec::new();
        let ended = tokio::time::timeout(MINUTE, stream.read_to_end(&mut all)).await;
        ended.expect("the server ends it").unwrap();
        // An empty ping is two bytes long.
        assert!(all.ends_with(&[0x89, 0x00, 0x89, 0x00]), "{all:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_connects_from_an_origin_that_is_set_or_from_the_server_s_own() {
    let set =
        |settings| ApiSettings { cors_origins: vec!["https://app.example.org".parse().unwrap()], ..settings };
    run_with(Sqlite, set, async |app| {
        let own = format!("http://{}", app.address);
        for (origin, expected) in
            [("https://app.example.org", true), (own.as_str(), true), ("https://evil.example", false)]
        {
            let opened = Socket::open_with(app, &[PROTOCOL, ("origin", origin)]).await;
            assert_eq!(opened.err().map(|status| status.as_u16()), (!expected).then_some(403), "{origin}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_broken_handshake_is_refused_with_400() {
    run(Sqlite, async |app| {
        let request = app.request(reqwest::Method::GET, "/graphql").header("upgrade", "websocket");
        let answer = crate::answer::Answer::to(request).await;
        answer.assert_refused(400, "BAD_REQUEST");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    run(Sqlite, async |app| {
        let mut socket = enter(app).await;
        app.stop();
        assert_eq!(socket.closed().await, (1001, "Going away".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let sockets = SocketSettings { send_time_limit: Duration::from_millis(100), ..SocketSettings::default() };
    run_with(Sqlite, with_sockets(sockets), async |app| {
        let mut socket = enter(app).await;
        // Introspection is long enough to fill what the two systems hold between them.
        let document = include_str!("introspection.graphql");
        let mut sent = 0;
        let dropped = tokio::time::timeout(MINUTE, async {
            while socket.try_subscribe(&sent.to_string(), document).await {
                sent += 1;
            }
        });
        dropped.await.expect("the server does not buffer without end");
    })
    .await;
}
