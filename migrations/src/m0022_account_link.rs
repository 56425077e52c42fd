//! Links that are sent to accounts by e-mail: invitations, new passwords.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{pk_uuid, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

use crate::kit::{index, migration, one_of, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("account_link")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(text("kind"))
            .col(text("token_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("spent_at"))
            .foreign_key(&mut to("account_id", "account"))
            .check(one_of("kind", &["invitation", "password_reset"]))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![unique("account_link", &["token_hash"]), index("account_link", &["account_id"])]
}
