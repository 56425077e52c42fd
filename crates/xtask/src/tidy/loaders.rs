//! The object-relational mapper's own loaders stay out of persistence.
//!
//! They load children without the scope of whoever asks, and no lint sees them: `Entity::load()`
//! is made by a macro, `load_one` and `load_many` are methods of a trait on lists of rows.

use super::tokens::{Token, check_sources, find_row};
use super::{Problem, Tree};

const FOLDER: &str = "crates/persistence/src/";

/// The calls, as the tokens they are made of.
///
/// An entity is often imported under another name; that its `load` takes no argument tells it from
/// functions of our own.
const CALLS: [&[&str]; 4] = [
    &[":", ":", "load", "(", ")"],
    &[".", "load_one", "("],
    &[".", "load_many", "("],
    &[".", "load_many_to_many", "("],
];

/// Finds loads that no scope is part of.
pub(super) fn unscoped_loads(tree: &Tree) -> Vec<Problem> {
    check_sources(tree, |file| file.starts_with(FOLDER), unscoped_in)
}

fn unscoped_in(tokens: &[Token]) -> Vec<(usize, String)> {
    CALLS
        .iter()
        .flat_map(|call| {
            find_row(tokens, call).map(|token| {
                let why = format!(
                    "`{}` loads rows without the actor's scope: start from a scoped select",
                    call.concat()
                );
                (token.line, why)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_with_problems(file: &str, text: &str) -> Vec<Option<usize>> {
        unscoped_loads(&Tree::of(&[(file, text)])).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn an_unscoped_load_is_found() {
        let text = "fn a() {\n    event::Entity::load().all(db);\n    rows\n        .load_one(Partner, db);\n    \
                    rows.load_many(Program, db);\n    rows.load_many_to_many(a, b, db);\n}\n";
        assert_eq!(
            lines_with_problems("crates/persistence/src/event.rs", text),
            [Some(2), Some(4), Some(5), Some(6)]
        );
    }

    #[test]
    fn loads_of_our_own_and_comments_are_none() {
        let text = "// Entity::load() is banned.\nfn a() { flag.load(SeqCst); Reference::load(db); }\n";
        assert_eq!(lines_with_problems("crates/persistence/src/event.rs", text), []);
    }

    #[test]
    fn other_crates_may_use_the_words() {
        let text = "fn a() { Settings::load(); }\n";
        assert_eq!(lines_with_problems("crates/cli/src/settings.rs", text), []);
    }
}
