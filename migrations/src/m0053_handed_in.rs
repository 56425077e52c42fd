//! What devices handed in: which numbers of an enrolment came, as far as it was found out; and what could never be
//! taken, by device, in the order in which it came.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, json_binary, pk_uuid},
    sea_orm::DbBackend,
};

use crate::kit::{index, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Refers to nothing: an enrolment has no table of its own. One without a row has not been looked at.
        let sequence = table("enrolment_sequence")
            .col(pk_uuid("enrolment_id"))
            .col(big_integer("through"))
            .col(json_binary("gaps"))
            .col(big_integer("lost"))
            .to_owned();
        manager.create_table(sequence).await?;
        let of_device = Expr::col("device_id").is_not_null();
        let strays = index("stray_scan", &["device_id", "received_at", "id"]).and_where(of_device).to_owned();
        manager.create_index(strays).await?;
        let found_out = backfill(manager.get_database_backend());
        manager.get_connection().execute_unprepared(&found_out).await?;
        Ok(())
    }
}

/// Finds out which numbers came from all devices so far, but from those with gaps by the thousand, which are looked at
/// as they are heard of.
fn backfill(backend: DbBackend) -> String {
    let gaps = match backend {
        DbBackend::Postgres => "jsonb_agg(jsonb_build_array(earlier + 1, number - 1))",
        _ => "json_group_array(json_array(earlier + 1, number - 1))",
    };
    let is_gap = "FILTER (WHERE number - earlier > 1)";
    let numbers_of = |table| {
        format!(
            "SELECT enrolment_id, device_sequence AS number FROM {table} \
             WHERE enrolment_id IS NOT NULL AND device_sequence >= 1"
        )
    };
    format!(
        "INSERT INTO enrolment_sequence (enrolment_id, through, gaps, lost) \
         SELECT enrolment_id, max(number), coalesce({gaps} {is_gap}, '[]'), max(number) - count(*) FROM \
         (SELECT enrolment_id, number, \
         coalesce(lag(number) OVER (PARTITION BY enrolment_id ORDER BY number), 0) AS earlier \
         FROM ({} UNION {}) AS came) AS followed \
         GROUP BY enrolment_id HAVING count(*) {is_gap} <= 1000",
        numbers_of("scan"),
        numbers_of("stray_scan"),
    )
}
