//! Walk-ins, and the columns by which a known person is found by contact.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{pk_uuid, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null},
};

use crate::kit::{index, migration, one_of, table, to, unique};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("walk_in")
            .col(pk_uuid("id"))
            .col(uuid("event_id"))
            .col(uuid("registration_id"))
            .col(uuid("participant_id"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone_null("settled_at"))
            .col(text_null("outcome"))
            .col(uuid_null("known_id"))
            .col(text_null("reason"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("registration_id", "registration"))
            .foreign_key(&mut to("participant_id", "participant"))
            .foreign_key(&mut to("known_id", "participant"))
            .check(one_of("outcome", &["new_person", "known_person"]))
            .check(Expr::cust("(settled_at IS NULL) = (outcome IS NULL)"))
            .check(Expr::cust("(settled_at IS NULL) = (reason IS NULL)"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let known = |column: &'static str| {
        index("participant", &[column]).and_where(Expr::col(column).is_not_null()).to_owned()
    };
    vec![
        index("walk_in", &["event_id", "made_at", "id"]),
        unique("walk_in", &["registration_id"]),
        known("email"),
        known("phone"),
    ]
}
