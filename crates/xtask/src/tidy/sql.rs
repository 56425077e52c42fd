//! SQL is written in persistence, in the migrations, and where databases for tests are made; nowhere else.
//!
//! Looks into string literals for the beginnings of statements; documentation may show SQL.

use super::tokens::{Token, check_sources};
use super::{Problem, Tree};

/// Where SQL is at home, and this crate, whose rules name its words.
const HOMES: [&str; 4] = ["crates/persistence/", "crates/test-database/", "crates/xtask/", "migrations/"];

/// Beginnings that no sentence has, in any case of letters.
const BEGINNINGS: [&str; 13] = [
    "ALTER TABLE ",
    "CREATE DATABASE ",
    "CREATE INDEX ",
    "CREATE TABLE ",
    "CREATE UNIQUE ",
    "DELETE FROM ",
    "DROP DATABASE ",
    "DROP INDEX ",
    "DROP TABLE ",
    "EXPLAIN ",
    "INSERT INTO ",
    "PRAGMA ",
    "TRUNCATE ",
];

/// Beginnings that a sentence may have, unless the second word follows somewhere.
const PAIRS: [(&str, &str); 3] = [("SELECT ", " FROM "), ("UPDATE ", " SET "), ("WITH ", " AS (")];

/// Parts of a statement, in capitals, that betray one put together from pieces.
const PIECES: [&str; 5] = ["SELECT ", " WHERE ", "ORDER BY ", "GROUP BY ", " JOIN "];

/// Finds SQL away from home.
pub(super) fn outside_persistence(tree: &Tree) -> Vec<Problem> {
    let is_away = |file: &str| !HOMES.iter().any(|home| file.starts_with(home));
    check_sources(tree, is_away, statements)
}

fn statements(tokens: &[Token]) -> Vec<(usize, String)> {
    tokens
        .iter()
        .enumerate()
        .filter(|(at, token)| token.is_literal && !is_documentation(tokens, *at))
        .filter(|(_, token)| is_sql(&token.text))
        .map(|(_, token)| {
            let why =
                format!("{} looks like SQL: ask persistence for what is needed", shortened(&token.text));
            (token.line, why)
        })
        .collect()
}

/// Tells whether a literal is the text of a documentation comment: `#[doc = "…"]`.
fn is_documentation(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 1].text == "=" && tokens[at - 2].text == "doc"
}

fn is_sql(literal: &str) -> bool {
    if !literal.contains('"') {
        return false;
    }
    let text = literal.trim_start_matches(['b', 'c', 'r', '#', '"']).replace("\\n", " ");
    let text: Vec<&str> = text
        .split(|sign: char| sign.is_whitespace() || "\\\"#".contains(sign))
        .filter(|word| !word.is_empty())
        .collect();
    // A space at each end, so that a word at the edge counts as one.
    let plain = format!(" {} ", text.join(" "));
    let capitals = plain.to_uppercase();
    let capitals = capitals.trim_start();
    BEGINNINGS.iter().any(|words| capitals.starts_with(words))
        || PAIRS.iter().any(|(first, then)| capitals.starts_with(first) && capitals.contains(then))
        || PIECES.iter().any(|piece| plain.contains(piece))
}

fn shortened(literal: &str) -> String {
    let short: String = literal.chars().take(40).collect();
    if short.len() < literal.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(file: &str, text: &str) -> usize {
        outside_persistence(&Tree::of(&[(file, text)])).len()
    }

    fn is_found(literal: &str) -> bool {
        count("crates/api/src/graphql/event.rs", &format!("const A: &str = {literal};")) == 1
    }

    #[test]
    fn statements_are_found_in_any_case_and_any_quotes() {
        for literal in [
            r#""SELECT 1""#,
            r#""select id from event""#,
            r##"r#"select "id" from event"#"##,
            "\"\n    insert into event\n    values ($1)\"",
            r#""UPDATE event SET version = 2""#,
            r#""drop table event""#,
            r#""\n  PRAGMA foreign_keys = ON""#,
            r#""with first as (select 1) select *""#,
            r#"" WHERE id = $1""#,
            r#""ORDER BY starts_on""#,
        ] {
            assert!(is_found(literal), "{literal}");
        }
    }

    #[test]
    fn sentences_and_graphql_are_not() {
        for literal in [
            r#""select an event first""#,
            r#""update the agenda""#,
            r#""could not delete from the outside""#,
            r#""mutation { createEvent(input: {}) { event { id } } }""#,
            r#""with a chair and a rapporteur""#,
            "'S'",
            "1",
        ] {
            assert!(!is_found(literal), "{literal}");
        }
    }

    #[test]
    fn documentation_may_show_sql() {
        let text = "//! Runs SELECT id FROM event.\n/// SELECT 1\nfn a() {}\n// SELECT 2\n";
        assert_eq!(count("crates/api/src/lib.rs", text), 0);
    }

    #[test]
    fn persistence_and_migrations_are_its_home() {
        let text = "const A: &str = \"SELECT 1\";";
        assert_eq!(count("crates/persistence/src/dialect.rs", text), 0);
        assert_eq!(count("migrations/src/m0001_feed.rs", text), 0);
        assert_eq!(count("tests/src/event.rs", text), 1);
    }
}
