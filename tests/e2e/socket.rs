//! A WebSocket to the API that speaks graphql-transport-ws.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::app::App;

/// An open WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a WebSocket and says nothing yet.
    pub(crate) async fn open(app: &App<'_>) -> Self {
        let mut request = format!("ws://{}/graphql", app.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, _) = connect_async(request).await.expect("the server takes the socket");
        Self(stream)
    }

    /// Opens a WebSocket and asks to be let in, as the holder of this token or as nobody; none if it is closed.
    pub(crate) async fn enter(app: &App<'_>, token: Option<&str>) -> Option<Self> {
        let mut socket = Self::open(app).await;
        let payload = token.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        (socket.hear().await == json!({ "type": "connection_ack" })).then_some(socket)
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("the socket is open");
    }

    /// Begins an operation under an id.
    pub(crate) async fn subscribe(&mut self, id: &str, document: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": document } })).await;
    }

    /// Waits for the next message; a close is `{"close": code}`.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).expect("messages are JSON");
                }
                Some(Ok(Message::Close(frame))) => {
                    return json!({ "close": frame.map(|frame| u16::from(frame.code)) });
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the socket broke: {error}"),
                None => return json!({ "close": null }),
            }
        }
    }
}
