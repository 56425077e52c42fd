//! What offline scans need beside the online ones: enrolments, the time that counts, resolutions, and what could not be
//! read; and hours and days in attendance.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer_null, boolean, integer, json_binary_null, pk_uuid, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::DbBackend,
};

use crate::kit::{index, one_of, table, to, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite keeps half of a failed migration unless it runs in a transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for column in scan_columns() {
            manager.alter_table(Table::alter().table("scan").add_column(column).to_owned()).await?;
        }
        for column in attendance_columns() {
            manager.alter_table(Table::alter().table("attendance").add_column(column).to_owned()).await?;
        }
        // A device that is enrolled again counts from one again.
        manager
            .drop_index(Index::drop().name("scan__device_id__device_sequence").table("scan").to_owned())
            .await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        for statement in backfill(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn tables() -> Vec<TableCreateStatement> {
    vec![
        table("scan_resolution")
            .col(pk_uuid("id"))
            .col(uuid("scan_id"))
            .col(uuid("event_id"))
            .col(text("kind"))
            .col(uuid_null("registration_id"))
            .col(text_null("resolved_by"))
            .col(timestamp_with_time_zone("at"))
            .col(text("reason"))
            .foreign_key(&mut to("scan_id", "scan"))
            .foreign_key(&mut to("event_id", "event"))
            .foreign_key(&mut to("registration_id", "registration"))
            .check(one_of("kind", &["undone", "accepted", "rejected", "attached"]))
            .check(Expr::cust("(kind = 'attached') = (registration_id IS NOT NULL)"))
            .to_owned(),
        // Refers to nothing: what it names may not exist.
        table("stray_scan")
            .col(pk_uuid("id"))
            .col(timestamp_with_time_zone("received_at"))
            .col(text_null("sent_by"))
            .col(uuid_null("device_id"))
            .col(uuid_null("enrolment_id"))
            .col(big_integer_null("device_sequence"))
            .col(text("reason"))
            .col(text("body"))
            .col(text("digest"))
            .to_owned(),
    ]
}

fn scan_columns() -> Vec<ColumnDef> {
    let mut counted_for = uuid_null("counted_for");
    // SQLite takes a foreign key of a new column only with the column itself.
    counted_for.extra("REFERENCES \"registration\" (\"id\")");
    vec![
        uuid_null("enrolment_id"),
        text_null("manifest_cursor"),
        text_null("operator_name"),
        // The identifier or the number that another scan had before.
        uuid_null("claimed_id"),
        big_integer_null("claimed_sequence"),
        timestamp_with_time_zone_null("counted_at"),
        counted_for,
        // The last of its resolutions.
        json_binary_null("resolution"),
    ]
}

fn attendance_columns() -> Vec<ColumnDef> {
    let mut is_imputed = boolean("is_imputed");
    is_imputed.default(false);
    let zero = |name| {
        let mut column = integer(name);
        column.default(0);
        column
    };
    vec![uuid_null("inside_at"), zero("minutes"), zero("half_days"), is_imputed]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique("scan", &["enrolment_id", "device_sequence"]),
        index("scan", &["counted_for"]),
        index("scan", &["claimed_id"]),
        index("attendance", &["inside_at"]),
        index("scan_resolution", &["scan_id", "id"]),
        index("scan_resolution", &["event_id", "id"]),
        unique("stray_scan", &["digest"]),
        index("stray_scan", &["enrolment_id", "device_sequence"]),
    ]
}

fn backfill(backend: DbBackend) -> [&'static str; 3] {
    let resolution = match backend {
        DbBackend::Postgres => {
            "UPDATE scan SET resolution = jsonb_build_object('kind', 'undone', 'registration', NULL, \
             'at', to_jsonb(voided_at), 'reason', void_reason) WHERE voided_at IS NOT NULL"
        }
        _ => {
            "UPDATE scan SET resolution = json_object('kind', 'undone', 'registration', NULL, \
             'at', replace(voided_at, ' ', 'T'), 'reason', void_reason) WHERE voided_at IS NOT NULL"
        }
    };
    [
        "UPDATE scan SET counted_at = captured_at, \
         counted_for = CASE WHEN voided_at IS NULL THEN registration_id END",
        resolution,
        // A scan is undone once: its own identifier does for the fact that it was.
        "INSERT INTO scan_resolution (id, scan_id, event_id, kind, resolved_by, at, reason) \
         SELECT id, id, event_id, 'undone', voided_by, voided_at, void_reason FROM scan WHERE voided_at IS NOT NULL",
    ]
}
