//! What the command says to people: results on standard output, complaints on standard error.

use std::{
    error::Error,
    io::{IsTerminal, Write},
};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

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
    // Targets and levels alone: what can tell spans by their fields asks itself so at each step of each request.
    let filter = settings.log.parse::<Targets>();
    let log = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr);
    // Colours are for people: in a file or a collector they are noise in every line.
    let log = log.with_ansi(std::io::stderr().is_terminal());
    let wanted = filter.as_ref().ok().cloned();
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let started = match settings.log_format {
        LogFormat::Text => log.compact().finish().with(wanted).try_init(),
        LogFormat::Json => log.json().finish().with(wanted).try_init(),
    };
    if let Err(error) = started {
        tracing::warn!(%error, "the log was started before");
    }
    if let Err(error) = filter {
        tracing::warn!(%error, filter = settings.log, "the log filter cannot be read: `info` is in force");
    }
}
