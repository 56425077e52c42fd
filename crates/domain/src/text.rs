//! Texts that people wrote: bounded, trimmed, free of control characters; and texts in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    language::Language,
    problem::{Fault, Invalid},
};

/// A line of text: a name, a title, a position. At most 500 characters, trimmed, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line(String);

/// A passage of text: a note, a purpose, a wording. At most 10,000 characters, trimmed, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passage(String);

impl Line {
    /// The longest line, in characters.
    pub const MAXIMUM: usize = 500;

    /// Accepts a line for the named field.
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        clean(field, text, Self::MAXIMUM, false).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Passage {
    /// The longest passage, in characters.
    pub const MAXIMUM: usize = 10_000;

    /// Accepts a passage for the named field; line breaks and tabs may stay.
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        clean(field, text, Self::MAXIMUM, true).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn clean(field: &str, text: &str, maximum: usize, breaks: bool) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Invalid::new(field, Fault::Empty));
    }
    let actual = text.chars().count();
    if actual > maximum {
        return Err(Invalid::new(field, Fault::TooLong { actual, maximum }));
    }
    let allowed = |c: char| breaks && matches!(c, '\n' | '\r' | '\t');
    match text.chars().find(|c| c.is_control() && !allowed(*c)) {
        Some(c) => Err(Invalid::new(field, Fault::ControlCharacter { code: c.into() })),
        None => Ok(text.to_owned()),
    }
}

/// A text that a person reads in several languages; never empty.
///
/// It is resolved by the languages the reader asks for, then by the record's own order,
/// which is the alphabetical order of the tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalizedText(BTreeMap<Language, Passage>);

impl LocalizedText {
    /// Accepts translations for the named field: at least one, one per language.
    pub fn parse<'a>(
        field: &str,
        translations: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Invalid> {
        let mut texts = BTreeMap::new();
        for (index, (language, text)) in translations.into_iter().enumerate() {
            let language =
                Language::parse("language", language).map_err(|e| e.within(index).within(field))?;
            let text = Passage::parse("text", text).map_err(|e| e.within(index).within(field))?;
            if texts.insert(language, text).is_some() {
                return Err(Invalid::new("language", Fault::Repeated).within(index).within(field));
            }
        }
        if texts.is_empty() {
            return Err(Invalid::new(field, Fault::Empty));
        }
        Ok(Self(texts))
    }

    /// The text in the first of the wanted languages that exists, else the first there is.
    #[must_use]
    pub fn resolve(&self, wanted: &[Language]) -> Option<(&Language, &str)> {
        wanted
            .iter()
            .find_map(|want| self.0.iter().find(|(language, _)| language.matches(want)))
            .or_else(|| self.0.iter().next())
            .map(|(language, text)| (language, text.as_str()))
    }

    /// All translations, by language tag.
    pub fn translations(&self) -> impl Iterator<Item = (&Language, &str)> {
        self.0.iter().map(|(language, text)| (language, text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded() {
        assert_eq!(Line::parse("title", "  Seminar ").unwrap().as_str(), "Seminar");
        assert_eq!(Line::parse("title", " ").unwrap_err().fault, Fault::Empty);
        assert_eq!(
            Line::parse("title", &"ж".repeat(501)).unwrap_err().fault,
            Fault::TooLong { actual: 501, maximum: 500 }
        );
        assert_eq!(Line::parse("title", "a\0b").unwrap_err().fault, Fault::ControlCharacter { code: 0 });
    }

    #[test]
    fn a_localized_text_answers_in_the_wanted_language_or_in_its_own() {
        let text = LocalizedText::parse("topic", [("ru", "этика"), ("en", "ethics")]).unwrap();
        let language = |tag| Language::parse("language", tag).unwrap();
        assert_eq!(text.resolve(&[language("ru-KZ")]).unwrap().1, "этика");
        assert_eq!(text.resolve(&[language("kk")]).unwrap().1, "ethics");
    }

    #[test]
    fn a_fault_in_one_translation_names_its_place() {
        let fault = LocalizedText::parse("topic", [("en", "ethics"), ("ru", "")]).unwrap_err();
        assert_eq!(fault.path, ["topic", "1", "text"]);
    }
}
