//! The change feed: one row per thing that happened, written in the transaction that made it happen.

use chrono::{DateTime, Utc};
use hemicycle_domain::id::{EventId, Id, RecordKind};
use sea_orm::{ActiveModelTrait, ActiveValue, ConnectionTrait, JsonValue, entity::prelude::*};

use crate::fault::StoreFault;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What was done, such as `event.cancel`.
    pub action: &'static str,
    /// To what kind of record.
    pub subject_kind: RecordKind,
    /// To which record.
    pub subject_id: Uuid,
    /// The event it belongs to, if it belongs to one.
    pub event: Option<EventId>,
    /// The record before.
    pub before: Option<JsonValue>,
    /// The record after.
    pub after: Option<JsonValue>,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub sequence: i64,
    pub transaction_id: i64,
    pub at: DateTime<Utc>,
    pub actor: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub event_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub before: Option<JsonValue>,
    #[sea_orm(column_type = "JsonBinary")]
    pub after: Option<JsonValue>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Writes a change into the feed.
pub(crate) async fn record(
    connection: &impl ConnectionTrait,
    at: DateTime<Utc>,
    actor: Option<String>,
    change: &Change,
) -> Result<(), StoreFault> {
    let row = ActiveModel {
        sequence: ActiveValue::NotSet,
        transaction_id: ActiveValue::NotSet,
        at: ActiveValue::Set(at),
        actor: ActiveValue::Set(actor),
        action: ActiveValue::Set(change.action.to_owned()),
        subject_kind: ActiveValue::Set(change.subject_kind.as_str().to_owned()),
        subject_id: ActiveValue::Set(change.subject_id),
        event_id: ActiveValue::Set(change.event.map(Id::uuid)),
        before: ActiveValue::Set(change.before.clone()),
        after: ActiveValue::Set(change.after.clone()),
    };
    row.insert(connection).await?;
    Ok(())
}
