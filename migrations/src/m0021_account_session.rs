//! Sessions of accounts: since when, from where, and how they ended. Those that go on are taken over.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{pk_uuid, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

use crate::kit::{index, table, to};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite keeps half of a failed migration unless it runs in a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sessions = table("account_session")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(timestamp_with_time_zone("opened_at"))
            .col(text_null("opened_from"))
            .col(text_null("user_agent"))
            .col(timestamp_with_time_zone("last_used_at"))
            .col(text_null("last_used_from"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text_null("ended_why"))
            .foreign_key(&mut to("account_id", "account"))
            .check(Expr::cust("(ended_at IS NULL) = (ended_why IS NULL)"))
            .to_owned();
        manager.create_table(sessions).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "INSERT INTO account_session (id, account_id, opened_at, last_used_at, ended_at, ended_why)
                SELECT session_id, account_id, min(created_at), max(created_at), max(revoked_at),
                CASE WHEN max(revoked_at) IS NULL THEN NULL ELSE 'signed_out' END
                FROM refresh_token GROUP BY session_id, account_id",
            )
            .await?;
        manager.create_index(index("account_session", &["account_id", "opened_at"])).await
    }
}
