//! Territories in the store. The whole tree is held in the process; lists page through the database.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use hemicycle_domain::{
    access::{Whereabouts, permit},
    country::CountryCode,
    id::{Id, RecordKind, TerritoryId},
    page::{Page, PageRequest},
    problem::{Fault, Invalid, Problem},
    territory::{
        self, NewTerritory, Territory, TerritoryChange, TerritoryCode, TerritoryFilter, TerritoryKind,
        TerritoryOrder, TerritoryOrderField, TerritoryPath, TerritoryRefusal, TerritoryTest,
    },
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    Condition, ConnectionTrait, IntoActiveModel, JsonValue, PaginatorTrait, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use crate::{
    dialect::{begins_with, is_one_of},
    fault::{Failure, StoreFault},
    json::{from_json, from_word, parsed, to_json},
    keyset::{Key, Keyset},
    reading::Reading,
    reference::Renewed,
    scope::{Scoped, Sight, everything, facts},
    search,
    store::Store,
    work::Work,
};

const TABLE: &str = "territory";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, serde::Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "territory")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub kind: String,
    pub code: String,
    pub parent_id: Option<Uuid>,
    pub country: String,
    pub path: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub names: JsonValue,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Scoped for Entity {
    /// Territories are reference data: everyone who signs in sees them.
    fn visible(_: &Sight<'_>) -> Condition {
        everything()
    }
}

impl Reading {
    /// Finds a territory.
    #[must_use]
    pub fn find_territory(&self, id: TerritoryId) -> Option<Arc<Territory>> {
        self.reference.territory(id).cloned()
    }

    /// Lists territories.
    pub async fn list_territories(
        &self,
        filter: &TerritoryFilter,
        order: TerritoryOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<Territory>>, Failure> {
        let select = self.select::<Entity>().filter(self.territories_that(filter));
        let rows = keyset(order).page(self.connection(), select, page).await?;
        let known = rows.map(|row| self.find_territory(row.id.into()));
        let rows =
            known.rows.into_iter().filter_map(|(cursor, territory)| Some((cursor, territory?))).collect();
        Ok(Page { rows, has_previous: known.has_previous, has_next: known.has_next })
    }

    /// Counts territories.
    pub async fn count_territories(&self, filter: &TerritoryFilter) -> Result<u64, Failure> {
        Ok(self.select::<Entity>().filter(self.territories_that(filter)).count(self.connection()).await?)
    }

    fn territories_that(&self, filter: &TerritoryFilter) -> Condition {
        crate::scope::condition(filter, &|test| match test {
            TerritoryTest::Ids(ids) => is_one_of(self.backend(), Column::Id, ids.iter().map(|id| id.uuid())),
            TerritoryTest::Kinds(kinds) => COLUMN.kind.is_in(kinds.iter().map(|kind| kind.as_str())),
            TerritoryTest::Codes(codes) => COLUMN.code.is_in(codes),
            TerritoryTest::Countries(countries) => {
                COLUMN.country.is_in(countries.iter().map(CountryCode::as_str))
            }
            TerritoryTest::Parent(parent) => COLUMN.parent_id.eq(parent.uuid()),
            TerritoryTest::Within(id) => match self.reference.territory(*id) {
                Some(territory) => begins_with((Entity, Column::Path), territory.path.as_str()),
                None => Expr::val(false).into(),
            },
            TerritoryTest::ValidOn(day) => {
                let begun = COLUMN.valid_from.is_null().or(COLUMN.valid_from.lte(*day));
                begun.and(COLUMN.valid_until.is_null().or(COLUMN.valid_until.gte(*day)))
            }
            TerritoryTest::Named(terms) => search::found_by(RecordKind::Territory, Column::Id, terms),
        })
    }
}

fn keyset((field, direction): TerritoryOrder) -> Keyset<Entity> {
    match field {
        TerritoryOrderField::Path => Keyset {
            name: "territory.path",
            column: Column::Path,
            id: Column::Id,
            direction,
            position: |row| (Key::Text(row.path.clone()), row.id),
        },
    }
}

impl Store {
    /// The level of the territory with this code, for the reader of territory files.
    #[must_use]
    pub fn kind_of_territory(&self, code: &str) -> Option<TerritoryKind> {
        self.reference().territory_by_code(code).map(|territory| territory.kind)
    }
}

impl Work {
    /// Adds a territory.
    pub async fn create_territory(&mut self, new: NewTerritory) -> Result<Arc<Territory>, Failure> {
        let parent = match new.parent {
            None => None,
            Some(id) => {
                Some(self.reference.territory(id).cloned().ok_or(Invalid::new("parentId", Fault::NotFound))?)
            }
        };
        let (path, country) = territory::place(&new, parent.as_deref())?;
        let territory = Territory {
            id: self.new_id(),
            version: 1,
            kind: new.kind,
            code: new.code,
            parent: new.parent,
            country,
            path,
            names: new.names,
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            whereabouts: Whereabouts { countries: vec![country], ..Whereabouts::default() },
        };
        permit::<territory::Edit>(&self.actor, &territory)?;
        if facts::<Entity>()
            .filter(COLUMN.code.eq(territory.code.as_str()))
            .one(&self.transaction)
            .await?
            .is_some()
        {
            return Err(TerritoryRefusal::CodeTaken { code: territory.code.as_str().to_owned() }.into());
        }
        let row = to_row(&territory, self.now).into_active_model().insert(&self.transaction).await?;
        search::index_terms(&self.transaction, territory.id, territory.search_terms()).await?;
        self.record("territory.create", territory.id, None, None, Some(&row)).await?;
        self.renew(Renewed::Territory(territory.clone()));
        Ok(Arc::new(territory))
    }

