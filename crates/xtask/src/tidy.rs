//! The rules of the repository's layout that no compiler checks, and the command that runs them.
//!
//! A rule is a function from the tree of files to the problems in it; each stands in a file of its
//! own with a test that a violation is found. The same rules run as an ordinary test below.

use std::fmt;
use std::path::Path;

use crate::failure::Failure;
use crate::report;

pub(crate) use tree::Tree;

mod architecture;
mod imports;
mod leftovers;
mod loaders;
mod rooms;
mod shape;
mod sql;
mod tokens;
mod tree;

/// Every rule; a new one is added here and nowhere else.
const RULES: [fn(&Tree) -> Vec<Problem>; 8] = [
    rooms::missing_rooms,
    imports::upward_imports,
    architecture::named_but_missing,
    shape::without_opening,
    shape::too_long,
    loaders::unscoped_loads,
    sql::outside_persistence,
    leftovers::unfinished,
];

/// A place where the repository breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// The file, from the root of the repository.
    pub(crate) file: String,
    /// The line, where one is to blame.
    pub(crate) line: Option<usize>,
    /// What is wrong and what to do about it.
    pub(crate) why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, why } = self;
        match line {
            Some(line) => write!(formatter, "{file}:{line}: {why}"),
            None => write!(formatter, "{file}: {why}"),
        }
    }
}

/// Checks the repository and says each problem in a line.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let problems = problems(&Tree::read(root)?);
    for problem in &problems {
        report::line(&problem.to_string());
    }
    if problems.is_empty() {
        report::line(&format!("{} rules hold", RULES.len()));
        Ok(())
    } else {
        Err(Failure::Untidy { count: problems.len() })
    }
}

fn problems(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> = RULES.iter().flat_map(|rule| rule(tree)).collect();
    problems.sort();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let tree = Tree::read(&crate::repository()).unwrap();
        let problems: Vec<String> = problems(&tree).iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    }

    #[test]
    fn an_empty_repository_is_not_tidy() {
        assert!(!problems(&Tree::of(&[])).is_empty());
    }

    #[test]
    fn a_problem_reads_like_a_compiler_s_line() {
        let mut problem = Problem { file: "a.rs".to_owned(), line: Some(3), why: "is wrong".to_owned() };
        assert_eq!(problem.to_string(), "a.rs:3: is wrong");
        problem.line = None;
        assert_eq!(problem.to_string(), "a.rs: is wrong");
    }
}
