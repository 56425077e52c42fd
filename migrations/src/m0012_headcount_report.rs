//! Headcount reports: figures without a list, as their sources give them.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, boolean, json_binary_null, pk_uuid, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{index, migration, one_of, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("headcount_report")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(text("measure"))
            .col(json_binary_null("label"))
            .col(text("unit"))
            .col(big_integer_null("value"))
            .col(text("qualifier"))
            .col(text("state"))
            .col(text("basis"))
            .col(text_null("as_written"))
            .col(json_binary_null("breakdown"))
            .col(uuid_null("subset_of_id"))
            .col(boolean("is_running_total"))
            .col(text_null("note"))
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .col(text_null("withdrawn_reason"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("subset_of_id", "headcount_report"))
            .check(one_of("qualifier", &["exact", "approximate", "at_least", "at_most", "unknown"]))
            .check(Expr::cust("value IS NULL OR value >= 0"))
            .check(Expr::cust("(value IS NULL) = (qualifier = 'unknown')"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![index("headcount_report", &["event_id", "id"]), index("headcount_report", &["created_at", "id"])]
}
