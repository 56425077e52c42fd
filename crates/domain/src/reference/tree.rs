//! How the rows of a territory file hang together: repeated codes, parents, levels, cycles, order.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::{
    name::Names,
    territory::{TerritoryCode, TerritoryKind},
};

use super::{
    code::KnownCode,
    fault::{Faults, TerritoryProblem},
    row::TerritoryRow,
};

/// The parent that a line names.
#[derive(Debug)]
pub(super) enum Parent {
    /// The cell is empty.
    None,
    /// The territory of this code.
    Of(TerritoryCode),
    /// The cell is at fault.
    Unread,
}

/// A line as far as it could be read; what is missing was noted as a fault.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) line: u64,
    pub(super) code: Option<KnownCode>,
    pub(super) kind: Option<TerritoryKind>,
    pub(super) parent: Parent,
    pub(super) names: Option<Names>,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_until: Option<NaiveDate>,
    pub(super) note: Option<String>,
}

impl Draft {
    fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|known| known.code.as_str())
    }

    fn parent_code(&self) -> Option<&str> {
        match &self.parent {
            Parent::Of(code) => Some(code.as_str()),
            Parent::None | Parent::Unread => None,
        }
    }

    fn complete(self) -> Option<TerritoryRow> {
        let KnownCode { code, country, .. } = self.code?;
        let parent = match self.parent {
            Parent::None => None,
            Parent::Of(parent) => Some(parent),
            Parent::Unread => return None,
        };
        Some(TerritoryRow {
            code,
            kind: self.kind?,
            parent,
            country,
            names: self.names?,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            note: self.note,
        })
    }
}

/// Puts the rows in order, parents first, and notes where they do not form a tree.
///
/// A row that was read only in part still counts as the parent of others, so that one slip gives one fault.
pub(super) fn plant(
    drafts: Vec<Draft>,
    known: &dyn Fn(&str) -> Option<TerritoryKind>,
    faults: &mut Faults,
) -> Vec<TerritoryRow> {
    if faults.is_full() {
        return Vec::new();
    }
    let depths = {
        let rows = index(&drafts, faults);
        for draft in &drafts {
            check_place(draft, &rows, known, faults);
        }
        drafts.iter().map(|draft| depth(draft, &rows, faults)).collect::<Vec<_>>()
    };
    let mut order: Vec<(usize, Draft)> = depths.into_iter().zip(drafts).collect();
    order.sort_by_key(|(depth, _)| *depth);
    order.into_iter().filter_map(|(_, draft)| draft.complete()).collect()
}

/// The first draft of each code; later ones of the same code are faults.
fn index<'a>(drafts: &'a [Draft], faults: &mut Faults) -> HashMap<&'a str, &'a Draft> {
    let mut rows: HashMap<&str, &Draft> = HashMap::new();
    for draft in drafts {
        let Some(code) = draft.code() else { continue };
        if let Some(first) = rows.get(code) {
            let problem = TerritoryProblem::RepeatedCode { code: code.to_owned(), first_line: first.line };
            faults.in_column(draft.line, "code", problem);
        } else {
            rows.insert(code, draft);
        }
    }
    rows
}

fn check_place(
    draft: &Draft,
    rows: &HashMap<&str, &Draft>,
    known: &dyn Fn(&str) -> Option<TerritoryKind>,
    faults: &mut Faults,
) {
    let Some(kind) = draft.kind else { return };
    let parent = match &draft.parent {
        Parent::Of(parent) => parent.as_str(),
        Parent::None if kind != TerritoryKind::Country => {
            return faults.in_column(draft.line, "parent", TerritoryProblem::NeedsParent { kind });
        }
        Parent::None | Parent::Unread => return,
    };
    if kind == TerritoryKind::Country {
        return faults.in_column(draft.line, "parent", TerritoryProblem::CountryWithParent);
    }
    let in_file = rows.get(parent);
    let parent_kind = in_file.map_or_else(|| known(parent), |row| row.kind);
    if in_file.is_none() && parent_kind.is_none() {
        let parent = parent.to_owned();
        return faults.in_column(draft.line, "parent", TerritoryProblem::UnknownParent { parent });
    }
    if let Some(code) = draft.code()
        && code[..2] != parent[..2]
    {
        let (parent, code) = (parent.to_owned(), code.to_owned());
        faults.in_column(draft.line, "parent", TerritoryProblem::ParentInOtherCountry { parent, code });
    }
    if let Some(parent_kind) = parent_kind
        && !may_lie_in(kind, parent_kind)
    {
        faults.in_column(draft.line, "parent", TerritoryProblem::WrongLevel { kind, parent_kind });
    }
}

/// Whether a territory of one kind may lie directly in one of another; the same rule as `territory::place`.
fn may_lie_in(kind: TerritoryKind, parent: TerritoryKind) -> bool {
    use TerritoryKind::{City, Country, District, Precinct, Region};
    match kind {
        Country => false,
        Region => parent == Country,
        District | City => matches!(parent, Country | Region | District),
        Precinct => parent != Precinct,
    }
}

/// How many rows of the file lie above this one; notes a row that lies in itself.
fn depth(draft: &Draft, rows: &HashMap<&str, &Draft>, faults: &mut Faults) -> usize {
    let mut passed = HashSet::new();
    let mut above = draft.parent_code();
    while let Some(code) = above {
        if draft.code() == Some(code) {
            faults.in_column(draft.line, "parent", TerritoryProblem::Cycle { code: code.to_owned() });
            break;
        }
        let Some(row) = rows.get(code) else { break };
        if !passed.insert(code) {
            break;
        }
        above = row.parent_code();
    }
    passed.len()
}
