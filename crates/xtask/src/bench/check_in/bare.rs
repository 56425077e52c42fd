//! The bare check-in: one function in SQL behind an HTTP server that does nothing else (`crates/bare`).

use std::path::PathBuf;
use std::process::Command;

use super::Ground;
use crate::bench::process::{Process, wait_until_listening};
use crate::bench::stage::Stage;
use crate::failure::Failure;
use crate::postgres::free_port;
use crate::{product, program};

/// What it runs for each request.
const STATEMENT: &str = include_str!("../../../bench/check_in/bare.sql");

/// The running server.
pub(super) struct Bare {
    _process: Process,
    pub(super) url: String,
}

impl Bare {
    pub(super) fn start(ground: &Ground<'_>) -> Result<Self, Failure> {
        let server = build(ground)?;
        let port =
            free_port().map_err(|source| Failure::NotStarted { program: "hemicycle-bare".into(), source })?;
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(server);
        command
            .env("BARE_DATABASE_URL", ground.database.url())
            .env("BARE_LISTEN", &address)
            .env("BARE_STATEMENT", STATEMENT);
        let process = Process::start(&mut command, &ground.folder.join("bare.log"))?;
        wait_until_listening(&address)?;
        Ok(Self { _process: process, url: format!("http://{address}/") })
    }
}

fn build(ground: &Ground<'_>) -> Result<PathBuf, Failure> {
    const NAME: &str = "hemicycle-bare";
    if !ground.options.stage.check {
        return Stage::released(NAME);
    }
    // With the whole workspace selected, for the reason that `product::build` gives.
    program::run(&mut program::cargo(["build", "--quiet", "--locked", "--workspace", "--bin", NAME]))?;
    product::beside(NAME)
}
