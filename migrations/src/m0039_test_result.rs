//! Test results: what people scored before and after an event, and months later.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, date, integer, pk_uuid, text, timestamp_with_time_zone, uuid},
};

use crate::kit::{index, migration, one_of, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("test_result")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("event_id"))
            .col(uuid("registration_id"))
            .col(text("stage"))
            .col(integer("score"))
            .col(integer("maximum"))
            .col(date("taken_on"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("registration_id", "registration"))
            .check(one_of("stage", &["pre_test", "post_test", "reassessment"]))
            .check(Expr::cust("0 <= score AND score <= maximum AND 0 < maximum"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("test_result", &["registration_id", "stage", "taken_on"]),
        index("test_result", &["event_id"]),
    ]
}
