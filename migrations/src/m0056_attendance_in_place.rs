//! Who is inside changes with each scan: no index holds it, so that PostgreSQL can change attendance where it stands,
//! without an entry in every index; and room is left for that.

use sea_orm_migration::{async_trait, prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX \"attendance__inside_now\"").await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            connection.execute_unprepared("ALTER TABLE \"attendance\" SET (fillfactor = 80)").await?;
        }
        Ok(())
    }
}
