//! What followers of the change feed are told: that something happened to a record, and to whom.

use hemicycle_domain::id::{AccountId, EventId, RecordKind, RegistrationId};
use sea_orm::{entity::prelude::Uuid, sqlx::types::Json};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{change::row, fault::StoreFault, json::from_word, read_model::read_model};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What was done, such as `event.cancel`.
    pub action: String,
    /// To what kind of record.
    pub subject_kind: RecordKind,
    /// To which record.
    pub subject_id: Uuid,
    /// The event it belongs to, if it belongs to one.
    pub event: Option<EventId>,
    /// The account whose rights it may have changed.
    pub account: Option<AccountId>,
    /// The registration that it is about: its own change, or a scan of it.
    pub registration: Option<RegistrationId>,
}

/// What followers of the feed read of a row. The record itself is text: few look into it.
#[derive(Debug)]
pub(crate) struct NoticeRow {
    pub(crate) sequence: i64,
    pub(crate) transaction_id: i64,
    action: String,
    subject_kind: String,
    subject_id: Uuid,
    event_id: Option<Uuid>,
    after: Option<Json<Box<RawValue>>>,
}

read_model!(
    NoticeRow, row::Entity => sequence, transaction_id, action, subject_kind, subject_id, event_id, after,
);

/// Whom a record names.
#[derive(Debug, Default, Deserialize)]
struct Named {
    account_id: Option<Uuid>,
    registration_id: Option<Uuid>,
}

impl NoticeRow {
    /// Whom the record names; nobody, where it cannot be read.
    fn named(&self) -> Named {
        let named = self.after.as_ref().and_then(|Json(after)| serde_json::from_str(after.get()).ok());
        named.unwrap_or_default()
    }
}

impl TryFrom<NoticeRow> for Notice {
    type Error = StoreFault;

    fn try_from(row: NoticeRow) -> Result<Self, StoreFault> {
        let subject_kind = from_word("change", "subject_kind", &row.subject_kind, RecordKind::from_word)?;
        let account = match subject_kind {
            RecordKind::Account => Some(row.subject_id),
            RecordKind::GlassBreak => row.named().account_id,
            _ => None,
        };
        let registration = match subject_kind {
            RecordKind::Registration => Some(row.subject_id),
            RecordKind::Scan => row.named().registration_id,
            _ => None,
        };
        Ok(Self {
            action: row.action,
            subject_kind,
            subject_id: row.subject_id,
            event: row.event_id.map(Into::into),
            account: account.map(Into::into),
            registration: registration.map(Into::into),
        })
    }
}
