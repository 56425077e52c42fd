//! Nothing unfinished is left behind: no placeholder, no debugging output, no ignored test.

use super::tokens::{Token, check_sources, find_row};
use super::{Problem, Tree};

/// What is looked for, as the tokens it is made of, and what to do about it.
const LEFTOVERS: [(&[&str], &str); 4] = [
    (&["todo", "!"], "`todo!` is left: finish it, or do without"),
    (&["unimplemented", "!"], "`unimplemented!` is left: finish it, or do without"),
    (&["dbg", "!"], "`dbg!` is left: take it out"),
    (&["#", "[", "ignore"], "an ignored test says nothing: mend it or remove it"),
];

/// Finds what was left behind in any source.
pub(super) fn unfinished(tree: &Tree) -> Vec<Problem> {
    check_sources(tree, |_| true, unfinished_in)
}

fn unfinished_in(tokens: &[Token]) -> Vec<(usize, String)> {
    LEFTOVERS
        .iter()
        .flat_map(|(row, why)| find_row(tokens, row).map(|token| (token.line, (*why).to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_leftover_is_found() {
        for line in [
            "fn a() { todo!() }",
            "fn a() { unimplemented!(\"later\") }",
            "fn a() { dbg!(x); }",
            "#[ignore] fn a() {}",
            "#[ignore = \"slow\"] fn a() {}",
        ] {
            let text = format!("//! Holds a.\n{line}\n");
            let found = unfinished(&Tree::of(&[("tests/src/a.rs", &text)]));
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!(found[0].line, Some(2), "{line}");
        }
    }

    #[test]
    fn words_in_comments_and_texts_are_none() {
        let text = "//! No todo!() here.\nfn a() { say(\"dbg!(x)\"); } // #[ignore]\nfn todo() { todo(); }\n";
        assert_eq!(unfinished(&Tree::of(&[("a.rs", text)])), []);
    }
}
