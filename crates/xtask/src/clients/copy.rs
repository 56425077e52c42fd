//! Copying the clients' tests to where their packages are.
//!
//! A copy has nothing that its original does not have, but for the folders that are kept.

use std::fs;
use std::io;
use std::path::Path;

use crate::failure::{Failure, file};

/// Copies a folder anew and leaves `kept` in the copy as it was.
pub(super) fn renew(from: &Path, to: &Path, kept: &str) -> Result<(), Failure> {
    clear(to, kept).and_then(|()| copy(from, to, kept)).map_err(file("copy", from))
}

fn clear(folder: &Path, kept: &str) -> io::Result<()> {
    if !folder.exists() {
        return fs::create_dir_all(folder);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == kept {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, kept: &str) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name() == kept {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, kept)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_loses_what_the_original_lost_and_keeps_what_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("from"), root.path().join("to"));
        for file in
            ["from/a", "from/b/c", "from/kept/of-the-original", "to/old", "to/kept/package", "to/b/old"]
        {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }

        renew(&from, &to, "kept").unwrap();

        let there = ["a", "b/c", "kept/package"].map(|file| to.join(file).is_file());
        let gone = ["old", "b/old", "kept/of-the-original"].map(|file| to.join(file).exists());
        assert_eq!((there, gone), ([true; 3], [false; 3]));
    }
}
