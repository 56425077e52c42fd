//! Databases for tests: a template made once per build, a copy of it for each test, on SQLite and PostgreSQL.
//!
//! What a template holds is the business of the tests that make it. Nothing here is part of the product.

mod fault;
mod postgres;
mod sqlite;
mod statements;
mod template;

use std::{collections::BTreeMap, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr, Statement,
    TransactionTrait,
};

pub use fault::DatabaseFault;
pub use statements::fewest_statements;
pub use template::Template;

/// The kinds of database that everything runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file of its own in a temporary folder.
    Sqlite,
    /// A database of its own on the server that `HEMICYCLE_TEST_POSTGRES` names.
    Postgres,
}

/// A copy of a template that belongs to one test.
#[derive(Debug)]
pub struct TestDatabase {
    kind: DatabaseKind,
    url: String,
    note: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(tempfile::TempDir),
    Server(postgres::Copy),
}

impl TestDatabase {
    /// Runs a test on a copy of a template, and drops the copy whether the test succeeds or panics.
    ///
    /// `fill` brings a new, empty database to where the template shall be; it is called only where there is no
    /// template of this build yet. What it returns is kept beside the template: see [`TestDatabase::note`].
    ///
    /// # Panics
    ///
    /// Where there is no database to run on: a test that was not run has not passed.
    pub async fn run(
        kind: DatabaseKind,
        template: &Template,
        fill: impl AsyncFnOnce(String) -> String,
        test: impl AsyncFnOnce(&Self),
    ) {
        let copied = match kind {
            DatabaseKind::Sqlite => sqlite::copy(template, fill).await,
            DatabaseKind::Postgres => postgres::copy(template, fill).await,
        };
        let database = match copied {
            Ok(database) => database,
            Err(fault) => panic!("no database for the test: {}", fault::in_full(&fault)),
        };
        let outcome = AssertUnwindSafe(test(&database)).catch_unwind().await;
        let dropped = match database.place {
            Place::Folder(folder) => folder.close().map_err(DatabaseFault::File),
            Place::Server(copy) => copy.drop().await,
        };
        match (outcome, dropped) {
            (Err(panic), _) => std::panic::resume_unwind(panic),
            (Ok(()), Err(fault)) => {
                panic!("the test passed, its database stayed: {}", fault::in_full(&fault))
            }
            (Ok(()), Ok(())) => {}
        }
    }

    /// The kind of database it is.
    #[must_use]
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Where it is, as the product takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the filling of the template left for later, such as passwords.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// How many rows each table holds: to see that nothing was written, or only what was meant.
    ///
    /// Seals are left out: they are added in the background, for what was written before.
    pub async fn row_counts(&self) -> Result<BTreeMap<String, i64>, DbErr> {
        let connection = self.connect().await?;
        let tables = match self.kind {
            DatabaseKind::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            DatabaseKind::Postgres => {
                "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"
            }
        };
        let mut counts = BTreeMap::new();
        for row in connection.query_all_raw(self.statement(tables)).await? {
            let table: String = row.try_get("", "name")?;
            if table == "change_seal" {
                continue;
            }
            let count = format!("SELECT count(*) AS number FROM \"{table}\"");
            if let Some(row) = connection.query_one_raw(self.statement(&count)).await? {
                counts.insert(table, row.try_get("", "number")?);
            }
        }
        connection.close().await?;
        Ok(counts)
    }

    /// How many connections wait for what a transaction of another one holds. On SQLite nobody can tell: none.
    pub async fn waiting(&self) -> Result<i64, DbErr> {
        if self.kind == DatabaseKind::Sqlite {
            return Ok(0);
        }
        let connection = self.connect().await?;
        let waiting = "SELECT count(*) AS number FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let row = connection.query_one_raw(self.statement(waiting)).await?;
        connection.close().await?;
        row.map_or(Ok(0), |row| row.try_get("", "number"))
    }

    /// Breaks the database: whoever asks for this table from now on gets an error from the driver.
    pub async fn break_table(&self, table: &str) -> Result<(), DbErr> {
        let connection = self.connect().await?;
        connection
            .execute_unprepared(&format!("ALTER TABLE \"{table}\" RENAME TO \"{table}_broken\""))
            .await?;
        connection.close().await
    }

    /// Disables the account of this address, past the product, as an operator of the database can.
    pub async fn disable_account(&self, email: &str) -> Result<(), DbErr> {
        let connection = self.connect().await?;
        let sql = format!("UPDATE account SET disabled_at = created_at WHERE email = '{email}'");
        connection.execute_unprepared(&sql).await?;
        connection.close().await
    }

    /// Keeps everyone from a table of PostgreSQL, as a long migration would, until the lock is dropped.
    pub async fn lock_table(&self, table: &str) -> Result<TableLock, DbErr> {
        let connection = self.connect().await?;
        let transaction = connection.begin().await?;
        transaction.execute_unprepared(&format!("LOCK TABLE \"{table}\" IN ACCESS EXCLUSIVE MODE")).await?;
        Ok(TableLock { _transaction: transaction })
    }

    /// Ends every connection to a database of PostgreSQL, as its restart would.
    pub async fn end_connections(&self) -> Result<(), DbErr> {
        let connection = self.connect().await?;
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        connection.execute_unprepared(sql).await?;
        connection.close().await
    }

    fn statement(&self, sql: &str) -> Statement {
        let backend = match self.kind {
            DatabaseKind::Sqlite => sea_orm::DbBackend::Sqlite,
            DatabaseKind::Postgres => sea_orm::DbBackend::Postgres,
        };
        Statement::from_string(backend, sql)
    }

    async fn connect(&self) -> Result<DatabaseConnection, DbErr> {
        connect(&self.url).await
    }
}

/// A table from which everyone is kept.
#[derive(Debug)]
pub struct TableLock {
    _transaction: DatabaseTransaction,
}

/// Opens one connection, beside those of the product.
async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}
