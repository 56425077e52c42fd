//! What people said of disabilities, and what they need to take part; apart, so that nothing reads it by the way.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{text_null, timestamp_with_time_zone, uuid},
};

use crate::kit::{migration, one_of, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("disability")
            .col(uuid("participant_id").primary_key())
            .col(text_null("answer"))
            .col(text_null("needs"))
            .col(timestamp_with_time_zone("changed_at"))
            .foreign_key(&mut to("participant_id", "participant"))
            .check(one_of("answer", &["yes", "no", "prefer_not_to_say"]))
            .check(Expr::cust("answer IS NOT NULL OR needs IS NOT NULL"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    Vec::new()
}
