//! Service accounts: the systems of institutions, with their scopes, places and secrets.

mod input;
mod mutation;
mod object;

pub use mutation::ServiceAccountMutation;
pub(crate) use object::ServiceAccount;
pub use object::ServiceAccountQuery;
