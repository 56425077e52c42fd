//! The times for which someone broke the glass.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        json_binary, pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
        uuid_null,
    },
};

use crate::kit::{index, migration, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("glass_break")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(uuid_null("program_id"))
            .col(uuid_null("event_id"))
            .col(json_binary("opens"))
            .col(text("reason"))
            .col(timestamp_with_time_zone("opened_at"))
            .col(timestamp_with_time_zone("ends_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text_null("ended_by"))
            .foreign_key(&mut to("account_id", "account"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("event_id", "event"))
            .check(Expr::cust("(program_id IS NULL) <> (event_id IS NULL)"))
            .check(Expr::cust("opened_at < ends_at"))
            .check(Expr::cust("(ended_at IS NULL) = (ended_by IS NULL)"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("glass_break", &["opened_at", "id"]),
        index("glass_break", &["account_id", "ends_at"]),
        index("glass_break", &["program_id"]),
        index("glass_break", &["event_id"]),
    ]
}
