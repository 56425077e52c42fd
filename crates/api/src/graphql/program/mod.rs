//! Programs: what is public about them, how they are listed, set up and changed.

mod input;
mod list;
mod mutation;
mod object;
mod parts;

pub use list::ProgramQuery;
pub use mutation::ProgramMutation;
pub(crate) use object::Program;
pub(crate) use parts::{CascadeLevel, DayRule, ParticipantCategory, ProgramBasis};
