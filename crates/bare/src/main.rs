//! A measuring instrument: an HTTP server that runs one SQL statement a request and does nothing else.
//!
//! It has what our server has below its first line of logic: the HTTP server, the driver, the pool, the allocator. What
//! the product needs beyond that shows as the difference. `cargo xtask bench check-in` starts it; no product does.

use std::{env, error::Error, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many as our server has for writing.
const CONNECTIONS: u32 = 8;

#[derive(Clone)]
struct Bare {
    pool: PgPool,
    /// The statement: it takes the body of a request as its one parameter, a text, and returns one text.
    statement: Arc<str>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database: PgConnectOptions = env::var("BARE_DATABASE_URL")?.parse()?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(database).await?;
    let bare = Bare { pool, statement: env::var("BARE_STATEMENT")?.into() };
    let listener = TcpListener::bind(env::var("BARE_LISTEN")?).await?;
    let router = Router::new().route("/", post(answer)).with_state(bare);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn answer(State(bare): State<Bare>, body: String) -> Result<String, (StatusCode, String)> {
    // The statement comes from who started this server, never from a request.
    let question = sqlx::query_scalar(AssertSqlSafe(bare.statement)).bind(body);
    let failed = |error: sqlx::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    question.fetch_one(&bare.pool).await.map_err(failed)
}
