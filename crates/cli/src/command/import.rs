//! `hemicycle import`: records from files. A file with a fault is refused whole.

use std::path::Path;

use hemicycle_api::Clock;
use hemicycle_domain::reference::read_territories;
use hemicycle_persistence::Store;

use crate::{CommandFailure, Settings, output, reference};

pub(crate) async fn import_territories(settings: Settings, path: &Path) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let file = |source| CommandFailure::File { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(file)?;
    let store = Store::open(&settings.store()?).await?;
    let rows = read_territories(&bytes, &|code| store.kind_of_territory(code))?;
    let loaded = reference::import_territories(&store, &Clock::system(), &rows).await?;
    output::say(&format!("{} territories were added, {} changed.", loaded.added, loaded.changed));
    Ok(())
}
