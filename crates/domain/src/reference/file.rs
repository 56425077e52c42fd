//! Reads a territory file: text to rows, every fault with its line and column, all or nothing.
//!
//! The format is described for its users in `docs/territories.md`. How rows hang together is checked in `tree`.

use csv::{ReaderBuilder, StringRecord, Trim};
use unicode_normalization::UnicodeNormalization;

use crate::{
    name::{Name, Names},
    territory::TerritoryKind,
    text::Line,
};

use super::{
    code::{CodeOrigin, KnownCode},
    columns::{Columns, NameColumn},
    dates::{first_day, last_day, read_period},
    embedded::find_territory,
    fault::{Faults, TerritoryFileError, TerritoryProblem},
    row::TerritoryRow,
    tree::{Draft, Parent, plant},
};

/// The largest file that is read, in bytes; a country's precincts fit many times over.
pub const MAXIMUM_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Reads a territory file whose parents stand in the file itself or in the reference data.
pub fn parse_territories(text: &str) -> Result<Vec<TerritoryRow>, TerritoryFileError> {
    read_territories(text.as_bytes(), &|code| find_territory(code).map(|row| row.kind))
}

/// Reads a territory file; `known` tells the kind of a territory that exists already.
///
/// The rows come back parents first. A file with a fault is refused as a whole, with all its faults up to
/// [`TerritoryFileError::MAXIMUM`]. A code that is known already is no fault: whoever imports decides what a
/// second description of it means.
pub fn read_territories(
    file: &[u8],
    known: &dyn Fn(&str) -> Option<TerritoryKind>,
) -> Result<Vec<TerritoryRow>, TerritoryFileError> {
    let mut faults = Faults::default();
    let drafts = match decode(file) {
        Ok(text) => read_rows(text, &mut faults),
        Err((line, problem)) => {
            faults.on_line(line, problem);
            Vec::new()
        }
    };
    let rows = plant(drafts, known, &mut faults);
    if faults.is_empty() { Ok(rows) } else { Err(faults.into_error()) }
}

/// The file as text, without the mark some spreadsheets put in front of it.
fn decode(file: &[u8]) -> Result<&str, (u64, TerritoryProblem)> {
    if file.len() > MAXIMUM_FILE_BYTES {
        let problem = TerritoryProblem::TooLarge { actual: file.len(), maximum: MAXIMUM_FILE_BYTES };
        return Err((1, problem));
    }
    let text = std::str::from_utf8(file).map_err(|error| {
        let before = &file[..error.valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count() as u64;
        (line, TerritoryProblem::NotUtf8)
    })?;
    Ok(text.trim_start_matches('\u{FEFF}'))
}

fn read_rows(text: &str, faults: &mut Faults) -> Vec<Draft> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(headings) if headings.is_empty() => {
            faults.on_line(1, TerritoryProblem::NoRows);
            return Vec::new();
        }
        Ok(headings) => Columns::read(headings, faults),
        Err(error) => {
            faults.on_line(1, TerritoryProblem::Unreadable { reason: error.to_string() });
            return Vec::new();
        }
    };
    let Some(columns) = columns else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) if record.iter().all(str::is_empty) => {}
            Ok(record) => drafts.push(read_row(&record, &columns, faults)),
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                faults.on_line(line, TerritoryProblem::Unreadable { reason: error.to_string() });
            }
        }
        if faults.is_full() {
            return drafts;
        }
    }
    if drafts.is_empty() {
        faults.on_line(1, TerritoryProblem::NoRows);
    }
    drafts
}

/// The separator of the file: whichever of comma, semicolon and tab stands first in its headings.
/// Spreadsheets write semicolons where the comma is the decimal mark, as in Russian and Kazakh settings.
fn delimiter(text: &str) -> u8 {
    text.bytes()
        .take_while(|&byte| byte != b'\n')
        .find(|byte| matches!(byte, b',' | b';' | b'\t'))
        .unwrap_or(b',')
}

