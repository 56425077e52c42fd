//! `hemicycle health`: asks a running server whether it is ready.

use std::time::Duration;

use crate::{CommandFailure, output};

const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn health(url: &str) -> Result<(), CommandFailure> {
    let not_ready = |reason: String| CommandFailure::NotReady { url: url.to_owned(), reason };
    let client =
        reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| not_ready(error.to_string()))?;
    let ready = format!("{}/health/ready", url.trim_end_matches('/'));
    let answer = client.get(ready).send().await.map_err(|error| not_ready(error.to_string()))?;
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    if status.is_success() {
        output::say(text.trim());
        Ok(())
    } else {
        Err(not_ready(format!("{status}: {}", text.trim())))
    }
}
