//! The keys that sign access tokens, shared by all nodes.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{pk_uuid, text, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

use crate::kit::{migration, table};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("signing_key")
            .col(pk_uuid("id"))
            .col(text("public_key"))
            .col(text("sealed_secret"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("believed_until"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    Vec::new()
}
