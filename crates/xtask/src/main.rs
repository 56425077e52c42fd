//! The developers' commands, run as `cargo xtask COMMAND`.
//!
//! Holds the command line and the exit code. What a command does stands in the file of its name;
//! nothing here is part of the product, and no crate of the product is compiled for it.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::failure::Failure;
use crate::generated::Document;

mod bench;
mod clients;
mod debian;
mod examples;
mod failure;
mod faults;
mod generated;
mod postgres;
mod product;
mod program;
mod report;
mod schema;
mod stop;
mod test;
mod tidy;

/// The developers' commands of Hemicycle.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every check: formatting, lints, tidiness, all tests on both databases, generated files.
    Test(test::Options),
    /// Runs a command beside a PostgreSQL that lives as long as the command.
    Postgres(postgres::Options),
    /// Runs real clients, from npm and `PyPI`, against a demonstration of its own.
    Clients(clients::Options),
    /// Compares schema.graphql with what the server offers, or writes it anew; or lists what it changes for clients.
    Schema(schema::Options),
    /// Compares docs/access.md with the access table, or writes it anew.
    Access(Regenerate),
    /// Fills a fresh database with a made-up data set: `cargo xtask generate --data-dir FOLDER`.
    ///
    /// All arguments go to `hemicycle generate`, built for release: --events, --registrations, --seed, and where.
    #[command(disable_help_flag = true)]
    Generate {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measures the product beside others: `cargo xtask bench api`.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Breaks things while the product works: `cargo xtask faults check-in`.
    #[command(subcommand)]
    Faults(faults::Faults),
    /// Checks the layout of the repository: rooms of the nouns, direction of imports, headers.
    Tidy,
}

#[derive(Args)]
struct Regenerate {
    /// Writes the file instead of comparing it.
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::line(&format!("error: {failure}"));
            let mut source = failure.source();
            while let Some(cause) = source {
                report::line(&format!("  because: {cause}"));
                source = cause.source();
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    stop::listen()?;
    match command {
        Command::Test(options) => test::run(&options),
        Command::Postgres(options) => postgres::run(&options),
        Command::Clients(options) => clients::run(&options),
        Command::Schema(options) => schema::run(&options),
        Command::Access(Regenerate { write }) => generated::run(Document::Access, write),
        Command::Generate { arguments } => {
            let mut cargo = program::cargo(["run", "--release", "--package", "hemicycle", "--", "generate"]);
            program::run(cargo.args(arguments))
        }
        Command::Bench(bench) => bench::run(&bench),
        Command::Faults(faults) => faults::run(&faults),
        Command::Tidy => tidy::run(&repository()),
    }
}

/// Returns the root of the repository, wherever the command was called from.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this crate stands two folders below the root of the repository")
        .to_path_buf()
}
