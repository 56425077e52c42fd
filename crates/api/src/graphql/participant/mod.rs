//! Participants: persons, their names, and their personal data for those who may see them.

mod data_request;
mod input;
mod list;
mod mutation;
mod name;
mod object;

pub use data_request::DataRequestMutation;
pub(crate) use input::NewPersonInput;
pub use list::ParticipantQuery;
pub use mutation::ParticipantMutation;
pub(crate) use name::{PersonNameInput, parse as parse_names};
pub(crate) use object::Participant;
