//! The files of the repository, as the rules see them.
//!
//! Read once from the disk, or made of a few lines in a rule's own test.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::{Failure, file};

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 4] = [".git", "hemicycle-data", "node_modules", "target"];

/// Endings of the files whose text a rule reads.
const READ: [&str; 3] = ["md", "rs", "toml"];

/// The files of a repository by their path from its root, with `/` between the parts.
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the tree below a folder.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        read_folder(root, "", &mut files)?;
        Ok(Self { files })
    }

    /// Makes a tree of paths and texts.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// Returns the text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Returns the path of every file.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Tells whether a file or folder stands at this path.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let below = format!("{path}/");
        self.paths().any(|file| file == path || file.starts_with(&below))
    }

    /// Returns the path and text of every Rust source.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ending_with(".rs")
    }

    /// Returns the path and text of every manifest of a package, the workspace's own among them.
    pub(crate) fn manifests(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ending_with("Cargo.toml")
    }

    fn ending_with(&self, ending: &'static str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.ends_with(ending))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let unread = file("read", folder);
    for entry in fs::read_dir(folder).map_err(&unread)? {
        let entry = entry.map_err(&unread)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_dir() {
            if !FOREIGN.contains(&name.as_str()) {
                read_folder(&path, &format!("{prefix}{name}/"), files)?;
            }
        } else {
            files.insert(format!("{prefix}{name}"), read_text(&path)?);
        }
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let is_read = path.extension().is_some_and(|ending| READ.iter().any(|read| ending == *read));
    if !is_read {
        return Ok(String::new());
    }
    fs::read_to_string(path).map_err(file("read", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_leaves_out_what_is_built() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["src", "target/debug"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        fs::write(root.path().join("src/lib.rs"), "//! Text.").unwrap();
        fs::write(root.path().join("data.bin"), [0xff]).unwrap();
        fs::write(root.path().join("target/debug/built.rs"), "").unwrap();

        let tree = Tree::read(root.path()).unwrap();

        assert_eq!(tree.paths().collect::<Vec<_>>(), ["data.bin", "src/lib.rs"]);
        assert_eq!(tree.text("src/lib.rs"), Some("//! Text."));
    }

    #[test]
    fn folders_are_held_as_files_are() {
        let tree = Tree::of(&[("a/event/mod.rs", "")]);
        assert!(tree.holds("a/event"));
        assert!(tree.holds("a/event/mod.rs"));
        assert!(!tree.holds("a/even"));
    }
}
