//! The rows of registrations, delegations and contributions, the roster that joins them, and their way to the domain.

use hemicycle_domain::{
    country::CountryCode,
    id::Id,
    registration::{
        Contribution, ContributionKind, Delegation, Membership, Registration, RegistrationDetails,
        RegistrationRole, RegistrationStatus,
    },
    text::Passage,
};
use sea_orm::entity::prelude::*;

use crate::{
    check_in::attendance_row,
    fault::StoreFault,
    json::{from_json_opt, from_word, parsed, to_json},
    participant::PersonRow,
};

pub(crate) mod registration_row {
    //! The table `registration`.
    use chrono::{DateTime, Utc};
    use hemicycle_domain::registration::RegistrationStatus;
    use sea_orm::{JsonValue, entity::prelude::*, sea_query::SimpleExpr};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "registration")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub event_id: Uuid,
        pub participant_id: Uuid,
        pub sort_name: String,
        pub role: String,
        pub category_id: Option<Uuid>,
        pub delegation_id: Option<Uuid>,
        pub is_delegation_head: bool,
        pub partner_id: Option<Uuid>,
        #[sea_orm(column_type = "JsonBinary")]
        pub position: Option<JsonValue>,
        pub territory_id: Option<Uuid>,
        pub country: Option<String>,
        pub status: String,
        pub status_reason: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    /// That a registration was not cancelled.
    pub(crate) fn stands() -> SimpleExpr {
        COLUMN.status.ne(RegistrationStatus::Cancelled.as_str())
    }
}

pub(crate) mod delegation {
    //! The table `delegation`.
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "delegation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub event_id: Uuid,
        pub sender_id: Option<Uuid>,
        pub country: Option<String>,
        pub invited_by_id: Option<Uuid>,
        pub size: Option<i32>,
        pub note: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod contribution {
    //! The table `contribution`.
    use chrono::{DateTime, Utc};
    use sea_orm::{JsonValue, entity::prelude::*};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "contribution")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub created_at: DateTime<Utc>,
        pub event_id: Uuid,
        pub session_id: Option<Uuid>,
        pub registration_id: Uuid,
        pub kind: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub title: Option<JsonValue>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A line of a roster: a registration with the person and the attendance, in one row.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "registration_row::Entity")]
pub(super) struct RosterRow {
    #[sea_orm(nested)]
    pub(super) registration: registration_row::Model,
    #[sea_orm(nested)]
    pub(super) person: PersonRow,
    #[sea_orm(nested)]
    pub(super) attendance: Option<attendance_row::Model>,
}

/// Writes a registration as its row.
pub(super) fn to_row(registration: &Registration, sort_name: String) -> registration_row::Model {
    let Registration { details, .. } = registration;
    registration_row::Model {
        id: registration.id.uuid(),
        version: registration.version,
        created_at: registration.created_at,
        event_id: registration.event.uuid(),
        participant_id: registration.participant.uuid(),
        sort_name,
        role: details.role.as_str().to_owned(),
        category_id: details.category.map(Id::uuid),
        delegation_id: details.membership.map(|membership| membership.delegation.uuid()),
        is_delegation_head: details.membership.is_some_and(|membership| membership.is_head),
        partner_id: details.partner.map(Id::uuid),
        position: details.position.as_ref().map(to_json),
        territory_id: details.territory.map(Id::uuid),
        country: details.country.map(String::from),
        status: registration.status.as_str().to_owned(),
        status_reason: registration.status_reason.as_ref().map(|reason| reason.as_str().to_owned()),
    }
}

/// Reads a registration from its row.
pub(crate) fn to_registration(row: registration_row::Model) -> Result<Registration, StoreFault> {
    const TABLE: &str = "registration";
    let country = row.country.as_deref().map(|code| CountryCode::parse("country", code)).transpose();
    let reason = row.status_reason.as_deref().map(|reason| Passage::parse("reason", reason)).transpose();
    let is_head = row.is_delegation_head;
    let details = RegistrationDetails {
        role: from_word(TABLE, "role", &row.role, RegistrationRole::from_word)?,
        category: row.category_id.map(Into::into),
        membership: row.delegation_id.map(|id| Membership { delegation: id.into(), is_head }),
        partner: row.partner_id.map(Into::into),
        position: from_json_opt(TABLE, "position", row.position)?,
        territory: row.territory_id.map(Into::into),
        country: parsed(TABLE, "country", country)?,
    };
    Ok(Registration {
        id: row.id.into(),
        version: row.version,
        created_at: row.created_at,
        event: row.event_id.into(),
        participant: row.participant_id.into(),
        details,
        status: from_word(TABLE, "status", &row.status, RegistrationStatus::from_word)?,
        status_reason: parsed(TABLE, "status_reason", reason)?,
    })
}

/// Writes a delegation as its row.
pub(super) fn to_delegation_row(delegation: &Delegation) -> delegation::Model {
    delegation::Model {
        id: delegation.id.uuid(),
        version: delegation.version,
        created_at: delegation.created_at,
        event_id: delegation.event.uuid(),
        sender_id: delegation.sender.map(Id::uuid),
        country: delegation.country.map(String::from),
        invited_by_id: delegation.invited_by.map(Id::uuid),
        size: delegation.size,
        note: delegation.note.as_ref().map(|note| note.as_str().to_owned()),
    }
}

/// Reads a delegation from its row.
pub(super) fn to_delegation(row: delegation::Model) -> Result<Delegation, StoreFault> {
    const TABLE: &str = "delegation";
    let country = row.country.as_deref().map(|code| CountryCode::parse("country", code)).transpose();
    let note = row.note.as_deref().map(|note| Passage::parse("note", note)).transpose();
    Ok(Delegation {
        id: row.id.into(),
        version: row.version,
        created_at: row.created_at,
        event: row.event_id.into(),
        sender: row.sender_id.map(Into::into),
        country: parsed(TABLE, "country", country)?,
        invited_by: row.invited_by_id.map(Into::into),
        size: row.size,
        note: parsed(TABLE, "note", note)?,
    })
}

/// Reads a contribution from its row.
pub(super) fn to_contribution(row: contribution::Model) -> Result<Contribution, StoreFault> {
    const TABLE: &str = "contribution";
    Ok(Contribution {
        id: row.id.into(),
        registration: row.registration_id.into(),
        event: row.event_id.into(),
        session: row.session_id.map(Into::into),
        kind: from_word(TABLE, "kind", &row.kind, ContributionKind::from_word)?,
        title: from_json_opt(TABLE, "title", row.title)?,
    })
}
