//! The rows of scans and of attendance, and their way to the domain.

use hemicycle_domain::{
    check_in::{Attendance, Direction, Method, Scan, Voided},
    id::{AccountId, Id},
    text::Passage,
};
use sea_orm::entity::prelude::*;

use crate::{
    fault::StoreFault,
    json::{from_word, parsed},
};

pub(crate) mod scan_row {
    //! The table `scan`. Its device columns are for the offline protocol; the online form leaves them empty.
    use chrono::{DateTime, Utc};
    use sea_orm::{JsonValue, entity::prelude::*};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "scan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub event_id: Uuid,
        pub session_id: Option<Uuid>,
        pub registration_id: Option<Uuid>,
        pub direction: String,
        pub method: String,
        pub credential: Option<String>,
        pub operator: Option<String>,
        pub device_id: Option<Uuid>,
        pub device_sequence: Option<i64>,
        pub manifest_version: Option<i64>,
        pub local_verdict: Option<String>,
        pub captured_at: DateTime<Utc>,
        pub sent_at: Option<DateTime<Utc>>,
        pub received_at: DateTime<Utc>,
        #[sea_orm(column_type = "JsonBinary")]
        pub flags: JsonValue,
        pub voided_at: Option<DateTime<Utc>>,
        pub voided_by: Option<String>,
        pub void_reason: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod attendance_row {
    //! The table `attendance`: what follows from the scans of a registration, written with each of them.
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "attendance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub registration_id: Uuid,
        pub event_id: Uuid,
        pub has_attended: bool,
        pub is_inside: bool,
        pub first_in_at: Option<DateTime<Utc>>,
        pub last_out_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const ACCOUNT: &str = "account:";

/// Writes a scan of the online form as its row.
pub(super) fn to_scan_row(scan: &Scan) -> scan_row::Model {
    scan_row::Model {
        id: scan.id.uuid(),
        event_id: scan.event.uuid(),
        session_id: scan.session.map(Id::uuid),
        registration_id: Some(scan.registration.uuid()),
        direction: scan.direction.as_str().to_owned(),
        method: scan.method.as_str().to_owned(),
        credential: None,
        operator: scan.operator.map(operator),
        device_id: None,
        device_sequence: None,
        manifest_version: None,
        local_verdict: None,
        captured_at: scan.captured_at,
        sent_at: None,
        received_at: scan.received_at,
        flags: serde_json::Value::Array(Vec::new()),
        voided_at: None,
        voided_by: None,
        void_reason: None,
    }
}

/// An account as the tables name who did something.
pub(super) fn operator(account: AccountId) -> String {
    format!("{ACCOUNT}{account}")
}

/// Reads a scan that shows a known registration; none for one that shows an unknown credential.
pub(super) fn to_scan(row: scan_row::Model) -> Result<Option<Scan>, StoreFault> {
    const TABLE: &str = "scan";
    let Some(registration) = row.registration_id else { return Ok(None) };
    let account = row.operator.as_deref().and_then(|operator| operator.strip_prefix(ACCOUNT));
    let account = parsed(TABLE, "operator", account.map(str::parse::<Uuid>).transpose())?;
    let voided = match (row.voided_at, row.void_reason.as_deref()) {
        (Some(at), Some(reason)) => {
            Some(Voided { at, reason: parsed(TABLE, "void_reason", Passage::parse("reason", reason))? })
        }
        _ => None,
    };
    Ok(Some(Scan {
        id: row.id.into(),
        event: row.event_id.into(),
        session: row.session_id.map(Into::into),
        registration: registration.into(),
        direction: from_word(TABLE, "direction", &row.direction, Direction::from_word)?,
        method: from_word(TABLE, "method", &row.method, Method::from_word)?,
        captured_at: row.captured_at,
        received_at: row.received_at,
        operator: account.map(Into::into),
        voided,
    }))
}

/// Reads attendance from its row.
pub(crate) fn to_attendance(row: &attendance_row::Model) -> Attendance {
    Attendance {
        has_attended: row.has_attended,
        is_inside: row.is_inside,
        first_in_at: row.first_in_at,
        last_out_at: row.last_out_at,
    }
}
