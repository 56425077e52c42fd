//! Scans, what voids them, and the attendance that follows from them.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer_null, boolean, json_binary, pk_uuid, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{index, migration, one_of, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("scan")
            .col(pk_uuid("id"))
            .col(uuid("event_id"))
            .col(uuid_null("session_id"))
            .col(uuid_null("registration_id"))
            .col(text("direction"))
            .col(text("method"))
            .col(text_null("credential"))
            .col(text_null("operator"))
            .col(uuid_null("device_id"))
            .col(big_integer_null("device_sequence"))
            .col(big_integer_null("manifest_version"))
            .col(text_null("local_verdict"))
            .col(timestamp_with_time_zone("captured_at"))
            .col(timestamp_with_time_zone_null("sent_at"))
            .col(timestamp_with_time_zone("received_at"))
            .col(json_binary("flags"))
            .col(timestamp_with_time_zone_null("voided_at"))
            .col(text_null("voided_by"))
            .col(text_null("void_reason"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("session_id", "session"))
            .foreign_key(&mut to("registration_id", "registration"))
            .check(one_of("direction", &["in", "out"]))
            .check(Expr::cust("(voided_at IS NULL) = (void_reason IS NULL)"))
            .to_owned(),
        table("attendance")
            .col(pk_uuid("registration_id"))
            .col(uuid("event_id"))
            .col(boolean("has_attended"))
            .col(boolean("is_inside"))
            .col(timestamp_with_time_zone_null("first_in_at"))
            .col(timestamp_with_time_zone_null("last_out_at"))
            .foreign_key(&mut to("registration_id", "registration"))
            .foreign_key(&mut to("event_id", "event"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("scan", &["device_id", "device_sequence"]),
        index("scan", &["registration_id", "id"]),
        index("scan", &["event_id", "id"]),
        index("attendance", &["event_id"]),
        index("attendance", &["event_id"])
            .name("attendance__inside_now")
            .and_where(Expr::col("is_inside"))
            .to_owned(),
    ]
}
