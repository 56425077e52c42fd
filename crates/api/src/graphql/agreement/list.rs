//! Lists of agreements: filters, orders, pages.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    agreement::{self, AgreementFilter, AgreementTest},
    filter::Filter,
    id::AgreementId,
    page::{Direction, PageRequest},
    problem::Invalid,
};

use super::object::{Agreement, AgreementKind};
use crate::graphql::{
    connection::{Connection, PeriodInput, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order, period, search_words},
};

/// A condition on agreements; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct AgreementWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By kind.
    pub kind: Option<OneOf<AgreementKind>>,
    /// Has this partner among its parties.
    pub party: Option<ID>,
    /// Can have been signed on a day of this period. One of whose signing no day is known does not pass; one with
    /// a day known in part passes if any day it can have been signed on lies within.
    pub signed_during: Option<PeriodInput>,
    /// Is archived. Absent: only those that are not.
    pub is_archived: Option<bool>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<AgreementWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<AgreementWhere>>,
    /// This does not hold.
    pub not: Option<Box<AgreementWhere>>,
}

impl AgreementWhere {
    /// The filter of a list, which leaves archived records out unless it is asked for them.
    fn parse_list(mut self) -> Result<AgreementFilter, Invalid> {
        self.is_archived = self.is_archived.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<AgreementFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), AgreementTest::Ids)?;
        tests.words("kind", self.kind.as_ref(), |kind| Ok((*kind).into()), AgreementTest::Kinds)?;
        tests.when(self.party, |id| Ok(AgreementTest::Party(id::parse("party", &id)?)))?;
        tests.when(self.signed_during, |days| {
            let (from, until) = period("signedDuring", &days)?;
            Ok(AgreementTest::SignedDuring { from, until })
        })?;
        tests.when(self.is_archived, |is| Ok(AgreementTest::Archived(is)))?;
        tests.when(self.named, |text| Ok(AgreementTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What agreements are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "agreement::AgreementOrderField")]
pub(crate) enum AgreementOrderField {
    /// The first day it can have been signed on; unknown days stand last in ascending order.
    SignedOn,
    /// When the record was made.
    CreatedAt,
}

/// An order of agreements; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct AgreementOrder {
    /// What to order by.
    pub field: AgreementOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct AgreementQuery;

#[Object]
impl AgreementQuery {
    /// Finds an agreement by its id.
    async fn agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the agreement.")] id: ID,
    ) -> Nullable<Agreement> {
        let found = async {
            let id = id::parse::<AgreementId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(Agreement))
        };
        nullable(found.await)
    }

    /// Lists agreements.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn agreements(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which agreements.")] filter: Option<AgreementWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by day of signing, descending.")]
        order_by: Option<Vec<AgreementOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Agreement>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        Box::pin(list(ctx, filter, order(order_by)?, page(first, after, last, before)?)).await
    }
}

async fn list(
    ctx: &Context<'_>,
    filter: AgreementFilter,
    by: Option<AgreementOrder>,
    page: PageRequest,
) -> Result<Connection<Agreement>, ApiError> {
    let order = by.map_or((agreement::AgreementOrderField::SignedOn, Direction::Descending), |order| {
        (order.field.into(), order.direction.into())
    });
    let rows = ctx.reading()?.list_agreements(&filter, order, &page).await?;
    Ok(connection(rows, Agreement, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_agreements(&filter).await }
    }))
}
