//! Lists of headcount reports: filters, orders, pages.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    filter::Filter,
    headcount_report::{self, HeadcountFilter, HeadcountTest},
    id::HeadcountReportId,
    page::Direction,
    problem::Invalid,
};

use super::object::{
    HeadcountBasis, HeadcountMeasure, HeadcountQualifier, HeadcountReport, HeadcountState, HeadcountUnit,
};
use crate::graphql::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order},
};

/// A condition on headcount reports; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct HeadcountReportWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By event.
    pub event: Option<IdFilter>,
    /// By what it counts.
    pub measure: Option<OneOf<HeadcountMeasure>>,
    /// By unit.
    pub unit: Option<OneOf<HeadcountUnit>>,
    /// By how the number is meant.
    pub qualifier: Option<OneOf<HeadcountQualifier>>,
    /// By the state of the counted people.
    pub state: Option<OneOf<HeadcountState>>,
    /// By how it came about.
    pub basis: Option<OneOf<HeadcountBasis>>,
    /// Is contained in another figure of its event.
    pub is_subset: Option<bool>,
    /// Was withdrawn. Absent: only those that were not.
    pub is_withdrawn: Option<bool>,
    /// All of these hold.
    pub and: Option<Vec<HeadcountReportWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<HeadcountReportWhere>>,
    /// This does not hold.
    pub not: Option<Box<HeadcountReportWhere>>,
}

impl HeadcountReportWhere {
    /// The filter of a list, which leaves withdrawn reports out unless it is asked for them.
    fn parse_list(mut self) -> Result<HeadcountFilter, Invalid> {
        self.is_withdrawn = self.is_withdrawn.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<HeadcountFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), HeadcountTest::Ids)?;
        tests.ids("event", self.event.as_ref(), HeadcountTest::Events)?;
        tests.words("measure", self.measure.as_ref(), |word| Ok((*word).into()), HeadcountTest::Measures)?;
        tests.words("unit", self.unit.as_ref(), |word| Ok((*word).into()), HeadcountTest::Units)?;
        tests.words(
            "qualifier",
            self.qualifier.as_ref(),
            |word| Ok((*word).into()),
            HeadcountTest::Qualifiers,
        )?;
        tests.words("state", self.state.as_ref(), |word| Ok((*word).into()), HeadcountTest::States)?;
        tests.words("basis", self.basis.as_ref(), |word| Ok((*word).into()), HeadcountTest::Bases)?;
        tests.when(self.is_subset, |is| Ok(HeadcountTest::Subset(is)))?;
        tests.when(self.is_withdrawn, |is| Ok(HeadcountTest::Withdrawn(is)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What headcount reports are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "headcount_report::HeadcountOrderField")]
pub(crate) enum HeadcountReportOrderField {
    /// When the record was made.
    CreatedAt,
}

/// An order of headcount reports; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct HeadcountReportOrder {
    /// What to order by.
    pub field: HeadcountReportOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct HeadcountReportQuery;

#[Object]
impl HeadcountReportQuery {
    /// Finds a headcount report by its id.
    async fn headcount_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the report.")] id: ID,
    ) -> Nullable<HeadcountReport> {
        let found = async {
            let id = id::parse::<HeadcountReportId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(HeadcountReport))
        };
        nullable(found.await)
    }

    /// Lists headcount reports of the events that you see.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn headcount_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which reports.")] filter: Option<HeadcountReportWhere>,
        #[graphql(desc = "In which order; one field at most. Default: as they were made.")] order_by: Option<
            Vec<HeadcountReportOrder>,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<HeadcountReport>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        let default = (headcount_report::HeadcountOrderField::CreatedAt, Direction::Ascending);
        let by = order(order_by)?.map_or(default, |order| (order.field.into(), order.direction.into()));
        let page = page(first, after, last, before)?;
        let reading = ctx.reading()?;
        let rows = Box::pin(reading.list_headcount_reports(&filter, by, &page)).await?;
        Ok(connection(rows, HeadcountReport, move |reading| {
            let filter = Filter::clone(&filter);
            async move { reading.count_headcount_reports(&filter).await }
        }))
    }
}
