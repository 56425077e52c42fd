//! Node and Python: found in PATH, or installed where that may be done.
//!
//! The oldest Node that counts is the oldest that is still maintained for the packages that are used.

use std::process::Command;

use crate::failure::Failure;
use crate::{debian, program};

/// The oldest major version of Node that serves.
const OLDEST_NODE: u32 = 20;

/// Makes sure of Node with npm, and returns Node's version.
pub(super) fn node() -> Result<String, Failure> {
    if let Ok(version) = look_for_node() {
        return Ok(version);
    }
    install_then(&["nodejs", "npm"], look_for_node).map_err(|source| Failure::NoRuntime {
        what: format!("the clients need Node {OLDEST_NODE} or newer, with npm"),
        how: "Debian: apt-get install nodejs npm; macOS: brew install node; else from its makers' site",
        source: Box::new(source),
    })
}

/// Makes sure of Python 3 with virtual environments, and returns its version.
pub(super) fn python() -> Result<String, Failure> {
    if let Ok(version) = look_for_python() {
        return Ok(version);
    }
    install_then(&["python3-venv"], look_for_python).map_err(|source| Failure::NoRuntime {
        what: "the clients need Python 3 with its modules venv and ensurepip".to_owned(),
        how: "Debian: apt-get install python3-venv; macOS: brew install python",
        source: Box::new(source),
    })
}

fn install_then(
    packages: &[&str],
    look: impl FnOnce() -> Result<String, Failure>,
) -> Result<String, Failure> {
    debian::install(packages)?;
    look()
}

fn look_for_node() -> Result<String, Failure> {
    let version = program::capture(Command::new("node").arg("--version"))?.trim().to_owned();
    program::capture(Command::new("npm").arg("--version"))?;
    if is_new_enough(&version) {
        Ok(version)
    } else {
        Err(Failure::TooOld { what: format!("Node {version}") })
    }
}

fn look_for_python() -> Result<String, Failure> {
    let version = program::capture(Command::new("python3").arg("--version"))?;
    program::capture(Command::new("python3").args(["-c", "import venv, ensurepip"]))?;
    Ok(version.trim().to_owned())
}

/// Tells whether a version such as `v20.11.1` serves.
fn is_new_enough(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= OLDEST_NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_counts_from_its_major_version_on() {
        assert!(is_new_enough("v20.11.1"));
        assert!(is_new_enough("v100.0.0"));
        assert!(!is_new_enough("v18.20.4"));
        assert!(!is_new_enough("nonsense"));
    }
}
