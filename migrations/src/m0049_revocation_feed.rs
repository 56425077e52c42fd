//! The changes after which badges of an event are not good any more, or others are, by their place in the feed.
//!
//! An event has few of them among the changes of its registrations, and a device without a network for hours asks for
//! them first.

use sea_orm_migration::{async_trait, prelude::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The condition stands word for word in the question that is asked of it.
        let make = "CREATE INDEX \"change__revocations_of_event\" \
                    ON \"change\" (\"event_id\", \"transaction_id\", \"sequence\") \
                    WHERE \"subject_kind\" = 'registration' AND \"action\" IN \
                    ('badge.reissue', 'badge.revoke', 'registration.cancel', 'registration.merge')";
        manager.get_connection().execute_unprepared(make).await?;
        Ok(())
    }
}
