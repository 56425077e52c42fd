//! Why a developers' command failed, in words that say what to do next.
//!
//! One enum for all commands: each is run by a person who reads the message.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

/// What stopped a developers' command.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// A program is not installed, or may not be run.
    #[error("could not start `{program}`")]
    NotStarted { program: String, source: io::Error },

    /// A program ran and said no.
    #[error("`{program}` ended with {status}{said}", said = quoted(said))]
    Unsuccessful {
        program: String,
        status: ExitStatus,
        /// What it printed, where that was not shown while it ran.
        said: String,
    },

    /// A signal asked the command to end.
    #[error("stopped by a signal")]
    Stopped,

    /// A file could not be read or written.
    #[error("could not {verb} {path}", path = path.display())]
    File { verb: &'static str, path: PathBuf, source: io::Error },

    /// No PostgreSQL was found and none could be installed.
    #[error(
        "no PostgreSQL was found{detail}. Either name one with --database-url or \
         HEMICYCLE_TEST_POSTGRES (a superuser's URL; the tests create and drop databases), or install \
         the server (Debian: apt-get install postgresql; Fedora: dnf install postgresql-server; \
         macOS: brew install postgresql@17) so that initdb, pg_ctl and postgres are in PATH, in \
         the folder that `pg_config --bindir` prints, or in /usr/lib/postgresql/*/bin"
    )]
    NoPostgres { detail: String },

    /// Packages of the system are missing and were not installed.
    #[error("could not install {packages}: {why}")]
    NotInstalled { packages: String, why: String },

    /// A program that real clients run on is missing or too old.
    #[error("{what}. Install it ({how}) so that it is in PATH")]
    NoRuntime { what: String, how: &'static str, source: Box<Failure> },

    /// A program is there and cannot do what is needed.
    #[error("{what} is too old")]
    TooOld { what: String },

    /// A client has no such name.
    #[error("no client is named `{name}`; there are {known}")]
    NoSuchClient { name: String, known: String },

    /// The demonstration for the clients did not start.
    #[error("the demonstration did not start; what it said:\n{log}")]
    DemonstrationDidNotStart { log: String },

    /// Some clients met what they did not expect.
    #[error("{count} client(s) failed; see above")]
    Clients { count: usize },

    /// A program took longer than it may.
    #[error("`{program}` was ended after {limit}", limit = crate::report::spell(*limit))]
    TookTooLong { program: String, limit: Duration },

    /// The temporary PostgreSQL did not start.
    #[error("the temporary PostgreSQL did not start; the end of its log:\n{log}")]
    PostgresDidNotStart { log: String, source: Box<Failure> },

    /// A generated file is not what the program prints.
    #[error("{file} is out of date: run `cargo xtask {command} --write` and commit the result")]
    OutOfDate { file: &'static str, command: &'static str },

    /// The repository breaks a rule of its layout.
    #[error("{count} problem(s) in the layout of the repository; see above")]
    Untidy { count: usize },

    /// A server, or a tool, did not answer as it should.
    #[error("{what}")]
    Unexpected { what: String },

    /// What was kept is not what was handed in.
    #[error("{count} difference(s) between what was handed in and what was kept; see above")]
    Differs { count: u64 },

    /// A step of `cargo xtask test` failed.
    #[error("the step `{step}` failed; run it alone with `cargo xtask test --only {step}`")]
    Step { step: &'static str, source: Box<Failure> },
}

/// Says what could not be done with a file or folder, for `map_err`.
pub(crate) fn file(verb: &'static str, path: &Path) -> impl Fn(io::Error) -> Failure {
    let path = path.to_path_buf();
    move |source| Failure::File { verb, path: path.clone(), source }
}

impl Failure {
    /// Returns the exit code: that of the program that failed, 130 after a signal as shells have it,
    /// else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Stopped => 130,
            Self::Unsuccessful { status, .. } => {
                status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
            }
            Self::Step { source, .. } | Self::PostgresDidNotStart { source, .. } => source.exit_code(),
            Self::NotStarted { .. }
            | Self::File { .. }
            | Self::NoPostgres { .. }
            | Self::NotInstalled { .. }
            | Self::NoRuntime { .. }
            | Self::TooOld { .. }
            | Self::NoSuchClient { .. }
            | Self::DemonstrationDidNotStart { .. }
            | Self::Clients { .. }
            | Self::TookTooLong { .. }
            | Self::OutOfDate { .. }
            | Self::Untidy { .. }
            | Self::Differs { .. }
            | Self::Unexpected { .. } => 1,
        }
    }
}

fn quoted(said: &str) -> String {
    if said.trim().is_empty() { String::new() } else { format!(":\n{}", said.trim_end()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    fn unsuccessful(wait_status: i32) -> Failure {
        Failure::Unsuccessful {
            program: "x".to_owned(),
            status: ExitStatus::from_raw(wait_status),
            said: String::new(),
        }
    }

    #[test]
    fn the_exit_code_is_never_zero() {
        assert_eq!(unsuccessful(7 << 8).exit_code(), 7);
        assert_eq!(unsuccessful(signal_hook::consts::SIGKILL).exit_code(), 1);
        assert_eq!(Failure::Untidy { count: 1 }.exit_code(), 1);
        assert_eq!(Failure::Step { step: "tests", source: Box::new(Failure::Stopped) }.exit_code(), 130);
    }
}
