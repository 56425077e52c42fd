//! The `hemicycle` command: the demonstration, the server, migrations, accounts, imports.
//!
//! It reads settings, opens the store, puts the API in front of it, and prints; no rule stands here.

mod arguments;
mod command;
pub mod demo;
mod failure;
mod output;
pub mod reference;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use arguments::{AccountCommand, Arguments, AuditCommand, BadgeCommand, Command, ImportCommand, KeyCommand};
pub use failure::CommandFailure;
use hemicycle_domain::{account::FormerKeys, badge::Overlap};
use hemicycle_persistence::DataSet;
pub use settings::Settings;

/// Runs the command that the arguments name.
pub async fn run() -> ExitCode {
    match dispatch(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<(), CommandFailure> {
    let Arguments { command, settings: flags } = arguments;
    match command.unwrap_or(Command::Demo) {
        Command::Demo => command::demo(Settings::gather(&flags)?).await,
        Command::Serve => command::serve(Settings::gather(&flags)?).await,
        Command::Migrate => command::migrate(Settings::gather(&flags)?).await,
        Command::Schema { against: None } => print(&hemicycle_api::sdl()),
        Command::Schema { against: Some(earlier) } => command::schema_against(&earlier),
        Command::Access => print(&hemicycle_domain::access::matrix()),
        Command::Config => print(&Settings::gather(&flags)?.masked()),
        Command::Generate { events, registrations, seed } => {
            command::generate(Settings::gather(&flags)?, DataSet { events, registrations, seed }).await
        }
        Command::SimulateCheckIn(simulated) => command::simulate_check_in(simulated).await,
        Command::Health { url } => command::health(&url).await,
        Command::Account(AccountCommand::Create(account)) => {
            command::create_account(Settings::gather(&flags)?, account).await
        }
        Command::Key(KeyCommand::Rotate { distrust_former }) => {
            let former = if distrust_former { FormerKeys::Distrusted } else { FormerKeys::Believed };
            command::rotate_key(Settings::gather(&flags)?, former).await
        }
        Command::Audit(AuditCommand::Verify { heads }) => {
            command::audit_verify(Settings::gather(&flags)?, &heads).await
        }
        Command::Audit(AuditCommand::Head) => command::audit_head(Settings::gather(&flags)?).await,
        Command::Badge(BadgeCommand::RotateKey { overlap_days }) => {
            command::rotate_badge_key(Settings::gather(&flags)?, Overlap::of_days(overlap_days)).await
        }
        Command::Import(ImportCommand::Territories { file }) => {
            command::import_territories(Settings::gather(&flags)?, &file).await
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in a row with commands that can fail")]
fn print(text: &str) -> Result<(), CommandFailure> {
    output::say(text.trim_end());
    Ok(())
}
