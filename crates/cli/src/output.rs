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

/// Reads a log filter: levels, and levels of targets, with commas between.
fn read_filter(text: &str) -> Result<Targets, String> {
    if text.contains('[') {
        return Err("spans cannot be told apart".to_owned());
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(",").parse::<Targets>().map_err(|error| error.to_string())
}

/// Starts the log on standard error.
pub(crate) fn start_log(settings: &Settings) {
    // Targets and levels alone: what can tell spans by their fields asks itself so at each step of each request.
    let filter = read_filter(&settings.log);
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

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_filter_is_read_as_it_is_meant() {
        let filter = read_filter(" info, hemicycle_api=debug ,").unwrap();
        assert!(filter.would_enable("hemicycle_api", &Level::DEBUG));
        assert!(filter.would_enable("sqlx", &Level::INFO) && !filter.would_enable("sqlx", &Level::DEBUG));
        assert!(read_filter("hemicycle_api[request]=debug").is_err());
        assert!(read_filter("hemicycle_api=loud").is_err());
    }
}
