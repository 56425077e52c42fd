//! Templates and copies that are databases of a PostgreSQL server.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use crate::{DatabaseFault, DatabaseKind, Place, Template, TestDatabase, connect};

/// The variable that names the server, by the address of a superuser.
const VARIABLE: &str = "HEMICYCLE_TEST_POSTGRES";

/// Held by whoever makes a template, of whichever binary.
const LOCK: i64 = 0x6865_6d69_6379_636c;

/// A database that goes with its test.
#[derive(Debug)]
pub(crate) struct Copy {
    name: String,
    server: String,
}

impl Copy {
    /// Drops the database, whoever is still connected to it.
    pub(crate) async fn drop(self) -> Result<(), DatabaseFault> {
        let connection = connect(&self.server).await?;
        connection.execute_unprepared(&format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name)).await?;
        Ok(connection.close().await?)
    }
}

/// Copies the template, made first if this build has none.
pub(crate) async fn copy(
    template: &Template,
    fill: impl AsyncFnOnce(String) -> String,
) -> Result<TestDatabase, DatabaseFault> {
    static COPIES: AtomicU32 = AtomicU32::new(0);

    let server = std::env::var(VARIABLE).ok().filter(|url| !url.trim().is_empty());
    let server = server.ok_or(DatabaseFault::NoPostgres)?;
    let connection = connect(&server).await?;
    let note = match note_of(&connection, &template.name()).await? {
        Some(note) => note,
        None => make(&connection, &server, template, fill).await?,
    };
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}{}_{number}", template.prefix().replace("template", "test"), process::id());
    // What a run that was killed may have left under this name.
    connection.execute_unprepared(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await?;
    let create = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{}\"", template.name());
    connection.execute_unprepared(&create).await?;
    connection.close().await?;
    let url = address(&server, &name)?;
    Ok(TestDatabase { kind: DatabaseKind::Postgres, url, note, place: Place::Server(Copy { name, server }) })
}

/// Makes the template under a lock of the server, so that of many tests that start at once only one does.
///
/// It is declared a template last: one that is declared is complete.
async fn make(
    connection: &DatabaseConnection,
    server: &str,
    template: &Template,
    fill: impl AsyncFnOnce(String) -> String,
) -> Result<String, DatabaseFault> {
    connection.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK})")).await?;
    let name = template.name();
    if let Some(note) = note_of(connection, &name).await? {
        connection.execute_unprepared(&format!("SELECT pg_advisory_unlock({LOCK})")).await?;
        return Ok(note);
    }
    drop_all(connection, &template.prefix()).await?;
    connection.execute_unprepared(&format!("CREATE DATABASE \"{name}\"")).await?;
    let note = fill(address(server, &name)?).await;
    let quoted = note.replace('\'', "''");
    connection.execute_unprepared(&format!("COMMENT ON DATABASE \"{name}\" IS '{quoted}'")).await?;
    let finish = format!("ALTER DATABASE \"{name}\" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
    connection.execute_unprepared(&finish).await?;
    disconnect(connection, &name).await?;
    connection.execute_unprepared(&format!("SELECT pg_advisory_unlock({LOCK})")).await?;
    Ok(note)
}

/// What was left beside the template of this name, if it is complete.
async fn note_of(connection: &DatabaseConnection, name: &str) -> Result<Option<String>, DbErr> {
    let sql = format!(
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') AS note \
         FROM pg_database WHERE datname = '{name}' AND datistemplate"
    );
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    row.map(|row| row.try_get("", "note")).transpose()
}

/// Drops the templates of older builds, and one that was not finished.
async fn drop_all(connection: &DatabaseConnection, prefix: &str) -> Result<(), DbErr> {
    let sql = format!("SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, '{prefix}')");
    for row in connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await? {
        let name: String = row.try_get("", "name")?;
        connection.execute_unprepared(&format!("ALTER DATABASE \"{name}\" WITH IS_TEMPLATE false")).await?;
        connection.execute_unprepared(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await?;
    }
    Ok(())
}

/// Ends the connections to a database and waits until they are gone: one that is used cannot be copied.
async fn disconnect(connection: &DatabaseConnection, name: &str) -> Result<(), DbErr> {
    let wait = i64::try_from(Duration::from_secs(5).as_millis()).unwrap_or(i64::MAX);
    let sql =
        format!("SELECT pg_terminate_backend(pid, {wait}) FROM pg_stat_activity WHERE datname = '{name}'");
    connection.execute_unprepared(&sql).await.map(drop)
}

/// The address of another database of the same server.
fn address(server: &str, database: &str) -> Result<String, DatabaseFault> {
    let (rest, parameters) = match server.split_once('?') {
        Some((rest, parameters)) => (rest, format!("?{parameters}")),
        None => (server, String::new()),
    };
    let host = rest.find("://").map(|at| at + 3).ok_or(DatabaseFault::Address)?;
    let slash = rest[host..].find('/').ok_or(DatabaseFault::Address)?;
    Ok(format!("{}/{database}{parameters}", &rest[..host + slash]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_all_but_the_name_of_the_database() {
        let url = "postgres://me:secret@127.0.0.1:5433/postgres?sslmode=disable";
        assert_eq!(address(url, "a").unwrap(), "postgres://me:secret@127.0.0.1:5433/a?sslmode=disable");
        assert_eq!(address("postgres://host/postgres", "a").unwrap(), "postgres://host/a");
        assert!(address("postgres", "a").is_err());
        assert!(address("postgres://host", "a").is_err());
    }
}
