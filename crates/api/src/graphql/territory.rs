//! Territories: the tree, its names, and how it is kept.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use hemicycle_domain::{
    filter::Filter,
    problem::Invalid,
    territory::{self, NewTerritory, TerritoryChange, TerritoryCode, TerritoryFilter, TerritoryTest},
};

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, change, idempotency, order, search_words},
    name::{self, Name, NameInput},
    payload::payload,
    rows::Rows,
    scalar::{CountryCode, Date, LanguageTag},
    source::{Citation, citations},
};

/// The level of a territory.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "territory::TerritoryKind")]
pub(crate) enum TerritoryKind {
    /// A country of ISO 3166-1.
    Country,
    /// A first-level unit: a region, a city of republican significance, a state.
    Region,
    /// A district.
    District,
    /// A city or town.
    City,
    /// A voting precinct.
    Precinct,
}

/// A territory: a country, a region, a district, a city or a precinct. When districts are split or renamed in
/// law, the old one ends and new ones begin, so that a record keeps the territory as it was.
pub(crate) struct Territory(pub(crate) Arc<territory::Territory>);

/// A territory: a country, a region, a district, a city or a precinct. When districts are split or renamed in
/// law, the old one ends and new ones begin, so that a record keeps the territory as it was.
#[Object]
impl Territory {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its level.
    async fn kind(&self) -> TerritoryKind {
        self.0.kind.into()
    }

    /// Its code: of ISO 3166 where one exists, such as `UZ-JI`, else a code of our own such as `KZ-15/alga`.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// The country it lies in, or is.
    async fn country(&self) -> CountryCode {
        self.0.country.into()
    }

    /// Its name in the first of these languages that there is.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// All its names.
    async fn names(&self) -> Vec<Name> {
        name::all(&self.0.names)
    }

    /// The first day it existed; null where unknown.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Into::into)
    }

    /// The last day it existed; null while it exists.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Into::into)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// The territory it lies in; null for a country.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let reading = ctx.reading();
        nullable(
            reading.map(|reading| {
                self.0.parent.and_then(|parent| reading.find_territory(parent)).map(Territory)
            }),
        )
    }

    /// The territories directly within it.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Territory>, ApiError> {
        let page = page(first, after, last, before)?;
        Box::pin(list(ctx, TerritoryTest::Parent(self.0.id).into(), None, page)).await
    }
}

/// A condition on territories; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct TerritoryWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By level.
    pub kind: Option<OneOf<TerritoryKind>>,
    /// By code.
    pub code: Option<String>,
    /// By country.
    pub country: Option<OneOf<CountryCode>>,
    /// Is this territory or lies within it, at any depth.
    pub within: Option<ID>,
    /// Lies directly within this territory.
    pub parent: Option<ID>,
    /// Existed on this day, as far as is known.
    pub valid_on: Option<Date>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<TerritoryWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<TerritoryWhere>>,
    /// This does not hold.
    pub not: Option<Box<TerritoryWhere>>,
}

impl TerritoryWhere {
    pub(crate) fn parse(self) -> Result<TerritoryFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), TerritoryTest::Ids)?;
        tests.words("kind", self.kind.as_ref(), |kind| Ok((*kind).into()), TerritoryTest::Kinds)?;
        tests.when(self.code, |code| Ok(TerritoryTest::Codes(vec![TerritoryCode::parse("code", &code)?])))?;
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            TerritoryTest::Countries,
        )?;
        tests.when(self.within, |id| Ok(TerritoryTest::Within(id::parse("within", &id)?)))?;
        tests.when(self.parent, |id| Ok(TerritoryTest::Parent(id::parse("parent", &id)?)))?;
        tests.when(self.valid_on, |day| Ok(TerritoryTest::ValidOn(day.day("validOn")?)))?;
        tests.when(self.named, |text| Ok(TerritoryTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What territories are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "territory::TerritoryOrderField")]
pub(crate) enum TerritoryOrderField {
    /// A country, then what lies in it, by code.
    Path,
}

/// An order of territories.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct TerritoryOrder {
    /// What to order by.
    pub field: TerritoryOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct TerritoryQuery;

