//! Programs in the store. All of them are held in the process with their lists; lists page through the database.

mod list;
mod load;
mod row;
mod write;

pub(crate) use load::{load_all, load_some};
