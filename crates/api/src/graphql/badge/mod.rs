//! Badges: the code of a registration, its picture, sheets of badges, and the keys that verify them.

mod mutation;
mod object;
mod sheet;

pub use mutation::BadgeMutation;
pub(crate) use object::{Badge, of_registration};
pub use sheet::BadgeQuery;
