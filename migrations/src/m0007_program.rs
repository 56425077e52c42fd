//! Programs: partners, countries, stages, cascade levels, participant categories, and what they rest on.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, integer, integer_null, json_binary, json_binary_null, pk_uuid, string_len, text,
        text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, one_of, table, to, unique};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("program")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(json_binary("names"))
            .col(bytewise(manager, "sort_name"))
            .col(uuid_null("lead_partner_id"))
            .col(json_binary_null("began"))
            .col(json_binary_null("ended"))
            .col(json_binary_null("purpose"))
            .col(text_null("note"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .foreign_key(&mut to("lead_partner_id", "partner"))
            .to_owned(),
        table("program_country")
            .col(uuid("program_id"))
            .col(string_len("country", 2))
            .primary_key(Index::create().col("program_id").col("country"))
            .foreign_key(&mut to("program_id", "program"))
            .to_owned(),
        table("program_partner")
            .col(uuid("program_id"))
            .col(uuid("partner_id"))
            .col(text("role"))
            .primary_key(Index::create().col("program_id").col("partner_id").col("role"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("partner_id", "partner"))
            .to_owned(),
        table("program_stage")
            .col(uuid("program_id"))
            .col(integer("number"))
            .col(json_binary_null("description"))
            .col(json_binary_null("dates"))
            .col(text_null("note"))
            .primary_key(Index::create().col("program_id").col("number"))
            .foreign_key(&mut to("program_id", "program"))
            .to_owned(),
        table("cascade_level")
            .col(uuid("program_id"))
            .col(integer("number"))
            .col(json_binary("name"))
            .col(uuid_null("trained_at_id"))
            .col(integer_null("people_total"))
            .col(text_null("note"))
            .primary_key(Index::create().col("program_id").col("number"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("trained_at_id", "partner"))
            .to_owned(),
        table("participant_category")
            .col(pk_uuid("id"))
            .col(uuid("program_id"))
            .col(text("code"))
            .col(json_binary("name"))
            .col(integer_null("cascade_level"))
            .foreign_key(&mut to("program_id", "program"))
            .to_owned(),
        table("program_basis")
            .col(pk_uuid("id"))
            .col(uuid("program_id"))
            .col(integer("position"))
            .col(text("kind"))
            .col(uuid_null("agreement_id"))
            .col(uuid_null("issuer_id"))
            .col(json_binary_null("title"))
            .col(json_binary_null("dates"))
            .col(text_null("note"))
            .foreign_key(&mut to("program_id", "program"))
            .foreign_key(&mut to("agreement_id", "agreement"))
            .foreign_key(&mut to("issuer_id", "partner"))
            .check(one_of("kind", &["agreement", "concept", "mandate", "framework"]))
            .check(Expr::cust("(kind = 'agreement') = (agreement_id IS NOT NULL)"))
            .check(Expr::cust("agreement_id IS NULL OR issuer_id IS NULL"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("program", &["sort_name", "id"]),
        index("program", &["created_at", "id"]),
        index("program", &["lead_partner_id"]),
        index("program_country", &["country", "program_id"]),
        index("program_partner", &["partner_id", "program_id"]),
        unique("participant_category", &["program_id", "code"]),
        index("program_basis", &["program_id"]),
        index("program_basis", &["agreement_id"]),
        index("program_basis", &["issuer_id"]),
        index("cascade_level", &["trained_at_id"]),
    ]
}
