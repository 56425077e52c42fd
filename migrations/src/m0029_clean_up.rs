//! What is past its time is found by its time, to be deleted.

use sea_orm_migration::{async_trait, prelude::*};

use crate::kit::{index, migration};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    Vec::new()
}

fn indexes() -> Vec<IndexCreateStatement> {
    ["refresh_token", "account_link", "sign_in_challenge", "provider_sign_in"]
        .map(|table| index(table, &["expires_at"]))
        .to_vec()
}
