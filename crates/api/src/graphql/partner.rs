//! Partners: institutions, their names, parents, branches and seats; and their deliberate merging.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use hemicycle_domain::{
    filter::Filter,
    page::PageRequest,
    partner::{self, NewPartner, PartnerChange, PartnerFilter, PartnerTest, Seat},
    problem::{Fault, Invalid},
};

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, change, idempotency, order, search_words},
    name::{self, Name, NameInput},
    partner_connection::{ConnectionKind, Involvements, involvements},
    payload::payload,
    rows::Rows,
    scalar::{CountryCode, LanguageTag},
    source::{Citation, citations},
    territory::Territory,
    text::passage_opt,
};

/// What kind of institution a partner is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "partner::PartnerKind")]
pub(crate) enum PartnerKind {
    /// A central, territorial, district or precinct election commission.
    ElectionCommission,
    /// A parliament or one of its chambers.
    Parliament,
    /// A local council: maslikhat, Kengash.
    LocalCouncil,
    /// A public academy.
    Academy,
    /// A university or another institution of higher education.
    University,
    /// A research or training institute.
    Institute,
    /// An agency of the civil service.
    CivilServiceAgency,
    /// A ministry.
    Ministry,
    /// A local administration: the office of an akim or a hokim.
    LocalAdministration,
    /// An enterprise that belongs to the state or to one of its bodies.
    StateEnterprise,
    /// A foundation.
    Foundation,
    /// An intergovernmental organisation, or an office of one.
    InternationalOrganisation,
    /// A non-governmental organisation.
    Ngo,
    /// Any other institution.
    Other,
}

/// An institution that trains, hosts, funds, signs or sends.
pub(crate) struct Partner(pub(crate) Arc<partner::Partner>);

/// An institution that trains, hosts, funds, signs or sends.
#[Object]
impl Partner {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What kind of institution it is.
    async fn kind(&self) -> PartnerKind {
        self.0.kind.into()
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

    /// Whether it belongs to no country.
    async fn is_international(&self) -> bool {
        matches!(self.0.seat, Seat::International(_))
    }

    /// The country it is an institution of; of an international one, the country of its seat, which is not a
    /// nationality. Null where unknown.
    async fn country(&self) -> Option<CountryCode> {
        self.0.seat.country().map(Into::into)
    }

    /// The territory it serves; null for one that serves a whole country, or none.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let reading = ctx.reading();
        nullable(
            reading.map(|reading| self.0.territory.and_then(|id| reading.find_territory(id)).map(Territory)),
        )
    }

    /// The institution it is a branch or an office of.
    async fn parent(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let reading = ctx.reading();
        nullable(reading.map(|reading| self.0.parent.and_then(|id| reading.find_partner(id)).map(Partner)))
    }

    /// Its branches and offices.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn branches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let page = page(first, after, last, before)?;
        Box::pin(list(ctx, PartnerTest::Parent(self.0.id).into(), None, page)).await
    }

    /// Everything it has to do with, as far as you may see it: agreements, programs, events, delegations.
    #[graphql(complexity = "20 + child_complexity")]
    async fn connections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these kinds.")] kinds: Option<Vec<ConnectionKind>>,
    ) -> Result<Involvements, ApiError> {
        Box::pin(involvements(ctx, self.0.id, kinds)).await
    }

    /// What else is worth knowing.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_ref().map(hemicycle_domain::text::Passage::as_str)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// Whether it is archived: kept, and no longer offered.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }
}

/// A condition on partners; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct PartnerWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By kind.
    pub kind: Option<OneOf<PartnerKind>>,
    /// By country, or country of the seat.
    pub country: Option<OneOf<CountryCode>>,
    /// Belongs to no country.
    pub is_international: Option<bool>,
    /// Is a branch of this one.
    pub parent: Option<ID>,
    /// Serves this territory or one within it.
    pub territory_within: Option<ID>,
    /// Is archived. Absent: only those that are not.
    pub is_archived: Option<bool>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<PartnerWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<PartnerWhere>>,
    /// This does not hold.
    pub not: Option<Box<PartnerWhere>>,
}

impl PartnerWhere {
    /// The filter of a list, which leaves archived records out unless it is asked for them.
    pub(crate) fn parse_list(mut self) -> Result<PartnerFilter, Invalid> {
        self.is_archived = self.is_archived.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<PartnerFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), PartnerTest::Ids)?;
        tests.words("kind", self.kind.as_ref(), |kind| Ok((*kind).into()), PartnerTest::Kinds)?;
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            PartnerTest::Countries,
        )?;
        tests.when(self.is_international, |is| Ok(PartnerTest::International(is)))?;
        tests.when(self.parent, |id| Ok(PartnerTest::Parent(id::parse("parent", &id)?)))?;
        tests.when(self.territory_within, |id| {
            Ok(PartnerTest::TerritoryWithin(id::parse("territoryWithin", &id)?))
        })?;
        tests.when(self.is_archived, |is| Ok(PartnerTest::Archived(is)))?;
        tests.when(self.named, |text| Ok(PartnerTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What partners are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "partner::PartnerOrderField")]
pub(crate) enum PartnerOrderField {
    /// When the record was made.
    CreatedAt,
    /// The name, folded so that both scripts stand together.
    Name,
}

/// An order of partners.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct PartnerOrder {
    /// What to order by.
    pub field: PartnerOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct PartnerQuery;

