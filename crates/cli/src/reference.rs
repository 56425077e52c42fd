//! Reference data: the countries and territories every installation starts with, and files that bring more.

use std::sync::Arc;

use hemicycle_api::Clock;
use hemicycle_domain::{
    access::Actor,
    reference::{TerritoryRow, territories},
};
use hemicycle_persistence::{Failure, ImportedTerritory, KnownTerritory, Store};

/// How many territories a load has added and changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// New codes.
    pub added: usize,
    /// Known codes whose names or dates were replaced.
    pub changed: usize,
}

/// Adds the territories that every installation starts with; known codes are left as they are.
pub async fn load_reference(store: &Store, clock: &Clock) -> Result<Loaded, Failure> {
    load_territories(store, clock, territories(), KnownTerritory::Keep).await
}

/// Adds the territories of a file, in one piece; known codes get its names and dates.
pub async fn import_territories(
    store: &Store,
    clock: &Clock,
    rows: &[TerritoryRow],
) -> Result<Loaded, Failure> {
    load_territories(store, clock, rows, KnownTerritory::Replace).await
}

async fn load_territories(
    store: &Store,
    clock: &Clock,
    rows: &[TerritoryRow],
    known: KnownTerritory,
) -> Result<Loaded, Failure> {
    let actor = Arc::new(Actor::System { reason: "load territories" });
    let mut work = store.begin(&actor, clock.now()).await?;
    let imported = work.import_territories(rows, known).await?;
    work.commit().await?;
    let mut loaded = Loaded::default();
    for territory in imported {
        match territory {
            ImportedTerritory::Added(_) => loaded.added += 1,
            ImportedTerritory::Changed(_) => loaded.changed += 1,
            ImportedTerritory::Unchanged(_) => {}
        }
    }
    Ok(loaded)
}
