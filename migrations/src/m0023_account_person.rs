//! Whose account it is: the participant behind an account.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{text_null, timestamp_with_time_zone, uuid, uuid_uniq},
};

use crate::kit::{migration, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("account_person")
            .col(uuid("account_id").primary_key())
            // A person has one account at most.
            .col(uuid_uniq("participant_id"))
            .col(timestamp_with_time_zone("linked_at"))
            .col(text_null("linked_by"))
            .foreign_key(&mut to("account_id", "account"))
            .foreign_key(&mut to("participant_id", "participant"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    Vec::new()
}