    /// Changes a territory.
    pub async fn update_territory(
        &mut self,
        id: TerritoryId,
        expected_version: Option<i64>,
        change: TerritoryChange,
    ) -> Result<Arc<Territory>, Failure> {
        let before = self.load_territory_row(id).await?;
        let territory = to_territory(before.clone())?;
        let permit = permit::<territory::Edit>(&self.actor, &territory)?;
        Problem::check_version(expected_version, territory.version)?;
        let territory = territory.changed(change)?;
        let mut row = before.clone().into_active_model();
        row.version = Set(territory.version);
        row.names = Set(to_json(&territory.names));
        row.valid_from = Set(territory.valid_from);
        row.valid_until = Set(territory.valid_until);
        let row = row.update(&self.transaction).await?;
        search::index_terms(&self.transaction, permit.id(), territory.search_terms()).await?;
        self.record("territory.update", permit.id(), None, Some(&before), Some(&row)).await?;
        self.renew(Renewed::Territory(territory.clone()));
        Ok(Arc::new(territory))
    }

    /// Loads a territory.
    pub fn load_territory(&self, id: TerritoryId) -> Result<Arc<Territory>, Failure> {
        self.reference.territory(id).cloned().ok_or(Failure::NotFound(RecordKind::Territory))
    }

    /// Finds a territory by its code.
    #[must_use]
    pub fn find_territory_by_code(&self, code: &str) -> Option<Arc<Territory>> {
        self.reference.territory_by_code(code).cloned()
    }

    /// Refuses a reference to a territory that does not exist.
    pub(crate) fn check_territory(&self, field: &str, territory: Option<TerritoryId>) -> Result<(), Failure> {
        match territory {
            Some(id) if self.reference.territory(id).is_none() => {
                Err(Invalid::new(field, Fault::NotFound).into())
            }
            _ => Ok(()),
        }
    }

    async fn load_territory_row(&self, id: TerritoryId) -> Result<Model, Failure> {
        let row = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        row.ok_or(Failure::NotFound(RecordKind::Territory))
    }
}

/// Reads all territories for the reference data.
pub(crate) async fn load_all(connection: &impl ConnectionTrait) -> Result<Vec<Territory>, StoreFault> {
    facts::<Entity>().all(connection).await?.into_iter().map(to_territory).collect()
}

fn to_row(territory: &Territory, created_at: DateTime<Utc>) -> Model {
    Model {
        id: territory.id.uuid(),
        version: territory.version,
        created_at,
        kind: territory.kind.as_str().to_owned(),
        code: territory.code.as_str().to_owned(),
        parent_id: territory.parent.map(Id::uuid),
        country: territory.country.as_str().to_owned(),
        path: territory.path.as_str().to_owned(),
        names: to_json(&territory.names),
        valid_from: territory.valid_from,
        valid_until: territory.valid_until,
    }
}

fn to_territory(row: Model) -> Result<Territory, StoreFault> {
    let country = parsed(TABLE, "country", CountryCode::parse("country", &row.country))?;
    Ok(Territory {
        id: row.id.into(),
        version: row.version,
        kind: from_word(TABLE, "kind", &row.kind, TerritoryKind::from_word)?,
        code: parsed(TABLE, "code", TerritoryCode::parse("code", &row.code))?,
        parent: row.parent_id.map(Into::into),
        country,
        path: TerritoryPath::from_stored(row.path),
        names: from_json(TABLE, "names", row.names)?,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        whereabouts: Whereabouts { countries: vec![country], ..Whereabouts::default() },
    })
}

/// Selects the ids of a territory and of everything in it.
pub(crate) fn within(root: &Territory) -> SelectStatement {
    Query::select()
        .column((Entity, Column::Id))
        .from(Entity)
        .and_where(begins_with((Entity, Column::Path), root.path.as_str()))
        .to_owned()
}
