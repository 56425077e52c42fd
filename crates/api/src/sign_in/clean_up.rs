//! Deletes what is spent of sign-ins, now and then, a little at a time.

use std::{sync::Weak, time::Duration};

use crate::graphql::Services;

/// How long others have their turn between two batches.
const PAUSE: Duration = Duration::from_millis(200);

/// Deletes what is spent this often, until the server is gone.
pub(crate) async fn keep_clean(services: Weak<Services>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let Some(services) = services.upgrade() else { return };
        loop {
            match services.store.delete_spent(services.clock.now()).await {
                Ok(true) => tokio::time::sleep(PAUSE).await,
                Ok(false) => break,
                Err(failure) => {
                    tracing::warn!(?failure, "what is spent could not be deleted; trying again later");
                    break;
                }
            }
        }
    }
}
