//! The keys that badges are signed with, and the registrations whose badge was revoked or issued anew.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        integer, pk_uuid, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    },
};

use crate::kit::{index, migration, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("badge_key")
            .col(pk_uuid("id"))
            .col(text("public_key"))
            .col(text("sealed_secret"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("read_until"))
            .to_owned(),
        // A first badge that nothing happened to has no row.
        table("badge")
            .col(pk_uuid("registration_id"))
            .col(uuid("event_id"))
            .col(integer("serial"))
            .col(timestamp_with_time_zone("issued_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(text_null("revoke_reason"))
            .foreign_key(&mut to("registration_id", "registration"))
            .foreign_key(&mut to("event_id", "event"))
            .check(Expr::cust("serial BETWEEN 1 AND 65535"))
            .check(Expr::cust("(revoked_at IS NULL) = (revoke_reason IS NULL)"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![unique("badge_key", &["public_key"]), index("badge", &["event_id", "registration_id"])]
}
