//! Why a command could not do its work, in words that say what to do.

use std::path::PathBuf;

use hemicycle_api::{ApiFault, NotAnOrigin, PasswordFault, TrustedFault, UnreadableContract};
use hemicycle_check_in_client::Trouble;
use hemicycle_domain::{problem::Invalid, reference::TerritoryFileError};
use hemicycle_persistence::{Failure, StoreFault};
use thiserror::Error;

/// Why a command could not do its work.
#[derive(Debug, Error)]
pub enum CommandFailure {
    /// A setting is unknown or malformed.
    #[error("the settings cannot be read")]
    Settings(#[from] Box<figment::Error>),
    /// No database is named.
    #[error(
        "no database is named: give --database-url postgres://user:password@host/database, \
         or --data-dir FOLDER for the embedded one"
    )]
    NoDatabase,
    /// No usable secret is set.
    #[error(
        "no secret is set to seal the keys of access tokens with: give HEMICYCLE_TOKEN_SECRET at least 32 characters, \
         the same on every node"
    )]
    NoTokenSecret,
    /// Mail is to be sent, and nothing says where its links lead.
    #[error(
        "mail_url is set without a usable link_base: give the address of the front end to which links lead"
    )]
    NoLinkBase,
    /// A setting is to be an address and is none.
    #[error("{setting} cannot be used: {text} is no address such as https://app.example.org/signed-in")]
    NotAnAddress {
        /// The setting.
        setting: &'static str,
        /// What it is.
        text: String,
    },
    /// An origin is none.
    #[error("cors_origins cannot be used")]
    Origin(#[from] NotAnOrigin),
    /// A file or folder cannot be used.
    #[error("{} cannot be used", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: choose another one with --listen")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped")]
    Server(#[source] std::io::Error),
    /// An input is not acceptable.
    #[error("{} {fault}", fault.path.join("."))]
    Invalid {
        /// What is wrong.
        fault: Invalid,
    },
    /// The API cannot be made.
    #[error("the API cannot be started")]
    Api(#[from] ApiFault),
    /// Two schemas cannot be compared.
    #[error("the schemas cannot be compared")]
    Contract(#[from] UnreadableContract),
    /// The schema breaks clients without a warning.
    #[error(
        "{count} change(s) break clients: deprecate first, with @deprecated(reason: \"Use X. Removal on YYYY-MM-DD.\")"
    )]
    BreaksClients {
        /// How many changes.
        count: usize,
    },
    /// Trusted documents cannot be read.
    #[error("the trusted documents cannot be used")]
    Trusted(#[from] TrustedFault),
    /// A file of territories has faults.
    #[error("nothing was loaded: {0}")]
    Territories(#[from] TerritoryFileError),
    /// The store refused.
    #[error("the store refused")]
    Store(#[from] Failure),
    /// The store failed.
    #[error("the database cannot be used; if it lacks migrations, run `hemicycle migrate` first")]
    Database(#[from] StoreFault),
    /// The audit trail is not what was sealed.
    #[error("the audit trail is not what was sealed: {count} finding(s)")]
    TrailBroken {
        /// How many findings.
        count: usize,
    },
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// A document of the demonstration was not accepted.
    #[error("the demonstration cannot be loaded: {document}, step {step}: {reason}")]
    Demonstration {
        /// The document.
        document: &'static str,
        /// The step in it.
        step: String,
        /// What the API answered.
        reason: String,
    },
    /// The simulation came to no end.
    #[error("the simulation came to no end")]
    Simulation(#[from] Trouble),
    /// No password is given.
    #[error("no password is given: set HEMICYCLE_PASSWORD")]
    NoPassword,
    /// A server does not have what follows from the scans.
    #[error("what the server says is not what follows from the scans: {count} difference(s)")]
    Differs {
        /// How many differences.
        count: usize,
    },
    /// A server is not ready.
    #[error("{url} is not ready: {reason}")]
    NotReady {
        /// What was asked.
        url: String,
        /// What came back.
        reason: String,
    },
}

impl From<Invalid> for CommandFailure {
    fn from(fault: Invalid) -> Self {
        Self::Invalid { fault }
    }
}
