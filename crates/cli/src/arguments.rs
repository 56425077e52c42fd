//! The command line. Its doc comments are the text of `--help`.
#![expect(clippy::doc_markdown, reason = "a terminal shows no Markdown")]

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;

/// Partners, programs, events and participants of parliamentary and electoral training, as a GraphQL service.
///
/// Without a subcommand it starts the demonstration: an embedded database with five real documents.
#[derive(Debug, Parser)]
#[command(name = "hemicycle", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Flags,
}

/// Settings given as flags; each can stand in the environment or in the settings file as well.
#[derive(Debug, Args, Serialize)]
pub(crate) struct Flags {
    /// A settings file in TOML; its keys are those of `hemicycle config`.
    #[arg(long, global = true, env = "HEMICYCLE_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where the API listens [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Where the embedded database lives; created if it is not there
    #[arg(long, global = true, value_name = "FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// An origin whose pages may call from a browser, such as https://app.example.org; give it several times for several
    #[arg(long = "cors-origin", global = true, value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cors_origins: Vec<String>,
    /// The database: postgres://user:password@host/database, or sqlite:///path/to/file.db
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the demonstration: a fresh embedded database, five real documents, one account per role.
    ///
    /// Prints the address, the accounts with their passwords and three queries to paste. With --data-dir the
    /// demonstration keeps its data there and goes on with it the next time.
    Demo,
    /// Serve the API on the database that is set.
    ///
    /// In production give --database-url (or HEMICYCLE_DATABASE_URL) and HEMICYCLE_TOKEN_SECRET, at least 32
    /// characters, the same on every node. Run `hemicycle migrate` first: serve refuses an outdated database.
    Serve,
    /// Bring the database to the newest migration and load the reference data.
    Migrate,
    /// Print the GraphQL schema in the schema definition language, or what it changes for clients.
    Schema {
        /// An earlier schema: prints what breaks clients that relied on it, and what can surprise them.
        ///
        /// Fails if something breaks that was not deprecated with a day of removal that has come.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Print the access matrix, role by capability, as Markdown.
    Access,
    /// Print the settings in force, with secrets masked.
    Config,
    /// Fill a fresh database with a made-up data set, for query plans and benchmarks.
    ///
    /// The same seed makes the same data.
    #[command(hide = true)]
    Generate {
        /// How many events.
        #[arg(long, default_value_t = 100_000)]
        events: u32,
        /// How many registrations.
        #[arg(long, default_value_t = 1_000_000)]
        registrations: u32,
        /// Where the random numbers start.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Try a server with many check-in devices, and compare its attendance with what the devices did.
    ///
    /// Makes an event with people and devices of its own, lets the devices scan and hand in with wrong clocks, offline and
    /// online, again and out of order, and fails if the server's attendance is not what follows from the scans. Give a
    /// server for tests: what is made stays there.
    SimulateCheckIn(SimulatedCheckIn),
    /// Ask a running server whether it is ready; fails if it is not.
    Health {
        /// The address of the server.
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        url: String,
    },
    /// Open accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Look after the keys that sign access tokens.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Examine the audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look after the keys that sign badges.
    #[command(subcommand)]
    Badge(BadgeCommand),
    /// Load records from files.
    #[command(subcommand)]
    Import(ImportCommand),
}

/// A simulation of check-in.
#[derive(Debug, Args)]
pub(crate) struct SimulatedCheckIn {
    /// The address of the server; plain HTTP
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub server: String,
    /// The address by which the devices reach it, where that is another one: a network that fails
    #[arg(long, value_name = "URL")]
    pub devices_through: Option<String>,
    /// The e-mail address of who runs the event; the password is read from HEMICYCLE_PASSWORD
    #[arg(long, required_unless_present = "token", value_name = "ADDRESS")]
    pub email: Option<String>,
    /// An access token of who runs the event; it must outlive the simulation
    #[arg(long, env = "HEMICYCLE_TOKEN", hide_env_values = true, conflicts_with = "email")]
    pub token: Option<String>,
    /// How many devices
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub devices: u16,
    /// How many people
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub participants: u32,
    /// Where the random numbers start
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The global id of an event that is open; without it one is made
    #[arg(long, value_name = "ID")]
    pub event: Option<String>,
    /// The global id of the institution that hosts the event that is made, for who may not make one without
    #[arg(long, value_name = "ID")]
    pub host: Option<String>,
    /// The global id of the program of the event that is made
    #[arg(long, value_name = "ID")]
    pub program: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Open an account with a role; the password is read from HEMICYCLE_PASSWORD, else from standard input.
    Create(NewAccount),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BadgeCommand {
    /// Sign badges with a new key from now on; running servers and the devices at the doors hear of it by themselves.
    RotateKey {
        /// How many days the badges of former keys stay good. Give 0 where someone may have a secret: all badges have
        /// to be printed anew then.
        #[arg(long, default_value_t = hemicycle_domain::badge::Overlap::DEFAULT_DAYS, value_name = "DAYS")]
        overlap_days: u16,
    },
}

/// An account to be opened.
#[derive(Debug, Args)]
pub(crate) struct NewAccount {
    /// The e-mail address by which it signs in
    #[arg(long)]
    pub email: String,
    /// The name to show
    #[arg(long)]
    pub name: String,
    /// The role it holds on the whole platform
    #[arg(long, value_enum)]
    pub role: PlatformRole,
}

/// The roles that are held on the whole platform; all others are granted through the API.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PlatformRole {
    /// Runs the platform.
    PlatformAdministrator,
    /// Runs programs for an international office.
    InternationalProgramOfficer,
    /// Reads what is published.
    Viewer,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Sign access tokens with a new key from now on; running servers hear of it by themselves.
    ///
    /// Nobody is signed out: tokens of the former keys are good until they are over.
    Rotate {
        /// Refuse the tokens of all former keys at once, because someone may have a secret: clients refresh their
        /// sessions, devices and service accounts ask for new tokens.
        #[arg(long)]
        distrust_former: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Prove that nothing of the trail was removed, changed or inserted; fails, and says where, if anything was.
    Verify {
        /// A head that was noted earlier; the chain must pass through it. Give it several times for several
        #[arg(long = "head", value_name = "POSITION:HASH")]
        heads: Vec<String>,
    },
    /// Print the head of the chain, for an auditor to note down.
    Head,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Load territories from a CSV file; the format is described in docs/territories.md.
    ///
    /// New codes are added, known ones get the names and dates of the file. A file with a fault is refused whole.
    Territories {
        /// The file.
        file: PathBuf,
    },
}
