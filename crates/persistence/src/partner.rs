//! Partners in the store. All of them are held in the process; lists page through the database.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::{Whereabouts, permit},
    country::CountryCode,
    fold,
    id::{Id, PartnerId, RecordKind},
    page::{Page, PageRequest},
    partner::{
        self, NewPartner, Partner, PartnerChange, PartnerFilter, PartnerKind, PartnerOrder,
        PartnerOrderField, PartnerTest, Seat,
    },
    problem::{Fault, Invalid, Problem},
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait, Condition, ConnectionTrait, IntoActiveModel, JsonValue, PaginatorTrait, QueryFilter,
    entity::prelude::*, sea_query::Expr,
};

use crate::{
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    json::{from_json, from_word, parsed, to_json},
    keyset::{Key, Keyset},
    reading::Reading,
    reference::Renewed,
    scope::{Scoped, Sight, condition, everything, facts},
    search, territory,
    work::Work,
};

const TABLE: &str = "partner";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub is_international: bool,
    pub country: Option<String>,
    pub territory_id: Option<Uuid>,
    pub parent_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: JsonValue,
    pub sort_name: String,
    pub note: Option<String>,
    pub archived_at: Option<DateTime<Utc>>,
    pub merged_into_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    /// Institutions are public to everyone who signs in.
    fn visible(_: &Sight<'_>) -> Condition {
        everything()
    }
}

impl Reading {
    /// Finds a partner; one that was merged answers with the one it was merged into.
    #[must_use]
    pub fn find_partner(&self, id: PartnerId) -> Option<Arc<Partner>> {
        let partner = self.reference.partner(id)?;
        match partner.merged_into {
            Some(into) => self.reference.partner(into).cloned(),
            None => Some(Arc::clone(partner)),
        }
    }

