//! The audit trail: who asked for a change and for whom, its personal part apart, and the seals that chain the rows.
//!
//! Triggers refuse whatever would rewrite the trail; only the personal part of a row can be blanked. Rows from before
//! are about to be sealed for the first time: what they hold of people moves to their personal part as a whole.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_integer, big_integer_uniq, blob, blob_null, text_null},
    sea_orm::{DbBackend, JsonValue, Statement},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::kit::{index, table};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text_null("on_behalf_of"),
            text_null("request_id"),
            text_null("personal"),
            blob_null("personal_digest"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("change").add_column(column).to_owned()).await?;
        }
        manager.create_table(seals()).await?;
        for index in [index("change", &["actor", "sequence"]), index("change", &["action", "sequence"])] {
            manager.create_index(index).await?;
        }
        let connection = manager.get_connection();
        let of_moments = match manager.get_database_backend() {
            // Rows come in the order of time: a summary of each block is enough to find a period.
            DbBackend::Postgres => "CREATE INDEX \"change__at\" ON \"change\" USING brin (\"at\")",
            _ => "CREATE INDEX \"change__at\" ON \"change\" (\"at\")",
        };
        connection.execute_unprepared(of_moments).await?;
        set_people_apart(manager).await?;
        let guards = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES_GUARDS,
            _ => SQLITE_GUARDS,
        };
        for guard in guards {
            connection.execute_unprepared(guard).await?;
        }
        Ok(())
    }
}

fn seals() -> TableCreateStatement {
    let mut position = big_integer("position");
    table("change_seal")
        .col(position.primary_key())
        .col(big_integer("transaction_id"))
        .col(big_integer_uniq("sequence"))
        .col(blob("hash"))
        .to_owned()
}

/// How many rows are moved at once.
const BATCH: usize = 500;

/// Moves what old rows hold of people to their personal part, and leaves nothing of it in the open one.
async fn set_people_apart(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend = manager.get_database_backend();
    let mut last = 0_i64;
    loop {
        let select = Query::select()
            .columns(["sequence", "before", "after"])
            .from("change")
            .and_where(Expr::col("sequence").gt(last))
            .and_where(Expr::col("subject_kind").is_in([
                "account",
                "contribution",
                "delegation",
                "participant",
                "registration",
                "scan",
            ]))
            .order_by("sequence", Order::Asc)
            .limit(BATCH as u64)
            .to_owned();
        let rows = connection.query_all_raw(backend.build(&select)).await?;
        for row in &rows {
            last = row.try_get("", "sequence")?;
            let before: Option<JsonValue> = row.try_get("", "before")?;
            let after: Option<JsonValue> = row.try_get("", "after")?;
            if before.is_none() && after.is_none() {
                continue;
            }
            let salt = format!("{:032x}", rand::random::<u128>());
            let personal = json!({ "salt": salt, "before": before, "after": after }).to_string();
            let digest = Sha256::digest(personal.as_bytes()).to_vec();
            let update = Query::update()
                .table("change")
                .value("before", Keyword::Null)
                .value("after", Keyword::Null)
                .value("personal", personal)
                .value("personal_digest", digest)
                .and_where(Expr::col("sequence").eq(last))
                .to_owned();
            let update: Statement = backend.build(&update);
            connection.execute_raw(update).await?;
        }
        if rows.len() < BATCH {
            return Ok(());
        }
    }
}

const POSTGRES_GUARDS: &[&str] = &[
    "CREATE FUNCTION hemicycle_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         RAISE EXCEPTION 'the audit trail is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
             USING ERRCODE = 'insufficient_privilege';
     END
     $$",
    "CREATE TRIGGER change_is_not_rewritten BEFORE UPDATE ON \"change\" FOR EACH ROW
     WHEN (NEW.personal IS NOT NULL OR to_jsonb(NEW) - 'personal' <> to_jsonb(OLD) - 'personal')
     EXECUTE FUNCTION hemicycle_refuse_rewriting()",
    "CREATE TRIGGER change_is_not_removed BEFORE DELETE ON \"change\" FOR EACH ROW
     EXECUTE FUNCTION hemicycle_refuse_rewriting()",
    "CREATE TRIGGER change_is_not_emptied BEFORE TRUNCATE ON \"change\" FOR EACH STATEMENT
     EXECUTE FUNCTION hemicycle_refuse_rewriting()",
    "CREATE TRIGGER change_seal_is_not_rewritten BEFORE UPDATE OR DELETE ON \"change_seal\" FOR EACH ROW
     EXECUTE FUNCTION hemicycle_refuse_rewriting()",
    "CREATE TRIGGER change_seal_is_not_emptied BEFORE TRUNCATE ON \"change_seal\" FOR EACH STATEMENT
     EXECUTE FUNCTION hemicycle_refuse_rewriting()",
];

const SQLITE_GUARDS: &[&str] = &[
    "CREATE TRIGGER change_is_not_rewritten BEFORE UPDATE ON \"change\"
     WHEN NEW.personal IS NOT NULL
         OR NEW.sequence IS NOT OLD.sequence OR NEW.transaction_id IS NOT OLD.transaction_id
         OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor OR NEW.on_behalf_of IS NOT OLD.on_behalf_of
         OR NEW.request_id IS NOT OLD.request_id OR NEW.action IS NOT OLD.action
         OR NEW.subject_kind IS NOT OLD.subject_kind OR NEW.subject_id IS NOT OLD.subject_id
         OR NEW.event_id IS NOT OLD.event_id OR NEW.before IS NOT OLD.before OR NEW.after IS NOT OLD.after
         OR NEW.personal_digest IS NOT OLD.personal_digest
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only: UPDATE on change is refused'); END",
    "CREATE TRIGGER change_is_not_removed BEFORE DELETE ON \"change\"
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only: DELETE on change is refused'); END",
    "CREATE TRIGGER change_seal_is_not_rewritten BEFORE UPDATE ON \"change_seal\"
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only: UPDATE on change_seal is refused'); END",
    "CREATE TRIGGER change_seal_is_not_removed BEFORE DELETE ON \"change_seal\"
     BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only: DELETE on change_seal is refused'); END",
];
