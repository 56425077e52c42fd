//! Wrong attempts to prove who one is, for all servers together.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{integer, string, timestamp_with_time_zone},
};

use crate::kit::{index, migration, table};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("attempt")
            // A digest under a key that the servers alone have: neither an account nor an address.
            .col(string("digest").primary_key())
            .col(integer("count"))
            .col(timestamp_with_time_zone("last_at"))
            // When all of them are forgiven.
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![index("attempt", &["expires_at"])]
}
