//! Indexes of columns that most rows leave empty hold those rows alone that do not: a scan without a checkpoint that no
//! device made has three entries less, its attendance one.

use sea_orm_migration::{async_trait, prelude::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The names of the indexes, which stay, and how they are made now.
const SPARSE: [(&str, &str); 4] = [
    (
        "scan__checkpoint_id__registration_id",
        "CREATE INDEX \"scan__checkpoint_id__registration_id\" \
         ON \"scan\" (\"checkpoint_id\", \"registration_id\") WHERE \"checkpoint_id\" IS NOT NULL",
    ),
    (
        "scan__enrolment_id__device_sequence",
        "CREATE UNIQUE INDEX \"scan__enrolment_id__device_sequence\" \
         ON \"scan\" (\"enrolment_id\", \"device_sequence\") WHERE \"enrolment_id\" IS NOT NULL",
    ),
    (
        "scan__claimed_id",
        "CREATE INDEX \"scan__claimed_id\" ON \"scan\" (\"claimed_id\") WHERE \"claimed_id\" IS NOT NULL",
    ),
    (
        "attendance__inside_at",
        "CREATE INDEX \"attendance__inside_at\" ON \"attendance\" (\"inside_at\") WHERE \"inside_at\" IS NOT NULL",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (name, make) in SPARSE {
            connection.execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
            connection.execute_unprepared(make).await?;
        }
        Ok(())
    }
}
