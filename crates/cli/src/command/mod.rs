//! The subcommands, one file each where they are more than a line.

mod account;
mod audit;
mod badge;
mod demo;
mod health;
mod import;
mod key;
mod schema;
mod serve;
mod simulate;

use std::time::Duration;

use hemicycle_api::Clock;
use hemicycle_persistence::{DataSet, Store, StoreSettings};

pub(crate) use account::create_account;
pub(crate) use audit::{audit_head, audit_verify};
pub(crate) use badge::rotate_badge_key;
pub(crate) use demo::demo;
pub(crate) use health::health;
pub(crate) use import::import_territories;
pub(crate) use key::rotate_key;
pub(crate) use schema::schema_against;
pub(crate) use serve::serve;
pub(crate) use simulate::simulate_check_in;

use crate::{CommandFailure, Settings, output, reference::load_reference};

/// Brings the database to the newest migration and loads the reference data.
pub(crate) async fn migrate(settings: Settings) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let store = Store::open_and_migrate(&settings.store()?).await?;
    let loaded = load_reference(&store, &Clock::system()).await?;
    output::say(&format!("The database is up to date; {} territories were added.", loaded.added));
    Ok(())
}

/// Fills a fresh database with a made-up data set.
pub(crate) async fn generate(settings: Settings, data: DataSet) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    // What serves nobody may take the time that it takes.
    let at = StoreSettings { statement_time_limit: Duration::ZERO, ..settings.store()? };
    let store = Store::open_and_migrate(&at).await?;
    load_reference(&store, &Clock::system()).await?;
    store.generate(data).await?;
    let DataSet { events, registrations, seed } = data;
    output::say(&format!("{events} events and {registrations} registrations were made from seed {seed}."));
    Ok(())
}
