//! Whether a record has a word is told by the index of its words alone.

use sea_orm_migration::{async_trait, prelude::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX \"search_term__subject_id\"").await?;
        let words =
            "CREATE INDEX \"search_term__subject_id__term\" ON \"search_term\" (\"subject_id\", \"term\")";
        connection.execute_unprepared(words).await?;
        Ok(())
    }
}