#[Object]
impl PartnerQuery {
    /// Finds a partner by its id; one that was merged answers with the one it was merged into.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the partner.")] id: ID,
    ) -> Nullable<Partner> {
        let found = || Ok::<_, ApiError>(ctx.reading()?.find_partner(id::parse("id", &id)?).map(Partner));
        nullable(found())
    }

    /// Lists partners.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which partners.")] filter: Option<PartnerWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by name, ascending.")] order_by: Option<
            Vec<PartnerOrder>,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        Box::pin(list(ctx, filter, order(order_by)?, page(first, after, last, before)?)).await
    }
}

async fn list(
    ctx: &Context<'_>,
    filter: PartnerFilter,
    by: Option<PartnerOrder>,
    page: PageRequest,
) -> Result<Connection<Partner>, ApiError> {
    let order =
        by.unwrap_or(PartnerOrder { field: PartnerOrderField::Name, direction: OrderDirection::Ascending });
    let order = (order.field.into(), order.direction.into());
    let rows = ctx.reading()?.list_partners(&filter, order, &page).await?;
    Ok(connection(rows, Partner, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_partners(&filter).await }
    }))
}

/// A partner to be added.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreatePartnerInput {
    /// What kind of institution it is.
    pub kind: PartnerKind,
    /// Whether it belongs to no country.
    #[graphql(default)]
    pub is_international: bool,
    /// The country it is an institution of, or the country of an international one's seat.
    pub country: Option<CountryCode>,
    /// The territory it serves.
    pub territory_id: Option<ID>,
    /// The institution it is a branch or an office of.
    pub parent_id: Option<ID>,
    /// Its names; at least one.
    pub names: Vec<NameInput>,
    /// What else is worth knowing.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

impl CreatePartnerInput {
    fn parse(&self) -> Result<NewPartner, Invalid> {
        Ok(NewPartner {
            kind: self.kind.into(),
            seat: seat(self.is_international, self.country.as_ref())?,
            territory: self.territory_id.as_ref().map(|id| id::parse("territoryId", id)).transpose()?,
            parent: self.parent_id.as_ref().map(|id| id::parse("parentId", id)).transpose()?,
            names: name::parse(&self.names)?,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

fn seat(is_international: bool, country: Option<&CountryCode>) -> Result<Seat, Invalid> {
    match (is_international, country.map(|code| code.country("country")).transpose()?) {
        (true, country) => Ok(Seat::International(country)),
        (false, Some(country)) => Ok(Seat::National(country)),
        (false, None) => Err(Invalid::new("country", Fault::NeededBy { other: "isInternational: false" })),
    }
}

/// What to change about a partner; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdatePartnerInput {
    /// The partner.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another kind.
    pub kind: Option<PartnerKind>,
    /// Another seat: whether it belongs to no country. Given together with `country`.
    pub is_international: Option<bool>,
    /// Another seat: its country.
    pub country: MaybeUndefined<CountryCode>,
    /// Another territory; null removes it.
    pub territory_id: MaybeUndefined<ID>,
    /// Another parent; null removes it.
    pub parent_id: MaybeUndefined<ID>,
    /// New names in place of all old ones.
    pub names: Option<Vec<NameInput>>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
    /// Archives the partner, or restores it.
    pub is_archived: Option<bool>,
}

impl UpdatePartnerInput {
    fn parse(self) -> Result<PartnerChange, Invalid> {
        let seat = match (self.is_international, self.country) {
            (None, MaybeUndefined::Undefined) => None,
            (is_international, country) => Some(seat(is_international.unwrap_or(false), country.value())?),
        };
        Ok(PartnerChange {
            kind: self.kind.map(Into::into),
            seat,
            territory: change(self.territory_id, |id| id::parse("territoryId", &id))?,
            parent: change(self.parent_id, |id| id::parse("parentId", &id))?,
            names: self.names.as_deref().map(name::parse).transpose()?,
            note: change(self.note, |note| hemicycle_domain::text::Passage::parse("note", &note))?,
            is_archived: self.is_archived,
        })
    }
}

/// Two partner records that are one institution.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MergePartnersInput {
    /// The record that ends.
    pub from_id: ID,
    /// The record that takes over its names and everything that refers to it.
    pub into_id: ID,
}

payload! {
    /// The outcome of `createPartner`.
    CreatePartnerPayload {
        /// The new partner.
        partner: Partner
    }
}

payload! {
    /// The outcome of `updatePartner`.
    UpdatePartnerPayload {
        /// The partner as it is now.
        partner: Partner
    }
}

payload! {
    /// The outcome of `mergePartners`.
    MergePartnersPayload {
        /// The partner that took over.
        partner: Partner
    }
}

#[derive(Default)]
pub struct PartnerMutation;

#[Object]
impl PartnerMutation {
    /// Adds a partner.
    async fn create_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner.")] input: CreatePartnerInput,
    ) -> Nullable<CreatePartnerPayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createPartner", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_partner(id).await;
            }
            let partner = work.create_partner(input.parse()?).await?;
            work.remember(once, partner.id).await?;
            Ok(partner)
        });
        CreatePartnerPayload::from_outcome(created.await, Partner)
    }

    /// Changes a partner, archives or restores it.
    async fn update_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdatePartnerInput,
    ) -> Nullable<UpdatePartnerPayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_partner(id, version, input.parse()?).await
        });
        UpdatePartnerPayload::from_outcome(updated.await, Partner)
    }

    /// Merges two records that are one institution. Look-alikes are never merged by themselves.
    async fn merge_partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two records.")] input: MergePartnersInput,
    ) -> Nullable<MergePartnersPayload> {
        let merged = ctx.attempt(move |work| {
            let input = input.clone();
            Box::pin(async move {
                let (from, into) =
                    (id::parse("fromId", &input.from_id)?, id::parse("intoId", &input.into_id)?);
                work.merge_partners(from, into).await
            })
        });
        MergePartnersPayload::from_outcome(merged.await, Partner)
    }
}
