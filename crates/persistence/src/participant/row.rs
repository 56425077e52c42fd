//! The row of a participant, what is read of it, and its way to the domain.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Whereabouts,
    account::EmailAddress,
    country::CountryCode,
    id::Id,
    participant::{Participant, PersonalData, PhoneNumber, Sex},
    text::{Line, Passage},
};
use sea_orm::{JsonValue, entity::prelude::*};
use serde::Serializer;

use crate::{
    fault::StoreFault,
    json::{from_json, from_json_opt, from_word, parsed, to_json},
    reference::Reference,
};

const TABLE: &str = "participant";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: JsonValue,
    pub sort_name: String,
    #[serde(serialize_with = "withheld")]
    pub sex: Option<String>,
    #[serde(serialize_with = "withheld")]
    pub sex_basis: Option<String>,
    #[serde(serialize_with = "withheld")]
    pub birth_year: Option<i16>,
    #[serde(serialize_with = "withheld")]
    pub email: Option<String>,
    #[serde(serialize_with = "withheld")]
    pub phone: Option<String>,
    pub home_partner_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub position: Option<JsonValue>,
    pub territory_id: Option<Uuid>,
    pub country: Option<String>,
    #[serde(serialize_with = "withheld")]
    pub note: Option<String>,
    pub merged_into_id: Option<Uuid>,
    pub archived_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What is read of a person wherever personal data were not asked for.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub(crate) struct PersonRow {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) names: JsonValue,
    pub(crate) sort_name: String,
    pub(crate) home_partner_id: Option<Uuid>,
    pub(crate) position: Option<JsonValue>,
    pub(crate) territory_id: Option<Uuid>,
    pub(crate) country: Option<String>,
    pub(crate) merged_into_id: Option<Uuid>,
    pub(crate) archived_at: Option<DateTime<Utc>>,
}

/// The personal data of a person, and nothing else.
#[derive(Clone, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub(super) struct PersonalRow {
    pub(super) id: Uuid,
    pub(super) sex: Option<String>,
    pub(super) sex_basis: Option<String>,
    pub(super) birth_year: Option<i16>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) note: Option<String>,
}

impl Model {
    /// The row in two halves, as the domain keeps them.
    pub(super) fn parted(self) -> (PersonRow, PersonalRow) {
        let person = PersonRow {
            id: self.id,
            version: self.version,
            created_at: self.created_at,
            names: self.names,
            sort_name: self.sort_name,
            home_partner_id: self.home_partner_id,
            position: self.position,
            territory_id: self.territory_id,
            country: self.country,
            merged_into_id: self.merged_into_id,
            archived_at: self.archived_at,
        };
        let personal = PersonalRow {
            id: self.id,
            sex: self.sex,
            sex_basis: self.sex_basis,
            birth_year: self.birth_year,
            email: self.email,
            phone: self.phone,
            note: self.note,
        };
        (person, personal)
    }
}

/// Writes a person as its row; the archive date is kept from the row before.
pub(super) fn to_row(
    participant: &Participant,
    personal: &PersonalData,
    archived_at: Option<DateTime<Utc>>,
) -> Model {
    Model {
        id: participant.id.uuid(),
        version: participant.version,
        created_at: participant.created_at,
        names: to_json(&participant.names),
        sort_name: participant.names.sort_name(),
        sex: personal.sex.map(|sex| sex.as_str().to_owned()),
        sex_basis: personal.sex_basis.as_ref().map(|basis| basis.as_str().to_owned()),
        birth_year: personal.birth_year,
        email: personal.email.as_ref().map(|email| email.as_str().to_owned()),
        phone: personal.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        home_partner_id: participant.home_partner.map(Id::uuid),
        position: participant.position.as_ref().map(to_json),
        territory_id: participant.territory.map(Id::uuid),
        country: participant.country.map(String::from),
        note: personal.note.as_ref().map(|note| note.as_str().to_owned()),
        merged_into_id: participant.merged_into.map(Id::uuid),
        archived_at,
    }
}

/// Reads a person from what was read of its row.
pub(crate) fn to_participant(row: PersonRow, reference: &Reference) -> Result<Participant, StoreFault> {
    let country = row.country.as_deref().map(|code| CountryCode::parse("country", code)).transpose();
    let mut participant = Participant {
        id: row.id.into(),
        version: row.version,
        created_at: row.created_at,
        names: from_json(TABLE, "names", row.names)?,
        home_partner: row.home_partner_id.map(Into::into),
        position: from_json_opt(TABLE, "position", row.position)?,
        territory: row.territory_id.map(Into::into),
        country: parsed(TABLE, "country", country)?,
        is_archived: row.archived_at.is_some(),
        merged_into: row.merged_into_id.map(Into::into),
        whereabouts: Whereabouts::default(),
    };
    participant.whereabouts = whereabouts(&participant, reference);
    Ok(participant)
}

/// Where a person stands: the home institution with its parents, and the person's own country.
pub(super) fn whereabouts(participant: &Participant, reference: &Reference) -> Whereabouts {
    let partners = participant.home_partner.map(|home| reference.partner_with_parents(home));
    Whereabouts {
        countries: participant.country.into_iter().collect(),
        partners: partners.unwrap_or_default(),
        ..Whereabouts::default()
    }
}

pub(super) fn to_personal_data(row: PersonalRow) -> Result<PersonalData, StoreFault> {
    let sex = row.sex.as_deref().map(|word| from_word(TABLE, "sex", word, Sex::from_word)).transpose()?;
    let basis = row.sex_basis.as_deref().map(|basis| Line::parse("sexBasis", basis)).transpose();
    let email = row.email.as_deref().map(|email| EmailAddress::parse("email", email)).transpose();
    let phone = row.phone.as_deref().map(|phone| PhoneNumber::parse("phone", phone)).transpose();
    let note = row.note.as_deref().map(|note| Passage::parse("note", note)).transpose();
    Ok(PersonalData {
        sex,
        sex_basis: parsed(TABLE, "sex_basis", basis)?,
        birth_year: row.birth_year,
        email: parsed(TABLE, "email", email)?,
        phone: parsed(TABLE, "phone", phone)?,
        note: parsed(TABLE, "note", note)?,
    })
}

/// Says in the change feed that something is known, not what: the feed outlives a person's erasure.
#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn withheld<T, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(_) => serializer.serialize_some("withheld"),
        None => serializer.serialize_none(),
    }
}
