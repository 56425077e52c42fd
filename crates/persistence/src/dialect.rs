//! What differs between SQLite and PostgreSQL. Nowhere else does the code ask which of them it talks to.

use std::time::Duration;

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, Value,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, PgFunc, SelectStatement, SimpleExpr},
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use uuid::Uuid;

/// Settings of a pool of connections that write, with a time limit for each statement.
pub(crate) fn writer_options(url: &str, connections: u32, statement: Duration) -> ConnectOptions {
    let connections = if is_sqlite(url) { 1 } else { connections };
    options(url, connections, statement)
}

/// Settings of a pool of connections that read, with a time limit for each statement.
pub(crate) fn reader_options(url: &str, connections: u32, statement: Duration) -> ConnectOptions {
    options(url, connections, statement)
}

/// Settings of the connection that migrates: a large table takes the time that it takes.
pub(crate) fn migration_options(url: &str) -> ConnectOptions {
    options(url, 1, Duration::ZERO)
}

fn options(url: &str, connections: u32, statement: Duration) -> ConnectOptions {
    // Zero is no limit.
    let statement = format!("{}ms", statement.as_millis());
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .foreign_keys(true)
                .pragma("cache_size", "-16000")
        })
        .map_sqlx_postgres_opts(move |postgres| {
            postgres
                .application_name("hemicycle")
                .options([("statement_timeout", statement.as_str()), ("timezone", "UTC")])
        });
    options
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// How a unit of work begins. SQLite takes its lock at once: a reader that turns writer fails at once.
pub(crate) fn write_transaction() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// That a column holds one of these ids: an array on PostgreSQL, so that the statement's text stays one.
pub(crate) fn is_one_of<C: IntoColumnRef>(
    backend: DbBackend,
    column: C,
    ids: impl IntoIterator<Item = Uuid>,
) -> SimpleExpr {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let column = Expr::col(column);
    match backend {
        DbBackend::Postgres => {
            let array: Vec<Value> = ids.into_iter().map(Value::from).collect();
            let array = Value::Array(sea_orm::sea_query::ArrayType::Uuid, Some(Box::new(array)));
            column.eq(PgFunc::any(Expr::val(array)))
        }
        _ => column.is_in(ids),
    }
}

/// That a column holds one of the ids that a subquery selects, which is asked first and once.
///
/// PostgreSQL would rather walk along an order until it meets enough of them; as an array it takes them as given.
pub(crate) fn is_gathered<C: IntoColumnRef>(
    backend: DbBackend,
    column: C,
    ids: SelectStatement,
) -> SimpleExpr {
    let column = Expr::col(column);
    match backend {
        DbBackend::Postgres => {
            let array = Func::cust("ARRAY").arg(Expr::SubQuery(None, Box::new(ids.into())));
            column.eq(PgFunc::any(Expr::from(array)))
        }
        _ => column.in_subquery(ids),
    }
}

/// That a byte-wise text column begins with this prefix, as a range that an index answers.
pub(crate) fn begins_with<C: IntoColumnRef + Clone>(column: C, prefix: &str) -> SimpleExpr {
    let from = Expr::col(column.clone()).gte(prefix);
    match after_all_with(prefix) {
        Some(until) => from.and(Expr::col(column).lt(until)),
        None => from,
    }
}

/// The second of the parts of a text that are each closed by a full stop; null where there is none.
///
/// Of a territory's path that is the territory directly below the country.
pub(crate) fn second_part(backend: DbBackend, column: &'static str) -> SimpleExpr {
    let find = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    let rest = format!("substr({column}, {find}({column}, '.') + 1)");
    // The guard keeps PostgreSQL from taking a part of negative length.
    Expr::cust(format!(
        "CASE WHEN {find}({rest}, '.') > 0 THEN substr({rest}, 1, {find}({rest}, '.') - 1) END"
    ))
}

/// How several reads see the database as of one moment.
pub(crate) fn read_transaction(backend: DbBackend) -> TransactionOptions {
    match backend {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
        // A transaction of SQLite sees the database as of its first read.
        _ => TransactionOptions::default(),
    }
}

/// The smallest text that comes after every text with this ASCII prefix.
fn after_all_with(prefix: &str) -> Option<String> {
    let mut bytes = prefix.as_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < 0x7F {
            bytes.push(last + 1);
            return String::from_utf8(bytes).ok();
        }
    }
    None
}

/// The channel on which nodes tell one another that the change feed has grown.
pub(crate) const CHANGE_CHANNEL: &str = "hemicycle_change";

/// Makes transactions that name the same thing go one after the other. SQLite has one writer at a time anyway.
pub(crate) async fn take_turns(connection: &impl ConnectionTrait, thing: &str) -> Result<(), DbErr> {
    if connection.get_database_backend() == DbBackend::Postgres {
        // Two things that fall on one number only wait for each other without need.
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [thing.into()]);
        connection.execute_raw(statement).await?;
    }
    Ok(())
}

/// The statement by which one node tells the others that the change feed has grown; none where there are no others.
pub(crate) fn announcement(connection: &DatabaseConnection) -> Option<&'static str> {
    match connection.get_database_backend() {
        DbBackend::Postgres => Some("SELECT pg_notify('hemicycle_change', '')"),
        _ => None,
    }
}

/// The condition that a change is settled: no older transaction can still bring one that comes before it.
pub(crate) fn settled(backend: DbBackend) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => Expr::cust(
            "\"change\".\"transaction_id\" < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        ),
        _ => Expr::val(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_where_the_next_one_begins() {
        assert_eq!(after_all_with("UZ."), Some("UZ/".to_owned()));
        assert_eq!(after_all_with("kutshkaro"), Some("kutshkarp".to_owned()));
        assert_eq!(after_all_with(""), None);
    }
}
