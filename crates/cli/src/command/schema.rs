//! `hemicycle schema --against FILE`: what this program's schema changes for those who rely on an earlier one.

use std::{fs, path::Path};

use hemicycle_api::{Clock, Severity, contract_changes, sdl};

use crate::{CommandFailure, output};

/// Prints the changes, and fails if one of them breaks clients unannounced.
pub(crate) fn schema_against(file: &Path) -> Result<(), CommandFailure> {
    let earlier = fs::read_to_string(file)
        .map_err(|source| CommandFailure::File { path: file.to_path_buf(), source })?;
    let changes = contract_changes(&earlier, &sdl(), Clock::system().now().date_naive())?;
    if changes.is_empty() {
        output::say("nothing changes for clients");
    }
    for change in &changes {
        output::say(&change.to_string());
    }
    match changes.iter().filter(|change| change.severity == Severity::Breaking).count() {
        0 => Ok(()),
        count => Err(CommandFailure::BreaksClients { count }),
    }
}