    /// Lists partners.
    pub async fn list_partners(
        &self,
        filter: &PartnerFilter,
        order: PartnerOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<Partner>>, Failure> {
        let select = self.select::<Entity>().filter(self.partners_that(filter));
        let rows = keyset(order).page(self.connection(), select, page).await?;
        let Page { rows, has_previous, has_next } =
            rows.map(|row| self.reference.partner(row.id.into()).cloned());
        let rows = rows.into_iter().filter_map(|(cursor, partner)| Some((cursor, partner?))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts partners.
    pub async fn count_partners(&self, filter: &PartnerFilter) -> Result<u64, Failure> {
        Ok(self.select::<Entity>().filter(self.partners_that(filter)).count(self.connection()).await?)
    }

    fn partners_that(&self, filter: &PartnerFilter) -> Condition {
        let own = condition(filter, &|test| match test {
            PartnerTest::Ids(ids) => is_one_of(self.backend(), Column::Id, ids.iter().map(|id| id.uuid())),
            PartnerTest::Kinds(kinds) => COLUMN.kind.is_in(kinds.iter().map(|kind| kind.as_str())),
            PartnerTest::Countries(countries) => {
                COLUMN.country.is_in(countries.iter().map(CountryCode::as_str))
            }
            PartnerTest::International(is_international) => COLUMN.is_international.eq(*is_international),
            PartnerTest::Parent(parent) => COLUMN.parent_id.eq(parent.uuid()),
            PartnerTest::TerritoryWithin(id) => match self.reference.territory(*id) {
                Some(root) => COLUMN.territory_id.in_subquery(territory::within(root)),
                None => Expr::val(false).into(),
            },
            PartnerTest::Archived(true) => COLUMN.archived_at.is_not_null(),
            PartnerTest::Archived(false) => COLUMN.archived_at.is_null(),
            PartnerTest::Named(terms) => search::found_by(RecordKind::Partner, Column::Id, terms),
        });
        // A merged record lives on in the one it was merged into.
        own.add(COLUMN.merged_into_id.is_null())
    }
}

fn keyset((field, direction): PartnerOrder) -> Keyset<Entity> {
    match field {
        PartnerOrderField::Name => Keyset {
            name: "partner.name",
            column: Column::SortName,
            id: Column::Id,
            direction,
            position: |row| (Key::Text(row.sort_name.clone()), row.id),
        },
        PartnerOrderField::CreatedAt => Keyset {
            name: "partner.created_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |row| (Key::At(row.created_at), row.id),
        },
    }
}

impl Work {
    /// Adds a partner. A branch is added by whoever may edit its parent.
    pub async fn create_partner(&mut self, new: NewPartner) -> Result<Arc<Partner>, Failure> {
        self.check_partner_references(new.territory, new.parent)?;
        let mut whereabouts = match new.parent {
            Some(parent) => self.reference.whereabouts_of_partner(parent),
            None => Whereabouts::default(),
        };
        whereabouts.countries = new.seat.nationality().into_iter().collect();
        let mut partner = Partner {
            id: self.new_id(),
            version: 1,
            kind: new.kind,
            seat: new.seat,
            territory: new.territory,
            parent: new.parent,
            names: new.names,
            note: new.note,
            is_archived: false,
            merged_into: None,
            whereabouts,
        };
        permit::<partner::Edit>(&self.actor, &partner)?;
        partner.whereabouts.partners.insert(0, partner.id);
        let row = to_row(&partner, self.now, self.now).into_active_model().insert(&self.transaction).await?;
        self.keep_partner("partner.create", partner, None, &row).await
    }

    /// Changes a partner, archives or restores it.
    pub async fn update_partner(
        &mut self,
        id: PartnerId,
        expected_version: Option<i64>,
        change: PartnerChange,
    ) -> Result<Arc<Partner>, Failure> {
        let before = self.load_partner_row(id).await?;
        let partner = self.to_partner(before.clone())?;
        let permit = permit::<partner::Edit>(&self.actor, &partner)?;
        Problem::check_version(expected_version, partner.version)?;
        self.check_partner_references(change.territory.flatten(), change.parent.flatten())?;
        let parents = change.parent.flatten().map(|parent| self.reference.partner_with_parents(parent));
        let next = partner.changed(change, &parents.unwrap_or_default())?;
        let mut row = to_row(&next, before.created_at, self.now);
        row.archived_at = if next.is_archived { before.archived_at.or(Some(self.now)) } else { None };
        debug_assert_eq!(permit.id().uuid(), row.id);
        let row = row.into_active_model().reset_all().update(&self.transaction).await?;
        self.keep_partner("partner.update", next, Some(&before), &row).await
    }

    /// Merges a partner into another, which takes over its names and everything that refers to it.
    ///
    /// It takes the right to merge over both, because both change.
    pub async fn merge_partners(
        &mut self,
        from: PartnerId,
        into: PartnerId,
    ) -> Result<Arc<Partner>, Failure> {
        let (before_from, before_into) =
            (self.load_partner_row(from).await?, self.load_partner_row(into).await?);
        let (merged, kept) = (self.to_partner(before_from.clone())?, self.to_partner(before_into.clone())?);
        let (from, into) =
            (permit::<partner::Merge>(&self.actor, &merged)?, permit::<partner::Merge>(&self.actor, &kept)?);
        let names = merged.merge_into(&kept, &self.reference.partner_with_parents(into.id()))?;
        self.repoint_partner(from.id(), into.id()).await?;
        let gone = Partner {
            merged_into: Some(into.id()),
            is_archived: true,
            version: merged.version + 1,
            ..merged
        };
        let mut row = to_row(&gone, before_from.created_at, self.now);
        row.archived_at = Some(self.now);
        let row = row.into_active_model().reset_all().update(&self.transaction).await?;
        self.keep_partner("partner.merge", gone, Some(&before_from), &row).await?;
        let kept = Partner { names, version: kept.version + 1, ..kept };
        let row = to_row(&kept, before_into.created_at, self.now).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.keep_partner("partner.take_over", kept, Some(&before_into), &row).await
    }

    /// Loads a partner.
    pub fn load_partner(&self, id: PartnerId) -> Result<Arc<Partner>, Failure> {
        self.reference.partner(id).cloned().ok_or(Failure::NotFound(RecordKind::Partner))
    }

    async fn keep_partner(
        &mut self,
        action: &'static str,
        partner: Partner,
        before: Option<&Model>,
        row: &Model,
    ) -> Result<Arc<Partner>, Failure> {
        let terms = if partner.merged_into.is_some() { Vec::new() } else { partner.names.search_terms() };
        search::index_terms(&self.transaction, partner.id, terms).await?;
        self.record(action, partner.id, None, before, Some(row)).await?;
        self.renew(Renewed::Partner(partner.clone()));
        Ok(self.reference.partner(partner.id).cloned().unwrap_or_else(|| Arc::new(partner)))
    }

    fn check_partner_references(
        &self,
        territory: Option<hemicycle_domain::id::TerritoryId>,
        parent: Option<PartnerId>,
    ) -> Result<(), Failure> {
        self.check_territory("territoryId", territory)?;
        self.check_partner("parentId", parent)
    }

    /// Refuses a reference to a partner that does not exist.
    pub(crate) fn check_partner(&self, field: &str, partner: Option<PartnerId>) -> Result<(), Failure> {
        match partner {
            Some(id) if self.reference.partner(id).is_none_or(|partner| partner.merged_into.is_some()) => {
                Err(Invalid::new(field, Fault::NotFound).into())
            }
            _ => Ok(()),
        }
    }

    async fn load_partner_row(&self, id: PartnerId) -> Result<Model, Failure> {
        let row = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        row.ok_or(Failure::NotFound(RecordKind::Partner))
    }

    fn to_partner(&self, row: Model) -> Result<Partner, StoreFault> {
        let mut partner = to_partner(row)?;
        partner.whereabouts = self.reference.whereabouts_of_partner(partner.id);
        Ok(partner)
    }
}

/// Reads all partners for the reference data, which then fills in their whereabouts.
pub(crate) async fn load_all(connection: &impl ConnectionTrait) -> Result<Vec<Partner>, StoreFault> {
    facts::<Entity>().all(connection).await?.into_iter().map(to_partner).collect()
}

/// Reads the partners with these ids.
pub(crate) async fn load_some(
    connection: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<Vec<Partner>, StoreFault> {
    let select = facts::<Entity>().filter(is_one_of(connection.get_database_backend(), Column::Id, ids));
    select.all(connection).await?.into_iter().map(to_partner).collect()
}

fn to_row(partner: &Partner, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Model {
    Model {
        id: partner.id.uuid(),
        version: partner.version,
        created_at,
        kind: partner.kind.as_str().to_owned(),
        is_international: matches!(partner.seat, Seat::International(_)),
        country: partner.seat.country().map(String::from),
        territory_id: partner.territory.map(Id::uuid),
        parent_id: partner.parent.map(Id::uuid),
        names: to_json(&partner.names),
        sort_name: fold::fold(partner.names.display(&[])),
        note: partner.note.as_ref().map(|note| note.as_str().to_owned()),
        archived_at: partner.is_archived.then_some(now),
        merged_into_id: partner.merged_into.map(Id::uuid),
    }
}

fn to_partner(row: Model) -> Result<Partner, StoreFault> {
    let country = row.country.as_deref().map(|code| CountryCode::parse("country", code)).transpose();
    let seat = match (row.is_international, parsed(TABLE, "country", country)?) {
        (true, country) => Seat::International(country),
        (false, Some(country)) => Seat::National(country),
        (false, None) => {
            return Err(StoreFault::corrupt(TABLE, "country", "a national institution without one"));
        }
    };
    let note = row.note.as_deref().map(|note| Passage::parse("note", note)).transpose();
    Ok(Partner {
        id: row.id.into(),
        version: row.version,
        kind: from_word(TABLE, "kind", &row.kind, PartnerKind::from_word)?,
        seat,
        territory: row.territory_id.map(Into::into),
        parent: row.parent_id.map(Into::into),
        names: from_json(TABLE, "names", row.names)?,
        note: parsed(TABLE, "note", note)?,
        is_archived: row.archived_at.is_some(),
        merged_into: row.merged_into_id.map(Into::into),
        whereabouts: Whereabouts::default(),
    })
}
