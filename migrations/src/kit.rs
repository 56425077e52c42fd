//! What every migration needs: columns of one kind, foreign keys, indexes, word lists, and one way to run.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Declares a migration that creates tables: `migration!(tables, indexes)` with two functions of the manager.
macro_rules! migration {
    () => {
        #[derive(DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl MigrationTrait for Migration {
            // SQLite keeps half of a failed migration unless it runs in a transaction.
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                for table in tables(manager) {
                    manager.create_table(table).await?;
                }
                for index in indexes() {
                    manager.create_index(index).await?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use migration;

/// Starts a table.
pub fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

/// A text column compared byte by byte on both databases, so that a range of it can be a prefix.
pub fn bytewise(manager: &SchemaManager, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text().not_null();
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A foreign key to the `id` of another table; a row that is referred to cannot be deleted.
pub fn to(column: &'static str, table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from_col(column).to(table, "id").to_owned()
}

/// A check that a text column holds one of these words, or nothing.
pub fn one_of(column: &'static str, words: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(words.iter().copied())
}

/// An index, named after its table and columns.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(format!("{table}__{}", columns.join("__"))).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A unique index, named after its table and columns.
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().to_owned()
}
