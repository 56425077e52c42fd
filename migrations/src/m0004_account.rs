//! Accounts, their grants and their refresh tokens.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, pk_uuid, string_len_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{index, migration, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("account")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("email"))
            .col(text("display_name"))
            .col(text("password_hash"))
            .col(timestamp_with_time_zone_null("disabled_at"))
            .to_owned(),
        table("account_grant")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(text("role"))
            .col(text("place_kind"))
            .col(string_len_null("country", 2))
            .col(uuid_null("partner_id"))
            .col(uuid_null("program_id"))
            .col(uuid_null("event_id"))
            .col(timestamp_with_time_zone("granted_at"))
            .col(text_null("granted_by"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .foreign_key(&mut to("account_id", "account"))
            .foreign_key(&mut to("partner_id", "partner"))
            .check(Expr::cust("(place_kind = 'country') = (country IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'partner') = (partner_id IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'program') = (program_id IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'event') = (event_id IS NOT NULL)"))
            .to_owned(),
        table("refresh_token")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(uuid("session_id"))
            .col(text("token_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .foreign_key(&mut to("account_id", "account"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("account", &["email"]),
        index("account_grant", &["account_id"]),
        index("account_grant", &["partner_id"]),
        unique("refresh_token", &["token_hash"]),
        index("refresh_token", &["session_id"]),
    ]
}
