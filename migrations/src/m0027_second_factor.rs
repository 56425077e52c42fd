//! The second factor of accounts, recovery codes, and the challenges of those who are half-way in.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer_null, integer, pk_uuid, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid,
    },
};

use crate::kit::{index, one_of, table, to, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = timestamp_with_time_zone_null("second_factor_since");
        manager.alter_table(Table::alter().table("account").add_column(since).to_owned()).await?;
        for table in [factors(), recovery_codes(), challenges()] {
            manager.create_table(table).await?;
        }
        let indexes = [
            unique("recovery_code", &["account_id", "code_hash"]),
            unique("sign_in_challenge", &["token_hash"]),
            index("sign_in_challenge", &["account_id"]),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn factors() -> TableCreateStatement {
    table("second_factor")
        .col(uuid("account_id").primary_key())
        .col(text("sealed_secret"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        // The last thirty seconds whose code was accepted: none comes twice, on whichever node.
        .col(big_integer_null("last_step"))
        .col(integer("wrong_count"))
        .col(timestamp_with_time_zone("wrong_at"))
        .foreign_key(&mut to("account_id", "account"))
        .to_owned()
}

fn recovery_codes() -> TableCreateStatement {
    table("recovery_code")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(text("code_hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .foreign_key(&mut to("account_id", "account"))
        .to_owned()
}

fn challenges() -> TableCreateStatement {
    table("sign_in_challenge")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(text("kind"))
        .col(text("token_hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("spent_at"))
        .foreign_key(&mut to("account_id", "account"))
        .check(one_of("kind", &["second_factor", "set_up"]))
        .to_owned()
}
