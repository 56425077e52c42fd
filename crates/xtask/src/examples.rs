//! The examples in the documentation of libraries, run by rustdoc.
//!
//! The libraries that have some are named to cargo: asked for those of the whole workspace, it compiles what all
//! libraries need once more, with other features than the other tests, and tells minutes later of no examples in most.

use std::collections::BTreeSet;
use std::process::Stdio;

use crate::failure::Failure;
use crate::tidy::Tree;
use crate::{program, report, repository};

/// Runs the examples of every library that has some.
pub(crate) fn run() -> Result<(), Failure> {
    let packages = packages_with_examples(&Tree::read(&repository())?);
    if packages.is_empty() {
        report::line("no library has an example that runs");
        return Ok(());
    }
    let named = packages.iter().flat_map(|package| ["--package", package]);
    program::run(program::cargo(["test", "--doc", "--locked"].into_iter().chain(named)).stdin(Stdio::null()))
}

/// The packages with code in their documentation that rustdoc would run.
fn packages_with_examples(tree: &Tree) -> BTreeSet<String> {
    let with_examples = tree.sources().filter(|(_, text)| has_example(text));
    with_examples.filter_map(|(path, _)| package_of(tree, path)).collect()
}

/// The name of the package that a source belongs to: that of the nearest manifest above it.
fn package_of(tree: &Tree, source: &str) -> Option<String> {
    let above = |path: &str| source.starts_with(path.trim_end_matches("Cargo.toml"));
    let manifests = tree.manifests().filter(|(path, _)| above(path));
    let (_, manifest) = manifests.max_by_key(|(path, _)| path.len())?;
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(name.trim_matches('"').to_owned())
}

fn has_example(source: &str) -> bool {
    let mut inside = false;
    for line in source.lines() {
        let line = line.trim_start();
        let Some(doc) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            inside = false;
            continue;
        };
        let Some(fence) = doc.trim().strip_prefix("```") else {
            continue;
        };
        let runs = fence.split(',').map(str::trim).all(|word| {
            matches!(word, "" | "rust" | "no_run" | "should_panic" | "compile_fail")
                || word.starts_with("edition20")
                || word.starts_with("E0")
        });
        if !inside && runs {
            return true;
        }
        inside = !inside;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_block_without_a_language_is_an_example() {
        assert!(has_example("/// Adds.\n///\n/// ```\n/// add(1, 2);\n/// ```\n"));
        assert!(has_example("//! ```compile_fail,E0451\n//! forge();\n//! ```\n"));
    }

    #[test]
    fn a_code_block_in_another_language_is_none() {
        assert!(!has_example("/// ```text\n/// a → b\n/// ```\n/// ```graphql\n/// { a }\n/// ```\n"));
        assert!(!has_example("fn add() {}\n// ```\n"));
    }

    #[test]
    fn an_example_belongs_to_the_package_above_it() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace]\n"),
            ("crates/adder/Cargo.toml", "[package]\nname = \"hemicycle-adder\"\n"),
            ("crates/adder/src/lib.rs", "/// ```\n/// add(1, 2);\n/// ```\n"),
            ("crates/other/Cargo.toml", "[package]\nname = \"hemicycle-other\"\n"),
            ("crates/other/src/lib.rs", "/// Adds.\n"),
        ]);
        assert_eq!(packages_with_examples(&tree), BTreeSet::from(["hemicycle-adder".to_owned()]));
    }
}
