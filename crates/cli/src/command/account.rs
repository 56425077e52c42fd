//! `hemicycle account create`: an account with a role on the whole platform, to begin with.

use std::{io::Read, sync::Arc};

use hemicycle_api::{Clock, hash_password};
use hemicycle_domain::{
    access::{Actor, Grant, Place, Role},
    account::{EmailAddress, NewAccount, check_password},
    text::Line,
};
use hemicycle_persistence::Store;

use crate::{
    CommandFailure, Settings,
    arguments::{NewAccount as Input, PlatformRole},
    output,
};

pub(crate) async fn create_account(settings: Settings, input: Input) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let email = EmailAddress::parse("email", &input.email)?;
    let display_name = Line::parse("name", &input.name)?;
    let password = read_password()?;
    check_password("password", &password, &[email.as_str(), display_name.as_str()])?;
    let store = Store::open(&settings.store()?).await?;
    let role = match input.role {
        PlatformRole::PlatformAdministrator => Role::PlatformAdministrator,
        PlatformRole::InternationalProgramOfficer => Role::InternationalProgramOfficer,
        PlatformRole::Viewer => Role::Viewer,
    };
    let actor = Arc::new(Actor::System { reason: "account create on the command line" });
    let mut work = store.begin(&actor, Clock::system().now()).await?;
    let grants = vec![Grant { role, place: Place::Platform }];
    let account = NewAccount { email, display_name, password: hash_password(&password)?, grants };
    let account = work.create_account(account).await?;
    work.commit().await?;
    output::say(&format!("{} can sign in as {role}.", account.email.as_str()));
    Ok(())
}

fn read_password() -> Result<String, CommandFailure> {
    if let Ok(password) = std::env::var("HEMICYCLE_PASSWORD") {
        return Ok(password);
    }
    let mut text = String::new();
    let file = |source| CommandFailure::File { path: "standard input".into(), source };
    std::io::stdin().lock().take(4_096).read_to_string(&mut text).map_err(file)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
