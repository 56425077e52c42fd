//! Walk-ins: registered at the door, and settled by who runs the event.

mod handed;
mod mutation;
mod object;

pub(crate) use handed::{WalkInInput, WalkInResult};
pub use mutation::WalkInMutation;
pub(crate) use object::{WalkIn, of_event, of_registration};
