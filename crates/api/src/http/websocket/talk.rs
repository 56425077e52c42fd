//! One socket from its opening to its close: carries out what the conversation decides, within its time limits.
//!
//! Nothing is buffered for a client beyond a few answers: its operations wait, and who does not read in time is
//! dropped.

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::ws::{CloseFrame, Message, WebSocket},
    http::{HeaderMap, header, request::Parts},
};
use serde_json::{Map, Value};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tungstenite::Error as SocketError;

use super::{
    close::Close,
    conversation::{Conversation, Decision},
    message::{about, acknowledgement, pong},
};
use crate::{
    graphql::ErrorCode,
    http::{
        end_of_service,
        follow::{Following, Running, Told},
        origin::{languages, visitor},
        peer::PeerAddress,
        request::from_json,
        request_id,
        response::Refusal,
        standing::{Standing, end_of_session},
    },
    server::Api,
    sign_in::{Watch, Word},
};

/// How many answers of all operations wait for a client before the operations do.
const OUTBOX: usize = 16;
/// How many signs of life a client may owe.
const MOST_UNANSWERED: u32 = 2;
/// How long a closed socket waits for the other side to close as well.
const FAREWELL: Duration = Duration::from_secs(1);

/// A socket and everything that goes on over it.
pub(super) struct Talk {
    api: Api,
    /// The headers of the request that became the socket.
    headers: HeaderMap,
    address: Option<PeerAddress>,
    request_id: String,
    socket: WebSocket,
    conversation: Conversation,
    admitted: Option<Admitted>,
    operations: HashMap<u64, Running>,
    /// What operations have to tell, and where they leave it.
    told: mpsc::Receiver<About>,
    outbox: mpsc::Sender<About>,
    /// As long as the socket has it, the server waits for the socket when it stops.
    stopping: watch::Receiver<bool>,
}

/// Who was let in.
struct Admitted {
    standing: Standing,
    /// Has the session watched over as long as the socket is open.
    watch: Option<Watch>,
}

/// What an operation has to tell.
struct About {
    id: String,
    number: u64,
    told: Told,
}

/// Why a socket ends.
enum End {
    /// The client closed it, or cannot be reached.
    Gone,
    /// The server closes it.
    Close(Close),
}

impl Talk {
    pub(super) fn new(api: Api, parts: Parts, socket: WebSocket) -> Self {
        let address = parts.extensions.get::<PeerAddress>().copied();
        let headers = parts.headers;
        let (outbox, told) = mpsc::channel(OUTBOX);
        let conversation = Conversation::new(api.settings.socket.most_operations);
        let request_id = request_id(&headers);
        let stopping = api.stopping.subscribe();
        Self {
            api,
            headers,
            address,
            request_id,
            socket,
            conversation,
            admitted: None,
            operations: HashMap::new(),
            told,
            outbox,
            stopping,
        }
    }

    /// Talks until one of the two closes the socket.
    pub(super) async fn go_on(mut self, speaks_ours: bool) {
        let end = if speaks_ours { self.converse().await } else { End::Close(Close::OtherProtocol) };
        self.operations.clear();
        if let End::Close(close) = end {
            tracing::debug!(request_id = %self.request_id, code = close.code(), "a socket is closed");
            let frame = CloseFrame { code: close.code(), reason: close.reason().into() };
            if self.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
        }
        // The other side is given the time to read the close and to answer it.
        let farewell = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        timeout(FAREWELL, farewell).await.unwrap_or_default();
    }

    async fn converse(&mut self) -> End {
        let settings = self.api.settings.socket;
        let too_late = sleep_until(Instant::now() + settings.init_time_limit);
        tokio::pin!(too_late);
        let mut pings = interval_at(Instant::now() + settings.ping_every, settings.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut word = None;
        let mut unanswered = 0;
        loop {
            let outcome = tokio::select! {
                received = self.socket.recv() => {
                    unanswered = 0;
                    self.receive(received).await
                }
                Some(about) = self.told.recv() => self.pass_on(about).await,
                () = &mut too_late, if self.conversation.is_silent() => Err(End::Close(Close::InitTimeout)),
                _ = pings.tick() => {
                    unanswered += 1;
                    if unanswered > MOST_UNANSWERED { Err(End::Gone) } else { self.send(Message::Ping("".into())).await }
                }
                last = end_of_session(&mut word) => Err(End::Close(forbidden(last))),
                () = end_of_service(&mut self.stopping) => Err(End::Close(Close::GoingAway)),
            };
            if let Err(end) = outcome {
                return end;
            }
            if word.is_none() {
                let watch = self.admitted.as_ref().and_then(|admitted| admitted.watch.as_ref());
                word = watch.map(Watch::word);
            }
        }
    }

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        match received {
            Some(Ok(Message::Text(text))) => {
                if text.len() > self.api.settings.socket.largest_message {
                    return Err(End::Close(Close::TooLarge));
                }
                let decision = self.conversation.hear(&text);
                self.carry_out(decision).await
            }
            Some(Ok(Message::Binary(_))) => Err(End::Close(Close::malformed("message is not text"))),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(broken(&error)),
        }
    }

