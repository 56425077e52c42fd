//! Events, their partners, their sessions, and the maintained counters of their people.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, boolean, date, date_null, integer, integer_null, json_binary, json_binary_null, pk_uuid,
        small_integer, string_len_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, one_of, table, to, unique};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    let mut territory_path = bytewise(manager, "territory_path");
    territory_path.null();
    vec![
        table("event")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("kind"))
            .col(text_null("format"))
            .col(text("status"))
            .col(text_null("status_reason"))
            .col(json_binary("names"))
            .col(json_binary("dates"))
            .col(date_null("earliest"))
            .col(date_null("latest"))
            .col(date("sort_date"))
            .col(boolean("dates_fully_stated"))
            .col(timestamp_with_time_zone_null("starts_at"))
            .col(timestamp_with_time_zone_null("ends_at"))
            .col(text_null("time_zone"))
            .col(uuid_null("program_id"))
            .col(integer_null("stage"))
            .col(integer_null("cascade_level"))
            .col(uuid_null("parent_id"))
            .col(text_null("relation"))
            .col(uuid_null("host_id"))
            .col(uuid_null("territory_id"))
            .col(territory_path)
            .col(string_len_null("country", 2))
            .col(text_null("venue"))
            .col(integer_null("capacity"))
            .col(json_binary("languages"))
            .col(json_binary("target_groups"))
            .col(json_binary_null("topics"))
            .col(json_binary("particulars"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("parent_id", "event"))
            .foreign_key(&mut to("host_id", "partner"))
            .foreign_key(&mut to("territory_id", "territory"))
            .check(one_of(
                "status",
                &["draft", "planned", "open", "in_progress", "held", "closed", "cancelled", "postponed"],
            ))
            .check(Expr::cust("(parent_id IS NULL) = (relation IS NULL)"))
            .check(Expr::cust(
                "(starts_at IS NULL) = (ends_at IS NULL) AND (starts_at IS NULL) = (time_zone IS NULL)",
            ))
            .to_owned(),
        table("event_partner")
            .col(uuid("event_id"))
            .col(uuid("partner_id"))
            .col(text("role"))
            .primary_key(Index::create().col("event_id").col("partner_id").col("role"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("partner_id", "partner"))
            .to_owned(),
        table("session")
            .col(pk_uuid("id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(integer("number"))
            .col(json_binary("names"))
            .col(json_binary_null("dates"))
            .col(json_binary_null("topics"))
            .foreign_key(&mut to("event_id", "event"))
            .to_owned(),
        // Several shards a event, so that check-ins at one door do not queue for one row; the sum counts.
        table("event_tally")
            .col(uuid("event_id"))
            .col(small_integer("shard"))
            .col(integer("registrations"))
            .col(integer("attended"))
            .primary_key(Index::create().col("event_id").col("shard"))
            .foreign_key(&mut to("event_id", "event"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("event", &["sort_date", "id"]),
        index("event", &["created_at", "id"]),
        index("event", &["country", "sort_date", "id"]),
        index("event", &["host_id", "sort_date", "id"]),
        index("event", &["program_id", "sort_date", "id"]),
        index("event", &["territory_path", "sort_date", "id"]),
        index("event", &["parent_id"]),
        index("event", &["status", "sort_date", "id"]),
        index("event_partner", &["partner_id", "event_id"]),
        unique("session", &["event_id", "number"]),
    ]
}
