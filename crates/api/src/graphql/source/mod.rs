//! Sources: the documents that records rest on, and where and how records cite them.

mod citation;
mod document;

pub use citation::CitationMutation;
pub(crate) use citation::{Citation, citations};
pub(crate) use document::Source;
pub use document::{SourceMutation, SourceQuery};
