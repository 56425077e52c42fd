//! The connections that read: one lane for questions, one for looking up by key, so that neither waits for the other.
//!
//! On PostgreSQL they come from a pool that lends a connection and takes it back without a word to the server. The pool
//! of sea-orm, which serves SQLite and all writing, asks each connection whether it still lives whenever it comes back:
//! as many messages again as the statements themselves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult},
};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions, Connection, Error, Postgres,
        postgres::{PgConnectOptions, PgConnection},
        query::Query,
    },
};
use sea_query_sqlx::SqlxValues;

/// All connections that read.
pub(crate) struct Readers {
    questions: Reader,
    keys: Reader,
    snapshots: DatabaseConnection,
}

impl Readers {
    /// Shares the connections of an embedded database between all purposes.
    pub(crate) fn embedded(connections: DatabaseConnection) -> Self {
        let reader = Reader::Embedded(connections.clone());
        Self { questions: reader.clone(), keys: reader, snapshots: connections }
    }

    /// Divides `connections` between the lanes, each with the settings of its own.
    pub(crate) fn served(
        snapshots: DatabaseConnection,
        questions: PgConnectOptions,
        keys: PgConnectOptions,
        connections: u32,
        statements: &Arc<AtomicU64>,
    ) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX);
        let lane = |options, connections: usize| {
            Reader::Served(Lane::of(options, connections.max(1), Arc::clone(statements)))
        };
        let (questions, keys) = (lane(questions, connections.div_ceil(2)), lane(keys, connections / 2));
        Self { questions, keys, snapshots }
    }

    /// For questions: PostgreSQL may plan each anew, by what it asks for.
    pub(crate) fn questions(&self) -> &Reader {
        &self.questions
    }

    /// For looking up by key: PostgreSQL plans each statement once, for there is only one way to do it well.
    pub(crate) fn keys(&self) -> &Reader {
        &self.keys
    }

    /// For several questions about one moment.
    pub(crate) fn snapshots(&self) -> &DatabaseConnection {
        &self.snapshots
    }
}

/// Connections that read, of which each statement takes one.
#[derive(Clone)]
pub(crate) enum Reader {
    /// Those of SQLite.
    Embedded(DatabaseConnection),
    /// Those of PostgreSQL.
    Served(Lane),
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Embedded(connections) => connections.get_database_backend(),
            Self::Served(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Embedded(connections) => connections.execute_raw(statement).await,
            Self::Served(lane) => {
                let done = lane.ask(&statement, async |lent, query| query.execute(lent).await).await?;
                Ok(done.into())
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Embedded(connections) => connections.execute_unprepared(sql).await,
            Self::Served(_) => self.execute_raw(Statement::from_string(DbBackend::Postgres, sql)).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Embedded(connections) => connections.query_one_raw(statement).await,
            Self::Served(lane) => {
                let row = lane.ask(&statement, async |lent, query| query.fetch_optional(lent).await).await?;
                Ok(row.map(Into::into))
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Embedded(connections) => connections.query_all_raw(statement).await,
            Self::Served(lane) => {
                let rows = lane.ask(&statement, async |lent, query| query.fetch_all(lent).await).await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    }
}

/// Connections to PostgreSQL with the same settings.
#[derive(Clone)]
pub(crate) struct Lane {
    pool: Pool<Maker>,
    statements: Arc<AtomicU64>,
}

/// How long a statement waits for a connection, and a new connection for the server.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may lie idle before it is asked whether it still lives.
const IDLE: Duration = Duration::from_secs(30);

impl Lane {
    fn of(options: PgConnectOptions, connections: usize, statements: Arc<AtomicU64>) -> Self {
        let pool = Pool::builder(Maker { options })
            .max_size(connections)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("a pool with time limits has a runtime to measure them with");
        Self { pool, statements }
    }

    /// Asks the database. A connection that broke while it lay idle is replaced: a read can be asked again.
    async fn ask<T>(
        &self,
        statement: &Statement,
        ask: impl AsyncFn(&mut PgConnection, Query<'_, Postgres, SqlxValues>) -> Result<T, Error>,
    ) -> Result<T, DbErr> {
        let begun = Instant::now();
        let answer = loop {
            let mut lent = self.pool.get().await.map_err(unavailable)?;
            let was_idle = Object::metrics(&lent).recycle_count > 0;
            lent.is_sound = false;
            match ask(&mut lent.connection, query(statement)).await {
                Err(error) if was_idle && has_gone(&error) => {}
                answer => {
                    lent.is_sound = answer.as_ref().map_or_else(leaves_sound, |_| true);
                    break answer;
                }
            }
        };
        self.statements.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(elapsed_us = begun.elapsed().as_micros(), failed = answer.is_err(), sql = %statement.sql);
        answer.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}

fn query(statement: &Statement) -> Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

/// Whether the server at the other end ended the session, or is not there any more.
fn has_gone(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with(SHUTTING_DOWN)),
        _ => false,
    }
}

/// Whether a connection can be used again after this error.
fn leaves_sound(error: &Error) -> bool {
    match error {
        Error::Database(_) => !has_gone(error),
        Error::RowNotFound | Error::ColumnDecode { .. } | Error::ColumnNotFound(_) => true,
        _ => false,
    }
}

/// The class of the codes by which PostgreSQL takes its leave.
const SHUTTING_DOWN: &str = "57P";

fn unavailable(error: PoolError<Error>) -> DbErr {
    match error {
        PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
        PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)
        }
    }
}

/// Makes the connections of a lane.
struct Maker {
    options: PgConnectOptions,
}

/// A connection, and whether it can be lent again: an answer that nobody waited for may still be on its way.
struct Lent {
    connection: PgConnection,
    is_sound: bool,
}

impl Manager for Maker {
    type Type = Lent;
    type Error = Error;

    async fn create(&self) -> Result<Lent, Error> {
        Ok(Lent { connection: self.options.connect().await?, is_sound: true })
    }

    async fn recycle(&self, lent: &mut Lent, metrics: &Metrics) -> RecycleResult<Error> {
        if !lent.is_sound {
            return Err(RecycleError::message("its last answer was given up"));
        }
        if metrics.last_used() > IDLE {
            lent.connection.ping().await?;
        }
        Ok(())
    }
}
