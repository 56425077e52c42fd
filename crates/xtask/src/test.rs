//! `cargo xtask test`: every check, one after the other, up to the first that fails.
//!
//! The cheap ones come first. What each check means is decided where it lives: in the lint
//! settings, in `tidy`, in the tests of the crates.

use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::generated::{self, Document};
use crate::postgres::{Choice, Database, URL_VARIABLE};
use crate::tidy;
use crate::{bench, clients, examples, faults, program, report, repository, schema};

/// What `cargo xtask test` was asked to do.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,

    /// Runs these steps alone, in their usual order; `tests` brings its PostgreSQL with it.
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<Step>,
}

/// A check, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting, by rustfmt.
    Fmt,
    /// Lints, by clippy, with warnings as errors.
    Clippy,
    /// The layout of the repository.
    Tidy,
    /// A PostgreSQL to test against.
    Postgres,
    /// Compilation of everything, tests included.
    Build,
    /// Examples in the documentation of libraries.
    DocTests,
    /// All other tests, on both databases.
    Tests,
    /// Real clients, against the demonstration.
    Clients,
    /// schema.graphql against the server.
    Schema,
    /// docs/access.md against the access table.
    Access,
    /// The benchmarks' harnesses: that servers start, answer alike and lose nothing, without a word about times.
    Bench,
    /// A few runs in which the server is killed and connections are cut.
    Faults,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Tidy => "tidy",
            Self::Postgres => "postgres",
            Self::Build => "build",
            Self::DocTests => "doc-tests",
            Self::Tests => "tests",
            Self::Clients => "clients",
            Self::Schema => "schema",
            Self::Access => "access",
            Self::Bench => "bench",
            Self::Faults => "faults",
        }
    }

    /// Returns what the step does, as a person would do it by hand.
    fn by_hand(self) -> &'static str {
        match self {
            Self::Fmt => "cargo fmt --all --check",
            Self::Clippy => "cargo clippy --workspace --all-targets --locked -- -D warnings",
            Self::Tidy => "cargo xtask tidy",
            Self::Postgres => "cargo xtask postgres",
            Self::Build => "cargo build --workspace --all-targets --locked",
            Self::DocTests => "cargo test --doc --locked --package LIBRARY",
            Self::Tests if has_nextest() => "cargo nextest run --workspace --locked",
            Self::Tests => "cargo test --workspace --lib --bins --tests --no-fail-fast --locked",
            Self::Clients => "cargo xtask clients",
            Self::Schema => "cargo xtask schema",
            Self::Access => "cargo xtask access",
            Self::Bench => "cargo xtask bench check",
            Self::Faults => "cargo xtask faults check-in --runs 2",
        }
    }
}

/// One run through the steps, with what it started and what it took.
struct Course<'a> {
    options: &'a Options,
    database: Option<Database>,
    taken: Vec<(Step, Duration)>,
}

/// Runs the steps, says how long each took, and fails with the first that fails.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let started = Instant::now();
    let mut course = Course { options, database: None, taken: Vec::new() };
    let outcome = course.run();
    let failed = match &outcome {
        Err(Failure::Step { step, .. }) => Some(*step),
        _ => None,
    };
    report::line("");
    report::line(&summary(&course.taken, failed, started.elapsed()));
    outcome
}

impl Course<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        for &step in Step::value_variants() {
            if !self.is_wanted(step) {
                continue;
            }
            report::heading(step.name(), step.by_hand());
            let started = Instant::now();
            let outcome = self.take(step);
            self.taken.push((step, started.elapsed()));
            outcome.map_err(|failure| Failure::Step { step: step.name(), source: Box::new(failure) })?;
        }
        Ok(())
    }

    fn is_wanted(&self, step: Step) -> bool {
        let only = &self.options.only;
        only.is_empty() || only.contains(&step) || (step == Step::Postgres && only.contains(&Step::Tests))
    }

    fn take(&mut self, step: Step) -> Result<(), Failure> {
        match step {
            Step::Tidy => tidy::run(&repository()),
            Step::Postgres => {
                self.database = Some(Database::take(&self.options.choice)?);
                Ok(())
            }
            Step::DocTests => examples::run(),
            Step::Clients => clients::run(&clients::Options::default()),
            Step::Schema => {
                generated::run(Document::Schema, false)?;
                schema::compare_with_last_release()
            }
            Step::Access => generated::run(Document::Access, false),
            Step::Bench => bench::check(),
            Step::Faults => faults::check(),
            Step::Fmt | Step::Clippy | Step::Build | Step::Tests => {
                let arguments = step.by_hand().split(' ').skip(1);
                let mut command = program::cargo(arguments);
                command.stdin(Stdio::null());
                if let Some(database) = &self.database {
                    command.env(URL_VARIABLE, database.url());
                }
                program::run(&mut command)
            }
        }
    }
}

fn has_nextest() -> bool {
    program::capture(&mut program::cargo(["nextest", "--version"])).is_ok()
}

fn summary(taken: &[(Step, Duration)], failed: Option<&str>, whole: Duration) -> String {
    let mut lines: Vec<String> = taken
        .iter()
        .map(|(step, duration)| {
            let name = step.name();
            let outcome = if failed == Some(name) { "FAILED" } else { "ok" };
            format!("  {name:<10} {outcome:<7} {:>12}", report::spell(*duration))
        })
        .collect();
    let outcome = if failed.is_some() { "FAILED" } else { "ok" };
    lines.push(format!("  {:<10} {outcome:<7} {:>12}", "all", report::spell(whole)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_the_step_that_failed() {
        let taken = [(Step::Fmt, Duration::from_secs(1)), (Step::Clippy, Duration::from_secs(61))];
        let text = summary(&taken, Some("clippy"), Duration::from_secs(62));
        assert!(text.contains("fmt        ok"), "{text}");
        assert!(text.contains("clippy     FAILED    1 min 01 s"), "{text}");
        assert!(text.contains("all        FAILED"), "{text}");
    }

    #[test]
    fn step_names_are_those_of_the_command_line() {
        for step in Step::value_variants() {
            let spelled = step.to_possible_value().expect("no step is hidden");
            assert_eq!(spelled.get_name(), step.name());
        }
    }
}
