//! GraphQL over HTTP: one question, one answer, and what has to be told apart where none comes.

use std::{error::Error, time::Duration};

use reqwest::header::RETRY_AFTER;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// A server, as somebody with this token, or as nobody.
#[derive(Debug, Clone)]
pub struct Connection {
    http: reqwest::Client,
    address: String,
    token: Option<String>,
}

/// Why a question was not answered as it was meant to be.
#[derive(Debug, Error)]
pub enum Trouble {
    /// Nothing came back, or nothing that can be read: what was asked for may have been done or not.
    #[error("no answer came")]
    NoAnswer(#[source] Box<dyn Error + Send + Sync>),
    /// The server cannot answer now.
    #[error("the server cannot answer now ({code}): {message}")]
    Later {
        /// What it says of it.
        code: String,
        /// Its words.
        message: String,
        /// How long it wants to be left alone.
        after: Option<Duration>,
    },
    /// The token is good no more.
    #[error("the token is not good, or no longer")]
    Unauthenticated,
    /// The server says no, and will say so again.
    #[error("the server said no ({code}): {message}")]
    Refused {
        /// What it says of it.
        code: String,
        /// Its words.
        message: String,
    },
}

impl Trouble {
    /// Whether the same question may be answered another time.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::Later { .. })
    }
}

/// How long to wait for an answer before the question counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(30);
/// The codes that say: not now.
const PASSING: [&str; 4] = ["CONFLICT", "INTERNAL_SERVER_ERROR", "RATE_LIMITED", "TIMEOUT"];

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Map<String, Value>>,
    #[serde(default)]
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: String,
}

/// What a mutation says where it was turned down.
#[derive(Deserialize)]
struct UserError {
    code: String,
    message: String,
    path: Vec<String>,
}

impl Connection {
    /// A connection to the server at this address, such as `http://127.0.0.1:8080`, as nobody.
    pub fn to(server: &str) -> Result<Self, Trouble> {
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let http = http.map_err(|error| Trouble::NoAnswer(error.into()))?;
        let address = format!("{}/graphql", server.trim_end_matches('/'));
        Ok(Self { http, address, token: None })
    }

    /// The same connection, as the holder of this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends an operation of one field and reads what that field is answered with.
    ///
    /// A mutation that was turned down, by `errors` in its payload, is refused.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        document: &str,
        variables: &impl Serialize,
    ) -> Result<T, Trouble> {
        let mut request =
            self.http.post(&self.address).json(&json!({ "query": document, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| Trouble::NoAnswer(error.into()))?;
        let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.bytes().await.map_err(|error| Trouble::NoAnswer(error.into()))?;
        let answer: Answer =
            serde_json::from_slice(&body).map_err(|error| Trouble::NoAnswer(error.into()))?;
        if let Some(complaint) = answer.errors.into_iter().next() {
            return Err(complaint.trouble(after.map(Duration::from_secs)));
        }
        let mut value = answer.data.into_iter().flatten().next().map_or(Value::Null, |(_, value)| value);
        if let Some(errors) = value.get_mut("errors").map(Value::take) {
            let errors: Vec<UserError> =
                serde_json::from_value(errors).map_err(|error| unexpected(&error))?;
            if let Some(error) = errors.into_iter().next() {
                let message = format!("{} {}", error.path.join("."), error.message).trim().to_owned();
                return Err(Trouble::Refused { code: error.code, message });
            }
        }
        serde_json::from_value(value).map_err(|error| unexpected(&error))
    }
}

impl Complaint {
    fn trouble(self, after: Option<Duration>) -> Trouble {
        let Self { message, extensions: Extensions { code } } = self;
        match code.as_str() {
            "UNAUTHENTICATED" => Trouble::Unauthenticated,
            passing if PASSING.contains(&passing) => Trouble::Later { code, message, after },
            _ => Trouble::Refused { code, message },
        }
    }
}

/// The answer is not what the schema promises, or there is nothing where something is meant to be.
fn unexpected(error: &serde_json::Error) -> Trouble {
    Trouble::Refused { code: "UNEXPECTED".to_owned(), message: error.to_string() }
}
