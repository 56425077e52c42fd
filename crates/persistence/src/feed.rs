//! Following the change feed: one reader per process, one cursor, no missed row.
//!
//! On PostgreSQL a change with a lower sequence can become visible after one with a higher, because its transaction
//! took longer. So the cursor is the pair of transaction and sequence, and it never moves past a transaction that is
//! still open: what comes later sorts after it.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
    sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::sync::Notify;

use crate::{
    change::row,
    dialect::{CHANGE_CHANNEL, announcement, settled},
    fault::StoreFault,
    notice::{Notice, NoticeRow},
    read_model::all_of,
    scope::facts,
    store::Inner,
};

/// How long a change by another process can stay unnoticed when no word of it comes.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long changes are gathered before they are read: of a crowd at the doors those of several transactions.
const GATHERING: Duration = Duration::from_millis(10);
/// How many changes are read at once.
const BATCH: u64 = 1_000;

/// A place in the feed: after this change of this transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor {
    pub(crate) transaction: i64,
    pub(crate) sequence: i64,
}

tokio::task_local! {
    static BACKGROUND: ();
}

/// Whether this is work in the background, whose statements belong to no request.
pub(crate) fn is_in_background() -> bool {
    BACKGROUND.try_with(|()| ()).is_ok()
}

/// Does work that belongs to no request.
pub(crate) async fn in_background<T>(work: impl Future<Output = T>) -> T {
    BACKGROUND.scope((), work).await
}

/// Follows the feed from here until the store is gone.
pub(crate) async fn follow(store: Weak<Inner>, wake: Arc<Notify>, cursor: Cursor) {
    in_background(follow_on(store, wake, cursor)).await;
}

async fn follow_on(store: Weak<Inner>, wake: Arc<Notify>, mut cursor: Cursor) {
    let others = Arc::new(Notify::new());
    tokio::spawn(hear_others(Weak::clone(&store), Arc::clone(&others)));
    loop {
        let own = tokio::select! {
            () = wake.notified() => true,
            () = others.notified() => false,
            () = tokio::time::sleep(PATIENCE) => false,
        };
        // Under load many commits come at once: they are read together, and announced once.
        tokio::time::sleep(GATHERING).await;
        let Some(store) = store.upgrade() else { return };
        if let Err(fault) = take_in(&store, &mut cursor).await {
            tracing::warn!(%fault, "the change feed could not be read; trying again");
        }
        if own
            && let Some(statement) = announcement(&store.writer)
            && let Err(fault) = store.writer.execute_unprepared(statement).await
        {
            tracing::warn!(%fault, "other nodes could not be told of a change; they will find it by themselves");
        }
    }
}

/// The end of the feed as it is now.
pub(crate) async fn end(connection: &DatabaseConnection) -> Result<Cursor, StoreFault> {
    let last = facts::<row::Entity>()
        .filter(settled(connection.get_database_backend()))
        .order_by_desc(row::Column::TransactionId)
        .order_by_desc(row::Column::Sequence)
        .limit(1)
        .one(connection)
        .await?;
    Ok(last.map(|row| Cursor { transaction: row.transaction_id, sequence: row.sequence }).unwrap_or_default())
}

async fn take_in(store: &Inner, cursor: &mut Cursor) -> Result<(), StoreFault> {
    loop {
        let place = Expr::tuple([Expr::col(row::Column::TransactionId), Expr::col(row::Column::Sequence)]);
        let start = Expr::tuple([Expr::val(cursor.transaction), Expr::val(cursor.sequence)]);
        let rows = facts::<row::Entity>()
            .filter(place.gt(start))
            .filter(settled(store.writer.get_database_backend()))
            .order_by_asc(row::Column::TransactionId)
            .order_by_asc(row::Column::Sequence)
            .limit(BATCH);
        let rows: Vec<NoticeRow> = all_of(store.feed_source(), rows).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        let are_all = (rows.len() as u64) < BATCH;
        let next = Cursor { transaction: last.transaction_id, sequence: last.sequence };
        let notices = rows.into_iter().map(Notice::try_from).collect::<Result<Vec<_>, _>>()?;
        let renewed = crate::reference::renewed_by(store.feed_source(), &notices).await?;
        if !renewed.is_empty() {
            store.renew_reference(&renewed);
        }
        for notice in notices {
            store.kept.note_change(notice.subject_kind, notice.subject_id);
            // Without followers nobody is there to be told.
            drop(store.changes.send(notice));
        }
        *cursor = next;
        store.unsealed.notify_one();
        if are_all {
            return Ok(());
        }
    }
}

/// Listens for the word of other nodes, where there can be any, until the store is gone.
///
/// A task of its own, because to be interrupted while it connects again would leave a connection behind that listens
/// unheard.
async fn hear_others(store: Weak<Inner>, word: Arc<Notify>) {
    let Some(options) = store.upgrade().and_then(|store| listening_options(&store.writer)) else { return };
    let hearing = async {
        loop {
            if let Err(fault) = hear(&options, &word).await {
                tracing::warn!(%fault, "lost the word of other nodes");
            }
            tokio::time::sleep(PATIENCE).await;
        }
    };
    tokio::select! {
        () = hearing => {}
        () = gone(&store) => {}
    }
}

fn listening_options(connection: &DatabaseConnection) -> Option<Arc<PgConnectOptions>> {
    let is_told = connection.get_database_backend() == DbBackend::Postgres;
    is_told.then(|| connection.get_postgres_connection_pool().connect_options())
}

/// Passes on the word of other nodes until the connection is lost and cannot be made again.
///
/// The connection comes from no pool that serves statements: there, one that still listens would fail whatever statement
/// a word comes in between.
async fn hear(options: &PgConnectOptions, word: &Notify) -> Result<(), sea_orm::SqlxError> {
    let alone = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let mut listener = PgListener::connect_with(&alone.connect_lazy_with(options.clone())).await?;
    listener.listen(CHANGE_CHANNEL).await?;
    loop {
        listener.recv().await?;
        word.notify_one();
    }
}

/// Waits until the store is gone.
async fn gone(store: &Weak<Inner>) {
    while store.strong_count() > 0 {
        tokio::time::sleep(PATIENCE).await;
    }
}
