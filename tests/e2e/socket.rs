//! A WebSocket to the API that speaks graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http},
};

use crate::app::App;

/// An open WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// How long a message may take; nothing in the tests waits for so long.
const PATIENCE: Duration = Duration::from_secs(20);

impl Socket {
    /// Opens a WebSocket and says nothing yet.
    pub(crate) async fn open(app: &App<'_>) -> Self {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
        Self::open_with(app, &headers).await.expect("the server takes the socket")
    }

    /// Opens a WebSocket with these headers and no others; the status where the server refuses it.
    pub(crate) async fn open_with(
        app: &App<'_>,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, http::StatusCode> {
        let mut request = format!("ws://{}/graphql", app.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("the server answers: {error}"),
        }
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
        self.say_text(&message.to_string()).await;
    }

    /// Sends a text, whatever it is.
    pub(crate) async fn say_text(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends a frame of any kind.
    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("the socket is open");
    }

    /// Begins an operation under an id.
    pub(crate) async fn subscribe(&mut self, id: &str, document: &str) {
        self.subscribe_with(id, json!({ "query": document })).await;
    }

    /// Begins an operation by these parameters.
    pub(crate) async fn subscribe_with(&mut self, id: &str, parameters: Value) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": parameters })).await;
    }

    /// Begins an operation; false where the socket takes nothing any more.
    pub(crate) async fn try_subscribe(&mut self, id: &str, document: &str) -> bool {
        let message = json!({ "type": "subscribe", "id": id, "payload": { "query": document } });
        self.0.send(Message::text(message.to_string())).await.is_ok()
    }

    /// Waits for the next message; a close is `{"close": code, "reason": text}`.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.next_frame().await {
                Some(Message::Text(text)) => {
                    return serde_json::from_str(&text).expect("messages are JSON");
                }
                Some(Message::Close(frame)) => {
                    let code = frame.as_ref().map(|frame| u16::from(frame.code));
                    let reason = frame.as_ref().map(|frame| frame.reason.as_str());
                    return json!({ "close": code, "reason": reason });
                }
                Some(_) => {}
                None => return json!({ "close": null }),
            }
        }
    }

    /// Waits for the next frame of any kind; none at the end.
    pub(crate) async fn next_frame(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes");
        next.map(|frame| frame.unwrap_or_else(|error| panic!("the socket broke: {error}")))
    }

    /// Passes over what comes until the server closes; the code and the reason.
    pub(crate) async fn closed(&mut self) -> (u64, String) {
        loop {
            let message = self.hear().await;
            if let Some(close) = message.get("close") {
                let reason = message["reason"].as_str().unwrap_or_default();
                return (close.as_u64().unwrap_or_default(), reason.to_owned());
            }
        }
    }
}
