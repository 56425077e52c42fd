//! The search key: one plain Latin spelling for names written in Cyrillic or Latin, with or without diacritics.
//!
//! A key is for finding, never for showing and never for deciding that two records are the same.
//! Ranking, stemming and translation are not done here.

mod spelling;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use thiserror::Error;

use spelling::{settled, transliterated};

/// The most terms kept of one text.
pub const MAXIMUM_TERMS: usize = 64;
/// The longest term kept, in bytes of ASCII; what is longer is cut.
pub const MAXIMUM_TERM_BYTES: usize = 64;
/// The most terms a search looks for.
pub const MAXIMUM_QUERY_TERMS: usize = 8;
/// The longest search text, in bytes.
pub const MAXIMUM_QUERY_BYTES: usize = 512;
/// The shortest that the longest term of a search may be, in folded characters.
pub const MINIMUM_QUERY_LETTERS: usize = 2;

/// Why a text cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Nothing in the text is long enough: one letter would list half the register.
    #[error("the longest search word has {actual} letters where at least {minimum} are needed")]
    TooShort {
        /// Folded letters and digits of the longest word; 0 when the text holds none.
        actual: usize,
        /// What is needed.
        minimum: usize,
    },
    /// The text is longer than any name.
    #[error("the search text is {actual} bytes long where at most {maximum} are allowed")]
    TooLong {
        /// What was given.
        actual: usize,
        /// What is allowed.
        maximum: usize,
    },
}

/// Folds a text into its search key: words of `a`-`z` and `0`-`9`, one space between them.
///
/// The same text always gives the same key, and a key is its own key. The steps are composing (NFC),
/// lower case, transliteration letter by letter, then the spelling rules of `fold/spelling.rs`
/// word by word until none applies any more.
#[must_use]
pub fn fold(text: &str) -> String {
    folded_words(text).collect::<Vec<_>>().join(" ")
}

/// The distinct folded words of a text, in the order of their first appearance, for an index.
///
/// Initials stay as terms of one letter. At most [`MAXIMUM_TERMS`], each cut at [`MAXIMUM_TERM_BYTES`].
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    folded_words(text)
        .map(|mut word| {
            word.truncate(MAXIMUM_TERM_BYTES);
            word
        })
        .filter(|word| seen.insert(word.clone()))
        .take(MAXIMUM_TERMS)
        .collect()
}

/// The terms to search for; a record is found when each of them begins one of its own terms.
///
/// Of more than [`MAXIMUM_QUERY_TERMS`] words the longest are kept, in the order of the text: they select best,
/// and what is left out can only widen the answer. A word broken off inside a letter pair (`kuc` for `kuch…`)
/// or right after an `h` (`abdullah` for `abdullahov`) folds differently from the whole word.
pub fn query_terms(text: &str) -> Result<Vec<String>, QueryError> {
    if text.len() > MAXIMUM_QUERY_BYTES {
        return Err(QueryError::TooLong { actual: text.len(), maximum: MAXIMUM_QUERY_BYTES });
    }
    let terms = terms(text);
    let longest = terms.iter().map(String::len).max().unwrap_or(0);
    if longest < MINIMUM_QUERY_LETTERS {
        return Err(QueryError::TooShort { actual: longest, minimum: MINIMUM_QUERY_LETTERS });
    }
    Ok(longest_terms(terms, MAXIMUM_QUERY_TERMS))
}

fn longest_terms(terms: Vec<String>, count: usize) -> Vec<String> {
    let mut ranked: Vec<(usize, String)> = terms.into_iter().enumerate().collect();
    ranked.sort_by_key(|(place, term)| (usize::MAX - term.len(), *place));
    ranked.truncate(count);
    ranked.sort_by_key(|(place, _)| *place);
    ranked.into_iter().map(|(_, term)| term).collect()
}

fn folded_words(text: &str) -> impl Iterator<Item = String> {
    transliterated(text)
        .split(' ')
        .map(settled)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}
