//! A client of subscriptions, by the protocol graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::app::App;

/// A socket with one subscription.
pub(crate) struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How long a message may take; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

impl Subscription {
    /// Opens a socket with a token and subscribes.
    pub(crate) async fn begin(app: &App<'_>, token: &str, query: &str, variables: Value) -> Self {
        let mut request =
            format!("ws://{}/graphql", app.address).into_client_request().expect("the address is one");
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (socket, _) = connect_async(request).await.expect("the server upgrades");
        let mut subscription = Self { socket };
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        subscription.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(subscription.message().await["type"], "connection_ack");
        let payload = json!({ "query": query, "variables": variables });
        subscription.send(json!({ "type": "subscribe", "id": "1", "payload": payload })).await;
        subscription
    }

    /// Waits for the next answer: `{ data }` or `{ errors }`.
    pub(crate) async fn next(&mut self) -> Value {
        let mut message = self.message().await;
        match message["type"].as_str() {
            Some("next") => message["payload"].take(),
            Some("error") => json!({ "errors": message["payload"].take() }),
            _ => panic!("an answer was expected: {message}"),
        }
    }

    async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("the socket is open");
    }

    async fn message(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            let message = message.expect("a message comes").expect("the socket is open");
            match message.expect("the message is whole") {
                Message::Text(text) => return serde_json::from_str(&text).expect("the message is JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("a text was expected: {other:?}"),
            }
        }
    }
}
