//! How long our server takes from its start to its first answer, on an embedded database that is there already.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench::http;
use crate::bench::process::{Memory, Process};
use crate::failure::{Failure, file};
use crate::postgres::free_port;
use crate::program;

/// What the starts took.
pub(super) struct Start {
    /// The time of each, the shortest first.
    pub(super) times: Vec<Duration>,
    /// The memory right after the first answer.
    pub(super) memory: Memory,
}

/// Starts the server several times on an embedded database with partners, programs and some events.
pub(super) fn measure(hemicycle: &Path, times: usize) -> Result<Start, Failure> {
    let folder = tempfile::tempdir().map_err(file("create a folder in", &std::env::temp_dir()))?;
    let data = folder.path().join("data");
    let command = |arguments: &[&str]| {
        let mut command = Command::new(hemicycle);
        command
            .args(arguments)
            .env("HEMICYCLE_DATA_DIR", &data)
            .env("HEMICYCLE_LOG", "warn")
            .env("HEMICYCLE_TOKEN_SECRET", "the secret of a server that starts and stops again");
        command
    };
    program::run(&mut command(&["generate", "--events=400", "--registrations=2000"]))?;
    let mut start = Start { times: Vec::new(), memory: Memory::default() };
    for _ in 0..times {
        let port =
            free_port().map_err(|source| Failure::NotStarted { program: "hemicycle".into(), source })?;
        let listen = format!("--listen=127.0.0.1:{port}");
        let began = Instant::now();
        let process = Process::start(&mut command(&["serve", &listen]), &folder.path().join("log"))?;
        http::wait_until_answering(&format!("http://127.0.0.1:{port}/graphql"))?;
        start.times.push(began.elapsed());
        start.memory = process.memory();
    }
    start.times.sort_unstable();
    Ok(start)
}
