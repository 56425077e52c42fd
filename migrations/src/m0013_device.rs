//! Devices, the events that each serves, and the codes by which phones become devices.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, integer_null, json_binary, pk_uuid, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{index, migration, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("device")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("name"))
            .col(json_binary("checkpoints"))
            .col(timestamp_with_time_zone("opens_at"))
            .col(timestamp_with_time_zone("closes_at"))
            .col(uuid_null("enrolment_id"))
            .col(timestamp_with_time_zone_null("enrolled_at"))
            .col(text_null("application_version"))
            .col(text_null("phone"))
            .col(timestamp_with_time_zone_null("last_seen_at"))
            .col(integer_null("pending"))
            .col(big_integer_null("highest_sequence"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(text_null("revoked_by"))
            .col(text_null("revoke_reason"))
            .check(Expr::cust("opens_at < closes_at"))
            .check(Expr::cust("(enrolment_id IS NULL) = (enrolled_at IS NULL)"))
            .check(Expr::cust("(revoked_at IS NULL) = (revoke_reason IS NULL)"))
            .to_owned(),
        table("device_event")
            .col(uuid("device_id"))
            .col(uuid("event_id"))
            .primary_key(Index::create().col("device_id").col("event_id"))
            .foreign_key(&mut to("device_id", "device"))
            .foreign_key(&mut to("event_id", "event"))
            .to_owned(),
        // The code itself is nowhere: only its hash.
        table("enrolment_code")
            .col(ColumnDef::new("hash").text().not_null().primary_key())
            .col(uuid("device_id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("replaced_at"))
            .col(uuid_null("used_by"))
            .foreign_key(&mut to("device_id", "device"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("device", &["enrolment_id"]),
        index("device_event", &["event_id", "device_id"]),
        index("enrolment_code", &["device_id"]),
        // An enrolment that ended never begins again.
        unique("enrolment_code", &["used_by"]),
    ]
}
