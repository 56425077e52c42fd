//! What reach can be asked: for which events, grouped by what.

use async_graphql::{Context, Enum, ID, InputObject, Object, resolver_utils::EnumType};
use hemicycle_domain::{
    event::{self, EventTest},
    id::ParticipantCategoryId,
    problem::Invalid,
    reach::{self, Question, ReachFilter},
};

use super::answer::Reach;
use crate::graphql::{
    connection::PeriodInput,
    context::ContextExt,
    error::ApiError,
    event::{EventKind, EventStatus},
    id,
    input::{IdFilter, OneOf, Tests, period},
    scalar::CountryCode,
};

/// What an answer can be grouped by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "reach::Dimension")]
pub(crate) enum ReachDimension {
    /// The country in which the event takes place.
    Country,
    /// The territory directly below the country in which the event takes place.
    Region,
    /// The program of the event.
    Program,
    /// The kind of the event.
    EventKind,
    /// The host of the event.
    Host,
    /// Each lead organiser, organiser and co-organiser of the event: its rows overlap.
    Organiser,
    /// The category of the people. Only people have one; a reported figure where its parts are linked to it.
    Category,
    /// The year of the event, where all its possible days lie in one year.
    Year,
    /// The month of the event, where all its possible days lie in one month.
    Month,
}

/// Which events are asked about; all fields that are given must hold. Archived events are never among them.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ReachWhere {
    /// By country.
    pub country: Option<OneOf<CountryCode>>,
    /// Takes place in this territory or one within it, at any depth.
    pub territory_within: Option<ID>,
    /// By program.
    pub program: Option<IdFilter>,
    /// Can have been on a day of this period; an event whose days are only partly known passes if any day it can
    /// have been on lies within.
    pub during: Option<PeriodInput>,
    /// By kind.
    pub kind: Option<OneOf<EventKind>>,
    /// By host.
    pub host: Option<IdFilter>,
    /// By the category of the people. Reported figures answer with their parts linked to it.
    pub category: Option<IdFilter>,
    /// By where the event is in its life. Absent: all that are announced and not called off, planned ones too.
    pub status: Option<OneOf<EventStatus>>,
}

impl ReachWhere {
    fn parse(self) -> Result<ReachFilter, Invalid> {
        let mut tests = Tests::new();
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            EventTest::Countries,
        )?;
        tests.when(self.territory_within, |id| {
            Ok(EventTest::TerritoryWithin(id::parse("territoryWithin", &id)?))
        })?;
        tests.ids("program", self.program.as_ref(), EventTest::Programs)?;
        tests.when(self.during, |days| {
            let (from, until) = period("during", &days)?;
            Ok(EventTest::During { from, until })
        })?;
        tests.words("kind", self.kind.as_ref(), |kind| Ok((*kind).into()), EventTest::Kinds)?;
        tests.ids("host", self.host.as_ref(), EventTest::Hosts)?;
        Ok(ReachFilter {
            events: tests.all(),
            statuses: self.status.map(statuses),
            categories: self.category.as_ref().map(categories).transpose()?,
        })
    }
}

fn statuses(filter: OneOf<EventStatus>) -> Vec<event::EventStatus> {
    let named = filter.one_of.unwrap_or_else(|| EventStatus::items().iter().map(|item| item.value).collect());
    named.into_iter().filter(|one| filter.eq.is_none_or(|only| only == *one)).map(Into::into).collect()
}

fn categories(filter: &IdFilter) -> Result<Vec<ParticipantCategoryId>, Invalid> {
    let only = filter.eq.as_ref().map(|id| id::parse("eq", id)).transpose();
    let only = only.map_err(|fault| fault.within("category"))?;
    let among = filter.one_of.as_deref().map(|ids| id::parse_all("in", ids)).transpose();
    let among = among.map_err(|fault| fault.within("category"))?;
    Ok(match (only, among) {
        (Some(only), Some(among)) => among.into_iter().filter(|one| *one == only).collect(),
        (only, among) => only.into_iter().chain(among.into_iter().flatten()).collect(),
    })
}

#[derive(Default)]
pub struct ReachQuery;

#[Object]
impl ReachQuery {
    /// Tells how many people were reached: counted from registrations and attendance, and beside it as sources
    /// reported it. The two ledgers are never added. Counted numbers cover the events whose figures you may read,
    /// and `countedScope` says so; reported figures are public with their events.
    #[graphql(complexity = "200 + child_complexity")]
    async fn reach(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which events, and which people.")] filter: Option<ReachWhere>,
        #[graphql(
            desc = "At most two dimensions, the outer one first. A grouping with more than 1,000 groups is refused."
        )]
        group_by: Option<Vec<ReachDimension>>,
    ) -> Result<Reach, ApiError> {
        let filter = filter.unwrap_or_default().parse().map_err(|fault| fault.within("where"))?;
        let group_by = group_by.unwrap_or_default().into_iter().map(Into::into).collect();
        let question = Question::parse(filter, group_by)?;
        Ok(Reach(ctx.reading()?.reach(&question, ctx.now()).await?))
    }
}
