//! Language tags (BCP 47), and the script a text is written in.

use oxilangtag::LanguageTag;
use serde::{Deserialize, Serialize};

use crate::{
    problem::{Fault, Invalid},
    vocabulary::vocabulary,
};

/// A BCP 47 language tag, normalised: `ru`, `uz-Cyrl`, `kk-KZ`; `und` where the language is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// Accepts a language tag for the named field.
    pub fn parse(field: &str, tag: &str) -> Result<Self, Invalid> {
        if tag.len() > 35 {
            return Err(Invalid::new(field, Fault::TooLong { actual: tag.len(), maximum: 35 }));
        }
        LanguageTag::parse_and_normalize(tag).map(|tag| Self(tag.into_inner())).map_err(|error| {
            Invalid::new(
                field,
                Fault::Malformed {
                    reason: format!("not a BCP 47 tag such as \"en\" or \"uz-Cyrl\": {error}"),
                },
            )
        })
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a reader who wants `wanted` is served by this language: the same primary language,
    /// and no other script than the one asked for.
    #[must_use]
    pub fn matches(&self, wanted: &Self) -> bool {
        let (Ok(own), Ok(wanted)) = (LanguageTag::parse(self.as_str()), LanguageTag::parse(wanted.as_str()))
        else {
            return false;
        };
        own.primary_language() == wanted.primary_language()
            && (own.script() == wanted.script() || wanted.script().is_none())
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

vocabulary! {
    /// The script of a text, told from its letters.
    pub enum Script {
        /// Latin letters.
        Latin = "latin",
        /// Cyrillic letters.
        Cyrillic = "cyrillic",
        /// Any other script, or several at once.
        Other = "other",
    }
}

impl Script {
    /// Tells the script of a text from its letters; digits and punctuation do not count.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut scripts = text.chars().filter(|c| c.is_alphabetic()).map(|c| match c {
            'A'..='Z'
            | 'a'..='z'
            | '\u{C0}'..='\u{24F}'
            | '\u{2B0}'..='\u{2FF}'
            | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
            '\u{400}'..='\u{52F}' => Self::Cyrillic,
            _ => Self::Other,
        });
        let first = scripts.next().unwrap_or(Self::Other);
        if scripts.all(|script| script == first) { first } else { Self::Other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_normalised_and_a_broken_one_is_refused() {
        assert_eq!(Language::parse("language", "UZ-cyrl").unwrap().as_str(), "uz-Cyrl");
        assert!(Language::parse("language", "русский").is_err());
    }

    #[test]
    fn a_script_is_told_from_the_letters() {
        assert_eq!(Script::of("Б. Кучкаров"), Script::Cyrillic);
        assert_eq!(Script::of("Oʻzbekiston, 2021"), Script::Latin);
        assert_eq!(Script::of("नई दिल्ली"), Script::Other);
    }
}
