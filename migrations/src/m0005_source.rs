//! Sources, and where records cite them.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, date_null, json_binary_null, pk_uuid, text, text_null, timestamp_with_time_zone, uuid,
        uuid_null,
    },
};

use crate::kit::{index, migration, one_of, table, to};

migration!();

fn tables(_: &SchemaManager) -> Vec<TableCreateStatement> {
    vec![
        table("source")
            .col(pk_uuid("id"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(text_null("document"))
            .col(text_null("headline"))
            .col(text_null("address"))
            .col(text_null("language"))
            .col(uuid_null("publisher_id"))
            .col(text_null("publisher_as_written"))
            .col(json_binary_null("published"))
            .col(date_null("published_earliest"))
            .col(date_null("published_latest"))
            .col(text_null("note"))
            .foreign_key(&mut to("publisher_id", "partner"))
            .to_owned(),
        table("citation")
            .col(pk_uuid("id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(uuid("source_id"))
            .col(text("subject_kind"))
            .col(uuid("subject_id"))
            .col(text_null("field"))
            .col(text("certainty"))
            .col(text_null("wording"))
            .col(text_null("reading"))
            .col(text_null("note"))
            .foreign_key(&mut to("source_id", "source"))
            .check(one_of("certainty", &["stated", "inferred", "disputed"]))
            .to_owned(),
    ]
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("source", &["created_at", "id"]),
        index("source", &["publisher_id"]),
        index("citation", &["subject_id", "id"]),
        index("citation", &["source_id", "id"]),
    ]
}
