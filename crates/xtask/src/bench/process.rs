//! A server that the benchmark started: it lives as long as its value, and tells what it has used.

use std::fs::{self, File};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::{Failure, file};
use crate::{program, stop};

/// How long a server may take until it listens.
const FIRST_SIGN: Duration = Duration::from_mins(1);

/// How many of the kernel's ticks make a second, in what it tells to programs.
const TICKS: u64 = 100;

/// A running server, stopped when this value is dropped.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts a server whose output goes to a file.
    pub(super) fn start(command: &mut Command, log: &Path) -> Result<Self, Failure> {
        let unwritten = file("write", log);
        let out = File::create(log).map_err(&unwritten)?;
        let error = out.try_clone().map_err(&unwritten)?;
        let child = command.stdin(Stdio::null()).stdout(out).stderr(error).spawn();
        let child =
            child.map_err(|source| Failure::NotStarted { program: program::spell(command), source })?;
        Ok(Self { child })
    }

    /// The CPU time it has used.
    pub(super) fn cpu(&self) -> Duration {
        used(self.child.id()).own
    }

    /// The memory it holds, and the most it has held, in kilobytes.
    pub(super) fn memory(&self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let told = |name: &str| kilobytes(&status, name).unwrap_or(0);
        Memory { now: told("VmRSS"), most: told("VmHWM") }
    }
}

impl Drop for Process {
    /// Ends the server without ceremony: it holds nothing that anybody wants.
    fn drop(&mut self) {
        // One that has ended already cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many kilobytes the kernel tells under this name, in one of its files under `/proc`.
pub(super) fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim_matches([':', '\t', ' ']).split(' ').next()?.parse().ok()
}

/// Waits until something listens at this address.
pub(super) fn wait_until_listening(address: &str) -> Result<(), Failure> {
    let began = Instant::now();
    while let Err(source) = TcpStream::connect(address) {
        if stop::is_asked() {
            return Err(Failure::Stopped);
        }
        if began.elapsed() > FIRST_SIGN {
            return Err(Failure::NotStarted { program: format!("the server of {address}"), source });
        }
        sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Memory of a process, in kilobytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Memory {
    pub(super) now: u64,
    pub(super) most: u64,
}

/// The CPU time of a process and of all processes it has started, those that have ended too.
pub(super) fn cpu_of_family(process: u32) -> Duration {
    let of_children: Duration = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .map(used)
        .filter(|child| child.parent == process)
        .map(|child| child.own)
        .sum();
    let parent = used(process);
    parent.own + parent.ended + of_children
}

#[derive(Default)]
struct Used {
    parent: u32,
    own: Duration,
    ended: Duration,
}

/// What the kernel tells of a process; nothing of one that has gone.
fn used(process: u32) -> Used {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name, in parentheses, can hold anything; numbers follow it.
    let numbers: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let number = |at: usize| numbers.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let time = |at: usize| Duration::from_millis((number(at) + number(at + 1)) * 1_000 / TICKS);
    Used { parent: u32::try_from(number(1)).unwrap_or(0), own: time(11), ended: time(13) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_what_it_used() {
        let this = std::process::id();
        assert!(used(this).parent > 0);
        assert!(cpu_of_family(this) >= used(this).own);
    }

    #[test]
    fn a_process_that_is_gone_has_used_nothing() {
        assert_eq!(used(u32::MAX).own, Duration::ZERO);
    }
}
