//! What can be set about the API.

use std::{num::NonZeroUsize, time::Duration};

use secrecy::SecretString;

use crate::gate::{Budgets, TrustedDocuments};
use crate::http::WebOrigin;
use crate::sign_in::{MailSettings, ProvidersSettings};

/// The settings of the API.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own that an operator turns")]
pub struct ApiSettings {
    /// The secret that seals the keys of access tokens in the database; at least 32 bytes.
    pub token_secret: SecretString,
    /// How long an access token is good for.
    pub access_token_lifetime: Duration,
    /// Whether who holds a role that opens people has to set a second factor up before being let in.
    pub second_factor_required: bool,
    /// How mail is sent; without it nobody is invited, and no password is reset.
    pub mail: Option<MailSettings>,
    /// By which providers of OpenID Connect one can sign in.
    pub providers: ProvidersSettings,
    /// Whether `GET /graphql` answers a browser with `GraphiQL`.
    pub graphiql: bool,
    /// Whether questions about the schema itself are answered; trusted documents may always ask them.
    pub introspection: bool,
    /// The origins whose pages may call from a browser; none by default.
    pub cors_origins: Vec<WebOrigin>,
    /// Whether a proxy in front of the server says in `X-Forwarded-For` where a client is.
    pub behind_proxy: bool,
    /// Whether answers are compressed for clients that ask for it.
    pub compression: bool,
    /// The largest request body, in bytes.
    pub largest_body: usize,
    /// The largest request body of a caller who has signed in, in bytes: a batch of scans. As many are read at once as
    /// uploads are.
    pub largest_signed_body: usize,
    /// The largest file that is uploaded, and the most that all files of a request have together, in bytes.
    pub largest_upload: usize,
    /// How many uploads are received at once; each is held in memory.
    pub uploads_at_once: usize,
    /// How long the files of a request may take to arrive.
    pub upload_time_limit: Duration,
    /// How long the body of a request may take to arrive.
    pub body_time_limit: Duration,
    /// How long a request may take, from its head to the end of its answer.
    pub request_time_limit: Duration,
    /// How many connections may be open; more are answered with 503 and closed.
    pub connections: usize,
    /// How many operations may be executed at once; more are answered with 503.
    pub requests_in_flight: usize,
    /// What mutations that cost more than 100 may cost together while they are executed; more wait up to five seconds and
    /// are answered with 503.
    pub cost_in_flight: usize,
    /// How many bytes bodies of more than 32 KiB may have together while they are read and executed; more wait up to five
    /// seconds and are answered with 503.
    pub body_bytes_in_flight: usize,
    /// How many subscriptions may go on at once, over all connections.
    pub subscriptions: usize,
    /// How long the head of a request may take to arrive.
    pub header_time_limit: Duration,
    /// How long a connection may be idle between two requests.
    pub idle_time_limit: Duration,
    /// How long a client may take to read the next part of an answer.
    pub write_time_limit: Duration,
    /// How long requests in flight may take to finish once the server is asked to stop.
    pub shutdown_time_limit: Duration,
    /// How often a stream of events says that it goes on while nothing happens.
    pub event_keep_alive: Duration,
    /// How often the sessions of open connections are looked at.
    pub session_check_every: Duration,
    /// How often what is spent of sign-ins is deleted.
    pub clean_up_every: Duration,
    /// What can be set about a WebSocket.
    pub socket: SocketSettings,
    /// The documents that are registered under an id, and whether others are served.
    pub trusted_documents: TrustedDocuments,
    /// What the kinds of principals may spend.
    pub budgets: Budgets,
}

/// What can be set about a WebSocket.
#[derive(Debug, Clone, Copy)]
pub struct SocketSettings {
    /// How long a client may take until it asks to be let in.
    pub init_time_limit: Duration,
    /// How often the server asks for a sign of life.
    pub ping_every: Duration,
    /// How long a client may take to read a message.
    pub send_time_limit: Duration,
    /// The largest message of a client, in bytes.
    pub largest_message: usize,
    /// The most operations at once.
    pub most_operations: usize,
}

impl Default for SocketSettings {
    fn default() -> Self {
        Self {
            init_time_limit: Duration::from_secs(3),
            ping_every: Duration::from_secs(25),
            send_time_limit: Duration::from_secs(10),
            largest_message: 64 * 1024,
            most_operations: 50,
        }
    }
}

impl ApiSettings {
    /// What mutations may cost together on this machine, as long as nobody says otherwise: 768 for each of its cores,
    /// which is more than one batch of 500 scans.
    #[must_use]
    pub fn cost_in_flight_here() -> usize {
        cores().saturating_mul(768)
    }

    /// How many bytes large bodies may have together on this machine, as long as nobody says otherwise: 256 KiB for each of
    /// its cores, which is two or three batches of 500 scans; fewer are executed at once.
    #[must_use]
    pub fn body_bytes_in_flight_here() -> usize {
        cores().saturating_mul(256 * 1024)
    }

    /// The defaults, with this secret.
    #[must_use]
    pub fn with_secret(token_secret: SecretString) -> Self {
        Self {
            token_secret,
            access_token_lifetime: Duration::from_mins(15),
            second_factor_required: false,
            mail: None,
            providers: ProvidersSettings::default(),
            graphiql: false,
            introspection: true,
            cors_origins: Vec::new(),
            behind_proxy: false,
            compression: true,
            largest_body: 256 * 1024,
            largest_signed_body: 12 * 1024 * 1024,
            largest_upload: 4 * 1024 * 1024,
            uploads_at_once: 4,
            upload_time_limit: Duration::from_secs(25),
            body_time_limit: Duration::from_secs(10),
            request_time_limit: Duration::from_secs(30),
            connections: 4_096,
            requests_in_flight: 256,
            cost_in_flight: Self::cost_in_flight_here(),
            body_bytes_in_flight: Self::body_bytes_in_flight_here(),
            subscriptions: 10_000,
            header_time_limit: Duration::from_secs(10),
            idle_time_limit: Duration::from_secs(75),
            write_time_limit: Duration::from_secs(30),
            shutdown_time_limit: Duration::from_secs(20),
            event_keep_alive: Duration::from_secs(15),
            session_check_every: Duration::from_secs(2),
            clean_up_every: Duration::from_mins(10),
            socket: SocketSettings::default(),
            trusted_documents: TrustedDocuments::default(),
            budgets: Budgets::default(),
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
