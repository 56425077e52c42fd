//! Names: many per thing, each with language, script, kind and time.

use async_graphql::{Enum, InputObject, SimpleObject};
use hemicycle_domain::{
    language::{self, Language},
    name::{self, Names},
    problem::Invalid,
    text::Line,
};

use super::scalar::{Date, LanguageTag};

/// What a name is to its bearer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "name::NameKind")]
pub(crate) enum NameKind {
    /// The full name in law or in the bearer's own usage.
    Official,
    /// A short form or an abbreviation.
    Short,
    /// The same name in the letters of another script.
    Transliteration,
    /// A name that was official once.
    Former,
    /// The wording of a source, kept because it differs.
    AsWritten,
}

/// The script of a text, told from its letters.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "language::Script")]
pub(crate) enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Any other script, or several at once.
    Other,
}

/// One name of a record.
#[derive(SimpleObject)]
pub(crate) struct Name {
    /// The name itself.
    text: String,
    /// Its language; `und` where unknown.
    language: LanguageTag,
    /// Its script, told from the letters.
    script: Script,
    /// What it is to its bearer.
    kind: NameKind,
    /// The first day it was borne; null where unknown.
    valid_from: Option<Date>,
    /// The last day it was borne; null while it is borne.
    valid_until: Option<Date>,
}

impl From<&name::Name> for Name {
    fn from(name: &name::Name) -> Self {
        Self {
            text: name.text.as_str().to_owned(),
            language: (&name.language).into(),
            script: name.script().into(),
            kind: name.kind.into(),
            valid_from: name.valid_from.map(Into::into),
            valid_until: name.valid_until.map(Into::into),
        }
    }
}

/// All names of a record.
pub(crate) fn all(names: &Names) -> Vec<Name> {
    names.iter().map(Into::into).collect()
}

/// One name of a record.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct NameInput {
    /// The name itself; at most 500 characters.
    pub text: String,
    /// Its language; `und` where unknown.
    pub language: LanguageTag,
    /// What it is to its bearer.
    #[graphql(default_with = "NameKind::Official")]
    pub kind: NameKind,
    /// The first day it was borne.
    pub valid_from: Option<Date>,
    /// The last day it was borne.
    pub valid_until: Option<Date>,
}

/// Reads the names of a record.
pub(crate) fn parse(names: &[NameInput]) -> Result<Names, Invalid> {
    let names = names
        .iter()
        .enumerate()
        .map(|(index, name)| parse_one(name).map_err(|fault| fault.within(index).within("names")));
    Names::parse(names.collect::<Result<_, _>>()?)
}

fn parse_one(input: &NameInput) -> Result<name::Name, Invalid> {
    Ok(name::Name {
        text: Line::parse("text", &input.text)?,
        language: Language::parse("language", &input.language.0)?,
        kind: input.kind.into(),
        valid_from: input.valid_from.as_ref().map(|date| date.day("validFrom")).transpose()?,
        valid_until: input.valid_until.as_ref().map(|date| date.day("validUntil")).transpose()?,
    })
}
