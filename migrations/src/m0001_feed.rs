//! The change feed, the keys of repeated commands, and the words that search looks in.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{big_pk_auto, json_binary_null, text, text_null, timestamp_with_time_zone, uuid, uuid_null},
    sea_orm::DbBackend,
};

use crate::kit::{bytewise, index, migration, table};

migration!();

fn tables(manager: &SchemaManager) -> Vec<TableCreateStatement> {
    let mut transaction = ColumnDef::new("transaction_id");
    transaction.big_integer().not_null();
    match manager.get_database_backend() {
        // A follower waits for every older transaction, so it must know which one wrote a row.
        DbBackend::Postgres => transaction.default(Expr::cust("(pg_current_xact_id()::text::bigint)")),
        // One writer at a time: the sequence alone tells the order.
        _ => transaction.default(0),
    };
    vec![
        table("change")
            .col(big_pk_auto("sequence"))
            .col(transaction)
            .col(timestamp_with_time_zone("at"))
            .col(text_null("actor"))
            .col(text("action"))
            .col(text("subject_kind"))
            .col(uuid("subject_id"))
            .col(uuid_null("event_id"))
            .col(json_binary_null("before"))
            .col(json_binary_null("after"))
            .to_owned(),
        table("idempotency_key")
            .col(text("actor"))
            .col(text("key"))
            .col(text("fingerprint"))
            .col(uuid("subject_id"))
            .col(timestamp_with_time_zone("at"))
            .primary_key(Index::create().col("actor").col("key"))
            .to_owned(),
        table("search_term")
            .col(text("subject_kind"))
            .col(bytewise(manager, "term"))
            .col(uuid("subject_id"))
            .primary_key(Index::create().col("subject_kind").col("term").col("subject_id"))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("change", &["transaction_id", "sequence"]),
        index("change", &["subject_id", "sequence"]),
        index("change", &["event_id", "sequence"]),
        index("search_term", &["subject_id"]),
    ]
}
