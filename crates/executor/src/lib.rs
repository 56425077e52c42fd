//! async-graphql, but for how the fields of an object come together.
//!
//! The library makes a boxed task of every field of every object and wakes each by itself. Most fields stand in what was
//! read and wait for nothing. Here every field is asked once, in one place of memory after the other has left it; only
//! those that wait (for a loader, for the database) are kept.
//!
//! The crate stands under the library's name where the schema is written: the library's macros call what is found there.

pub use async_graphql::*;

/// The library alone. An interface or a union is written with `#[graphql(crate = "async_graphql::library")]`: which
/// object one is, and so what is selected of it, its macros tell nobody else.
pub use async_graphql as library;

mod gather;
mod object;
mod selection;
#[cfg(test)]
mod tests;
mod text;

pub use gather::gather;
pub use text::{write, written};

/// What the library's macros call.
pub mod resolver_utils {
    pub use async_graphql::resolver_utils::*;

    pub use crate::object::resolve_container;
}
