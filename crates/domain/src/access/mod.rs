//! Who may do what, where: roles and capabilities, actors and grants, scopes for sets, permits for one thing.
//!
//! [`Role::may`] is the one table that decides. [`Actor::scope`] answers for a set, [`permit`] for one record;
//! both read that table and nothing else.

mod actor;
mod capability;
mod doer;
mod matrix;
mod permit;
mod place;
mod role;
mod scope;
mod service_scope;
mod table;
mod words;

pub use actor::{Actor, Grant};
pub use capability::Capability;
pub use doer::Doer;
pub use matrix::matrix;
pub(crate) use permit::actions;
pub use permit::{Action, Permit, Refusal, Subject, permit};
pub use place::{Place, PlaceKind, Shares, Tie, Whereabouts};
pub use role::{Bestowal, Role};
pub use scope::{Reach, Scope};
pub use service_scope::{ServiceScope, ServiceScopes};
