//! What differs between SQLite and PostgreSQL. Nowhere else does the code ask which of them it talks to.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, Iden, IsolationLevel, JoinType, Order, RuntimeErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait, Value,
    sea_query::{
        Expr, ExprTrait, Func, IntoColumnRef, PgFunc, PostgresQueryBuilder, Query, QueryBuilder,
        SelectStatement, SimpleExpr, SqlWriter, ValueType, Values, WindowStatement,
    },
    sqlx::{
        Connection,
        postgres::PgConnectOptions,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use uuid::Uuid;

use crate::{check_in::CLERKS, feed, readers::Readers, store::StoreSettings};
pub(crate) use insert::{Insertion, insert_all, insert_each, insert_followed};

mod insert;

/// Settings of a pool of connections that write, with a time limit for each statement.
pub(crate) fn writer_options(url: &str, connections: u32, statement: Duration) -> ConnectOptions {
    let connections = if is_sqlite(url) { 1 } else { connections };
    // Verbs find their rows by key: PostgreSQL need not think each time anew how to do that.
    let mut options = options(url, connections, statement, "force_generic_plan");
    // A connection keeps the room that the largest batch took, which is a megabyte for 500 scans.
    options.map_sqlx_postgres_pool_opts(|pool| {
        pool.after_release(|connection, _| {
            connection.shrink_buffers();
            Box::pin(async { Ok(true) })
        })
    });
    options
}

/// Opens the connections of the desk: on PostgreSQL one for each clerk, on SQLite the one writer.
///
/// Few that are always in use know all statements of a check-in. Of those that all writers share, each would have to be
/// taught them while people wait at the doors.
pub(crate) async fn open_desk(
    writer: &DatabaseConnection,
    settings: &StoreSettings,
    statements: &Arc<AtomicU64>,
) -> Result<DatabaseConnection, DbErr> {
    if is_sqlite(&settings.url) {
        return Ok(writer.clone());
    }
    let options = writer_options(&settings.url, CLERKS, settings.statement_time_limit);
    let mut connections = Database::connect(options).await?;
    count_statements(&mut connections, statements);
    Ok(connections)
}

/// Opens the connections that read, with a time limit for each statement; `statements` counts what they are asked.
pub(crate) async fn open_readers(
    url: &str,
    connections: u32,
    limit: Duration,
    statements: &Arc<AtomicU64>,
) -> Result<Readers, DbErr> {
    let mut connected = Database::connect(options(url, connections, limit, "auto")).await?;
    count_statements(&mut connected, statements);
    if is_sqlite(url) {
        return Ok(Readers::embedded(connected));
    }
    let options: PgConnectOptions =
        url.parse().map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?;
    let questions = postgres_options(options.clone(), limit, "auto");
    let keys = postgres_options(options, limit, "force_generic_plan");
    Ok(Readers::served(connected, questions, keys, connections, statements))
}

/// Counts the statements of a pool, but for those of work in the background, which belongs to no request.
pub(crate) fn count_statements(connections: &mut DatabaseConnection, statements: &Arc<AtomicU64>) {
    let statements = Arc::clone(statements);
    connections.set_metric_callback(move |info| {
        if !feed::is_in_background() {
            statements.fetch_add(1, Ordering::Relaxed);
        }
        tracing::debug!(elapsed_us = info.elapsed.as_micros(), failed = info.failed, sql = %info.statement.sql);
    });
}

/// Settings of the connection that migrates: a large table takes the time that it takes.
pub(crate) fn migration_options(url: &str) -> ConnectOptions {
    options(url, 1, Duration::ZERO, "auto")
}

fn options(url: &str, connections: u32, statement: Duration, plans: &'static str) -> ConnectOptions {
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
        .map_sqlx_postgres_opts(move |postgres| postgres_options(postgres, statement, plans));
    options
}

fn postgres_options(postgres: PgConnectOptions, statement: Duration, plans: &str) -> PgConnectOptions {
    // Zero is no limit.
    let statement = format!("{}ms", statement.as_millis());
    let settings =
        [("statement_timeout", statement.as_str()), ("timezone", "UTC"), ("plan_cache_mode", plans)];
    postgres.application_name("hemicycle").options(settings)
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// Begins a transaction that writes: whole, or not at all.
///
/// Whoever waits for it may go away at any moment. With sqlx 0.9 a connection over which `BEGIN` was sent and not yet
/// answered would go back to the pool inside a transaction that nobody ends: so a task of its own waits for the answer,
/// and what nobody takes is rolled back. SQLite takes its lock at once: a reader that turns writer fails at once.
pub(crate) async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let writer = writer.clone();
    let begun = tokio::spawn(async move { writer.begin_with_options(options).await });
    begun.await.unwrap_or_else(|failure| Err(DbErr::Custom(failure.to_string())))
}

/// Writes a select as a statement. On PostgreSQL, how many rows are wanted stands in its text.
///
/// As a parameter it would keep PostgreSQL from planning the statement once for all: not knowing the number it
/// expects a tenth of all rows, finds that too dear, and plans anew each time it is told the number.
pub(crate) fn statement(backend: DbBackend, select: &SelectStatement) -> Statement {
    if backend != DbBackend::Postgres {
        return backend.build(select);
    }
    let mut writer = Writer::default();
    PostgresQueryBuilder.prepare_select_statement(select, &mut writer);
    Statement { sql: writer.text, values: Some(Values(writer.parameters)), db_backend: backend }
}

/// The text of a statement and its parameters.
#[derive(Default)]
struct Writer {
    text: String,
    parameters: Vec<Value>,
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        // Only `LIMIT` and `OFFSET` are numbers without a sign.
        let text = if let Value::BigUnsigned(Some(count)) = value {
            count.to_string()
        } else {
            self.parameters.push(value);
            format!("${}", self.parameters.len())
        };
        self.text.push_str(&text);
    }

    fn as_writer(&mut self) -> &mut dyn std::fmt::Write {
        &mut self.text
    }
}

