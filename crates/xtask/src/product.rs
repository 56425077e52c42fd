//! The `hemicycle` binary of the working tree, built by the cargo that runs this command.
//!
//! Unoptimised: it is asked what it prints and how it answers, not how fast.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, file};
use crate::program;

/// Builds the binary and returns its path: cargo puts it beside this one.
///
/// The whole workspace is selected although one binary is built: features are united over what is
/// selected, and `--package hemicycle` would compile most libraries a second time after the tests.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    program::run(&mut program::cargo(["build", "--quiet", "--locked", "--workspace", "--bin", "hemicycle"]))?;
    beside("hemicycle")
}

/// Returns the path of a binary that cargo puts beside this one.
pub(crate) fn beside(name: &str) -> Result<PathBuf, Failure> {
    Ok(this()?.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Returns a folder within the target folder, for what is kept from one run to the next.
pub(crate) fn kept(name: &str) -> Result<PathBuf, Failure> {
    let profile = this()?;
    let target = profile.ancestors().nth(2).expect("cargo puts a binary two folders below the root");
    Ok(target.join(name))
}

fn this() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(file("locate", Path::new("the running command")))
}
