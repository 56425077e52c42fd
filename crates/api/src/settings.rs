//! What can be set about the API.

use std::time::Duration;

use secrecy::SecretString;

/// The settings of the API.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// The secret that signs access tokens; at least 32 bytes.
    pub token_secret: SecretString,
    /// How long an access token is good for.
    pub access_token_lifetime: Duration,
    /// Whether `GET /graphql` answers a browser with `GraphiQL`.
    pub graphiql: bool,
    /// The largest request body, in bytes.
    pub largest_body: usize,
    /// How long the body of a request may take to arrive.
    pub body_time_limit: Duration,
    /// How long a request may take, from its head to the end of its answer.
    pub request_time_limit: Duration,
    /// How long requests in flight may take to finish once the server is asked to stop.
    pub shutdown_time_limit: Duration,
}

impl ApiSettings {
    /// The defaults, with this secret.
    #[must_use]
    pub fn with_secret(token_secret: SecretString) -> Self {
        Self {
            token_secret,
            access_token_lifetime: Duration::from_mins(15),
            graphiql: false,
            largest_body: 256 * 1024,
            body_time_limit: Duration::from_secs(10),
            request_time_limit: Duration::from_secs(30),
            shutdown_time_limit: Duration::from_secs(20),
        }
    }
}