impl std::fmt::Write for Writer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

impl std::fmt::Display for Writer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// That a column holds one of these ids or numbers: an array on PostgreSQL, so that the statement's text stays one.
///
/// One is compared as such. PostgreSQL plans a statement anew each time if an array of unknown length might be
/// planned better when its length is known; for one that takes twice as long as finding the row.
pub(crate) fn is_one_of<C: IntoColumnRef, V: ValueType + Into<Value> + Copy>(
    backend: DbBackend,
    column: C,
    values: impl IntoIterator<Item = V>,
) -> SimpleExpr {
    let values: Vec<V> = values.into_iter().collect();
    let column = Expr::col(column);
    match (backend, values.as_slice()) {
        (_, [value]) => column.eq(*value),
        (DbBackend::Postgres, _) => column.eq(PgFunc::any(Expr::val(array(values)))),
        _ => column.is_in(values),
    }
}

fn array<V: ValueType + Into<Value>>(values: Vec<V>) -> Value {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    Value::Array(V::array_type(), Some(Box::new(values)))
}

/// Selects the first rows of each owner from a table, under the table's own name.
///
/// `rows` selects all columns of the rows in question. PostgreSQL takes the first of each owner from an index;
/// SQLite, which cannot ask about one owner after the other, numbers the rows of all of them.
pub(crate) fn first_of_each<T: Iden + Copy, C: Iden + Copy>(
    backend: DbBackend,
    mut rows: SelectStatement,
    table: T,
    (owner, owners): (C, Vec<Uuid>),
    order: [(C, Order); 2],
    count: u64,
) -> SelectStatement {
    let mut select = Query::select();
    if stands_beside(backend) {
        rows.and_where(Expr::col((table, owner)).eq(Expr::col((OWNER, OWNER)))).limit(count);
        for (column, order) in order {
            rows.order_by((table, column), order);
        }
        let owners = Func::cust("UNNEST").arg(Expr::val(array(owners)));
        select.from_function(owners, OWNER).join_lateral(
            JoinType::InnerJoin,
            rows,
            table,
            Expr::cust("TRUE"),
        );
    } else {
        let place = order
            .into_iter()
            .fold(WindowStatement::partition_by((table, owner)), |mut place, (column, order)| {
                place.order_by((table, column), order).to_owned()
            });
        rows.expr_window_as(Func::cust("ROW_NUMBER"), place, PLACE)
            .and_where(Expr::col((table, owner)).is_in(owners));
        select.from_subquery(rows, table).and_where(Expr::col((table, PLACE)).lte(count));
    }
    select
}

