//! The bare check-in behind an HTTP server that does nothing else (`crates/bare`): a transaction of an insert and an
//! update, or one function in SQL that writes the rows that `checkIn` writes.

use std::path::PathBuf;
use std::process::Command;

use super::Ground;
use crate::bench::process::{Process, wait_until_listening};
use crate::bench::stage::Stage;
use crate::failure::Failure;
use crate::postgres::free_port;
use crate::{product, program};

/// The function that it calls.
const FUNCTION: &str = include_str!("../../../bench/check_in/function.sql");
/// What it runs in a transaction: the scan is stored, then the attendance changed.
const INSERT: &str = include_str!("../../../bench/check_in/insert.sql");
const UPDATE: &str = include_str!("../../../bench/check_in/update.sql");

/// The running server.
pub(super) struct Bare {
    _process: Process,
    address: String,
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
            .env("BARE_FUNCTION", FUNCTION)
            .env("BARE_INSERT", INSERT)
            .env("BARE_UPDATE", UPDATE);
        let process = Process::start(&mut command, &ground.folder.join("bare.log"))?;
        wait_until_listening(&address)?;
        Ok(Self { _process: process, address })
    }

    /// Where a request is answered by the function.
    pub(super) fn function(&self) -> String {
        format!("http://{}/function", self.address)
    }

    /// Where a request is answered by the transaction.
    pub(super) fn transaction(&self) -> String {
        format!("http://{}/transaction", self.address)
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
