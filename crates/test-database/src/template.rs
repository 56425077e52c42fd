//! The template: which one a test binary copies, and when it is too old.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

/// What a test binary copies its databases from.
///
/// A template belongs to one build of one binary: migrations, documents and verbs are compiled into it, so a
/// template that another build has made may hold something else. The templates of older builds are removed.
#[derive(Debug, Clone)]
pub struct Template {
    folder: PathBuf,
    binary: String,
    build: String,
}

impl Template {
    /// The template of the binary that runs, kept below this folder: `env!("CARGO_TARGET_TMPDIR")`.
    pub fn of_this_build(folder: impl AsRef<Path>) -> io::Result<Self> {
        let path = std::env::current_exe()?;
        let file = path.metadata()?;
        let build = (file.len(), file.modified()?);
        Ok(Self { folder: folder.as_ref().to_owned(), binary: short_hash(&path), build: short_hash(&build) })
    }

    /// The name of this build's template, for a file or a database.
    pub(crate) fn name(&self) -> String {
        format!("{}{}", self.prefix(), self.build)
    }

    /// What the names of the templates of all builds of the binary begin with.
    pub(crate) fn prefix(&self) -> String {
        format!("hemicycle_template_{}_", self.binary)
    }

    /// The folder for templates that are files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Twelve hexadecimal digits that tell values apart; they need not be the same in another toolchain.
fn short_hash(value: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:012x}", hasher.finish() >> 16)
}
