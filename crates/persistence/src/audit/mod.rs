//! The audit trail in the store: the rows of the change feed, sealed one after the other, examined,
//! and read by auditors.
//!
//! Writing a change is the feed's business; here its rows are only read, and seals added.

mod bulk;
mod examine;
mod row;
mod seal;
mod trail;

pub use bulk::MOST_UNNOTED;
pub(crate) use seal::keep_sealing;
