//! Whom a scan shows that could not be taken, where that can be told: so that it is found when the person is erased.

use sea_orm_migration::{async_trait, prelude::*, schema::uuid_null};

use crate::kit::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Refers to nothing: what it names may not exist.
        let column = uuid_null("registration_id");
        manager.alter_table(Table::alter().table("stray_scan").add_column(column).to_owned()).await?;
        let known = Expr::col("registration_id").is_not_null();
        manager.create_index(index("stray_scan", &["registration_id"]).and_where(known).to_owned()).await
    }
}
