//! Deleting what is spent: refresh tokens, links, challenges and sign-ins with providers that are long past their time,
//! and wrong attempts that are long forgiven.
//!
//! Whoever presents one of them is answered as before: what is past its time is refused like what is not known. A
//! refresh token stays as long as it can betray that someone has a copy, which is as long as it would have been good.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Order, Query},
};

use super::{attempt, challenge, link, provider, row::refresh_token};
use crate::{
    dialect::{begin, try_turn},
    fault::{Failure, StoreFault},
    feed::in_background,
    store::Store,
};

/// How many rows of a table are deleted at once: nobody waits for more than that.
const BATCH: u64 = 500;
/// How long rows are kept beyond their time, for who looks into what happened.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);
/// What nodes take turns for.
const TURN: &str = "delete what is spent";

impl Store {
    /// Deletes some of what is long past its time; tells whether there is more of it.
    pub async fn delete_spent(&self, now: DateTime<Utc>) -> Result<bool, Failure> {
        Ok(in_background(self.delete_some_spent(now - KEPT_FOR)).await?)
    }

    async fn delete_some_spent(&self, before: DateTime<Utc>) -> Result<bool, StoreFault> {
        let transaction = begin(self.writer()).await?;
        if !try_turn(&transaction, TURN).await? {
            return Ok(false);
        }
        let deleted = [
            delete::<refresh_token::Entity>(
                &transaction,
                [refresh_token::Column::Id, refresh_token::Column::ExpiresAt],
                before,
            )
            .await?,
            delete::<link::Entity>(&transaction, [link::Column::Id, link::Column::ExpiresAt], before).await?,
            delete::<challenge::Entity>(
                &transaction,
                [challenge::Column::Id, challenge::Column::ExpiresAt],
                before,
            )
            .await?,
            delete::<attempt::Entity>(
                &transaction,
                [attempt::Column::Digest, attempt::Column::ExpiresAt],
                before,
            )
            .await?,
            delete::<provider::Entity>(
                &transaction,
                [provider::Column::Id, provider::Column::ExpiresAt],
                before,
            )
            .await?,
        ];
        transaction.commit().await?;
        Ok(deleted.contains(&BATCH))
    }
}

/// Deletes a batch of the rows of a table whose time was over before that, the oldest first.
#[expect(clippy::disallowed_methods, reason = "what is past its time belongs to nobody any more")]
async fn delete<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    [id, expires_at]: [E::Column; 2],
    before: DateTime<Utc>,
) -> Result<u64, StoreFault> {
    let oldest = Query::select()
        .column(id)
        .from(E::default())
        .and_where(Expr::col(expires_at).lt(before))
        .order_by(expires_at, Order::Asc)
        .limit(BATCH)
        .to_owned();
    let deleted = E::delete_many().filter(id.in_subquery(oldest)).exec(connection).await?;
    Ok(deleted.rows_affected)
}
