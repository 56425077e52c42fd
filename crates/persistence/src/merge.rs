//! Merging partners: everything that refers to one comes to refer to the other.
//!
//! Whether two partners may be merged is decided in `partner`; here stands what a merge has to touch.
//! A test compares the list with the foreign keys of the database, so that a new table cannot be forgotten.

use hemicycle_domain::id::{Id, PartnerId, RecordKind};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult, JsonValue,
    prelude::Uuid,
    sea_query::{Asterisk, Condition, Expr, ExprTrait, Func, LockType, Order, Query},
};

use crate::{fault::Failure, partner, program, reference::Renewed, work::Work};

/// A column that holds the id of a partner.
struct PartnerColumn {
    table: &'static str,
    column: &'static str,
    /// The columns that are unique together with it; a row that would repeat another is deleted.
    unique_with: &'static [&'static str],
}

const fn column(table: &'static str, column: &'static str) -> PartnerColumn {
    PartnerColumn { table, column, unique_with: &[] }
}

const fn unique(
    table: &'static str,
    column: &'static str,
    unique_with: &'static [&'static str],
) -> PartnerColumn {
    PartnerColumn { table, column, unique_with }
}

/// Every column that refers to a partner.
const COLUMNS: &[PartnerColumn] = &[
    column("account_grant", "partner_id"),
    unique("agreement_party", "partner_id", &["agreement_id"]),
    column("cascade_level", "trained_at_id"),
    column("delegation", "invited_by_id"),
    column("delegation", "sender_id"),
    column("event", "host_id"),
    unique("event_partner", "partner_id", &["event_id", "role"]),
    column("participant", "home_partner_id"),
    column("partner", "merged_into_id"),
    column("partner", "parent_id"),
    column("program", "lead_partner_id"),
    column("program_basis", "issuer_id"),
    unique("program_partner", "partner_id", &["program_id", "role"]),
    column("registration", "partner_id"),
    unique("service_account_place", "partner_id", &["service_account_id"]),
    column("source", "publisher_id"),
];

/// Where a partner or a program, which every node holds as reference data, refers to a partner: the table of the record,
/// the table that refers, its column with the id of the record, its column with the id of the partner.
const HELD: &[(&str, &str, &str, &str)] = &[
    ("partner", "partner", "id", "parent_id"),
    ("partner", "partner", "id", "merged_into_id"),
    ("program", "program", "id", "lead_partner_id"),
    ("program", "program_partner", "program_id", "partner_id"),
    ("program", "program_basis", "program_id", "issuer_id"),
    ("program", "cascade_level", "program_id", "trained_at_id"),
];

/// Every JSON column that may hold the id of a partner somewhere inside; its table has a column `id`.
const DOCUMENTS: &[(&str, &str)] =
    &[("agreement", "signatories"), ("event", "particulars"), ("headcount_report", "breakdown")];

#[derive(FromQueryResult)]
struct Document {
    id: Uuid,
    document: JsonValue,
}

#[derive(FromQueryResult)]
struct Renumbered {
    id: Uuid,
}

impl Work {
    /// Makes everything that refers to one partner refer to another, for a merge that was permitted.
    ///
    /// Events, people and the like keep their versions: what they say has not changed. Partners and programs have a new
    /// one: by it a node tells which of two readings is the newer.
    pub(crate) async fn repoint_partner(&mut self, from: PartnerId, into: PartnerId) -> Result<(), Failure> {
        self.lock_referring(from.uuid()).await?;
        let partners = self.renumber_referring("partner", from.uuid()).await?;
        let programs = self.renumber_referring("program", from.uuid()).await?;
        for column in COLUMNS {
            if !column.unique_with.is_empty() {
                self.delete_repeated(column, from.uuid(), into.uuid()).await?;
            }
            let update = Query::update()
                .table(column.table)
                .value(column.column, into.uuid())
                .and_where(Expr::col(column.column).eq(from.uuid()))
                .to_owned();
            self.transaction.execute(&update).await?;
        }
        for (table, column) in DOCUMENTS {
            self.repoint_documents(table, column, from.uuid(), into.uuid()).await?;
        }
        self.repoint_citations(from.uuid(), into.uuid()).await?;
        self.renew_after_merge(partners, programs).await
    }

