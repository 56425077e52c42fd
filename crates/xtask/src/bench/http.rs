//! Questions to a GraphQL server before, between and beside the loads.
//!
//! The loads themselves are sent by `wrk`: see `load.rs`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stop;

/// How long a server may take to answer for the first time.
const FIRST_ANSWER: Duration = Duration::from_mins(3);

/// Who asks a server, over a connection that is kept.
pub(super) struct Client {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
}

impl Client {
    /// A caller with a token, or without one.
    pub(super) fn new(url: &str, token: Option<&str>) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { agent, url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// Sends a document with its variables and returns its data; an error in the answer is a failure.
    pub(super) fn ask(&self, document: &str, variables: &Value) -> Result<Value, Failure> {
        let body = json!({ "query": document, "variables": variables });
        let mut answer = self.send(&body.to_string())?;
        match answer.get("errors") {
            None => Ok(answer["data"].take()),
            Some(errors) => {
                Err(Failure::Unexpected { what: format!("{} answered {errors} to {body}", self.url) })
            }
        }
    }

    /// Sends a mutation of one field and returns its payload, which must be without errors.
    pub(super) fn change(&self, document: &str, input: &Value) -> Result<Value, Failure> {
        let mut data = self.ask(document, &json!({ "input": input }))?;
        let payload = data.as_object_mut().and_then(|fields| fields.values_mut().next()).map(Value::take);
        let payload = payload.unwrap_or_default();
        match payload["errors"].as_array() {
            Some(errors) if errors.is_empty() => Ok(payload),
            _ => Err(Failure::Unexpected { what: format!("{document} was answered with {payload}") }),
        }
    }

    fn send(&self, body: &str) -> Result<Value, Failure> {
        if stop::is_asked() {
            return Err(Failure::Stopped);
        }
        let failed = |error: ureq::Error| Failure::NotStarted {
            program: format!("a request to {}", self.url),
            source: std::io::Error::other(error),
        };
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(body).map_err(failed)?;
        let text = response.body_mut().with_config().limit(u64::MAX).read_to_string().map_err(failed)?;
        serde_json::from_str(&text).map_err(|_| Failure::Unexpected {
            what: format!("{} answered {text:?}, which is not JSON", self.url),
        })
    }
}

/// Waits until a server answers a question at all.
pub(super) fn wait_until_answering(url: &str) -> Result<(), Failure> {
    let began = Instant::now();
    let client = Client::new(url, None);
    loop {
        match client.send(r#"{"query":"{ __typename }"}"#) {
            Ok(_) => return Ok(()),
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            Err(failure) if began.elapsed() > FIRST_ANSWER => return Err(failure),
            Err(_) => sleep(Duration::from_millis(1)),
        }
    }
}
