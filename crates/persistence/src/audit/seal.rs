//! Sealing the trail: rows that are settled are chained in order, behind the writers' backs.
//!
//! A writer waits for no other: who seals reads what is committed and adds seals in a table of their own. On
//! PostgreSQL one node seals at a time, and a row is sealed once no older transaction can bring one before it.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use hemicycle_domain::audit::{Entry, Head};
use sea_orm::{
    ConnectionTrait, DbBackend, Iterable, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use tokio::sync::Notify;

use super::row::{EntryRow, seal_row};
use crate::{
    change::row as change_row,
    dialect::{begin, insert_all, settled, try_turn},
    fault::StoreFault,
    feed::in_background,
    read_model::all_of,
    scope::facts,
    store::Inner,
};

/// How many rows are sealed in one statement.
const BATCH: u64 = 1_000;
/// How long rows are gathered before they are sealed.
const GATHERING: Duration = Duration::from_millis(100);
/// How long a row can stay unsealed when no word of it comes.
const PATIENCE: Duration = Duration::from_secs(10);
/// What nodes take turns for.
const TURN: &str = "seal the audit trail";

/// Seals what is settled, whenever the feed has grown, until the store is gone.
pub(crate) async fn keep_sealing(store: Weak<Inner>, unsealed: Arc<Notify>) {
    in_background(async {
        loop {
            let Some(inner) = store.upgrade() else { return };
            if let Err(fault) = seal_all(&inner).await {
                tracing::warn!(%fault, "the audit trail could not be sealed; trying again");
            }
            drop(inner);
            // Not told of anything, it looks all the same: the node that was told may be gone.
            drop(tokio::time::timeout(PATIENCE, unsealed.notified()).await);
            tokio::time::sleep(GATHERING).await;
        }
    })
    .await;
}

/// Seals all that is settled; tells how many rows that were.
pub(super) async fn seal_all(inner: &Inner) -> Result<u64, StoreFault> {
    let mut sealed = 0;
    loop {
        let some = seal_some(inner).await?;
        sealed += some;
        if some < BATCH {
            return Ok(sealed);
        }
        tokio::task::yield_now().await;
    }
}

async fn seal_some(inner: &Inner) -> Result<u64, StoreFault> {
    if inner.writer.get_database_backend() != DbBackend::Postgres {
        // Reading beforehand keeps SQLite's only writer free; what was sealed meanwhile, the key refuses to seal again.
        let seals = next_seals(inner.feed_source()).await?;
        return match insert(&inner.writer, seals).await {
            Err(StoreFault::Taken(_)) => Ok(0),
            sealed => sealed,
        };
    }
    let transaction = begin(&inner.writer).await?;
    if !try_turn(&transaction, TURN).await? {
        return Ok(0);
    }
    let seals = next_seals(&transaction).await?;
    let sealed = insert(&transaction, seals).await?;
    transaction.commit().await?;
    Ok(sealed)
}

/// The end of the chain; none where nothing is sealed.
pub(super) async fn last_seal(
    connection: &impl ConnectionTrait,
) -> Result<Option<seal_row::Model>, StoreFault> {
    let last = facts::<seal_row::Entity>().order_by_desc(seal_row::Column::Position).limit(1);
    Ok(all_of(connection, last).await?.pop())
}

/// The seals of the settled rows that come next.
async fn next_seals(connection: &impl ConnectionTrait) -> Result<Vec<seal_row::Model>, StoreFault> {
    let last = last_seal(connection).await?;
    let (mut head, after) = match &last {
        Some(seal) => (seal.head()?, (seal.transaction_id, seal.sequence)),
        None => (Head::default(), (-1, 0)),
    };
    let place =
        Expr::tuple([Expr::col(change_row::Column::TransactionId), Expr::col(change_row::Column::Sequence)]);
    let rows = facts::<change_row::Entity>()
        .filter(place.gt(Expr::tuple([Expr::val(after.0), Expr::val(after.1)])))
        .filter(settled(connection.get_database_backend()))
        .order_by_asc(change_row::Column::TransactionId)
        .order_by_asc(change_row::Column::Sequence)
        .limit(BATCH);
    let rows: Vec<EntryRow> = all_of(connection, rows).await?;
    let seals = rows.into_iter().map(|row| {
        let entry = Entry::try_from(row)?;
        head = Head { position: head.position + 1, hash: entry.seal(head.hash) };
        Ok(seal_row::Model {
            position: head.position,
            transaction_id: entry.transaction,
            sequence: entry.sequence,
            hash: head.hash.as_bytes().to_vec(),
        })
    });
    seals.collect()
}

async fn insert(connection: &impl ConnectionTrait, seals: Vec<seal_row::Model>) -> Result<u64, StoreFault> {
    let columns: Vec<seal_row::Column> = seal_row::Column::iter().collect();
    Ok(insert_all::<seal_row::Entity>(connection, &columns, seals, None).await?)
}