/// Selects ranges of whole numbers, each with its owner as [`OWNER`], [`RANGE_FIRST`] and [`RANGE_LAST`]; there is at
/// least one. On PostgreSQL the text is one for however many there are.
pub(crate) fn ranges(backend: DbBackend, ranges: &[(Uuid, i64, i64)]) -> SelectStatement {
    let mut select = Query::select();
    let names = [OWNER, RANGE_FIRST, RANGE_LAST];
    if backend == DbBackend::Postgres {
        let owners = array(ranges.iter().map(|range| range.0).collect());
        let firsts = array(ranges.iter().map(|range| range.1).collect());
        let lasts = array(ranges.iter().map(|range| range.2).collect());
        for (values, name) in [owners, firsts, lasts].into_iter().zip(names) {
            select.expr_as(Func::cust("UNNEST").arg(Expr::val(values)), name);
        }
    } else {
        for (column, name) in ["column1", "column2", "column3"].into_iter().zip(names) {
            select.expr_as(Expr::col(column), name);
        }
        select.from_values(ranges.iter().copied(), "given");
    }
    select
}

/// The name of the first number of each of [`ranges`].
pub(crate) const RANGE_FIRST: &str = "first_number";
/// The name of the last number of each of [`ranges`].
pub(crate) const RANGE_LAST: &str = "last_number";

/// Whether the owner stands beside the rows that [`first_of_each`] is given, as [`OWNER`].
pub(crate) fn stands_beside(backend: DbBackend) -> bool {
    backend == DbBackend::Postgres
}

/// The name of the owners, their table's and their column's, in [`first_of_each`].
pub(crate) const OWNER: &str = "owner";
/// The name of the rows' places among their owner's.
const PLACE: &str = "place";

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

/// That a list in a JSON column has entries. Written out, so that the index of such rows answers it.
pub(crate) fn has_entries<C: IntoColumnRef>(backend: DbBackend, column: C) -> SimpleExpr {
    let empty = match backend {
        DbBackend::Postgres => "'[]'::jsonb",
        _ => "'[]'",
    };
    Expr::col(column).ne(Expr::cust(empty))
}

/// That a list of words in a JSON column holds this one, which has no letter that means something to `LIKE` but `_`.
pub(crate) fn holds_word<C: IntoColumnRef>(column: C, word: &str) -> SimpleExpr {
    Expr::col(column).cast_as("text").like(format!("%\"{word}\"%"))
}

/// That a text column holds this text somewhere, letter for letter.
pub(crate) fn holds_text<C: IntoColumnRef>(backend: DbBackend, column: C, text: &str) -> SimpleExpr {
    let find = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    Expr::expr(Func::cust(find).arg(Expr::col(column)).arg(text)).gt(0)
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

/// Makes transactions that name any of the same things of a kind go one after the other, by one statement however many
/// things they name.
pub(crate) async fn take_turns_with(
    connection: &impl ConnectionTrait,
    kind: &str,
    things: Vec<Uuid>,
) -> Result<(), DbErr> {
    // Locks stand in memory that all transactions share: a few lanes do for however many things there are.
    const LANES: u8 = 64;
    let lane = |thing: Uuid| i64::from(thing.as_bytes()[15] % LANES);
    let lanes: BTreeSet<i64> = things.into_iter().map(lane).collect();
    if connection.get_database_backend() == DbBackend::Postgres && !lanes.is_empty() {
        // All take them in one order, so that no two wait for each other.
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, lane)) \
                   FROM (SELECT unnest($2) AS lane ORDER BY 1) AS lanes";
        let lanes = array(lanes.into_iter().collect());
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [kind.into(), lanes]);
        connection.query_all_raw(statement).await?;
    }
    Ok(())
}

/// Takes the turn for a thing until the end of the transaction, if no other has it.
pub(crate) async fn try_turn(transaction: &DatabaseTransaction, thing: &str) -> Result<bool, DbErr> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [thing.into()]);
    let row = transaction.query_one_raw(statement).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
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
