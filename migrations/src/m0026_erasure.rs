//! Who was anonymised, when, by whom and why: what stays of an erasure beside its row in the audit trail.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{text, timestamp_with_time_zone, uuid},
};

use crate::kit::{migration, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    let mut participant = uuid("participant_id");
    vec![
        table("erasure")
            .col(participant.primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(text("by"))
            .col(text("reason"))
            .foreign_key(&mut to("participant_id", "participant"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    Vec::new()
}
