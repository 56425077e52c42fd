//! What a developers' command says while it runs.
//!
//! Everything goes to standard error, where cargo writes too, so that the order of lines is kept.

use std::io::{Write as _, stderr};
use std::time::Duration;

/// Says one line.
///
/// A closed standard error loses the line; the exit code still tells the outcome.
pub(crate) fn line(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}

/// Announces a step and the command that does it.
pub(crate) fn heading(step: &str, command: &str) {
    line(&format!("\n==> {step}: {command}"));
}

/// Returns a duration as a reader of a log wants it: `0.4 s`, `2 min 05 s`.
pub(crate) fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelled_in_seconds_then_minutes() {
        assert_eq!(spell(Duration::from_millis(437)), "0.4 s");
        assert_eq!(spell(Duration::from_secs(125)), "2 min 05 s");
    }
}
