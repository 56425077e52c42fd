//! `cargo xtask clients`: real clients, from npm and `PyPI`, against the demonstration.
//!
//! What each client does and expects stands in `tests/clients`; here is which there are, and how they are run: their
//! packages in the target folder, one after the other, each against a server of its own that is stopped whatever
//! happens.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Args;

use crate::failure::{Failure, file};
use crate::{product, program, report, repository};
use demonstration::Documents;
use workshop::Workshop;

mod copy;
mod demonstration;
mod runtime;
mod workshop;

/// How long a client may take.
const LIMIT: Duration = Duration::from_mins(5);

/// How many lines of a log are shown of a client that failed.
const SHOWN_LINES: usize = 300;

/// The clients, in the order in which they run.
const CLIENTS: [Client; 11] = [
    Client::on_node("graphql-http", "audit.mjs"),
    Client::on_node("relay", "relay.mjs"),
    Client::on_node("codegen", "typed.mjs"),
    Client::on_node("apollo", "apollo.mjs"),
    Client::on_node("graphql-ws", "graphql_ws.mjs"),
    Client::on_node("graphql-sse", "graphql_sse.mjs"),
    Client::on_python("gql", "gql_client.py"),
    Client::on_node("front-end", "front_end.mjs"),
    Client::on_python("statistics", "statistics_example.py"),
    Client::on_python("check-in", "check_in_example.py"),
    Client::on_node("graphql-js", "oracle.mjs"),
];

/// What `cargo xtask clients` was asked to do.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Runs these clients alone.
    #[arg(value_name = "CLIENT")]
    only: Vec<String>,
}

/// A client and its test.
#[derive(Clone, Copy)]
struct Client {
    name: &'static str,
    language: Language,
    /// The file that is run, in the folder of its language.
    file: &'static str,
}

/// What a client's test is written in.
#[derive(Clone, Copy)]
enum Language {
    JavaScript,
    Python,
}

impl Client {
    const fn on_node(name: &'static str, file: &'static str) -> Self {
        Self { name, language: Language::JavaScript, file }
    }

    const fn on_python(name: &'static str, file: &'static str) -> Self {
        Self { name, language: Language::Python, file }
    }
}

/// Runs the clients, says in a line how each fared, and fails if one did.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let clients = chosen(&options.only)?;
    let server = product::build()?;
    let workshop = Workshop::open(&repository(), &product::kept("clients")?)?;
    let documents = Documents::load(&server, &workshop.folder().join("documents.log"))?;
    let mut failed = 0;
    for client in &clients {
        let started = Instant::now();
        let outcome = match run_one(*client, &workshop, &documents) {
            Err(Failure::Stopped) => return Err(Failure::Stopped),
            outcome => outcome,
        };
        let verdict =
            outcome.as_ref().map_or_else(|failure| format!("FAILED: {failure}"), |()| "ok".to_owned());
        report::line(&format!("  {:<14} {:>8}  {verdict}", client.name, report::spell(started.elapsed())));
        if outcome.is_err() {
            failed += 1;
            for log in [workshop.log(client.name), workshop.server_log(client.name)] {
                report::line(&end_of(&log));
            }
        }
    }
    report::line(&format!("{} passed, {failed} failed", clients.len() - failed));
    if failed == 0 { Ok(()) } else { Err(Failure::Clients { count: failed }) }
}

fn chosen(names: &[String]) -> Result<Vec<Client>, Failure> {
    if names.is_empty() {
        return Ok(CLIENTS.to_vec());
    }
    names
        .iter()
        .map(|name| {
            CLIENTS.into_iter().find(|client| client.name == name).ok_or_else(|| Failure::NoSuchClient {
                name: name.clone(),
                known: CLIENTS.map(|client| client.name).join(", "),
            })
        })
        .collect()
}

fn run_one(client: Client, workshop: &Workshop, documents: &Documents) -> Result<(), Failure> {
    let log = workshop.log(client.name);
    let unwritten = file("write", &log);
    let output = File::create(&log).map_err(&unwritten)?;
    let demonstration = documents.serve(&workshop.server_log(client.name))?;
    let mut command = match client.language {
        Language::JavaScript => workshop.node(client.file),
        Language::Python => workshop.python(client.file),
    };
    demonstration.introduce(&mut command);
    command.stdin(Stdio::null()).stdout(output.try_clone().map_err(&unwritten)?).stderr(output);
    program::run_within(LIMIT, &mut command)
}

/// Returns the end of a log with its path; what failed stands at the end.
fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_else(|error| error.to_string());
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
    format!("the end of {}:\n{shown}", log.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_test() {
        for client in CLIENTS {
            let folder = match client.language {
                Language::JavaScript => "npm",
                Language::Python => "python",
            };
            let path = repository().join("tests/clients").join(folder).join(client.file);
            assert!(path.is_file(), "{} is missing", path.display());
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let failure = chosen(&["telnet".to_owned()]).err().expect("no client has that name");
        assert!(failure.to_string().contains("graphql-http"), "{failure}");
    }
}
