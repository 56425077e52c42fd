//! Territories: a tree by materialised path.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, date_null, json_binary, pk_uuid, string_len, text, timestamp_with_time_zone, uuid_null,
    },
};

use crate::kit::{bytewise, index, migration, one_of, table, to, unique};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("territory")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text("kind"))
            .col(text("code"))
            .col(uuid_null("parent_id"))
            .col(string_len("country", 2))
            .col(bytewise(manager, "path"))
            .col(json_binary("names"))
            .col(date_null("valid_from"))
            .col(date_null("valid_until"))
            .foreign_key(&mut to("parent_id", "territory"))
            .check(one_of("kind", &["country", "region", "district", "city", "precinct"]))
            .check(Expr::cust("(kind = 'country') = (parent_id IS NULL)"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![unique("territory", &["code"]), unique("territory", &["path"]), index("territory", &["parent_id"])]
}
