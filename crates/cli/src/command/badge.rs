//! `hemicycle badge rotate-key`: a new key signs badges from now on.

use hemicycle_api::{Clock, rotate_badge_key as rotate};
use hemicycle_domain::badge::Overlap;
use hemicycle_persistence::Store;

use crate::{CommandFailure, Settings, output};

pub(crate) async fn rotate_badge_key(settings: Settings, overlap: Overlap) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let secret = settings.token_secret()?;
    let store = Store::open(&settings.store()?).await?;
    let key = rotate(&store, &secret, overlap, Clock::system().now()).await?;
    output::say(&format!("The key {key} signs badges now."));
    Ok(())
}
