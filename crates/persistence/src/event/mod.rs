//! Events in the store: questions and verbs. Rows and their way to the domain stand in `row.rs`.

mod first_pages;
mod list;
pub(crate) mod row;
mod session;
mod tally;
mod write;

pub use first_pages::EventsOf;
pub(crate) use list::{is_seen, is_within, seen, with_partners_as, within};
pub(crate) use row::event::{Column, Entity};
pub use tally::EventTally;
pub(crate) use tally::{Counted, total_attended, total_registrations};
