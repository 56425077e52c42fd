//! Who may do what, where: roles and capabilities, actors and grants, scopes for sets, permits for one thing.
//!
//! [`Role::may`] is the one table that decides. [`Actor::scope`] answers for a set, [`permit`] for one record;
//! both read that table and nothing else.

mod actor;
mod matrix;
mod permit;
mod place;
mod role;

pub use actor::{Actor, Grant};
pub use matrix::matrix;
pub(crate) use permit::actions;
pub use permit::{Action, Permit, Refusal, Subject, permit};
pub use place::{Place, Scope, Whereabouts};
pub use role::{Capability, Role};
