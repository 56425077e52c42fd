//! Bodies, read to their end within their limits.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, StatusCode, header},
};
use futures_util::TryStreamExt;

use super::{overload::Turn, response::Refusal, upload};
use crate::{graphql::ErrorCode, server::Api, settings::ApiSettings};

/// A body that is there.
pub(super) struct Received {
    pub(super) text: Vec<u8>,
    /// That of a large body, to be held as long as the text is.
    pub(super) turn: Option<Turn>,
}

/// Reads a body to its end. Who has signed in may send a larger one, and few at once do; its length need not be said
/// beforehand.
pub(super) async fn receive(api: &Api, headers: &HeaderMap, body: Body) -> Result<Received, Refusal> {
    let ApiSettings { body_time_limit, upload_time_limit, largest_body, largest_signed_body, .. } =
        api.settings;
    let may_be_large = headers.contains_key(header::AUTHORIZATION);
    let largest = if may_be_large { largest_signed_body } else { largest_body };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > largest) {
        return Err(too_large(largest));
    }
    let mut reading = Reading {
        text: Vec::with_capacity(announced.unwrap_or(0).min(largest_body)),
        rest: body.into_data_stream(),
    };
    let is_small = announced.is_none_or(|length| length <= largest_body);
    if is_small && reading.read_on(largest_body, body_time_limit).await? {
        return Ok(Received { text: reading.text, turn: None });
    }
    if !may_be_large {
        return Err(too_large(largest));
    }
    upload::check_caller(api, headers).await?;
    let turn = api.uploads.take().await?;
    if !reading.read_on(largest, upload_time_limit).await? {
        return Err(too_large(largest));
    }
    Ok(Received { text: reading.text, turn: Some(turn) })
}

/// A body that is being read.
struct Reading {
    text: Vec<u8>,
    rest: BodyDataStream,
}

impl Reading {
    /// Reads on until the body ends or is longer than it may be; tells whether it ended.
    async fn read_on(&mut self, largest: usize, time_limit: Duration) -> Result<bool, Refusal> {
        let reading = async {
            while let Some(part) = self.rest.try_next().await? {
                self.text.extend_from_slice(&part);
                if self.text.len() > largest {
                    return Ok(false);
                }
            }
            Ok::<_, axum::Error>(true)
        };
        match tokio::time::timeout(time_limit, reading).await {
            Ok(Ok(is_whole)) => Ok(is_whole),
            Ok(Err(_)) => {
                let message = "the body broke off, or is not encoded as its head says";
                Err(Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message))
            }
            Err(_) => {
                let message = "the body did not arrive in time";
                Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, message))
            }
        }
    }
}

fn too_large(largest: usize) -> Refusal {
    let message = format!("the body is larger than {largest} bytes");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest, &message)
}
