//! Checkpoints of events, and the checkpoint at which a scan was made.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, boolean, date_null, integer_null, json_binary_null, pk_uuid, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{index, one_of, table, to, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite keeps half of a failed migration unless it runs in a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(checkpoint()).await?;
        let mut at = uuid_null("checkpoint_id");
        // SQLite takes a foreign key of a new column only with the column itself.
        at.extra("REFERENCES \"checkpoint\" (\"id\")");
        manager.alter_table(Table::alter().table("scan").add_column(at).to_owned()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn checkpoint() -> TableCreateStatement {
    table("checkpoint")
        .col(pk_uuid("id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(uuid("event_id"))
        .col(text("kind"))
        .col(json_binary_null("name"))
        .col(date_null("day"))
        .col(uuid_null("session_id"))
        .col(timestamp_with_time_zone_null("opens_at"))
        .col(timestamp_with_time_zone_null("closes_at"))
        .col(timestamp_with_time_zone_null("starts_at"))
        .col(timestamp_with_time_zone_null("ends_at"))
        .col(integer_null("capacity"))
        .col(boolean("scans_exits"))
        .col(text("missing_exit"))
        .col(integer_null("missing_exit_minutes"))
        .col(boolean("is_default"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .foreign_key(&mut to("event_id", "event"))
        .foreign_key(&mut to("session_id", "session"))
        .check(one_of("kind", &["day", "session", "meal", "door"]))
        .check(one_of("missing_exit", &["until_end", "after_minutes", "nothing"]))
        .check(Expr::cust("(kind = 'day') = (day IS NOT NULL)"))
        .check(Expr::cust("(kind = 'session') = (session_id IS NOT NULL)"))
        .check(Expr::cust("(missing_exit = 'after_minutes') = (missing_exit_minutes IS NOT NULL)"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("checkpoint", &["event_id", "id"]),
        unique("checkpoint", &["event_id", "day"])
            .name("checkpoint__one_per_day")
            .and_where(Expr::col("removed_at").is_null())
            .to_owned(),
        unique("checkpoint", &["session_id"])
            .name("checkpoint__one_per_session")
            .and_where(Expr::col("removed_at").is_null())
            .to_owned(),
        index("scan", &["checkpoint_id", "registration_id"]),
    ]
}