    async fn carry_out(&mut self, decision: Decision) -> Result<(), End> {
        match decision {
            Decision::Nothing => Ok(()),
            Decision::Admit(payload) => {
                let standing = self.admit(&payload).await.map_err(End::Close)?;
                let watch = standing.watch();
                self.admitted = Some(Admitted { standing, watch });
                self.conversation.let_in();
                self.say(acknowledgement()).await
            }
            Decision::Begin { id, number, payload } => match self.begin(id.clone(), number, payload) {
                Ok(()) => Ok(()),
                Err(refusal) => {
                    self.conversation.end(&id);
                    self.say(about(&id, &Told::Refused(refusal.errors()))).await
                }
            },
            Decision::TurnDown { id } => {
                let most = self.api.settings.socket.most_operations;
                let message = format!("this socket has {most} operations already: end one of them first");
                let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
                let refusal = Refusal::new(status, ErrorCode::RateLimited, &message);
                self.say(about(&id, &Told::Refused(refusal.errors()))).await
            }
            Decision::End(number) => {
                self.operations.remove(&number);
                Ok(())
            }
            Decision::Answer(payload) => self.say(pong(payload)).await,
            Decision::Close(close) => Err(End::Close(close)),
        }
    }

    /// Lets the client in: as the account of its token, or as nobody where it has none, as over HTTP.
    async fn admit(&mut self, payload: &Map<String, Value>) -> Result<Standing, Close> {
        let given = authorization(payload).map(|value| value.as_str().unwrap_or_default().as_bytes());
        let given = given.or_else(|| Some(self.headers.get(header::AUTHORIZATION)?.as_bytes()));
        let entered = async {
            let standing = self.api.door.stand(given, visitor(&self.headers, self.address)).await?;
            standing.actor().await.map(|_| standing)
        };
        match entered.await {
            Ok(standing) => Ok(standing),
            Err(error) => Err(error.fault().map_or(Close::Refused, |fault| {
                tracing::error!(request_id = %self.request_id, %fault, "an actor could not be read");
                Close::Internal
            })),
        }
    }

    fn begin(&mut self, id: String, number: u64, payload: Value) -> Result<(), Refusal> {
        let asked = from_json(payload)?;
        let Some(Admitted { standing, watch }) = &self.admitted else {
            // The conversation begins nothing before that.
            return Err(Refusal::internal(&self.request_id));
        };
        let following = Following {
            api: self.api.clone(),
            standing: standing.clone(),
            languages: languages(&self.headers),
            asked,
            address: self.address,
            request_id: self.request_id.clone(),
            word: watch.as_ref().map(Watch::word),
        };
        let wrap = move |told| About { id: id.clone(), number, told };
        self.operations.insert(number, following.start(self.outbox.clone(), wrap));
        Ok(())
    }

    /// Passes on what an operation has to tell, unless the client has ended it meanwhile.
    async fn pass_on(&mut self, About { id, number, told }: About) -> Result<(), End> {
        if !self.conversation.runs(&id, number) {
            return Ok(());
        }
        if !matches!(told, Told::Answer(_)) {
            self.conversation.end(&id);
            self.operations.remove(&number);
        }
        self.say(about(&id, &told)).await
    }

    async fn say(&mut self, text: String) -> Result<(), End> {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.api.settings.socket.send_time_limit, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                tracing::info!(request_id = %self.request_id, "a client does not read what it asked for");
                Err(End::Gone)
            }
        }
    }
}

/// The `Authorization` of an init payload, at its top or among `headers`, in any case of letters.
fn authorization(payload: &Map<String, Value>) -> Option<&Value> {
    let of = |object: &'_ Map<String, Value>| {
        object.keys().find(|key| key.eq_ignore_ascii_case("authorization")).cloned()
    };
    if let Some(key) = of(payload) {
        return payload.get(&key);
    }
    let headers = payload.get("headers")?.as_object()?;
    headers.get(&of(headers)?)
}

/// How a socket is closed whose session is over.
fn forbidden(last: Word) -> Close {
    match last {
        Word::Expired => Close::TokenExpired,
        Word::Ended | Word::GoesOn(_) => Close::SessionEnded,
    }
}

/// What an error of the socket means.
fn broken(error: &axum::Error) -> End {
    let inner = std::error::Error::source(error).and_then(|inner| inner.downcast_ref::<SocketError>());
    match inner {
        Some(SocketError::Capacity(_)) => End::Close(Close::TooLarge),
        Some(SocketError::Protocol(_) | SocketError::Utf8(_)) => End::Close(Close::Protocol),
        _ => End::Gone,
    }
}
