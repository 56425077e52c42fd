//! The PostgreSQL that tests run against, and `cargo xtask postgres`.
//!
//! A server named by its URL is used as it is; else one is started for the length of the command.
//! Where its programs come from is in `postgres/programs.rs`, how it lives in `postgres/server.rs`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use clap::Args;

use crate::failure::{Failure, file};
use crate::{program, report};
pub(crate) use server::{Server, free_port};

pub(crate) use user::is_root;

mod programs;
mod server;
mod user;

/// The variable that names the superuser's URL to the tests.
pub(crate) const URL_VARIABLE: &str = "HEMICYCLE_TEST_POSTGRES";

/// Which PostgreSQL to use.
#[derive(Args)]
pub(crate) struct Choice {
    /// Uses this PostgreSQL instead of starting one: the URL of a superuser, since the tests
    /// create and drop databases.
    #[arg(long, value_name = "URL", env = URL_VARIABLE, hide_env_values = true)]
    database_url: Option<String>,
}

/// What `cargo xtask postgres` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,

    /// The command to run, with `HEMICYCLE_TEST_POSTGRES` set; without one, the server runs until
    /// Ctrl-C and its URL is printed.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// A PostgreSQL to test against; a temporary one ends with this value.
pub(crate) enum Database {
    /// One that somebody else keeps.
    Given(String),
    /// One of our own.
    Temporary(Server),
}

impl Database {
    /// Takes the chosen PostgreSQL, or starts one.
    pub(crate) fn take(choice: &Choice) -> Result<Self, Failure> {
        match choice.database_url.as_deref().map(str::trim) {
            None | Some("") => Ok(Self::Temporary(Server::start()?)),
            Some(url) => {
                report::line("using the PostgreSQL that was named");
                Ok(Self::Given(url.to_owned()))
            }
        }
    }

    /// Returns the URL of a superuser.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) => url,
            Self::Temporary(server) => server.url(),
        }
    }
}

/// Runs the command beside the database, or waits beside it until a signal.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let database = Database::take(&options.choice)?;
    let Some((name, arguments)) = options.command.split_first() else {
        return wait_beside(&database);
    };
    program::run(Command::new(name).args(arguments).env(URL_VARIABLE, database.url()))
}

fn wait_beside(database: &Database) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "{URL_VARIABLE}={}", database.url())
        .and_then(|()| out.flush())
        .map_err(file("write to", Path::new("standard output")))?;
    report::line("running until Ctrl-C");
    program::wait_for_stop();
    Ok(())
}
