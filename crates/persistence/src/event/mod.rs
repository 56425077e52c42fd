//! Events in the store: questions and verbs. Rows and their way to the domain stand in `row.rs`.

mod list;
mod row;
mod session;
mod tally;
mod write;

pub(crate) use list::{is_seen, seen, within};
pub use tally::EventTally;
