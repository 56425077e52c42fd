//! Signing in with a provider of OpenID Connect: the identities that accounts are linked with, and who is on the way.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{table, to, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = timestamp_with_time_zone_null("provider_since");
        manager.alter_table(Table::alter().table("account").add_column(since).to_owned()).await?;
        for table in [identities(), sign_ins()] {
            manager.create_table(table).await?;
        }
        let indexes = [
            unique("account_identity", &["issuer", "subject"]),
            // An account has one identity of each provider at most.
            unique("account_identity", &["account_id", "issuer"]),
            unique("provider_sign_in", &["state_hash"]),
            unique("provider_sign_in", &["code_hash"]),
        ];
        for index in indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn identities() -> TableCreateStatement {
    table("account_identity")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(text("issuer"))
        .col(text("subject"))
        .col(timestamp_with_time_zone("linked_at"))
        .foreign_key(&mut to("account_id", "account"))
        .to_owned()
}

fn sign_ins() -> TableCreateStatement {
    table("provider_sign_in")
        .col(pk_uuid("id"))
        .col(text("provider"))
        .col(text("state_hash"))
        .col(text("browser_hash"))
        // The nonce and the verifier of the code, sealed.
        .col(text("sealed_secrets"))
        .col(text("code_challenge"))
        .col(text("return_to"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("returned_at"))
        .col(uuid_null("account_id"))
        .col(text_null("code_hash"))
        .col(timestamp_with_time_zone_null("code_expires_at"))
        .col(timestamp_with_time_zone_null("exchanged_at"))
        .foreign_key(&mut to("account_id", "account"))
        .to_owned()
}
