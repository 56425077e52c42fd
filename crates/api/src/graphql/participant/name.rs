//! Names of persons: the form as written and its parts, as far as they are known.

use async_graphql::{InputObject, SimpleObject};
use hemicycle_domain::{
    language::Language,
    participant::{self, PersonNames},
    problem::Invalid,
    text::Line,
};

use crate::graphql::{
    name::{NameKind, Script},
    scalar::LanguageTag,
};

/// One form of a person's name. A part that no source gives is null; nothing is guessed.
#[derive(SimpleObject)]
pub(crate) struct PersonName {
    /// The name as its source writes it.
    as_written: String,
    /// The family name.
    family: Option<String>,
    /// The given name in full.
    given: Option<String>,
    /// The patronymic in full.
    patronymic: Option<String>,
    /// The initials that stand for given name and patronymic.
    initials: Option<String>,
    /// Whether initials stand where the given name should.
    has_initials_only: bool,
    /// Its language; `und` where unknown.
    language: LanguageTag,
    /// Its script, told from the letters.
    script: Script,
    /// What it is to its bearer.
    kind: NameKind,
}

impl From<&participant::PersonName> for PersonName {
    fn from(name: &participant::PersonName) -> Self {
        let part = |part: &Option<Line>| part.as_ref().map(|part| part.as_str().to_owned());
        Self {
            as_written: name.as_written.as_str().to_owned(),
            family: part(&name.family),
            given: part(&name.given),
            patronymic: part(&name.patronymic),
            initials: part(&name.initials),
            has_initials_only: name.has_initials_only(),
            language: (&name.language).into(),
            script: name.script().into(),
            kind: name.kind.into(),
        }
    }
}

/// One form of a person's name. Leave out what is not known; nothing is split off by itself.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PersonNameInput {
    /// The name as its source writes it; at most 500 characters.
    pub as_written: String,
    /// The family name.
    pub family: Option<String>,
    /// The given name in full.
    pub given: Option<String>,
    /// The patronymic in full.
    pub patronymic: Option<String>,
    /// The initials that stand for given name and patronymic.
    pub initials: Option<String>,
    /// Its language; `und` where unknown.
    pub language: LanguageTag,
    /// What it is to its bearer.
    #[graphql(default_with = "NameKind::Official")]
    pub kind: NameKind,
}

/// Reads the names of a person.
pub(crate) fn parse(names: &[PersonNameInput]) -> Result<PersonNames, Invalid> {
    let names = names
        .iter()
        .enumerate()
        .map(|(index, name)| parse_one(name).map_err(|fault| fault.within(index).within("names")));
    PersonNames::parse(names.collect::<Result<_, _>>()?)
}

fn parse_one(input: &PersonNameInput) -> Result<participant::PersonName, Invalid> {
    let part =
        |field: &str, part: &Option<String>| part.as_ref().map(|part| Line::parse(field, part)).transpose();
    Ok(participant::PersonName {
        as_written: Line::parse("asWritten", &input.as_written)?,
        family: part("family", &input.family)?,
        given: part("given", &input.given)?,
        patronymic: part("patronymic", &input.patronymic)?,
        initials: part("initials", &input.initials)?,
        language: Language::parse("language", &input.language.0)?,
        kind: input.kind.into(),
    })
}
