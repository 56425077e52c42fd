//! The system user that a temporary PostgreSQL runs as.
//!
//! PostgreSQL refuses to run as root. Nothing is added to the machine for it: where the package's
//! own user is missing, `nobody` serves as well.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::program;

/// Who runs the server: the caller, or, where that is root, another user.
#[derive(Clone, Copy)]
pub(super) enum User {
    /// Whoever called the command.
    Caller,
    /// Another user of this machine.
    Other { id: u32, group: u32 },
}

impl User {
    /// Chooses who runs the server.
    pub(super) fn choose() -> Result<Self, Failure> {
        if !is_root()? {
            return Ok(Self::Caller);
        }
        Self::named("postgres").or_else(|_| Self::named("nobody"))
    }

    /// Prepares a command to run as this user, out of reach of the terminal's Ctrl-C.
    ///
    /// The server is stopped by its owner; a Ctrl-C that also reached its tools would leave it.
    pub(super) fn command(self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("LC_ALL", "C").process_group(0);
        for variable in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        if let Self::Other { id, group } = self {
            command.uid(id).gid(group);
        }
        command
    }

    /// Gives a file or folder to this user.
    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Caller => Ok(()),
            Self::Other { id, group } => chown(path, Some(id), Some(group)),
        }
    }

    fn named(name: &str) -> Result<Self, Failure> {
        Ok(Self::Other { id: number(&["-u", name])?, group: number(&["-g", name])? })
    }
}

/// Tells whether the caller is root.
pub(crate) fn is_root() -> Result<bool, Failure> {
    Ok(number(&["-u"])? == 0)
}

fn number(arguments: &[&str]) -> Result<u32, Failure> {
    let mut command = Command::new("id");
    command.args(arguments);
    let said = program::capture(&mut command)?;
    said.trim().parse().map_err(|_| Failure::NotStarted {
        program: program::spell(&command),
        source: io::Error::other(format!("expected a number, got {said:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_never_runs_as_root() {
        match User::choose().expect("every machine that runs tests has a user for the server") {
            User::Caller => assert!(!is_root().unwrap()),
            User::Other { id, .. } => assert_ne!(id, 0),
        }
    }

    #[test]
    fn an_unknown_user_is_refused() {
        assert!(User::named("no-such-user-here").is_err());
    }
}
