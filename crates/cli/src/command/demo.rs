//! `hemicycle demo`: a fresh embedded database with the five documents, served at once.

use std::path::Path;

use hemicycle_api::{Api, Clock};
use hemicycle_persistence::Store;
use secrecy::SecretString;

use super::serve::{asked_to_stop, listen};
use crate::{
    CommandFailure, Settings,
    demo::{self, DemoAccount},
    output,
};

/// Where the demonstration keeps its accounts, within its data folder.
const ACCOUNTS_FILE: &str = "demo-accounts.json";

/// Where links of the demonstration lead: nothing is there, but their tokens are good.
const DEMO_FRONT_END: &str = "http://127.0.0.1:3000";

pub(crate) async fn demo(mut settings: Settings) -> Result<(), CommandFailure> {
    output::start_log(&settings);
    let folder = match settings.data_dir.take() {
        Some(folder) => folder,
        None => fresh_folder()?,
    };
    settings.data_dir = Some(folder.clone());
    settings.database_url = None;
    settings.graphiql = true;
    // Invitations lie in a folder, to be read by who tries the demonstration.
    if settings.mail_url.is_none() {
        let mail = url::Url::from_file_path(std::path::absolute(folder.join("mail")).unwrap_or_default());
        settings.mail_url = mail.ok().map(|url| SecretString::from(url.to_string()));
        settings.link_base.get_or_insert_with(|| DEMO_FRONT_END.to_owned());
    }
    settings.token_secret.get_or_insert_with(|| SecretString::from(demo::new_password()));
    let store = Store::open_and_migrate(&settings.store()?).await?;
    let api = Api::new(store.clone(), Clock::system(), settings.api()?).await?;
    let accounts_file = folder.join(ACCOUNTS_FILE);
    let accounts = if accounts_file.exists() {
        read_accounts(&accounts_file)?
    } else {
        let accounts = demo::load(&store, &api, &Clock::system()).await?;
        write_accounts(&accounts_file, &accounts)?;
        accounts
    };
    let listener = listen(&settings).await?;
    let address = listener.local_addr().map_err(CommandFailure::Server)?;
    output::say(&demo::welcome(&format!("http://{address}/graphql"), &folder, &accounts));
    hemicycle_api::serve(listener, api, asked_to_stop()).await.map_err(CommandFailure::Server)
}

fn fresh_folder() -> Result<std::path::PathBuf, CommandFailure> {
    tempfile::Builder::new()
        .prefix("hemicycle-demo-")
        .tempdir()
        .map(tempfile::TempDir::keep)
        .map_err(|source| CommandFailure::File { path: std::env::temp_dir(), source })
}

fn read_accounts(path: &Path) -> Result<Vec<DemoAccount>, CommandFailure> {
    let file = |source| CommandFailure::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    serde_json::from_str(&text).map_err(|error| file(error.into()))
}

/// Writes the accounts last: the file says that the documents are all there.
fn write_accounts(path: &Path, accounts: &[DemoAccount]) -> Result<(), CommandFailure> {
    let file = |source| CommandFailure::File { path: path.to_owned(), source };
    let text = serde_json::to_string_pretty(accounts).map_err(|error| file(error.into()))?;
    std::fs::write(path, text).map_err(file)
}
