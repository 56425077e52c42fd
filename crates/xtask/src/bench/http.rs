//! Questions to a GraphQL server before and between the loads.
//!
//! The loads themselves are sent by `wrk`: see `load.rs`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stop;

/// How long a server may take to answer for the first time.
const FIRST_ANSWER: Duration = Duration::from_mins(1);

/// Sends a document with its variables and returns its data; an error in the answer is a failure.
pub(super) fn ask(
    url: &str,
    token: Option<&str>,
    document: &str,
    variables: &Value,
) -> Result<Value, Failure> {
    let body = json!({ "query": document, "variables": variables });
    let mut answer = send(url, token, &body.to_string())?;
    match answer.get("errors") {
        None => Ok(answer["data"].take()),
        Some(errors) => Err(Failure::Unexpected { what: format!("{url} answered {errors} to {body}") }),
    }
}

/// Waits until a server answers a question at all.
pub(super) fn wait_until_answering(url: &str) -> Result<(), Failure> {
    let began = Instant::now();
    loop {
        match send(url, None, r#"{"query":"{ __typename }"}"#) {
            Ok(_) => return Ok(()),
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            Err(failure) if began.elapsed() > FIRST_ANSWER => return Err(failure),
            Err(_) => sleep(Duration::from_millis(1)),
        }
    }
}

fn send(url: &str, token: Option<&str>, body: &str) -> Result<Value, Failure> {
    if stop::is_asked() {
        return Err(Failure::Stopped);
    }
    let failed = |error: ureq::Error| Failure::NotStarted {
        program: format!("a request to {url}"),
        source: std::io::Error::other(error),
    };
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.send(body).map_err(failed)?;
    let text = response.body_mut().with_config().limit(u64::MAX).read_to_string().map_err(failed)?;
    serde_json::from_str(&text)
        .map_err(|_| Failure::Unexpected { what: format!("{url} answered {text:?}, which is not JSON") })
}
