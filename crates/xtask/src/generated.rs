//! The files that the `hemicycle` binary prints and the repository keeps: schema.graphql, docs/access.md.
//!
//! They are compared, not trusted: a change to the public contract or to who may do what shows up in review.

use std::fs;
use std::process::Command;

use similar::TextDiff;

use crate::failure::{Failure, file};
use crate::{product, program, report, repository};

/// How many lines of a difference are shown before the rest is cut.
const SHOWN_LINES: usize = 200;

/// A file that is generated and committed.
#[derive(Clone, Copy)]
pub(crate) enum Document {
    /// The public contract, in the schema definition language.
    Schema,
    /// Which role may do what, as a table.
    Access,
}

impl Document {
    /// Returns its path in the repository.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Schema => "schema.graphql",
            Self::Access => "docs/access.md",
        }
    }

    /// Returns the command, of `hemicycle` and of `cargo xtask`, that is named after it.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Access => "access",
        }
    }
}

/// Compares the file with what the binary prints, or writes it.
pub(crate) fn run(document: Document, write: bool) -> Result<(), Failure> {
    let printed = print(document)?;
    let path = repository().join(document.file());
    if write {
        fs::write(&path, printed).map_err(file("write", &path))?;
        report::line(&format!("wrote {}", document.file()));
        return Ok(());
    }
    // A file that is not there yet differs in every line.
    let kept = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(file("read", &path))?,
    };
    match difference(document.file(), &kept, &printed) {
        None => {
            report::line(&format!("{} is up to date", document.file()));
            Ok(())
        }
        Some(difference) => {
            report::line(&difference);
            Err(Failure::OutOfDate { file: document.file(), command: document.command() })
        }
    }
}

/// Returns what the binary prints for a document.
fn print(document: Document) -> Result<String, Failure> {
    program::capture(Command::new(product::build()?).arg(document.command()))
}

fn difference(file: &str, kept: &str, printed: &str) -> Option<String> {
    if kept == printed {
        return None;
    }
    let whole = TextDiff::from_lines(kept, printed)
        .unified_diff()
        .header(&format!("{file} (committed)"), &format!("{file} (printed now)"))
        .to_string();
    let lines: Vec<&str> = whole.lines().collect();
    if lines.len() <= SHOWN_LINES {
        return Some(whole);
    }
    Some(format!("{}\n… and {} more lines", lines[..SHOWN_LINES].join("\n"), lines.len() - SHOWN_LINES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("f", "a\n", "a\n"), None);
    }

    #[test]
    fn a_difference_shows_the_line_that_changed() {
        let shown = difference("f", "type A\n", "type B\n").expect("the texts differ");
        assert!(shown.contains("-type A\n+type B"), "{shown}");
        assert!(shown.contains("--- f (committed)"), "{shown}");
    }

    #[test]
    fn a_missing_newline_at_the_end_is_a_difference() {
        assert!(difference("f", "a", "a\n").is_some());
    }

    #[test]
    fn a_long_difference_is_cut() {
        let printed = "line\n".repeat(1_000);
        let shown = difference("f", "", &printed).expect("the texts differ");
        assert!(shown.lines().count() <= SHOWN_LINES + 1);
        assert!(shown.ends_with("more lines"), "{shown}");
    }
}
