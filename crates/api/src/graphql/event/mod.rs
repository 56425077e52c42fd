//! Events: what is public about them, how they are listed, planned, changed and moved through their life.

mod input;
mod list;
mod mutation;
mod object;
mod particulars;
mod particulars_input;
mod words;

pub use list::EventQuery;
pub(crate) use list::{EventOrder, EventWhere, list_of};
pub use mutation::EventMutation;
pub(crate) use object::{Event, Session, find_session};
pub(crate) use words::{EventKind, EventStatus};
