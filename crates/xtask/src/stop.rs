//! The wish to stop: Ctrl-C, a termination signal, a closed terminal.
//!
//! A signal only sets a flag. Whoever waits looks at it and returns, so that what was started
//! (a database server, a temporary folder) is taken down by its owner on the way out.

use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Starts to listen for signals; called once, before anything is started.
pub(crate) fn listen() -> Result<(), Failure> {
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, &ASKED)
            .map_err(|source| Failure::NotStarted { program: "signal handling".to_owned(), source })?;
    }
    Ok(())
}

/// Tells whether a signal has asked the command to end.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
