//! The package manager of Debian: what a check needs and the machine lacks is installed as root there.
//!
//! Other systems are left alone: what to install, and whether to, is their owner's decision.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::postgres::is_root;
use crate::{program, report};

/// Installs packages from Debian's own archive.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    let refused = |why: String| Failure::NotInstalled { packages: packages.join(" "), why };
    if !Path::new("/etc/debian_version").exists() {
        return Err(refused("this is not Debian".to_owned()));
    }
    if !is_root()? {
        return Err(refused("only root may install it".to_owned()));
    }
    report::line(&format!("installing {}", packages.join(", ")));
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    for arguments in [vec!["update"], install] {
        program::run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
            .map_err(|failure| match failure {
                Failure::Stopped => failure,
                other => refused(other.to_string()),
            })?;
    }
    Ok(())
}
