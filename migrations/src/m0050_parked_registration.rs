//! A registration can be parked: that of a person who came after the figures of the event were final.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const FORMER: &str = "'registered', 'cancelled'";
const PARKED_TOO: &str = "'registered', 'cancelled', 'parked'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            let check = format!(
                "ALTER TABLE \"registration\" DROP CONSTRAINT \"registration_status_check\", \
                 ADD CONSTRAINT \"registration_status_check\" CHECK (\"status\" IN ({PARKED_TOO}))"
            );
            connection.execute_unprepared(&check).await?;
            return Ok(());
        }
        widen_on_sqlite(connection).await
    }
}

/// SQLite has no statement that changes a check. Where what is stored stays as it is, its documentation has the text of the
/// table changed instead (ALTER TABLE, "Making Other Kinds Of Table Schema Changes").
async fn widen_on_sqlite(connection: &SchemaManagerConnection<'_>) -> Result<(), DbErr> {
    let quoted = |text: &str| text.replace('\'', "''");
    let (former, parked_too) = (quoted(FORMER), quoted(PARKED_TOO));
    let version = number(connection, "PRAGMA schema_version").await?;
    let of_table = "type = 'table' AND name = 'registration'";
    for statement in [
        "PRAGMA writable_schema = ON".to_owned(),
        format!("UPDATE sqlite_master SET sql = replace(sql, '{former}', '{parked_too}') WHERE {of_table}"),
        format!("PRAGMA schema_version = {}", version + 1),
        "PRAGMA writable_schema = OFF".to_owned(),
    ] {
        connection.execute_unprepared(&statement).await?;
    }
    let changed =
        format!("SELECT count(*) FROM sqlite_master WHERE {of_table} AND sql LIKE '%{parked_too}%'");
    if number(connection, &changed).await? == 1 {
        return Ok(());
    }
    Err(DbErr::Migration("the check of registration.status is not what it was made as".to_owned()))
}

async fn number(connection: &SchemaManagerConnection<'_>, sql: &str) -> Result<i64, DbErr> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
