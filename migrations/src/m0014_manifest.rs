//! What devices hold of names, and the changes of an event's registrations by their place in the feed.

use sea_orm_migration::{async_trait, prelude::*, schema::text};

use crate::kit::{index, one_of};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut names = text("manifest_names");
        names.default("full").check(one_of("manifest_names", &["full", "initials", "nothing"]));
        manager.alter_table(Table::alter().table("event").add_column(names).to_owned()).await?;
        // The scans of an event are changes too, many more than those of its registrations.
        let of_registrations = index("change", &["event_id", "transaction_id", "sequence"])
            .name("change__registrations_of_event")
            .and_where(Expr::col("subject_kind").eq("registration"))
            .to_owned();
        manager.create_index(of_registrations).await
    }
}
