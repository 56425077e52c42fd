//! The nouns and rules of Hemicycle, pure: no I/O, no async, no database, no GraphQL.
//!
//! A noun has one file here, and one of the same name in `persistence` and in `api`.
//! Time and identifiers are parameters; whoever calls brings them.

pub mod access;
pub mod account;
pub mod agreement;
pub mod audit;
pub mod badge;
pub mod check_in;
pub mod checkpoint;
pub mod connection;
pub mod country;
pub mod device;
pub mod event;
pub mod filter;
pub mod fold;
pub mod glass_break;
pub mod headcount_report;
pub mod id;
pub mod imprecise_date;
pub mod language;
pub mod manifest;
pub mod name;
pub mod page;
pub mod participant;
pub mod partner;
pub mod problem;
pub mod program;
pub mod reach;
pub mod reference;
pub mod registration;
pub mod service_account;
pub mod source;
pub mod territory;
pub mod test_result;
pub mod text;
mod vocabulary;
pub mod walk_in;
