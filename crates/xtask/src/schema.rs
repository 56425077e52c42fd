//! `cargo xtask schema`: the public contract against its file, and against what it was at an earlier revision.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use clap::Args;

use crate::failure::{Failure, file};
use crate::generated::{self, Document};
use crate::{product, program, report, repository};

/// What `cargo xtask schema` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    /// Writes the file instead of comparing it.
    #[arg(long, conflicts_with = "against")]
    write: bool,

    /// Lists what breaks clients since this revision, and what can surprise them; fails if something breaks.
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,
}

/// Does what was asked.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    match &options.against {
        None => generated::run(Document::Schema, options.write),
        Some(revision) => compare_with(revision),
    }
}

/// Compares the schema with that of the last release, where there is one: its tag begins with `v`.
pub(crate) fn compare_with_last_release() -> Result<(), Failure> {
    let releases = match program::capture(&mut git(["tag", "--list", "v*"])) {
        Ok(releases) => releases,
        // An archive of the sources can be tested as well.
        Err(failure @ Failure::Unsuccessful { .. }) => {
            report::line(&format!(
                "not compared with the last release, for there is no history here: {failure}"
            ));
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    if releases.trim().is_empty() {
        report::line("nothing was released yet: there is no tag v* to compare with");
        return Ok(());
    }
    let last = program::capture(&mut git(["describe", "--tags", "--abbrev=0", "--match", "v*"]))?;
    compare_with(last.trim())
}

fn compare_with(revision: &str) -> Result<(), Failure> {
    let published = Document::Schema.file();
    let earlier = program::capture(&mut git(["show", &format!("{revision}:{published}")]))?;
    let mut kept = tempfile::NamedTempFile::new().map_err(file("create", Path::new("a temporary file")))?;
    kept.write_all(earlier.as_bytes()).map_err(file("write", kept.path()))?;
    report::line(&format!("since {revision}:"));
    program::run(Command::new(product::build()?).args(["schema", "--against"]).arg(kept.path()))
}

fn git<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(repository());
    command
}
