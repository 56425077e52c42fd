//! What can be wrong with a territory file, and where: the report an importer prints.

use std::fmt::{self, Display, Formatter};

use thiserror::Error;

use crate::{problem::Fault, territory::TerritoryKind};

/// A territory file that was refused as a whole; nothing of it counts as read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct TerritoryFileError {
    /// What is wrong, by line; at most [`TerritoryFileError::MAXIMUM`], after which reading stops.
    pub faults: Vec<TerritoryFault>,
}

/// One thing that is wrong in a territory file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerritoryFault {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// The column by its heading, where one is at fault.
    pub column: Option<String>,
    /// What is wrong there.
    pub problem: TerritoryProblem,
}

/// What is wrong at one place of a territory file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TerritoryProblem {
    /// The file is larger than the reader accepts.
    #[error("the file has {actual} bytes where at most {maximum} are allowed: split it")]
    TooLarge {
        /// What was given.
        actual: usize,
        /// What is allowed.
        maximum: usize,
    },
    /// The file is not UTF-8 text.
    #[error("this is not UTF-8 text: save the file as \"CSV UTF-8\"")]
    NotUtf8,
    /// The file has no row below its headings.
    #[error("the file holds no territory")]
    NoRows,
    /// The CSV reader gave up.
    #[error("this line cannot be read as CSV: {reason}")]
    Unreadable {
        /// What the reader said.
        reason: String,
    },
    /// A heading that every file needs is absent.
    #[error("the heading is missing")]
    MissingColumn,
    /// A heading the format does not have.
    #[error(
        "the heading is unknown: use code, kind, parent, valid_from, valid_until, note or name:<language>"
    )]
    UnknownColumn,
    /// The same heading stands in the file twice.
    #[error("the heading stands in the file twice: put several names into one cell, separated by |")]
    RepeatedColumn,
    /// The file has no name column at all.
    #[error("the file needs at least one column of names, such as name:en")]
    NoNameColumn,
    /// The language of a name column is not a BCP 47 tag.
    #[error("\"{tag}\" is not a language tag such as en, ru or uz-Cyrl")]
    BadLanguage {
        /// What was written after `name:`.
        tag: String,
    },
    /// The kind of a name column is not known.
    #[error("\"{kind}\" is not a kind of name: use official, short, transliteration, former or as_written")]
    UnknownNameKind {
        /// What was written after `@`.
        kind: String,
    },
    /// The row has more or fewer cells than there are headings.
    #[error("the line has {actual} cells where there are {expected} headings")]
    WrongCellCount {
        /// The cells of the line.
        actual: usize,
        /// The headings of the file.
        expected: usize,
    },
    /// A cell that must be filled is empty.
    #[error("the cell is empty")]
    Empty,
    /// The code has neither the form of ISO 3166 nor of our own.
    #[error("\"{code}\" is not a code such as UZ, UZ-JI or UZ-JI/zomin")]
    MalformedCode {
        /// What was written.
        code: String,
    },
    /// The code looks like ISO 3166 but is not in the current standard.
    #[error("\"{code}\" is not in ISO 3166: below a code that is, write <code>/<word>")]
    NotInIso3166 {
        /// What was written.
        code: String,
    },
    /// The code already stands on an earlier line.
    #[error("the code {code} already stands on line {first_line}")]
    RepeatedCode {
        /// The code.
        code: String,
        /// Where it stands first.
        first_line: u64,
    },
    /// The kind is not known.
    #[error("\"{kind}\" is not a kind of territory: use country, region, district, city or precinct")]
    UnknownKind {
        /// What was written.
        kind: String,
    },
    /// A country code on something else, or another code on a country.
    #[error("a {kind} cannot bear the code {code}: countries, and only they, bear two letters")]
    KindDoesNotFitCode {
        /// The kind given.
        kind: TerritoryKind,
        /// The code given.
        code: String,
    },
    /// A territory that is no country has no parent.
    #[error("a {kind} needs a parent; only a country has none")]
    NeedsParent {
        /// The kind given.
        kind: TerritoryKind,
    },
    /// A country has a parent.
    #[error("a country has no parent")]
    CountryWithParent,
    /// The parent is neither in the file nor known already.
    #[error("the parent {parent} is neither in this file nor known already")]
    UnknownParent {
        /// The parent's code.
        parent: String,
    },
    /// The parent lies in another country than the code says.
    #[error("the parent {parent} lies in another country than {code}")]
    ParentInOtherCountry {
        /// The parent's code.
        parent: String,
        /// The territory's code.
        code: String,
    },
    /// A territory of this kind cannot lie in one of that kind.
    #[error("a {kind} cannot lie in a {parent_kind}")]
    WrongLevel {
        /// The kind given.
        kind: TerritoryKind,
        /// The parent's kind.
        parent_kind: TerritoryKind,
    },
    /// Following the parents leads back to the territory.
    #[error("{code} lies in itself: following the parents leads back to it")]
    Cycle {
        /// The territory's code.
        code: String,
    },
    /// The date is none, or not in the form asked for.
    #[error("\"{date}\" is not a date: write 2022-06-08, 2022-06 or 2022")]
    BadDate {
        /// What was written.
        date: String,
    },
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    EndsBeforeItBegins,
    /// The territory has no name.
    #[error("the territory has no name")]
    NoName,
    /// A name, or the names together, cannot be accepted.
    #[error("the name {0}")]
    Name(Fault),
}

impl TerritoryFileError {
    /// The most faults one report lists.
    pub const MAXIMUM: usize = 20;
}

impl Display for TerritoryFileError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "the territory file was refused as a whole")?;
        for fault in &self.faults {
            write!(formatter, "\n{fault}")?;
        }
        if self.faults.len() >= Self::MAXIMUM {
            write!(formatter, "\nreading stopped after {} faults; there may be more", Self::MAXIMUM)?;
        }
        Ok(())
    }
}

impl Display for TerritoryFault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(formatter, "line {}, column {column}: {}", self.line, self.problem),
            None => write!(formatter, "line {}: {}", self.line, self.problem),
        }
    }
}

/// The faults found so far, up to the most one report lists.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<TerritoryFault>);

impl Faults {
    /// Notes a fault of a whole line.
    pub(super) fn on_line(&mut self, line: u64, problem: TerritoryProblem) {
        self.note(TerritoryFault { line, column: None, problem });
    }

    /// Notes a fault of one column of a line.
    pub(super) fn in_column(&mut self, line: u64, column: &str, problem: TerritoryProblem) {
        self.note(TerritoryFault { line, column: Some(column.to_owned()), problem });
    }

    /// Keeps the value of a sound cell, or notes the fault of a broken one.
    pub(super) fn keep<T>(
        &mut self,
        line: u64,
        column: &str,
        read: Result<T, TerritoryProblem>,
    ) -> Option<T> {
        read.map_err(|problem| self.in_column(line, column, problem)).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= TerritoryFileError::MAXIMUM
    }

    /// The report, by line.
    pub(super) fn into_error(mut self) -> TerritoryFileError {
        self.0.sort_by_key(|fault| fault.line);
        TerritoryFileError { faults: self.0 }
    }

    fn note(&mut self, fault: TerritoryFault) {
        if !self.is_full() {
            self.0.push(fault);
        }
    }
}
