//! crates/persistence
