//! Rust source as a flat row of tokens, so that a rule does not trip over comments and strings.
//!
//! Knows words, signs, brackets and literals; what they mean together is the rule's matter.

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

use super::{Problem, Tree};

/// One word, sign, bracket or literal.
pub(super) struct Token {
    /// As it is written; a bracket alone.
    pub(super) text: String,
    /// The line it begins on.
    pub(super) line: usize,
    /// Whether it is a string, number or character.
    pub(super) is_literal: bool,
}

/// Applies a check to the tokens of every source that a filter lets through.
///
/// A source that cannot be read as Rust is a problem itself, lest a rule passes over it in silence.
pub(super) fn check_sources(
    tree: &Tree,
    is_meant: impl Fn(&str) -> bool,
    check: impl Fn(&[Token]) -> Vec<(usize, String)>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, text) in tree.sources().filter(|(file, _)| is_meant(file)) {
        let found = match read(text) {
            Ok(tokens) => check(&tokens),
            Err(error) => vec![(error.span().start().line, format!("cannot be read as Rust: {error}"))],
        };
        problems.extend(found.into_iter().map(|(line, why)| Problem {
            file: file.to_owned(),
            line: Some(line),
            why,
        }));
    }
    problems
}

/// Finds where a row of tokens begins.
pub(super) fn find_row<'a>(tokens: &'a [Token], row: &'a [&'a str]) -> impl Iterator<Item = &'a Token> {
    tokens
        .windows(row.len())
        .filter(move |window| {
            window.iter().zip(row).all(|(token, text)| !token.is_literal && token.text == *text)
        })
        .map(|window| &window[0])
}

fn read(source: &str) -> Result<Vec<Token>, LexError> {
    let mut tokens = Vec::new();
    flatten(source.parse()?, &mut tokens);
    Ok(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let mut push = |text: String, line, is_literal| {
            tokens.push(Token { text, line, is_literal });
        };
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(open.to_owned(), line, false);
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: group.span_close().start().line,
                    is_literal: false,
                });
            }
            TokenTree::Literal(literal) => push(literal.to_string(), line, true),
            TokenTree::Ident(word) => push(word.to_string(), line, false),
            TokenTree::Punct(sign) => push(sign.to_string(), line, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_with_its_line_and_not_in_texts() {
        let tokens = read("// a::b()\nlet x = \"a::b()\";\na :: b();").unwrap();
        let lines: Vec<usize> =
            find_row(&tokens, &["a", ":", ":", "b", "("]).map(|token| token.line).collect();
        assert_eq!(lines, [3]);
    }

    #[test]
    fn a_source_that_is_not_rust_is_a_problem() {
        let tree = Tree::of(&[("a.rs", "fn a() {"), ("b.rs", "fn b() {}")]);
        let problems = check_sources(&tree, |_| true, |_| Vec::new());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].file, "a.rs");
    }
}
