//! Reference data: the countries and territories every installation starts with, and files that bring more.

use std::sync::Arc;

use hemicycle_api::Clock;
use hemicycle_domain::{
    access::Actor,
    reference::{TerritoryRow, territories},
    territory::{NewTerritory, TerritoryChange},
};
use hemicycle_persistence::{Failure, Store};

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
    load_territories(store, clock, territories(), Known::Keep).await
}

/// Adds the territories of a file, in one piece; known codes get its names and dates.
pub async fn import_territories(
    store: &Store,
    clock: &Clock,
    rows: &[TerritoryRow],
) -> Result<Loaded, Failure> {
    load_territories(store, clock, rows, Known::Replace).await
}

/// What to do with a territory whose code is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Keep,
    Replace,
}

async fn load_territories(
    store: &Store,
    clock: &Clock,
    rows: &[TerritoryRow],
    known: Known,
) -> Result<Loaded, Failure> {
    let actor = Arc::new(Actor::System { reason: "load territories" });
    let mut work = store.begin(&actor, clock.now()).await?;
    let mut loaded = Loaded::default();
    for row in rows {
        match work.find_territory_by_code(row.code.as_str()) {
            Some(territory) if known == Known::Replace => {
                let change = TerritoryChange {
                    names: Some(row.names.clone()),
                    valid_from: Some(row.valid_from),
                    valid_until: Some(row.valid_until),
                };
                work.update_territory(territory.id, None, change).await?;
                loaded.changed += 1;
            }
            Some(_) => {}
            None => {
                let parent = row.parent.as_ref().and_then(|code| work.find_territory_by_code(code.as_str()));
                work.create_territory(NewTerritory {
                    kind: row.kind,
                    code: row.code.clone(),
                    parent: parent.map(|parent| parent.id),
                    names: row.names.clone(),
                    valid_from: row.valid_from,
                    valid_until: row.valid_until,
                })
                .await?;
                loaded.added += 1;
            }
        }
    }
    work.commit().await?;
    Ok(loaded)
}
