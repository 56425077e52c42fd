//! The table: each operation, about what, and who gets which answer. A file per noun.
//!
//! The letters stand for nobody, administrator, officer, coordinator (Kazakhstan), host (Election Commission of
//! India), manager (seminar in Jizzakh), operator (conference in New Delhi), viewer.

mod account;
mod audit;
mod device;
mod event;
mod figures;
mod glass_break;
mod people;
mod program;
mod reference;
mod service_account;
mod shared;

use super::Row;

/// Everyone who signs in.
const SIGNED_IN: &str = "!+++++++";

/// All rows, in the order in which they are asked.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [
        shared::ROWS,
        reference::ROWS,
        program::ROWS,
        event::ROWS,
        people::ROWS,
        figures::ROWS,
        account::ROWS,
        device::ROWS,
        service_account::ROWS,
        glass_break::ROWS,
        audit::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// The operations that have a row.
pub(crate) fn operations() -> Vec<&'static str> {
    rows().map(|row| row.operation).collect()
}
