//! Names: many per thing, each with its language, kind and time; search goes across all of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    fold,
    language::{Language, Script},
    problem::{Fault, Invalid},
    text::Line,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a name is to its bearer.
    pub enum NameKind {
        /// The full name in law or in the bearer's own usage.
        Official = "official",
        /// A short form or an abbreviation.
        Short = "short",
        /// The same name in the letters of another script.
        Transliteration = "transliteration",
        /// A name that was official once.
        Former = "former",
        /// The wording of a source, kept because it differs.
        AsWritten = "as_written",
    }
}

/// One name of a territory, an institution, a program, an agreement or an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The name itself.
    pub text: Line,
    /// Its language; `und` where that is unknown.
    pub language: Language,
    /// What it is to its bearer.
    pub kind: NameKind,
    /// The first day it was borne, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// The last day it was borne, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

impl Name {
    /// The script, told from the letters.
    #[must_use]
    pub fn script(&self) -> Script {
        Script::of(self.text.as_str())
    }
}

/// The names of one record; at least one, at most 50.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Names(Vec<Name>);

impl Names {
    /// The most names one record can bear.
    pub const MAXIMUM: usize = 50;

    /// Accepts the names of a record.
    pub fn parse(names: Vec<Name>) -> Result<Self, Invalid> {
        if names.is_empty() {
            return Err(Invalid::new("names", Fault::Empty));
        }
        if names.len() > Self::MAXIMUM {
            return Err(Invalid::new(
                "names",
                Fault::TooMany { actual: names.len(), maximum: Self::MAXIMUM },
            ));
        }
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err(Invalid::new(&index.to_string(), Fault::Repeated).within("names"));
            }
            if let (Some(from), Some(until)) = (name.valid_from, name.valid_until)
                && until < from
            {
                let reason = "the last day is before the first".to_owned();
                return Err(Invalid::new("validUntil", Fault::Malformed { reason })
                    .within(index)
                    .within("names"));
            }
        }
        Ok(Self(names))
    }

    /// All names, in the record's own order.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.0.iter()
    }

    /// The name to show to a reader of these languages: an official one in a wanted language,
    /// then any current one in a wanted language, then the record's first.
    #[must_use]
    pub fn display(&self, wanted: &[Language]) -> &str {
        let current = |name: &&Name| name.kind != NameKind::Former;
        wanted
            .iter()
            .find_map(|want| {
                let mut fitting = self.0.iter().filter(|name| name.language.matches(want)).filter(current);
                fitting.clone().find(|name| name.kind == NameKind::Official).or_else(|| fitting.next())
            })
            .or_else(|| self.0.iter().find(current))
            .or_else(|| self.0.first())
            .map_or("", |name| name.text.as_str())
    }

    /// The folded words by which search finds the bearer, each once.
    #[must_use]
    pub fn search_terms(&self) -> Vec<String> {
        let mut terms: Vec<String> = self.0.iter().flat_map(|name| fold::terms(name.text.as_str())).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}