    /// Gives the partners, or the programs, that refer to a partner a new version, and says which they are.
    ///
    /// It asks the database, because another node may have kept one of which this node has not heard yet.
    async fn renumber_referring(&self, table: &'static str, from: Uuid) -> Result<Vec<Uuid>, DbErr> {
        let refers = HELD.iter().filter(|(held, ..)| *held == table).fold(
            Condition::any(),
            |refers, (_, referrer, id, column)| {
                let ids = Query::select()
                    .column(*id)
                    .from(*referrer)
                    .and_where(Expr::col(*column).eq(from))
                    .to_owned();
                refers.add(Expr::col("id").in_subquery(ids))
            },
        );
        let update = Query::update()
            .table(table)
            .value("version", Expr::col("version").add(1))
            .cond_where(refers)
            .returning_col("id")
            .to_owned();
        let found =
            Renumbered::find_by_statement(self.backend().build(&update)).all(&self.transaction).await?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Locks the events, people and registrations that refer to a partner, in the order in which every work locks them.
    async fn lock_referring(&self, from: Uuid) -> Result<(), DbErr> {
        for table in ["participant", "event", "registration"] {
            for column in COLUMNS.iter().filter(|column| column.table == table) {
                let rows = Query::select()
                    .column("id")
                    .from(table)
                    .and_where(Expr::col(column.column).eq(from))
                    .order_by("id", Order::Asc)
                    .lock(LockType::NoKeyUpdate)
                    .to_owned();
                // Counted, so that the ids of very many need not be fetched.
                let count = Query::select()
                    .expr(Func::count(Expr::col(Asterisk)))
                    .from_subquery(rows, "referring")
                    .to_owned();
                self.transaction.query_one(&count).await?;
            }
        }
        Ok(())
    }

    /// Deletes the rows that would say of the other partner what a row says of it already.
    async fn delete_repeated(&self, column: &PartnerColumn, from: Uuid, into: Uuid) -> Result<(), DbErr> {
        let mut same = Query::select();
        same.expr(Expr::val(1))
            .from_as(column.table, "kept")
            .and_where(Expr::col(("kept", column.column)).eq(into));
        for key in column.unique_with {
            same.and_where(Expr::col(("kept", *key)).equals((column.table, *key)));
        }
        let delete = Query::delete()
            .from_table(column.table)
            .and_where(Expr::col((column.table, column.column)).eq(from))
            .and_where(Expr::exists(same))
            .to_owned();
        self.transaction.execute(&delete).await?;
        Ok(())
    }

    /// Replaces the id inside JSON. It reads the whole table; a merge is rare and made by hand.
    async fn repoint_documents(
        &self,
        table: &'static str,
        column: &'static str,
        from: Uuid,
        into: Uuid,
    ) -> Result<(), DbErr> {
        let (from, into) = (from.to_string(), into.to_string());
        let select = Query::select()
            .column("id")
            .expr_as(Expr::col(column), "document")
            .from(table)
            .and_where(Expr::col(column).cast_as("text").like(format!("%{from}%")))
            .to_owned();
        let found = Document::find_by_statement(self.backend().build(&select)).all(&self.transaction).await?;
        for Document { id, mut document } in found {
            replace_text(&mut document, &from, &into);
            let update = Query::update()
                .table(table)
                .value(column, document)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            self.transaction.execute(&update).await?;
        }
        Ok(())
    }

    async fn repoint_citations(&self, from: Uuid, into: Uuid) -> Result<(), DbErr> {
        let update = Query::update()
            .table("citation")
            .value("subject_id", into)
            .and_where(Expr::col("subject_kind").eq(RecordKind::Partner.as_str()))
            .and_where(Expr::col("subject_id").eq(from))
            .to_owned();
        self.transaction.execute(&update).await?;
        Ok(())
    }

    /// Takes the reference data that has changed with the merge in: branches, earlier merges, programs.
    async fn renew_after_merge(&mut self, partners: Vec<Uuid>, programs: Vec<Uuid>) -> Result<(), Failure> {
        // Each is told of in the feed, by which other nodes know what to read anew.
        for partner in partner::load_some(&self.transaction, partners).await? {
            self.record("partner.follow_merge", partner.id, None, None::<&()>, None).await?;
            self.renew(Renewed::Partner(partner));
        }
        for program in program::load_some(&self.transaction, programs).await? {
            self.record("program.follow_merge", program.id, None, None::<&()>, None).await?;
            self.renew(Renewed::Program(Box::new(program)));
        }
        Ok(())
    }
}

/// Replaces every text that is `from`, at any depth.
fn replace_text(json: &mut JsonValue, from: &str, into: &str) {
    match json {
        JsonValue::String(text) if text == from => into.clone_into(text),
        JsonValue::Array(values) => values.iter_mut().for_each(|value| replace_text(value, from, into)),
        JsonValue::Object(fields) => fields.values_mut().for_each(|value| replace_text(value, from, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hemicycle_migrations::{Migrator, MigratorTrait};
    use sea_orm::{Database, FromQueryResult, Statement};

    use super::*;

    #[derive(FromQueryResult)]
    struct ForeignKey {
        referrer: String,
        column: String,
    }

    #[tokio::test]
    async fn a_merge_touches_every_foreign_key_to_a_partner() {
        let connection = Database::connect("sqlite::memory:").await.unwrap();
        Migrator::up(&connection, None).await.unwrap();
        // The two databases share their migrations, so the catalogue of one speaks for both.
        let catalogue = Statement::from_string(
            connection.get_database_backend(),
            "SELECT referrer.name AS referrer, key.\"from\" AS \"column\" \
             FROM sqlite_master AS referrer, pragma_foreign_key_list(referrer.name) AS key \
             WHERE referrer.type = 'table' AND key.\"table\" = 'partner'",
        );
        let keys = ForeignKey::find_by_statement(catalogue).all(&connection).await.unwrap();
        let keys: BTreeSet<_> = keys.into_iter().map(|key| (key.referrer, key.column)).collect();
        let listed: BTreeSet<_> =
            COLUMNS.iter().map(|listed| (listed.table.to_owned(), listed.column.to_owned())).collect();
        assert_eq!(keys, listed);
    }

    #[test]
    fn whatever_of_a_partner_or_a_program_refers_to_a_partner_has_it_renumbered() {
        let holds = |table: &&PartnerColumn| {
            ["partner", "program", "program_partner", "program_basis", "cascade_level"].contains(&table.table)
        };
        let listed: BTreeSet<_> =
            COLUMNS.iter().filter(holds).map(|listed| (listed.table, listed.column)).collect();
        assert_eq!(
            HELD.iter().map(|(_, table, _, column)| (*table, *column)).collect::<BTreeSet<_>>(),
            listed
        );
    }

    #[test]
    fn an_id_is_replaced_wherever_it_stands_inside() {
        let mut json =
            serde_json::json!({ "groups": [{ "provider": "a" }, { "provider": "b", "note": "a b" }] });
        replace_text(&mut json, "a", "c");
        let expected =
            serde_json::json!({ "groups": [{ "provider": "c" }, { "provider": "b", "note": "a b" }] });
        assert_eq!(json, expected);
    }
}
