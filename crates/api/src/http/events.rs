//! Operations as server-sent events, by the protocol graphql-sse with distinct connections: one request, one stream.
//!
//! For networks that block WebSocket. What is wrong with the request around the operation is answered as over HTTP;
//! what is wrong with the operation is an event.

use std::{convert::Infallible, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::Response,
};
use futures_util::stream;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::{
    end_of_service,
    follow::{Following, Running, Told},
    origin::{languages, visitor},
    request_id,
    response::{MediaType, Refusal, ranges},
    route::Head,
    standing::end_of_session,
};
use crate::{
    gate::Asked,
    graphql::ApiError,
    server::Api,
    sign_in::{Watch, Word},
};

/// How many answers wait for a client before the operation does.
const OUTBOX: usize = 4;

/// What `Accept` says about a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// It is not named.
    None,
    /// It is accepted beside JSON: what is answered once is better sent as JSON.
    Accepted,
    /// It is preferred to JSON.
    Preferred,
}

/// What the client wishes.
pub(super) fn wish(headers: &HeaderMap) -> Wish {
    let events = quality(headers, &["text/event-stream"]);
    let json = quality(headers, &["application/graphql-response+json", "application/json"]);
    match (events, json) {
        (None, _) => Wish::None,
        (Some(events), Some(json)) if events <= json => Wish::Accepted,
        (Some(_), _) => Wish::Preferred,
    }
}

/// The highest weight that one of these media types is given; none where none of them is accepted by name.
fn quality(headers: &HeaderMap, media_types: &[&str]) -> Option<f32> {
    let named = ranges(headers).filter(|(essence, _)| media_types.contains(&essence.as_str()));
    named.map(|(_, weight)| weight).filter(|weight| *weight > 0.0).max_by(f32::total_cmp)
}

/// Answers by a stream of events.
pub(super) async fn answer(api: &Api, head: &Head<'_>, asked: Asked) -> Response {
    match begin(api, head, asked).await {
        Ok(events) => events.into_response(api),
        Err(refusal) => refusal.into_http(MediaType::Json),
    }
}

async fn begin(api: &Api, head: &Head<'_>, asked: Asked) -> Result<Events, Refusal> {
    let headers = head.headers;
    let is_mutation =
        || api.gate.find(asked.clone()).is_ok_and(|found| found.kind == OperationType::Mutation);
    if head.method == Method::GET && is_mutation() {
        return Err(Refusal::method_not_allowed("mutations cannot be sent by GET", "POST"));
    }
    let request_id = request_id(headers);
    let at_the_door = |error: ApiError| Refusal::at_the_door(&error, &request_id);
    let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let standing =
        api.door.stand(authorization, visitor(headers, head.address)).await.map_err(at_the_door)?;
    standing.actor().await.map_err(at_the_door)?;
    let watch = standing.watch();
    let following = Following {
        api: api.clone(),
        standing,
        languages: languages(headers),
        asked,
        address: head.address,
        request_id: request_id.clone(),
        word: watch.as_ref().map(Watch::word),
    };
    let (outbox, told) = mpsc::channel(OUTBOX);
    Ok(Events {
        _running: following.start(outbox, |told| told),
        told,
        word: watch.as_ref().map(Watch::word),
        _watch: watch,
        stopping: api.stopping.subscribe(),
        left: Left::Everything,
    })
}

/// The stream of one operation.
struct Events {
    _running: Running,
    told: mpsc::Receiver<Told>,
    word: Option<watch::Receiver<Word>>,
    /// Has the session watched over as long as the stream goes on.
    _watch: Option<Watch>,
    stopping: watch::Receiver<bool>,
    left: Left,
}

/// What is left to be sent.
enum Left {
    Everything,
    /// Only that it is complete.
    Completion,
    Nothing,
}

impl Events {
    fn into_response(self, api: &Api) -> Response {
        let patience = api.settings.event_keep_alive;
        let stream = stream::unfold(self, move |mut events: Self| async move {
            let text = events.next_or_comment(patience).await?;
            Some((Ok::<_, Infallible>(text), events))
        });
        let mut response = Response::new(Body::from_stream(stream));
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // A proxy in between is asked to pass each event on at once.
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }

    /// The next event, or a comment where nothing happens for so long, by which both sides see that it goes on.
    async fn next_or_comment(&mut self, patience: Duration) -> Option<String> {
        match tokio::time::timeout(patience, self.next()).await {
            Ok(event) => event,
            Err(_) => Some(":\n\n".to_owned()),
        }
    }

    async fn next(&mut self) -> Option<String> {
        match self.left {
            Left::Nothing => return None,
            Left::Completion => return Some(self.complete()),
            Left::Everything => {}
        }
        tokio::select! {
            told = self.told.recv() => match told? {
                Told::Answer(text) => Some(next_event(&text)),
                Told::Refused(errors) => Some(self.refuse(&errors)),
                Told::Done => Some(self.complete()),
            },
            _ = end_of_session(&mut self.word) => {
                let refusal = Refusal::at_the_door(&ApiError::Unauthenticated, "");
                Some(self.refuse(&refusal.errors()))
            }
            // Without a `complete` the client takes the stream for broken, and connects again elsewhere.
            () = end_of_service(&mut self.stopping) => None,
        }
    }

    /// The errors that end the stream.
    fn refuse(&mut self, errors: &serde_json::Value) -> String {
        self.left = Left::Completion;
        next_event(&json!({ "errors": errors }).to_string())
    }

    /// The event that says that nothing follows. Its data is empty but there: browsers pass over events without any.
    fn complete(&mut self) -> String {
        self.left = Left::Nothing;
        "event: complete\ndata: \n\n".to_owned()
    }
}

/// The event of an answer, which is JSON and so has no line breaks.
fn next_event(answer: &str) -> String {
    format!("event: next\ndata: {answer}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_preferred_where_it_is_named_alone_or_above_json() {
        for (accept, expected) in [
            (None, Wish::None),
            (Some("*/*"), Wish::None),
            (Some("application/json"), Wish::None),
            (Some("text/event-stream;q=0"), Wish::None),
            (Some("text/event-stream"), Wish::Preferred),
            (Some("Text/Event-Stream, */*"), Wish::Preferred),
            (Some("text/event-stream, application/json;q=0.9"), Wish::Preferred),
            (Some("application/json, text/event-stream"), Wish::Accepted),
            (Some("application/graphql-response+json, text/event-stream;q=0.5"), Wish::Accepted),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(wish(&headers), expected, "{accept:?}");
        }
    }
}
