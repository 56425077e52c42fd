//! Participants: persons with names by script and, where known, more.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, json_binary, json_binary_null, pk_uuid, small_integer_null, string_len_null, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, table, to};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("participant")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(json_binary("names"))
            .col(bytewise(manager, "sort_name"))
            .col(text_null("sex"))
            .col(text_null("sex_basis"))
            .col(small_integer_null("birth_year"))
            .col(text_null("email"))
            .col(text_null("phone"))
            .col(uuid_null("home_partner_id"))
            .col(json_binary_null("position"))
            .col(uuid_null("territory_id"))
            .col(string_len_null("country", 2))
            .col(text_null("note"))
            .col(uuid_null("merged_into_id"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .foreign_key(&mut to("home_partner_id", "partner"))
            .foreign_key(&mut to("territory_id", "territory"))
            .foreign_key(&mut to("merged_into_id", "participant"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("participant", &["sort_name", "id"]),
        index("participant", &["created_at", "id"]),
        index("participant", &["home_partner_id", "sort_name", "id"]),
        index("participant", &["country", "sort_name", "id"]),
    ]
}
