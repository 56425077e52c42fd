//! Service accounts, the places where each may something, and their secrets.

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
        table("service_account")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text_null("created_by"))
            .col(text("name"))
            .col(text("scopes"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(text_null("revoked_by"))
            .col(text_null("revoke_reason"))
            .check(Expr::cust("(revoked_at IS NULL) = (revoke_reason IS NULL)"))
            .to_owned(),
        table("service_account_place")
            .col(pk_uuid("id"))
            .col(uuid("service_account_id"))
            .col(text("place_kind"))
            .col(string_len_null("country", 2))
            .col(uuid_null("partner_id"))
            .col(uuid_null("program_id"))
            .col(uuid_null("event_id"))
            .foreign_key(&mut to("service_account_id", "service_account"))
            .foreign_key(&mut to("partner_id", "partner"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("event_id", "event"))
            .check(Expr::cust("(place_kind = 'country') = (country IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'partner') = (partner_id IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'program') = (program_id IS NOT NULL)"))
            .check(Expr::cust("(place_kind = 'event') = (event_id IS NOT NULL)"))
            .to_owned(),
        // The secret itself is nowhere: only its hash.
        table("client_secret")
            .col(pk_uuid("id"))
            .col(uuid("service_account_id"))
            .col(text("secret_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .foreign_key(&mut to("service_account_id", "service_account"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("service_account", &["created_at", "id"]),
        index("service_account_place", &["service_account_id"]),
        index("service_account_place", &["partner_id"]),
        index("service_account_place", &["event_id"]),
        unique("client_secret", &["secret_hash"]),
        index("client_secret", &["service_account_id"]),
    ]
}
