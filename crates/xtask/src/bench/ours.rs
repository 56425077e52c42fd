//! Our own server, as an operator starts it, and the account that asks it.
//!
//! The account comes into being by the product's own means: a command for the first administrator, mutations for
//! the event manager and the three grants.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::database::Database;
use super::http;
use super::process::Process;
use crate::failure::Failure;
use crate::postgres::free_port;
use crate::{program, report};

/// Our own server and the token of the event manager.
pub(super) struct Ours {
    pub(super) process: Process,
    pub(super) url: String,
    pub(super) token: String,
}

const PASSWORD: &str = "seven quiet herons at the benchmark";

const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { message } } }";
const CREATE: &str = "mutation($input: CreateAccountInput!) {
    createAccount(input: $input) { account { id } errors { message } } }";
const GRANT: &str =
    "mutation($input: GrantRoleInput!) { grantRole(input: $input) { account { id } errors { message } } }";

impl Ours {
    /// Starts the server on the database and signs in as an event manager with three grants.
    pub(super) fn start(hemicycle: &Path, database: &Database, folder: &Path) -> Result<Self, Failure> {
        let port =
            free_port().map_err(|source| Failure::NotStarted { program: "hemicycle".into(), source })?;
        let mut command = Command::new(hemicycle);
        command
            .args(["serve", &format!("--listen=127.0.0.1:{port}")])
            .env("HEMICYCLE_DATABASE_URL", database.url())
            .env("HEMICYCLE_TOKEN_SECRET", "the secret of a server that answers a benchmark")
            // The token must outlive the run.
            .env("HEMICYCLE_ACCESS_TOKEN_SECONDS", "86400")
            // One account stands for all clients: what it may spend is reckoned, and is never spent.
            .env("HEMICYCLE_ACCOUNT_BUDGET", "1000000000")
            .env("HEMICYCLE_ACCOUNT_BUDGET_PER_SECOND", "1000000000");
        let process = Process::start(&mut command, &folder.join("hemicycle.log"))?;
        let url = format!("http://127.0.0.1:{port}/graphql");
        http::wait_until_answering(&url)?;
        let token = event_manager(hemicycle, database, &url)?;
        report::line(&format!("hemicycle on {url}"));
        Ok(Self { process, url, token })
    }
}

/// Signs in as the event manager; opens the account where it is not there yet.
fn event_manager(hemicycle: &Path, database: &Database, url: &str) -> Result<String, Failure> {
    let [administrator, manager] = ["administrator", "manager"].map(|name| format!("{name}@bench.example"));
    let known = database.ask(&format!("SELECT 1 FROM account WHERE email = '{manager}'"))?;
    if known.trim().is_empty() {
        create_administrator(hemicycle, database, &administrator)?;
        let token = sign_in(url, &administrator)?;
        let places = database.ask("SELECT global_id(10, id) FROM managed_program")?;
        let grant =
            |place: &str| json!({ "role": "EVENT_MANAGER", "placeKind": "PROGRAM", "placeId": place });
        let mut grants = places.lines().map(grant);
        let account = json!({
            "email": manager,
            "displayName": "Event manager of the benchmark",
            "password": PASSWORD,
            "grants": grants.next().into_iter().collect::<Vec<_>>(),
        });
        let account = change(url, Some(&token), CREATE, &account)?;
        let account = &account["account"]["id"];
        for grant in grants {
            change(url, Some(&token), GRANT, &json!({ "accountId": account, "grant": grant }))?;
        }
    }
    sign_in(url, &manager)
}

fn create_administrator(hemicycle: &Path, database: &Database, email: &str) -> Result<(), Failure> {
    program::run(
        Command::new(hemicycle)
            .args(["account", "create", "--email", email, "--name", "Administrator of the benchmark"])
            .args(["--role", "platform-administrator"])
            .env("HEMICYCLE_DATABASE_URL", database.url())
            .env("HEMICYCLE_PASSWORD", PASSWORD)
            .stdout(Stdio::null()),
    )
}

fn sign_in(url: &str, email: &str) -> Result<String, Failure> {
    let payload = change(url, None, SIGN_IN, &json!({ "email": email, "password": PASSWORD }))?;
    Ok(payload["accessToken"].as_str().unwrap_or_default().to_owned())
}

/// Sends a mutation of one field and returns its payload, which must be without errors.
fn change(url: &str, token: Option<&str>, document: &str, input: &Value) -> Result<Value, Failure> {
    let mut data = http::ask(url, token, document, &json!({ "input": input }))?;
    let payload = data.as_object_mut().and_then(|fields| fields.values_mut().next()).map(Value::take);
    let payload = payload.unwrap_or_default();
    match payload["errors"].as_array() {
        Some(errors) if errors.is_empty() => Ok(payload),
        _ => Err(Failure::Unexpected { what: format!("{document} was answered with {payload}") }),
    }
}