#[Object]
impl TerritoryQuery {
    /// Finds a territory by its id.
    async fn territory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the territory.")] id: ID,
    ) -> Nullable<Territory> {
        let found = || Ok::<_, ApiError>(ctx.reading()?.find_territory(id::parse("id", &id)?).map(Territory));
        nullable(found())
    }

    /// Lists territories.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn territories(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which territories.")] filter: Option<TerritoryWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by path, ascending.")] order_by: Option<
            Vec<TerritoryOrder>,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Territory>, ApiError> {
        let filter = filter.unwrap_or_default().parse()?.bounded()?;
        Box::pin(list(ctx, filter, order(order_by)?, page(first, after, last, before)?)).await
    }
}

async fn list(
    ctx: &Context<'_>,
    filter: TerritoryFilter,
    by: Option<TerritoryOrder>,
    page: hemicycle_domain::page::PageRequest,
) -> Result<Connection<Territory>, ApiError> {
    let order = by
        .unwrap_or(TerritoryOrder { field: TerritoryOrderField::Path, direction: OrderDirection::Ascending });
    let order = (order.field.into(), order.direction.into());
    let rows = ctx.reading()?.list_territories(&filter, order, &page).await?;
    Ok(connection(rows, Territory, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_territories(&filter).await }
    }))
}

/// A territory to be added.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateTerritoryInput {
    /// Its level.
    pub kind: TerritoryKind,
    /// Its code; of ISO 3166 where one exists.
    pub code: String,
    /// The territory it lies in; absent for a country.
    pub parent_id: Option<ID>,
    /// Its names; at least one.
    pub names: Vec<NameInput>,
    /// The first day it existed.
    pub valid_from: Option<Date>,
    /// The last day it existed.
    pub valid_until: Option<Date>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

impl CreateTerritoryInput {
    fn parse(&self) -> Result<NewTerritory, Invalid> {
        Ok(NewTerritory {
            kind: self.kind.into(),
            code: TerritoryCode::parse("code", &self.code)?,
            parent: self.parent_id.as_ref().map(|parent| id::parse("parentId", parent)).transpose()?,
            names: name::parse(&self.names)?,
            valid_from: self.valid_from.as_ref().map(|day| day.day("validFrom")).transpose()?,
            valid_until: self.valid_until.as_ref().map(|day| day.day("validUntil")).transpose()?,
        })
    }
}

/// What to change about a territory; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateTerritoryInput {
    /// The territory.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// New names in place of all old ones.
    pub names: Option<Vec<NameInput>>,
    /// The first day it existed; null makes it unknown.
    pub valid_from: MaybeUndefined<Date>,
    /// The last day it existed; null lets it exist on.
    pub valid_until: MaybeUndefined<Date>,
}

payload! {
    /// The outcome of `createTerritory`.
    CreateTerritoryPayload {
        /// The new territory.
        territory: Territory
    }
}

payload! {
    /// The outcome of `updateTerritory`.
    UpdateTerritoryPayload {
        /// The territory as it is now.
        territory: Territory
    }
}

#[derive(Default)]
pub struct TerritoryMutation;

#[Object]
impl TerritoryMutation {
    /// Adds a territory.
    async fn create_territory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The territory.")] input: CreateTerritoryInput,
    ) -> Nullable<CreateTerritoryPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createTerritory", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_territory(id).await;
            }
            let territory = work.create_territory(input.parse()?).await?;
            work.remember(once, territory.id).await?;
            Ok(territory)
        });
        CreateTerritoryPayload::from_outcome(created.await, Territory)
    }

    /// Changes a territory.
    async fn update_territory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateTerritoryInput,
    ) -> Nullable<UpdateTerritoryPayload> {
        let updated = ctx.write(async |work| {
            let names = input.names.as_deref().map(name::parse).transpose()?;
            let change = TerritoryChange {
                names,
                valid_from: change(input.valid_from, |day| day.day("validFrom"))?,
                valid_until: change(input.valid_until, |day| day.day("validUntil"))?,
            };
            work.update_territory(id::parse("id", &input.id)?, input.expected_version, change).await
        });
        UpdateTerritoryPayload::from_outcome(updated.await, Territory)
    }
}
