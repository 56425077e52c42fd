//! The index of the review queue: the scans of an event that were flagged, in the order in which they came.

use sea_orm_migration::{async_trait, prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let empty = match manager.get_database_backend() {
            DbBackend::Postgres => "'[]'::jsonb",
            _ => "'[]'",
        };
        let sql = format!(
            "CREATE INDEX \"scan__flagged\" ON \"scan\" (\"event_id\", \"received_at\", \"id\") \
             WHERE \"flags\" <> {empty}"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}
