//! Where the clients are run: copies of their tests beside the packages they need, in the target folder.
//!
//! Packages are installed from the lock files, and again only when those or the language's version have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{copy, runtime};
use crate::failure::{Failure, file};
use crate::{program, report};

/// The folder of npm's packages.
const MODULES: &str = "node_modules";

/// The file that says for what the packages were installed.
const STAMP: &str = ".installed-for";

/// The folders in which the clients are run.
pub(super) struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Copies the tests and the examples, and installs what they need.
    pub(super) fn open(repository: &Path, folder: &Path) -> Result<Self, Failure> {
        let workshop = Self { folder: folder.to_path_buf() };
        let tests = repository.join("tests/clients");
        copy::renew(&tests.join("npm"), &workshop.npm(), MODULES)?;
        copy::renew(&tests.join("python"), &workshop.folder.join("python"), "")?;
        copy::renew(&repository.join("examples"), &workshop.folder.join("examples"), "")?;
        workshop.install_modules()?;
        workshop.install_python()?;
        Ok(workshop)
    }

    /// Returns the file of what a client says.
    pub(super) fn log(&self, client: &str) -> PathBuf {
        self.folder.join(format!("{}.log", client.replace('/', "-")))
    }

    /// Returns the file of what a client's server says.
    pub(super) fn server_log(&self, client: &str) -> PathBuf {
        self.folder.join(format!("{}.server.log", client.replace('/', "-")))
    }

    /// Returns the folder that holds all of it.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns Node about to run a file.
    pub(super) fn node(&self, file: &str) -> Command {
        let mut command = Command::new("node");
        command.args(["--test-reporter=spec", file]).current_dir(self.npm());
        command
    }

    /// Returns Python, with its packages, about to run a file.
    pub(super) fn python(&self, file: &str) -> Command {
        let mut command = Command::new(self.interpreter());
        command.arg(file).current_dir(self.folder.join("python")).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn install_modules(&self) -> Result<(), Failure> {
        let wanted = format!("{}\n{}", runtime::node()?, read(&self.npm().join("package-lock.json"))?);
        let stamp = self.npm().join(MODULES).join(STAMP);
        once(&stamp, &wanted, || {
            report::line("installing the packages of the clients from npm");
            program::run(
                Command::new("npm")
                    .args(["ci", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund"])
                    .current_dir(self.npm()),
            )
        })
    }

    fn install_python(&self) -> Result<(), Failure> {
        let requirements = self.folder.join("python/requirements.txt");
        let wanted = format!("{}\n{}", runtime::python()?, read(&requirements)?);
        once(&self.environment().join(STAMP), &wanted, || {
            report::line("installing the packages of the clients from PyPI");
            program::capture(
                Command::new("python3").args(["-m", "venv", "--clear"]).arg(self.environment()),
            )?;
            let pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
            program::run(
                Command::new(self.interpreter())
                    .args(pip)
                    .args(["install", "--no-deps", "--requirement"])
                    .arg(&requirements),
            )?;
            program::capture(Command::new(self.interpreter()).args(pip).arg("check")).map(drop)
        })
    }

    fn npm(&self) -> PathBuf {
        self.folder.join("npm")
    }

    fn environment(&self) -> PathBuf {
        self.folder.join("venv")
    }

    fn interpreter(&self) -> PathBuf {
        self.environment().join("bin/python")
    }
}

/// Does something unless the stamp says that it was done for the same.
fn once(stamp: &Path, wanted: &str, act: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    if fs::read_to_string(stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    act()?;
    fs::write(stamp, wanted).map_err(file("write", stamp))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(file("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_for_the_same_is_not_done_again() {
        let root = tempfile::tempdir().unwrap();
        let stamp = root.path().join("stamp");
        let mut times = 0;
        for wanted in ["a", "a", "b"] {
            once(&stamp, wanted, || {
                times += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(times, 2);
    }

    #[test]
    fn what_failed_is_done_again() {
        let root = tempfile::tempdir().unwrap();
        let stamp = root.path().join("stamp");
        assert!(once(&stamp, "a", || Err(Failure::Stopped)).is_err());
        assert!(!stamp.exists());
    }
}
