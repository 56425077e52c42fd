//! Agreements between partners.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, date, date_null, integer, json_binary, json_binary_null, pk_uuid, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    },
};

use crate::kit::{index, migration, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("agreement")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("kind"))
            .col(json_binary("names"))
            .col(json_binary_null("signed"))
            .col(date_null("signed_earliest"))
            .col(date_null("signed_latest"))
            .col(date("sort_date"))
            .col(json_binary_null("effective"))
            .col(json_binary_null("valid_until"))
            .col(text_null("place"))
            .col(json_binary_null("signatories"))
            .col(json_binary("purposes"))
            .col(text_null("note"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .to_owned(),
        table("agreement_party")
            .col(uuid("agreement_id"))
            .col(uuid("partner_id"))
            .col(integer("position"))
            .col(text("role"))
            .primary_key(Index::create().col("agreement_id").col("partner_id"))
            .foreign_key(&mut to("agreement_id", "agreement"))
            .foreign_key(&mut to("partner_id", "partner"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("agreement", &["sort_date", "id"]),
        index("agreement", &["created_at", "id"]),
        index("agreement_party", &["partner_id", "agreement_id"]),
    ]
}
