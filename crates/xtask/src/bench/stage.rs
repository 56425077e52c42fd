//! What all benchmarks are asked alike: how much data, which server, where the outcome goes.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::failure::{Failure, file};
use crate::{product, program, report};

/// On what is measured, and where the outcome goes.
#[derive(Args)]
pub(crate) struct Stage {
    /// How much data.
    #[arg(long, value_enum, default_value_t = Scale::Medium)]
    pub(super) scale: Scale,

    /// Checks the harness alone: the debug server, short loads, counts, and no word about times.
    #[arg(long)]
    pub(super) check: bool,

    /// Measures this server instead of the one of the working tree: an older one, for comparison.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,

    /// Keeps the database in this folder, and goes on with the one that is there.
    ///
    /// The user that runs PostgreSQL must be able to reach it.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,

    /// Where the table goes, beside the terminal.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How much data is made.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scale {
    /// 400 events, 20,000 registrations: enough to check the harness.
    Tiny,
    /// 2,000 events, 100,000 registrations.
    Small,
    /// 20,000 events, a million registrations.
    Medium,
    /// 200,000 events, 3 million people, 10 million registrations; takes some 12 GB.
    Full,
}

impl Stage {
    /// The stage on which a harness is checked, with its database in this folder.
    pub(super) fn for_check(folder: &Path) -> Self {
        Self { scale: Scale::Tiny, check: true, binary: None, keep: Some(folder.to_owned()), output: None }
    }

    /// The server to measure: the one that was named, else the working tree's, as it is released or as the tests
    /// have it.
    pub(super) fn hemicycle(&self) -> Result<PathBuf, Failure> {
        match &self.binary {
            Some(binary) => Ok(binary.clone()),
            None if self.check => product::build(),
            None => Self::released("hemicycle"),
        }
    }

    /// Builds the program of a package as it is released.
    pub(super) fn released(package: &str) -> Result<PathBuf, Failure> {
        program::run(&mut program::cargo(["build", "--release", "--locked", "--package", package]))?;
        Ok(product::kept("release")?.join(format!("{package}{}", std::env::consts::EXE_SUFFIX)))
    }

    /// The folder in which the database is kept.
    pub(super) fn keep(&self) -> Option<&Path> {
        self.keep.as_deref()
    }

    /// The folder for what the servers say and the loads read.
    pub(super) fn folder() -> Result<PathBuf, Failure> {
        let folder = product::kept("bench")?;
        fs::create_dir_all(&folder).map_err(file("create", &folder))?;
        Ok(folder)
    }

    /// Shows the outcome, and writes it where it was asked for.
    pub(super) fn show(&self, text: &str) -> Result<(), Failure> {
        report::line(text);
        match &self.output {
            Some(path) => fs::write(path, text).map_err(file("write", path)),
            None => Ok(()),
        }
    }
}

impl Scale {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Full => "full",
        }
    }

    pub(super) fn events(self) -> u32 {
        match self {
            Self::Tiny => 400,
            Self::Small => 2_000,
            Self::Medium => 20_000,
            Self::Full => 200_000,
        }
    }

    pub(super) fn registrations(self) -> u32 {
        self.events() * 50
    }
}
