//! Registrations: a participant's place at an event, delegations, and what speakers say in sessions.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, boolean, integer_null, json_binary_null, pk_uuid, string_len_null, text, text_null,
        timestamp_with_time_zone, uuid, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, one_of, table, to, unique};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("delegation")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(uuid_null("sender_id"))
            .col(string_len_null("country", 2))
            .col(uuid_null("invited_by_id"))
            .col(integer_null("size"))
            .col(text_null("note"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("sender_id", "partner"))
            .foreign_key(&mut to("invited_by_id", "partner"))
            .to_owned(),
        table("registration")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(uuid("participant_id"))
            // The person's, kept here so that a roster by name is read from one index.
            .col(bytewise(manager, "sort_name"))
            .col(text("role"))
            .col(uuid_null("category_id"))
            .col(uuid_null("delegation_id"))
            .col(boolean("is_delegation_head"))
            .col(uuid_null("partner_id"))
            .col(json_binary_null("position"))
            .col(uuid_null("territory_id"))
            .col(string_len_null("country", 2))
            .col(text("status"))
            .col(text_null("status_reason"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("participant_id", "participant"))
            .foreign_key(&mut to("category_id", "participant_category"))
            .foreign_key(&mut to("delegation_id", "delegation"))
            .foreign_key(&mut to("partner_id", "partner"))
            .foreign_key(&mut to("territory_id", "territory"))
            .check(one_of("status", &["registered", "cancelled"]))
            .check(Expr::cust("NOT is_delegation_head OR delegation_id IS NOT NULL"))
            .to_owned(),
        table("contribution")
            .col(pk_uuid("id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(uuid_null("session_id"))
            .col(uuid("registration_id"))
            .col(text("kind"))
            .col(json_binary_null("title"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("session_id", "session"))
            .foreign_key(&mut to("registration_id", "registration"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("delegation", &["event_id", "id"]),
        index("delegation", &["sender_id"]),
        index("registration", &["event_id", "created_at", "id"]),
        index("registration", &["event_id", "sort_name", "id"]),
        index("registration", &["participant_id", "id"]),
        index("registration", &["delegation_id"]),
        unique("registration", &["event_id", "participant_id"])
            .name("registration__one_active_per_person_and_event")
            .and_where(Expr::col("status").ne("cancelled"))
            .to_owned(),
        unique("registration", &["delegation_id"])
            .name("registration__one_head_per_delegation")
            .and_where(Expr::col("is_delegation_head").and(Expr::col("status").ne("cancelled")))
            .to_owned(),
        index("contribution", &["session_id", "id"]),
        index("contribution", &["registration_id"]),
    ]
}
