//! Attendance by session: events at whose sessions people were scanned without a checkpoint are folded anew, since nobody
//! noted that they were seen there.

use sea_orm_migration::{async_trait, prelude::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One that is marked is gone through once more, from the beginning.
        let marked = "INSERT INTO stale_attendance (event_id, passes) \
                      SELECT DISTINCT event_id, 1 FROM scan WHERE session_id IS NOT NULL AND checkpoint_id IS NULL \
                      ON CONFLICT (event_id) DO UPDATE SET passes = stale_attendance.passes + 1";
        manager.get_connection().execute_unprepared(marked).await?;
        Ok(())
    }
}
