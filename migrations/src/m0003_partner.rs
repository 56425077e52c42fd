//! Partners: institutions with a parent and a seat.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, boolean, json_binary, pk_uuid, string_len_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, table, to};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("partner")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("kind"))
            .col(boolean("is_international"))
            .col(string_len_null("country", 2))
            .col(uuid_null("territory_id"))
            .col(uuid_null("parent_id"))
            .col(json_binary("names"))
            .col(bytewise(manager, "sort_name"))
            .col(text_null("note"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .col(uuid_null("merged_into_id"))
            .foreign_key(&mut to("territory_id", "territory"))
            .foreign_key(&mut to("parent_id", "partner"))
            .foreign_key(&mut to("merged_into_id", "partner"))
            .check(Expr::cust("is_international OR country IS NOT NULL"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("partner", &["sort_name", "id"]),
        index("partner", &["created_at", "id"]),
        index("partner", &["parent_id"]),
        index("partner", &["country"]),
    ]
}
