//! The audit trail: what a change keeps of a record, how the rows are chained, and how the chain is examined.
//!
//! Every change leaves one row. What identifies a person stands in a part of its own that can be blanked; the chain
//! runs over its digest, so that it holds when the part is gone. Who writes and reads the rows is not said here.

mod canonical;
mod chain;
mod classification;
mod examination;
mod trail;

pub use canonical::Canonical;
pub use chain::{Digest, Entry, Head, personal_digest};
pub use classification::{FieldClass, Parted, class_of, part};
pub use examination::{ERASURE, Examination, Finding, Link, Report, Tail};
pub use trail::{TrailEntry, TrailFilter, TrailTest};
