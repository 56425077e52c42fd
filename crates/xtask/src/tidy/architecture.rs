//! ARCHITECTURE.md names only what exists.
//!
//! Looks at what stands in backticks and has the form of a path; prose and code blocks are free.

use super::{Problem, Tree};

const FILE: &str = "ARCHITECTURE.md";

/// Endings that make a name without a slash a file's.
const ENDINGS: [&str; 3] = [".rs", ".md", ".toml"];

/// Beginnings of media types, which have a slash too.
const MEDIA: [&str; 4] = ["application/", "multipart/", "text/", "image/"];

/// Finds paths that the map names and the house does not have.
pub(super) fn named_but_missing(tree: &Tree) -> Vec<Problem> {
    let Some(text) = tree.text(FILE) else {
        return vec![Problem {
            file: FILE.to_owned(),
            line: None,
            why: "is missing: the map of the house belongs at its root".to_owned(),
        }];
    };
    let mut problems = Vec::new();
    let mut is_code = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            let quoted = line.split('`').skip(1).step_by(2);
            problems.extend(quoted.filter(|name| is_path(name) && !stands(tree, name)).map(|name| Problem {
                file: FILE.to_owned(),
                line: Some(at + 1),
                why: format!("names `{name}`, which does not exist"),
            }));
        }
    }
    problems
}

/// Tells whether a quoted name has the form of a path in the repository.
///
/// A leading slash is a path of the server, `<noun>` and `*` stand for many, spaces are code.
fn is_path(name: &str) -> bool {
    let is_plain = name.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-./".contains(sign));
    is_plain
        && !name.starts_with('/')
        && !MEDIA.iter().any(|media| name.starts_with(media))
        && (name.contains('/') || ENDINGS.iter().any(|ending| name.ends_with(ending)))
}

/// Tells whether a path exists from the root, or as the end of a longer one (`graphql/event.rs`).
fn stands(tree: &Tree, name: &str) -> bool {
    let name = name.trim_end_matches('/');
    let end = format!("/{name}");
    let within = format!("/{name}/");
    tree.holds(name) || tree.paths().any(|path| path.ends_with(&end) || path.contains(&within))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<Problem> {
        named_but_missing(&Tree::of(&[
            (FILE, text),
            ("crates/api/src/graphql/event.rs", ""),
            ("clippy.toml", ""),
        ]))
    }

    #[test]
    fn a_path_that_exists_may_be_named_from_any_folder() {
        let text = "See `crates/api/src/graphql`, `graphql/event.rs`, `event.rs`, `api/src/`, `clippy.toml`.";
        assert_eq!(problems(text), []);
    }

    #[test]
    fn a_path_that_is_gone_is_found_with_its_line() {
        let found = problems("# Map\n\nThe `crates/api/src/rest` and `partner.rs` folders.\n");
        let whys: Vec<_> = found.iter().map(|problem| problem.why.as_str()).collect();
        assert_eq!(
            whys,
            ["names `crates/api/src/rest`, which does not exist", "names `partner.rs`, which does not exist"]
        );
        assert_eq!(found[0].line, Some(3));
    }

    #[test]
    fn part_of_a_name_is_not_the_name() {
        assert_eq!(problems("`vent.rs`").len(), 1);
        assert_eq!(problems("`crates/api/src/graph/`").len(), 1);
    }

    #[test]
    fn what_is_no_path_is_left_alone() {
        let text = "`/graphql` answers `application/json`; `src/<noun>.rs`; `cargo xtask test a/b`; \
                    `https://example.org/a`\n```text\nsee `gone/folder`\n```\n";
        assert_eq!(problems(text), []);
    }

    #[test]
    fn a_missing_map_is_a_problem() {
        assert_eq!(named_but_missing(&Tree::of(&[])).len(), 1);
    }
}
