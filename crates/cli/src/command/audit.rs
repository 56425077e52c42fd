//! `hemicycle audit`: the head of the audit trail to note down, and its examination.

use std::sync::Arc;

use hemicycle_domain::{
    access::Actor,
    audit::{Head, Report},
};
use hemicycle_persistence::Store;

use crate::{CommandFailure, Settings, output};

/// Prints the end of the chain.
pub(crate) async fn audit_head(settings: Settings) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let store = Store::open(&settings.store()?).await?;
    store.seal_trail().await?;
    let found = store.acting_as(&auditor())?.find_trail_head().await?;
    let (head, tail) = found.expect("the program itself may read the trail");
    output::say(&head.to_string());
    if tail.rows > 0 {
        output::say(&format!("{} rows behind it are not sealed yet.", tail.rows));
    }
    Ok(())
}

/// Examines the trail and says what is wrong with it; fails if anything is.
pub(crate) async fn audit_verify(settings: Settings, noted: &[String]) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let noted: Vec<Head> = noted.iter().map(|text| Head::parse("head", text)).collect::<Result<_, _>>()?;
    let store = Store::open(&settings.store()?).await?;
    let report = store.acting_as(&auditor())?.examine_trail(noted).await?;
    let Report { head, tail, findings } = report.expect("the program itself may read the trail");
    output::say(&format!("{} rows are sealed, {} are not yet.", head.position, tail.rows));
    for finding in &findings {
        output::say(&format!("{finding}."));
    }
    match findings.len() {
        0 => {
            output::say(&format!("Nothing was removed, changed or inserted up to {head}"));
            Ok(())
        }
        count => Err(CommandFailure::TrailBroken { count }),
    }
}

fn auditor() -> Arc<Actor> {
    Arc::new(Actor::System { reason: "audit on the command line" })
}
