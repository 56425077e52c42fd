//! Attendance by checkpoint, the rule of days of programs, and the events whose attendance is to be folded anew: at first
//! all that have any, since nobody noted where people were seen.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{json_binary_null, small_integer, text_null, uuid, uuid_null},
};

use crate::kit::{table, to};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in
            [("attendance", text_null("seen_at")), ("program", json_binary_null("day_rule"))]
        {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let mut event = uuid("event_id");
        let stale = table("stale_attendance")
            .col(event.primary_key())
            .col(uuid_null("after_id"))
            .col(small_integer("passes"))
            .foreign_key(&mut to("event_id", "event"))
            .to_owned();
        manager.create_table(stale).await?;
        let all =
            "INSERT INTO stale_attendance (event_id, passes) SELECT DISTINCT event_id, 1 FROM attendance";
        manager.get_connection().execute_unprepared(all).await?;
        Ok(())
    }
}
