//! Agreements: what is public about them, how they are listed, recorded and changed.

mod input;
mod list;
mod mutation;
mod object;

pub use list::AgreementQuery;
pub use mutation::AgreementMutation;
pub(crate) use object::{Agreement, AgreementKind};
