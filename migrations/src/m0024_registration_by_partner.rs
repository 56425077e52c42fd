//! The registrations of those who represent an institution, for the institution that organises an event with others.

use sea_orm_migration::{async_trait, prelude::*};

use crate::kit::{index, migration};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    Vec::new()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let represents = Expr::col("partner_id").is_not_null();
    vec![index("registration", &["partner_id", "event_id"]).and_where(represents).to_owned()]
}
