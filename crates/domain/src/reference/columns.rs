//! The headings of a territory file: which column holds what.

use csv::StringRecord;

use crate::{language::Language, name::NameKind};

use super::fault::{Faults, TerritoryProblem};

/// Where the cells of a row stand.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) code: usize,
    pub(super) kind: usize,
    pub(super) parent: usize,
    pub(super) valid_from: Option<usize>,
    pub(super) valid_until: Option<usize>,
    pub(super) note: Option<usize>,
    pub(super) names: Vec<NameColumn>,
    pub(super) count: usize,
}

/// A column of names, such as `name:uz-Cyrl@former`.
#[derive(Debug)]
pub(super) struct NameColumn {
    pub(super) index: usize,
    pub(super) heading: String,
    pub(super) language: Language,
    pub(super) kind: NameKind,
}

impl Columns {
    /// Reads the headings, in any order; `None` if one of them is at fault.
    pub(super) fn read(headings: &StringRecord, faults: &mut Faults) -> Option<Self> {
        let line = headings.position().map_or(1, csv::Position::line);
        let mut sound = true;
        let mut names = Vec::new();
        for (index, heading) in headings.iter().enumerate() {
            let read = if headings.iter().take(index).any(|earlier| earlier == heading) {
                Err(TerritoryProblem::RepeatedColumn)
            } else {
                name_column(index, heading)
            };
            match read {
                Ok(column) => names.extend(column),
                Err(problem) => {
                    faults.in_column(line, heading, problem);
                    sound = false;
                }
            }
        }
        let find = |wanted: &str| headings.iter().position(|heading| heading == wanted);
        let mut need = |wanted: &str| {
            let found = find(wanted);
            if found.is_none() {
                faults.in_column(line, wanted, TerritoryProblem::MissingColumn);
            }
            found
        };
        let (code, kind, parent) = (need("code"), need("kind"), need("parent"));
        if sound && names.is_empty() {
            faults.on_line(line, TerritoryProblem::NoNameColumn);
            return None;
        }
        let columns = Self {
            code: code?,
            kind: kind?,
            parent: parent?,
            valid_from: find("valid_from"),
            valid_until: find("valid_until"),
            note: find("note"),
            names,
            count: headings.len(),
        };
        sound.then_some(columns)
    }
}

/// Reads the heading of a name column; `None` for the other columns of the format.
fn name_column(index: usize, heading: &str) -> Result<Option<NameColumn>, TerritoryProblem> {
    let Some(rest) = heading.strip_prefix("name:") else {
        return match heading {
            "code" | "kind" | "parent" | "valid_from" | "valid_until" | "note" => Ok(None),
            _ => Err(TerritoryProblem::UnknownColumn),
        };
    };
    let (tag, kind) = rest.split_once('@').unwrap_or((rest, NameKind::Official.as_str()));
    let language = Language::parse("language", tag)
        .ok()
        .filter(has_short_primary_subtag)
        .ok_or_else(|| TerritoryProblem::BadLanguage { tag: tag.to_owned() })?;
    let kind = NameKind::from_word(kind)
        .ok_or_else(|| TerritoryProblem::UnknownNameKind { kind: kind.to_owned() })?;
    Ok(Some(NameColumn { index, heading: heading.to_owned(), language, kind }))
}

/// Whether the language is one of ISO 639. BCP 47 leaves room for words of five to eight letters,
/// so that `name:russian` would pass as a language of its own.
fn has_short_primary_subtag(language: &Language) -> bool {
    language.as_str().split('-').next().is_some_and(|primary| (2..=3).contains(&primary.len()))
}
