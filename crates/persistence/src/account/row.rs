//! The rows of accounts and grants, and their way to the domain.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::{Grant, Place, Role, Whereabouts},
    account::{Account, EmailAddress},
    country::CountryCode,
    id::{AccountId, GrantId, Id},
    text::Line,
};

use super::whereabouts;
use crate::{
    fault::StoreFault,
    json::{from_word, parsed},
    reference::Reference,
};

pub(super) mod account {
    //! The table `account`.
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub email: String,
        pub display_name: String,
        #[serde(skip)]
        pub password_hash: String,
        pub disabled_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod grant {
    //! The table `account_grant`.
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "account_grant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub role: String,
        pub place_kind: String,
        pub country: Option<String>,
        pub partner_id: Option<Uuid>,
        pub program_id: Option<Uuid>,
        pub event_id: Option<Uuid>,
        pub granted_at: DateTime<Utc>,
        pub granted_by: Option<String>,
        pub revoked_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod refresh_token {
    //! The table `refresh_token`.
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub session_id: Uuid,
        pub token_hash: String,
        pub created_at: DateTime<Utc>,
        pub expires_at: DateTime<Utc>,
        pub used_at: Option<DateTime<Utc>>,
        pub revoked_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) fn from_grant(
    id: GrantId,
    account: AccountId,
    grant: Grant,
    granted_at: DateTime<Utc>,
    granted_by: Option<AccountId>,
) -> grant::Model {
    let mut row = grant::Model {
        id: id.uuid(),
        account_id: account.uuid(),
        role: grant.role.as_str().to_owned(),
        place_kind: String::new(),
        country: None,
        partner_id: None,
        program_id: None,
        event_id: None,
        granted_at,
        granted_by: granted_by.map(|account| account.to_string()),
        revoked_at: None,
    };
    let kind = match grant.place {
        Place::Platform => "platform",
        Place::Country(country) => {
            row.country = Some(country.into());
            "country"
        }
        Place::Partner(partner) => {
            row.partner_id = Some(partner.uuid());
            "partner"
        }
        Place::Program(program) => {
            row.program_id = Some(program.uuid());
            "program"
        }
        Place::Event(event) => {
            row.event_id = Some(event.uuid());
            "event"
        }
    };
    kind.clone_into(&mut row.place_kind);
    row
}

pub(super) fn to_grant(row: &grant::Model) -> Result<Grant, StoreFault> {
    const TABLE: &str = "account_grant";
    let missing = |column| StoreFault::corrupt(TABLE, column, "the place has no value");
    let place = match row.place_kind.as_str() {
        "platform" => Place::Platform,
        "country" => {
            let code = row.country.as_deref().ok_or_else(|| missing("country"))?;
            Place::Country(parsed(TABLE, "country", CountryCode::parse("country", code))?)
        }
        "partner" => Place::Partner(row.partner_id.ok_or_else(|| missing("partner_id"))?.into()),
        "program" => Place::Program(row.program_id.ok_or_else(|| missing("program_id"))?.into()),
        "event" => Place::Event(row.event_id.ok_or_else(|| missing("event_id"))?.into()),
        other => return Err(StoreFault::corrupt(TABLE, "place_kind", format!("unknown word {other:?}"))),
    };
    Ok(Grant { role: from_word(TABLE, "role", &row.role, Role::from_word)?, place })
}

pub(super) fn to_account(
    row: account::Model,
    grants: Vec<grant::Model>,
    reference: &Reference,
) -> Result<Account, StoreFault> {
    let grants: Vec<(GrantId, Grant)> =
        grants.iter().map(|row| Ok((row.id.into(), to_grant(row)?))).collect::<Result<_, StoreFault>>()?;
    let mut at = Whereabouts::default();
    for (_, grant) in &grants {
        let place = whereabouts(grant.place, reference);
        at.countries.extend(place.countries);
        at.partners.extend(place.partners);
        at.program = at.program.or(place.program);
        at.event = at.event.or(place.event);
    }
    Ok(Account {
        id: row.id.into(),
        version: row.version,
        email: parsed("account", "email", EmailAddress::parse("email", &row.email))?,
        display_name: parsed("account", "display_name", Line::parse("displayName", &row.display_name))?,
        is_disabled: row.disabled_at.is_some(),
        grants,
        whereabouts: at,
    })
}
