//! Where something stands in a document, as clients count: lines and columns from 1, a column a UTF-16 code unit.

use apollo_compiler::parser::SourceSpan;
use async_graphql::Pos;

/// The lines of a document.
pub(super) struct Places {
    text: String,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
}

impl Places {
    pub(super) fn of(text: &str) -> Self {
        // `\r\n`, `\n` and `\r` end a line.
        let ends = text.char_indices().filter(|(place, character)| match character {
            '\n' => true,
            '\r' => !text[place + 1..].starts_with('\n'),
            _ => false,
        });
        let lines = std::iter::once(0).chain(ends.map(|(place, _)| place + 1)).collect();
        Self { text: text.to_owned(), lines }
    }

    /// The place of a span; of none, the beginning.
    pub(super) fn find(&self, span: Option<SourceSpan>) -> Pos {
        self.at(span.map_or(0, |span| span.offset()))
    }

    pub(super) fn at(&self, offset: usize) -> Pos {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = if before.is_ascii() { before.len() } else { before.encode_utf16().count() };
        Pos { line, column: column + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_clients_count_them() {
        let places = Places::of("{ а: b\r\n  c\r d\n\n e 😀 f }");
        let at = |word: &str| {
            let Pos { line, column } = places.at(places.text.find(word).expect("it is there"));
            (line, column)
        };
        assert_eq!(
            [at("{"), at("b"), at("c"), at("d"), at("e"), at("f")],
            [(1, 1), (1, 6), (2, 3), (3, 2), (5, 2), (5, 7)]
        );
    }
}
