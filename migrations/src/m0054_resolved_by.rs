//! Who decided about a scan stands beside it, as what they decided does.

use sea_orm_migration::{async_trait, prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let last = "(SELECT r.resolved_by FROM scan_resolution r WHERE r.scan_id = scan.id \
                     ORDER BY r.at DESC, r.id DESC LIMIT 1)";
        let with_author = match manager.get_database_backend() {
            DbBackend::Postgres => {
                format!("jsonb_set(resolution, '{{by}}', coalesce(to_jsonb({last}), 'null'))")
            }
            _ => format!("json_set(resolution, '$.by', {last})"),
        };
        let sql = format!("UPDATE scan SET resolution = {with_author} WHERE resolution IS NOT NULL");
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}
