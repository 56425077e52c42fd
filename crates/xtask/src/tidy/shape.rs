//! The outer shape of a source: it opens by saying what it holds, and is short enough to read.

use super::{Problem, Tree};

/// How long a source may be; a longer one has a second noun in it.
const LINES: usize = 500;

/// Sources that may be longer, with the reason in a comment beside each.
const LONG: &[&str] = &[];

/// Finds sources that do not open with `//!`.
pub(super) fn without_opening(tree: &Tree) -> Vec<Problem> {
    tree.sources()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(file, _)| Problem {
            file: file.to_owned(),
            line: Some(1),
            why: "does not open with `//! `: say in two to five lines what it holds and what not".to_owned(),
        })
        .collect()
}

/// Finds sources that are too long.
pub(super) fn too_long(tree: &Tree) -> Vec<Problem> {
    tree.sources()
        .filter(|(file, _)| !LONG.contains(file))
        .filter_map(|(file, text)| {
            let lines = text.lines().count();
            (lines > LINES).then(|| Problem {
                file: file.to_owned(),
                line: None,
                why: format!("has {lines} lines, more than {LINES}: split it by noun"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_an_opening_is_found() {
        let tree = Tree::of(&[("a.rs", "//! Holds a.\n"), ("b.rs", "use a;\n"), ("c.rs", "")]);
        let found = without_opening(&tree);
        let files: Vec<_> = found.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(files, ["b.rs", "c.rs"]);
    }

    #[test]
    fn a_source_of_more_than_the_lines_allowed_is_found() {
        let (allowed, refused) = ("\n".repeat(LINES), "\n".repeat(LINES + 1));
        let tree = Tree::of(&[("a.rs", &allowed), ("b.rs", &refused)]);
        let found = too_long(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].file, "b.rs");
    }
}
