//! `hemicycle key rotate`: a new key signs access tokens from now on.

use hemicycle_api::{Clock, rotate_signing_key};
use hemicycle_domain::account::FormerKeys;
use hemicycle_persistence::Store;

use crate::{CommandFailure, Settings, output};

pub(crate) async fn rotate_key(settings: Settings, former: FormerKeys) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let secret = settings.token_secret()?;
    let store = Store::open(&settings.store()?).await?;
    let key = rotate_signing_key(&store, &secret, former, Clock::system().now()).await?;
    let of_the_former = match former {
        FormerKeys::Believed => "the tokens of former keys are good until they are over",
        FormerKeys::Distrusted => "the tokens of former keys are refused; clients refresh their sessions",
    };
    output::say(&format!("The key {key} signs access tokens now; {of_the_former}."));
    Ok(())
}
