//! Reference data: the countries of ISO 3166-1, the territories every installation starts with,
//! and the file format by which an installation loads more of them.
//!
//! What may be done with a territory, and by whom, stands with the noun `territory`; nothing here is stored.

mod code;
mod columns;
mod countries;
mod dates;
mod embedded;
mod fault;
mod file;
mod row;
mod tree;

#[cfg(test)]
mod embedded_tests;
#[cfg(test)]
mod file_tests;

pub use countries::{Country, countries, find_country};
pub use embedded::{find_territory, territories};
pub use fault::{TerritoryFault, TerritoryFileError, TerritoryProblem};
pub use file::{MAXIMUM_FILE_BYTES, parse_territories, read_territories};
pub use row::TerritoryRow;
