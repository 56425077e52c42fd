//! Where the programs of a PostgreSQL server are, and their installation where none are found.
//!
//! Looked for in PATH, in the folder that `pg_config` names, and in Debian's folder per version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::{debian, program, report};

/// The programs that starting and stopping a server takes.
const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where Debian and its descendants keep one folder per major version.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// Where Debian reads whether a freshly installed server gets a cluster that starts with the machine.
const DEBIAN_CLUSTER_SETTINGS: &str = "/etc/postgresql-common/createcluster.d";

/// The folder that holds a server's programs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Finds the programs, or installs them where that may be done.
    pub(super) fn find_or_install() -> Result<Self, Failure> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        install()?;
        Self::find().ok_or_else(|| Failure::NoPostgres {
            detail: ", not even after installing the package postgresql".to_owned(),
        })
    }

    /// Returns the path of one of the programs.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        first_complete(
            std::env::split_paths(&path)
                .chain(configured_folder())
                .chain(newest_first(Path::new(DEBIAN_VERSIONS))),
        )
    }
}

fn first_complete(folders: impl Iterator<Item = PathBuf>) -> Option<Programs> {
    folders
        .into_iter()
        .find(|folder| NEEDED.iter().all(|name| folder.join(name).is_file()))
        .map(|folder| Programs { folder })
}

fn configured_folder() -> Option<PathBuf> {
    let said = program::capture(Command::new("pg_config").arg("--bindir")).ok()?;
    Some(PathBuf::from(said.trim()))
}

/// Returns the `bin` folders below a folder of versions, the newest first: 17, 15, 9.6.
fn newest_first(versions: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(versions)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.split('.').map(str::parse).collect::<Result<_, _>>();
            Some((version.ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// Installs Debian's package, as root on Debian only.
fn install() -> Result<(), Failure> {
    let _without_cluster = NoCluster::settle();
    debian::install(&["postgresql"]).map_err(|failure| match failure {
        Failure::NotInstalled { why, .. } => {
            Failure::NoPostgres { detail: format!(", and none was installed: {why}") }
        }
        other => other,
    })
}

/// Keeps the package from creating a cluster that starts with the machine, for as long as it lives.
struct NoCluster {
    file: PathBuf,
}

impl NoCluster {
    /// Writes the setting; where that fails, a cluster is created that nobody asked for, no more.
    fn settle() -> Self {
        let file = Path::new(DEBIAN_CLUSTER_SETTINGS).join("hemicycle-tests.conf");
        if let Err(error) = fs::create_dir_all(DEBIAN_CLUSTER_SETTINGS)
            .and_then(|()| fs::write(&file, "create_main_cluster = false\n"))
        {
            report::line(&format!("could not write {}: {error}", file.display()));
        }
        Self { file }
    }
}

impl Drop for NoCluster {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        root
    }

    #[test]
    fn the_newest_version_comes_first() {
        let root = machine(&["9.6/bin/x", "15/bin/x", "17/bin/x", "common/bin/x"]);
        let names: Vec<_> = newest_first(root.path())
            .iter()
            .map(|folder| folder.strip_prefix(root.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(names, ["17/bin", "15/bin", "9.6/bin"]);
    }

    #[test]
    fn a_folder_with_the_client_alone_is_passed_over() {
        let root = machine(&["a/psql", "a/postgres", "b/initdb", "b/pg_ctl", "b/postgres"]);
        let folders = ["a", "b"].map(|name| root.path().join(name));
        assert_eq!(first_complete(folders.into_iter()), Some(Programs { folder: root.path().join("b") }));
    }

    #[test]
    fn a_machine_without_versions_has_none() {
        assert!(newest_first(Path::new("/no/such/folder")).is_empty());
        assert_eq!(first_complete(std::iter::empty()), None);
    }
}
