//! Walk-ins that a door without a network took in: what is amiss with them, what tells them from others, the scans that
//! name them before they come; and registrations that were merged into others.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{json_binary, text_null, uuid_null},
};

use crate::kit::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn columns() -> Vec<(&'static str, ColumnDef)> {
    let mut flags = json_binary("flags");
    flags.default("[]");
    // SQLite takes a foreign key of a new column only with the column itself.
    let mut merged_into = uuid_null("merged_into_id");
    merged_into.extra("REFERENCES \"registration\" (\"id\")");
    vec![
        ("walk_in", flags),
        ("walk_in", text_null("fingerprint")),
        // Refers to nothing: the walk-in may come after the scan.
        ("scan", uuid_null("walk_in_id")),
        ("registration", merged_into),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let few = |table, column: &'static str| {
        index(table, &[column]).and_where(Expr::col(column).is_not_null()).to_owned()
    };
    vec![few("scan", "walk_in_id"), few("registration", "merged_into_id")]
}
