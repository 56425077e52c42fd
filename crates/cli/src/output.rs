//! What the command says to people: results on standard output, complaints on standard error.

use std::{
    error::Error,
    io::{IsTerminal, Write},
};

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Prints a result.
pub(crate) fn say(text: &str) {
    // A closed pipe is the reader's choice.
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

/// Prints why a command failed, with every cause.
pub(crate) fn complain(failure: &dyn Error) {
    let mut text = format!("hemicycle: {failure}");
    let mut cause = failure.source();
    while let Some(inner) = cause {
        text.push_str("\n  because: ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// Starts the log on standard error.
pub(crate) fn start_log(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Colours are for people: in a file or a collector they are noise in every line.
    let log = log.with_ansi(std::io::stderr().is_terminal());
    let started = match settings.log_format {
        LogFormat::Text => log.compact().try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    if let Err(error) = started {
        tracing::warn!(%error, "the log was started before");
    }
}
