//! Territories from an uploaded file: all of it or nothing, with a report of what became of each row.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    problem::{Fault, Invalid},
    reference::{TerritoryFileError, TerritoryRow, read_territories},
    territory::may_import,
};
use hemicycle_persistence::{Failure, ImportedTerritory, KnownTerritory, Store};

use super::{
    context::ContextExt,
    error::{ApiError, Nullable},
    payload::{UserError, payload},
    territory::Territory,
    upload::Upload,
};

/// The most territories of one uploaded file; a larger one is for the command line.
const MOST_ROWS: usize = 2_000;

/// A file of territories to be loaded.
#[derive(InputObject)]
pub(crate) struct ImportTerritoriesInput {
    /// The file: CSV in UTF-8, at most 2,000 territories. `docs/territories.md` describes its columns.
    pub file: Upload,
}

/// What became of a territory of the file.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TerritoryImportOutcome {
    /// Its code was new.
    Added,
    /// Its code was known, and it took the names and dates of the file.
    Changed,
    /// Its code was known, and the file says nothing new about it.
    Unchanged,
}

/// A territory of the file, and what became of it.
#[derive(SimpleObject)]
pub(crate) struct TerritoryImportEntry {
    /// What became of it.
    outcome: TerritoryImportOutcome,
    /// The territory as it is now.
    territory: Territory,
}

/// What became of a file of territories.
pub(crate) struct TerritoryImport(Vec<ImportedTerritory>);

/// What became of a file of territories.
#[Object]
impl TerritoryImport {
    /// How many territories are new.
    async fn added_count(&self) -> usize {
        self.count(TerritoryImportOutcome::Added)
    }

    /// How many took other names or dates.
    async fn changed_count(&self) -> usize {
        self.count(TerritoryImportOutcome::Changed)
    }

    /// How many are as they were.
    async fn unchanged_count(&self) -> usize {
        self.count(TerritoryImportOutcome::Unchanged)
    }

    /// Each territory of the file, parents first; at most 2,000.
    #[graphql(complexity = "200 * child_complexity")]
    async fn entries(&self) -> Vec<TerritoryImportEntry> {
        let entries = self.0.iter().map(|imported| match imported {
            ImportedTerritory::Added(territory)
            | ImportedTerritory::Changed(territory)
            | ImportedTerritory::Unchanged(territory) => {
                TerritoryImportEntry { outcome: outcome(imported), territory: Territory(territory.clone()) }
            }
        });
        entries.collect()
    }
}

impl TerritoryImport {
    fn count(&self, wanted: TerritoryImportOutcome) -> usize {
        self.0.iter().filter(|imported| outcome(imported) == wanted).count()
    }
}

fn outcome(imported: &ImportedTerritory) -> TerritoryImportOutcome {
    match imported {
        ImportedTerritory::Added(_) => TerritoryImportOutcome::Added,
        ImportedTerritory::Changed(_) => TerritoryImportOutcome::Changed,
        ImportedTerritory::Unchanged(_) => TerritoryImportOutcome::Unchanged,
    }
}

payload! {
    /// The outcome of `importTerritories`.
    ImportTerritoriesPayload {
        /// What became of the file.
        territory_import: TerritoryImport
    }
}

#[derive(Default)]
pub struct TerritoryImportMutation;

#[Object]
impl TerritoryImportMutation {
    /// Loads territories from a file: new codes are added, known ones take its names and dates. A file with a fault is
    /// refused whole, with up to 20 faults and their lines. To load the same file again changes nothing. Takes the right
    /// to edit the territories of every country.
    async fn import_territories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: ImportTerritoriesInput,
    ) -> Nullable<ImportTerritoriesPayload> {
        let rows = match read(ctx, &input).await {
            Ok(rows) => rows,
            Err(Unread::Faulty(error)) => {
                let errors = error.faults.into_iter().map(UserError::from).collect();
                return Some(Ok(ImportTerritoriesPayload { territory_import: None, errors }));
            }
            Err(Unread::Failed(failure)) => {
                return ImportTerritoriesPayload::from_outcome(Err(failure), TerritoryImport);
            }
            Err(Unread::Fault(error)) => return Some(Err(error)),
        };
        let imported = ctx.write(async |work| work.import_territories(&rows, KnownTerritory::Replace).await);
        ImportTerritoriesPayload::from_outcome(imported.await, TerritoryImport)
    }
}

/// Why a file was not read.
enum Unread {
    /// It has faults.
    Faulty(TerritoryFileError),
    /// It is not there, too long, or not for this caller.
    Failed(Failure),
    /// An error of ours.
    Fault(ApiError),
}

impl<E: Into<Failure>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads the file, off the async threads; nobody's file is read before it is known whether he may load it.
async fn read(ctx: &Context<'_>, input: &ImportTerritoriesInput) -> Result<Vec<TerritoryRow>, Unread> {
    let actor = &ctx.request().actor;
    if actor.is_anonymous() {
        return Err(Failure::Unauthenticated.into());
    }
    may_import(actor)?;
    let content = input.file.file("file", ctx)?.content.clone();
    let store: Store = ctx.services().store.clone();
    let reading = tokio::task::spawn_blocking(move || {
        read_territories(&content, &|code| store.kind_of_territory(code))
    });
    let rows = match reading.await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return Err(Unread::Faulty(error)),
        Err(_) => return Err(Unread::Fault(ApiError::Internal("the reading of a file panicked".into()))),
    };
    if rows.len() > MOST_ROWS {
        return Err(Invalid::new("file", Fault::TooMany { actual: rows.len(), maximum: MOST_ROWS }).into());
    }
    Ok(rows)
}
