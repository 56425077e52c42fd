//! A measuring instrument: an HTTP server that runs a few SQL statements a request and does nothing else.
//!
//! It has what our server has below its first line of logic: the HTTP server, the driver, the pool, the allocator. What
//! the product needs beyond that shows as the difference. `cargo xtask bench check-in` starts it; no product does.
//!
//! At `/function` it runs one statement; at `/transaction` an insert and an update, between `BEGIN` and `COMMIT`.

use std::{env, error::Error, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// As many as our server has for writing.
const CONNECTIONS: u32 = 8;

#[derive(Clone)]
struct Bare {
    pool: PgPool,
    /// Each statement takes the body of a request as its one parameter, a text. This one returns one text.
    function: Arc<str>,
    insert: Arc<str>,
    update: Arc<str>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database: PgConnectOptions = env::var("BARE_DATABASE_URL")?.parse()?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(database).await?;
    let statement = |name: &str| env::var(name).map(Arc::from);
    let bare = Bare {
        pool,
        function: statement("BARE_FUNCTION")?,
        insert: statement("BARE_INSERT")?,
        update: statement("BARE_UPDATE")?,
    };
    let listener = TcpListener::bind(env::var("BARE_LISTEN")?).await?;
    let router = Router::new()
        .route("/function", post(call_function))
        .route("/transaction", post(insert_and_update))
        .with_state(bare);
    axum::serve(listener, router).await?;
    Ok(())
}

// The statements come from who started this server, never from a request.

async fn call_function(State(bare): State<Bare>, body: String) -> Result<String, Failed> {
    Ok(sqlx::query_scalar(AssertSqlSafe(bare.function)).bind(body).fetch_one(&bare.pool).await?)
}

async fn insert_and_update(State(bare): State<Bare>, body: String) -> Result<String, Failed> {
    // In a task of its own, to its end: with sqlx 0.9 a connection whose client goes away while `BEGIN` is on its way
    // comes back to the pool within a transaction that nobody commits.
    tokio::spawn(transact(bare, body))
        .await
        .unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()))
}

async fn transact(bare: Bare, body: String) -> Result<String, Failed> {
    let mut transaction = bare.pool.begin().await?;
    for statement in [bare.insert, bare.update] {
        sqlx::query(AssertSqlSafe(statement)).bind(&body).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(body)
}

/// What the database refused.
struct Failed(sqlx::Error);

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}
