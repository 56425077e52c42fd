//! Running other programs: cargo, the database server's own tools, the package manager.
//!
//! Every wait watches for the wish to stop, and passes it on to the program that is running.

use std::ffi::OsStr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::{repository, stop};

/// How often a wait looks at the program and at the wish to stop.
const GLANCE: Duration = Duration::from_millis(20);

/// How long a program may take to end once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// Returns cargo, the one that runs this command, in the root of the repository.
pub(crate) fn cargo<I, S>(arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(repository());
    command
}

/// Runs a program with its output shown, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    run_within(Duration::MAX, command)
}

/// Runs a program as `run` does, and ends it when the time is up.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Result<(), Failure> {
    let mut child =
        command.spawn().map_err(|source| Failure::NotStarted { program: spell(command), source })?;
    let status = wait(&mut child, command, limit)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Unsuccessful { program: spell(command), status, said: String::new() })
}

/// Asks a program to end, and ends it if it does not. One that has ended is left alone: its number may be
/// another's by now.
pub(crate) fn end(child: &mut Child, command: &Command) -> Result<(), Failure> {
    if glance(child, command)?.is_some() {
        return Ok(());
    }
    terminate(child);
    let asked_at = Instant::now();
    while glance(child, command)?.is_none() {
        if asked_at.elapsed() > GRACE {
            child.kill().map_err(|source| Failure::NotStarted { program: spell(command), source })?;
        }
        sleep(GLANCE);
    }
    Ok(())
}

/// Runs a short program with its output kept, and returns its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Failure::NotStarted { program: spell(command), source })?;
    if stop::is_asked() {
        return Err(Failure::Stopped);
    }
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(said.into_owned());
    }
    Err(Failure::Unsuccessful {
        program: spell(command),
        status: output.status,
        said: format!("{said}{}", String::from_utf8_lossy(&output.stderr)),
    })
}

/// Waits until the wish to stop is there.
pub(crate) fn wait_for_stop() {
    while !stop::is_asked() {
        sleep(GLANCE);
    }
}

/// Returns a command as a person would type it, without its folder: `cargo fmt --all --check`.
pub(crate) fn spell(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    std::iter::once(program.file_name().unwrap_or(command.get_program()))
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn wait(child: &mut Child, command: &Command, limit: Duration) -> Result<ExitStatus, Failure> {
    let started = Instant::now();
    loop {
        if let Some(status) = glance(child, command)? {
            return Ok(status);
        }
        if stop::is_asked() {
            end(child, command)?;
            return Err(Failure::Stopped);
        }
        if started.elapsed() > limit {
            end(child, command)?;
            return Err(Failure::TookTooLong { program: spell(command), limit });
        }
        sleep(GLANCE);
    }
}

/// Looks whether a program has ended.
fn glance(child: &mut Child, command: &Command) -> Result<Option<ExitStatus>, Failure> {
    child.try_wait().map_err(|source| Failure::NotStarted { program: spell(command), source })
}

/// Asks a program to end; the standard library can only kill, which leaves its children behind.
///
/// The shell's own `kill` is there where no package brings one. A program that has ended already
/// cannot be told, and need not be.
fn terminate(child: &Child) {
    let _ =
        Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_spelled_without_its_folder() {
        let mut command = Command::new("/usr/bin/true");
        command.args(["--all", "x"]);
        assert_eq!(spell(&command), "true --all x");
    }

    #[test]
    fn what_a_failing_program_printed_is_kept() {
        let failure = capture(Command::new("sh").args(["-c", "echo aloud; echo aside >&2; exit 3"]))
            .expect_err("a program that exits with 3 has failed");
        let text = failure.to_string();
        assert!(text.contains("aloud") && text.contains("aside"), "{text}");
        assert!(text.contains('3'), "{text}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(&mut Command::new("no-such-program-here")).expect_err("it is not installed");
        assert_eq!(failure.to_string(), "could not start `no-such-program-here`");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let failure = run_within(Duration::from_millis(50), Command::new("sleep").arg("600"))
            .expect_err("it sleeps longer than it may");
        assert_eq!(failure.to_string(), "`sleep 600` was ended after 0.1 s");
        assert!(run_within(Duration::from_mins(1), &mut Command::new("true")).is_ok());
    }

    #[test]
    fn a_program_that_fails_is_a_failure() {
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run(&mut Command::new("true")).is_ok());
    }
}