fn read_row(record: &StringRecord, columns: &Columns, faults: &mut Faults) -> Draft {
    let line = record.position().map_or(1, csv::Position::line);
    if record.len() != columns.count {
        let problem = TerritoryProblem::WrongCellCount { actual: record.len(), expected: columns.count };
        faults.on_line(line, problem);
    }
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let optional = |index: Option<usize>| index.map(cell).filter(|text| !text.is_empty());
    let code = faults.keep(line, "code", read_code(cell(columns.code)));
    let kind = faults.keep(line, "kind", read_kind(cell(columns.kind), code.as_ref()));
    let parent = match cell(columns.parent) {
        "" => Parent::None,
        text => faults
            .keep(line, "parent", KnownCode::parse(text))
            .map_or(Parent::Unread, |known| Parent::Of(known.code)),
    };
    let from = optional(columns.valid_from).map(first_day);
    let until = optional(columns.valid_until).map(last_day);
    let valid_from = from.and_then(|read| faults.keep(line, "valid_from", read));
    let valid_until = until.and_then(|read| faults.keep(line, "valid_until", read));
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && until < from
    {
        faults.in_column(line, "valid_until", TerritoryProblem::EndsBeforeItBegins);
    }
    Draft {
        line,
        code,
        kind,
        parent,
        names: read_names(record, columns, line, faults),
        valid_from,
        valid_until,
        note: optional(columns.note).map(str::to_owned),
    }
}

fn read_code(text: &str) -> Result<KnownCode, TerritoryProblem> {
    if text.is_empty() {
        return Err(TerritoryProblem::Empty);
    }
    KnownCode::parse(text)
}

fn read_kind(text: &str, code: Option<&KnownCode>) -> Result<TerritoryKind, TerritoryProblem> {
    if text.is_empty() {
        return Err(TerritoryProblem::Empty);
    }
    let kind = TerritoryKind::from_word(text)
        .ok_or_else(|| TerritoryProblem::UnknownKind { kind: text.to_owned() })?;
    match code {
        Some(known) if (known.origin == CodeOrigin::Country) != (kind == TerritoryKind::Country) => {
            let code = known.code.as_str().to_owned();
            Err(TerritoryProblem::KindDoesNotFitCode { kind, code })
        }
        _ => Ok(kind),
    }
}

fn read_names(record: &StringRecord, columns: &Columns, line: u64, faults: &mut Faults) -> Option<Names> {
    let mut names = Vec::new();
    let mut sound = true;
    for column in &columns.names {
        let cell = record.get(column.index).unwrap_or_default();
        for text in cell.split('|').map(str::trim).filter(|text| !text.is_empty()) {
            match faults.keep(line, &column.heading, read_name(text, column)) {
                Some(name) => names.push(name),
                None => sound = false,
            }
        }
    }
    if !sound {
        return None;
    }
    if names.is_empty() {
        faults.on_line(line, TerritoryProblem::NoName);
        return None;
    }
    match Names::parse(names) {
        Ok(names) => Some(names),
        Err(invalid) => {
            faults.on_line(line, TerritoryProblem::Name(invalid.fault));
            None
        }
    }
}

/// Reads `Nur-Sultan` or, with the days it was borne, `Nur-Sultan [2019-03-23/2022-09-16]`.
fn read_name(text: &str, column: &NameColumn) -> Result<Name, TerritoryProblem> {
    let (text, period) = match text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        Some((text, period)) => (text, read_period(period)?),
        None => (text, (None, None)),
    };
    let composed: String = text.nfc().collect();
    let text = Line::parse("text", &composed).map_err(|invalid| TerritoryProblem::Name(invalid.fault))?;
    let (valid_from, valid_until) = period;
    Ok(Name { text, language: column.language.clone(), kind: column.kind, valid_from, valid_until })
}
