//! Registrations: people at events, their delegations and what they contribute.

mod contribution;
mod delegation;
mod input;
mod list;
mod mutation;
mod object;

pub(crate) use contribution::{Contribution, of_session};
pub(crate) use delegation::{Delegation, of_event};
pub use list::RegistrationQuery;
pub(crate) use list::{RegistrationOrder, RegistrationWhere, of_event as list_of_event};
pub use mutation::RegistrationMutation;
pub(crate) use object::{Registration, RegistrationRole, RegistrationStatus};
