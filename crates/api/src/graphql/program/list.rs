//! Lists of programs: filters, orders, pages.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    filter::Filter,
    page::PageRequest,
    problem::Invalid,
    program::{self, ProgramFilter, ProgramTest},
};

use super::object::Program;
use crate::graphql::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order, search_words},
    scalar::CountryCode,
};

/// A condition on programs; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ProgramWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// Runs in this country, or one of these.
    pub country: Option<OneOf<CountryCode>>,
    /// Is led by this partner.
    pub lead: Option<ID>,
    /// Has this partner as lead, in any role, as issuer of a basis or as the place where a cascade level is trained.
    pub involves: Option<ID>,
    /// Rests on this agreement.
    pub rests_on: Option<ID>,
    /// Is archived. Absent: only those that are not.
    pub is_archived: Option<bool>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<ProgramWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<ProgramWhere>>,
    /// This does not hold.
    pub not: Option<Box<ProgramWhere>>,
}

impl ProgramWhere {
    /// The filter of a list, which leaves archived records out unless it is asked for them.
    fn parse_list(mut self) -> Result<ProgramFilter, Invalid> {
        self.is_archived = self.is_archived.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<ProgramFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), ProgramTest::Ids)?;
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            ProgramTest::Countries,
        )?;
        tests.when(self.lead, |id| Ok(ProgramTest::Lead(id::parse("lead", &id)?)))?;
        tests.when(self.involves, |id| Ok(ProgramTest::Involves(id::parse("involves", &id)?)))?;
        tests.when(self.rests_on, |id| Ok(ProgramTest::RestsOn(id::parse("restsOn", &id)?)))?;
        tests.when(self.is_archived, |is| Ok(ProgramTest::Archived(is)))?;
        tests.when(self.named, |text| Ok(ProgramTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What programs are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "program::ProgramOrderField")]
pub(crate) enum ProgramOrderField {
    /// The name, folded so that both scripts stand together.
    Name,
    /// When the record was made.
    CreatedAt,
}

/// An order of programs; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ProgramOrder {
    /// What to order by.
    pub field: ProgramOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct ProgramQuery;

#[Object]
impl ProgramQuery {
    /// Finds a program by its id.
    async fn program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the program.")] id: ID,
    ) -> Nullable<Program> {
        let found = || Ok::<_, ApiError>(ctx.reading()?.find_program(id::parse("id", &id)?).map(Program));
        nullable(found())
    }

    /// Lists programs.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn programs(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which programs.")] filter: Option<ProgramWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by name, ascending.")] order_by: Option<
            Vec<ProgramOrder>,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Program>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        Box::pin(list(ctx, filter, order(order_by)?, page(first, after, last, before)?)).await
    }
}

async fn list(
    ctx: &Context<'_>,
    filter: ProgramFilter,
    by: Option<ProgramOrder>,
    page: PageRequest,
) -> Result<Connection<Program>, ApiError> {
    let order =
        by.unwrap_or(ProgramOrder { field: ProgramOrderField::Name, direction: OrderDirection::Ascending });
    let order = (order.field.into(), order.direction.into());
    let rows = ctx.reading()?.list_programs(&filter, order, &page).await?;
    Ok(connection(rows, Program, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_programs(&filter).await }
    }))
}
