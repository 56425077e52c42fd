//! Who is inside where is told by `seen_at`, among the people of an event: nobody looks for it by `inside_at` any more.

use sea_orm_migration::{async_trait, prelude::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX \"attendance__inside_at\"").await?;
        Ok(())
    }
}
