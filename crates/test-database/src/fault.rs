//! Why there is no database for a test.

use thiserror::Error;

/// Why there is no database for a test.
#[derive(Debug, Error)]
pub enum DatabaseFault {
    /// No PostgreSQL is named. It is never skipped: half of the promise would go unchecked.
    #[error(
        "HEMICYCLE_TEST_POSTGRES is not set. Start a PostgreSQL with `cargo xtask postgres` and put the line that \
         it prints into the environment, or run the tests under it: `cargo xtask postgres -- cargo test …`"
    )]
    NoPostgres,
    /// The address of the PostgreSQL names no database.
    #[error(
        "HEMICYCLE_TEST_POSTGRES is not the address of a database, such as postgres://user:password@host/postgres"
    )]
    Address,
    /// The database refused.
    #[error("the database refused")]
    Database(#[from] sea_orm::DbErr),
    /// A file or folder could not be read or written.
    #[error("a file of the test could not be read or written")]
    File(#[from] std::io::Error),
}

/// A fault with everything that caused it, in one line.
pub(crate) fn in_full(fault: &(dyn std::error::Error + 'static)) -> String {
    let mut text = fault.to_string();
    let mut source = fault.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
