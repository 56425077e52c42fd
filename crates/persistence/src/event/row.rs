//! The rows of events, their partners and their sessions, and their way to the domain.

use chrono::{DateTime, NaiveDate, Utc};
use hemicycle_domain::{
    country::CountryCode,
    event::{
        Event, EventFormat, EventKind, EventPartner, EventStatus, PartnerRole, Relation, Session, Timetable,
    },
    id::Id,
    imprecise_date::LAST_DAY,
    text::{Line, Passage},
};

use crate::{
    fault::StoreFault,
    json::{from_json, from_json_opt, from_word, parsed, to_json},
    reference::Reference,
};

pub(crate) mod event {
    //! The table `event`.
    use chrono::{DateTime, NaiveDate, Utc};
    use sea_orm::{JsonValue, entity::prelude::*};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub kind: String,
        pub format: Option<String>,
        pub status: String,
        pub status_reason: Option<String>,
        #[sea_orm(column_type = "JsonBinary")]
        pub names: JsonValue,
        #[sea_orm(column_type = "JsonBinary")]
        pub dates: JsonValue,
        pub earliest: Option<NaiveDate>,
        pub latest: Option<NaiveDate>,
        pub sort_date: NaiveDate,
        pub dates_fully_stated: bool,
        pub starts_at: Option<DateTime<Utc>>,
        pub ends_at: Option<DateTime<Utc>>,
        pub time_zone: Option<String>,
        pub program_id: Option<Uuid>,
        pub stage: Option<i32>,
        pub cascade_level: Option<i32>,
        pub parent_id: Option<Uuid>,
        pub relation: Option<String>,
        pub host_id: Option<Uuid>,
        pub territory_id: Option<Uuid>,
        pub territory_path: Option<String>,
        pub country: Option<String>,
        pub venue: Option<String>,
        pub capacity: Option<i32>,
        #[sea_orm(column_type = "JsonBinary")]
        pub languages: JsonValue,
        #[sea_orm(column_type = "JsonBinary")]
        pub target_groups: JsonValue,
        #[sea_orm(column_type = "JsonBinary")]
        pub topics: Option<JsonValue>,
        #[sea_orm(column_type = "JsonBinary")]
        pub particulars: JsonValue,
        pub archived_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod event_partner {
    //! The table `event_partner`.
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "event_partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub partner_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod session {
    //! The table `session`.
    use chrono::{DateTime, Utc};
    use sea_orm::{JsonValue, entity::prelude::*};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub created_at: DateTime<Utc>,
        pub event_id: Uuid,
        pub number: i32,
        #[sea_orm(column_type = "JsonBinary")]
        pub names: JsonValue,
        #[sea_orm(column_type = "JsonBinary")]
        pub dates: Option<JsonValue>,
        #[sea_orm(column_type = "JsonBinary")]
        pub topics: Option<JsonValue>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

const TABLE: &str = "event";

/// Writes an event as its row; the archive date is kept from the row before.
pub(super) fn to_row(
    event: &Event,
    archived_at: Option<DateTime<Utc>>,
    reference: &Reference,
) -> event::Model {
    let territory = event.territory.and_then(|id| reference.territory(id));
    event::Model {
        id: event.id.uuid(),
        version: event.version,
        created_at: event.created_at,
        kind: event.kind.as_str().to_owned(),
        format: event.format.map(|format| format.as_str().to_owned()),
        status: event.status.as_str().to_owned(),
        status_reason: event.status_reason.as_ref().map(|reason| reason.as_str().to_owned()),
        names: to_json(&event.names),
        dates: to_json(&event.dates),
        earliest: event.earliest(),
        latest: event.latest(),
        sort_date: sort_date(event.earliest(), event.latest()),
        dates_fully_stated: event.dates.is_fully_stated(),
        starts_at: event.timetable.map(|timetable| timetable.starts_at),
        ends_at: event.timetable.map(|timetable| timetable.ends_at),
        time_zone: event.timetable.map(|timetable| timetable.zone.name().to_owned()),
        program_id: event.program.map(Id::uuid),
        stage: event.stage,
        cascade_level: event.cascade_level,
        parent_id: event.parent.map(|(parent, _)| parent.uuid()),
        relation: event.parent.map(|(_, relation)| relation.as_str().to_owned()),
        host_id: event.host.map(Id::uuid),
        territory_id: event.territory.map(Id::uuid),
        territory_path: territory.map(|territory| territory.path.as_str().to_owned()),
        country: territory.map(|territory| territory.country.into()),
        venue: event.venue.as_ref().map(|venue| venue.as_str().to_owned()),
        capacity: event.capacity,
        languages: to_json(&event.languages),
        target_groups: to_json(&event.target_groups),
        topics: event.topics.as_ref().map(to_json),
        particulars: to_json(&event.particulars),
        archived_at,
    }
}

/// The day an event is sorted by: the first it can have been on, else the last, else the end of time.
pub(super) fn sort_date(earliest: Option<NaiveDate>, latest: Option<NaiveDate>) -> NaiveDate {
    earliest.or(latest).unwrap_or(LAST_DAY)
}

/// Reads an event from its row; its other partners are read apart.
pub(crate) fn to_event(row: event::Model, reference: &Reference) -> Result<Event, StoreFault> {
    let country = row.country.as_deref().map(|code| CountryCode::parse("country", code)).transpose();
    let country = parsed(TABLE, "country", country)?;
    let host = row.host_id.map(Into::into);
    let mut whereabouts = host.map(|host| reference.whereabouts_of_partner(host)).unwrap_or_default();
    whereabouts.countries = country.into_iter().collect();
    whereabouts.program = row.program_id.map(Into::into);
    whereabouts.event = Some(row.id.into());
    let parent = match (row.parent_id, row.relation.as_deref()) {
        (Some(parent), Some(relation)) => {
            Some((parent.into(), from_word(TABLE, "relation", relation, Relation::from_word)?))
        }
        _ => None,
    };
    let timetable = match (row.starts_at, row.ends_at, row.time_zone) {
        (Some(starts_at), Some(ends_at), Some(zone)) => {
            Some(Timetable { starts_at, ends_at, zone: parsed(TABLE, "time_zone", zone.parse())? })
        }
        _ => None,
    };
    let format = row.format.as_deref().map(|word| from_word(TABLE, "format", word, EventFormat::from_word));
    let reason = row.status_reason.as_deref().map(|reason| Passage::parse("reason", reason)).transpose();
    let venue = row.venue.as_deref().map(|venue| Line::parse("venue", venue)).transpose();
    Ok(Event {
        id: row.id.into(),
        version: row.version,
        created_at: row.created_at,
        kind: from_word(TABLE, "kind", &row.kind, EventKind::from_word)?,
        format: format.transpose()?,
        status: from_word(TABLE, "status", &row.status, EventStatus::from_word)?,
        status_reason: parsed(TABLE, "status_reason", reason)?,
        names: from_json(TABLE, "names", row.names)?,
        dates: from_json(TABLE, "dates", row.dates)?,
        timetable,
        program: row.program_id.map(Into::into),
        stage: row.stage,
        cascade_level: row.cascade_level,
        parent,
        host,
        partners: Vec::new(),
        territory: row.territory_id.map(Into::into),
        country,
        venue: parsed(TABLE, "venue", venue)?,
        capacity: row.capacity,
        languages: from_json(TABLE, "languages", row.languages)?,
        target_groups: from_json(TABLE, "target_groups", row.target_groups)?,
        topics: from_json_opt(TABLE, "topics", row.topics)?,
        particulars: from_json(TABLE, "particulars", row.particulars)?,
        is_archived: row.archived_at.is_some(),
        whereabouts,
    })
}

pub(super) fn to_event_partner(row: &event_partner::Model) -> Result<EventPartner, StoreFault> {
    let role = from_word("event_partner", "role", &row.role, PartnerRole::from_word)?;
    Ok(EventPartner { partner: row.partner_id.into(), role })
}

pub(super) fn to_session(row: session::Model) -> Result<Session, StoreFault> {
    const TABLE: &str = "session";
    Ok(Session {
        id: row.id.into(),
        event: row.event_id.into(),
        number: row.number,
        names: from_json(TABLE, "names", row.names)?,
        dates: from_json_opt(TABLE, "dates", row.dates)?,
        topics: from_json_opt(TABLE, "topics", row.topics)?,
    })
}
