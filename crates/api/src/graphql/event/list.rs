//! Lists of events: filters, orders, pages.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    event::{self, EventFilter, EventTest},
    filter::Filter,
    page::{Direction, Page, PageRequest, Side},
    problem::Invalid,
};

use hemicycle_persistence::EventsOf;

use super::{
    object::Event,
    words::{EventKind, EventStatus},
};
use crate::graphql::{
    connection::{Connection, PeriodInput, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order, period, search_words},
    loader::loader,
    scalar::CountryCode,
};

/// A condition on events; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct EventWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By kind.
    pub kind: Option<OneOf<EventKind>>,
    /// By where it is in its life.
    pub status: Option<OneOf<EventStatus>>,
    /// By country.
    pub country: Option<OneOf<CountryCode>>,
    /// Takes place in this territory or one within it, at any depth.
    pub territory_within: Option<ID>,
    /// By program.
    pub program: Option<IdFilter>,
    /// Belongs to this stage of its program.
    pub stage: Option<i32>,
    /// By host.
    pub host: Option<IdFilter>,
    /// Has this partner as host or in any role.
    pub involves: Option<ID>,
    /// Has a host.
    pub has_host: Option<bool>,
    /// Has a lead organiser, an organiser or a co-organiser.
    pub has_organiser: Option<bool>,
    /// Belongs to this event.
    pub parent: Option<ID>,
    /// Can have been on a day of this period; an event whose days are only partly known passes if any day it can
    /// have been on lies within.
    pub during: Option<PeriodInput>,
    /// All its dates are stated by its source as they are.
    pub dates_fully_stated: Option<bool>,
    /// Is archived. Absent: only those that are not.
    pub is_archived: Option<bool>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<EventWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<EventWhere>>,
    /// This does not hold.
    pub not: Option<Box<EventWhere>>,
}

impl EventWhere {
    /// The filter of a list, which leaves archived records out unless it is asked for them.
    pub(crate) fn parse_list(mut self) -> Result<EventFilter, Invalid> {
        self.is_archived = self.is_archived.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<EventFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), EventTest::Ids)?;
        tests.words("kind", self.kind.as_ref(), |kind| Ok((*kind).into()), EventTest::Kinds)?;
        tests.words("status", self.status.as_ref(), |status| Ok((*status).into()), EventTest::Statuses)?;
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
        tests.when(self.stage, |stage| Ok(EventTest::Stage(stage)))?;
        tests.ids("host", self.host.as_ref(), EventTest::Hosts)?;
        tests.when(self.involves, |id| Ok(EventTest::Involves(id::parse("involves", &id)?)))?;
        tests.when(self.has_host, |has| Ok(EventTest::HasHost(has)))?;
        tests.when(self.has_organiser, |has| Ok(EventTest::HasOrganiser(has)))?;
        tests.when(self.parent, |id| Ok(EventTest::Parent(id::parse("parent", &id)?)))?;
        tests.when(self.during, |days| {
            let (from, until) = period("during", &days)?;
            Ok(EventTest::During { from, until })
        })?;
        tests.when(self.dates_fully_stated, |stated| Ok(EventTest::DatesFullyStated(stated)))?;
        tests.when(self.is_archived, |is| Ok(EventTest::Archived(is)))?;
        tests.when(self.named, |text| Ok(EventTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What events are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::EventOrderField")]
pub(crate) enum EventOrderField {
    /// The first day it can have been on; unknown days stand last in ascending order.
    StartsOn,
    /// When the record was made.
    CreatedAt,
}

/// An order of events; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct EventOrder {
    /// What to order by.
    pub field: EventOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// Finds an event by its id.
    async fn event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] id: ID,
    ) -> Nullable<Event> {
        let found = async {
            let id = id::parse::<hemicycle_domain::id::EventId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(Event))
        };
        nullable(found.await)
    }

    /// Lists events.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which events.")] filter: Option<EventWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by first day, descending.")]
        order_by: Option<Vec<EventOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Event>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        Box::pin(list(ctx, filter, order(order_by)?, page(first, after, last, before)?)).await
    }
}

/// The key of the first page of a list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FirstPageOf {
    list: EventsOf,
    size: u32,
}

loader!(FirstPageOf => Page<Arc<event::Event>>, |reading, keys| async {
    let sizes: BTreeSet<u32> = keys.iter().map(|key| key.size).collect();
    let mut pages = HashMap::new();
    // One question a size: as many as the operation has fields that ask, however many lists there are.
    for size in sizes {
        let lists: Vec<EventsOf> = keys.iter().filter(|key| key.size == size).map(|key| key.list).collect();
        for (list, page) in reading.first_pages_of_events(&lists, size).await? {
            pages.insert(FirstPageOf { list, size }, page);
        }
    }
    Ok::<_, hemicycle_persistence::Failure>(pages)
});

/// Lists the events that belong to a program or to an event.
///
/// The first page in the default order is fetched for all owners of a list at once.
pub(crate) async fn list_of(
    ctx: &Context<'_>,
    list: EventsOf,
    filter: Option<EventWhere>,
    by: Option<EventOrder>,
    page: PageRequest,
) -> Result<Connection<Event>, ApiError> {
    let (own, is_archived) = match list {
        EventsOf::Program(program) => (EventTest::Programs(vec![program]), Some(false)),
        EventsOf::Event(parent) => (EventTest::Parent(parent), None),
    };
    let is_first_page = filter.is_none() && by.is_none() && page.side == Side::First && page.cursor.is_none();
    let mut given = filter.unwrap_or_default();
    given.is_archived = given.is_archived.or(is_archived);
    let filter = Filter::All(vec![own.into(), given.parse()?.bounded()?]);
    if !is_first_page {
        return self::list(ctx, filter, by, page).await;
    }
    let rows = ctx.load(FirstPageOf { list, size: page.size }).await?.unwrap_or_default();
    Ok(with_count(rows, filter))
}

/// Lists the events that pass a filter.
pub(crate) async fn list(
    ctx: &Context<'_>,
    filter: EventFilter,
    by: Option<EventOrder>,
    page: PageRequest,
) -> Result<Connection<Event>, ApiError> {
    let order = by.map_or((event::EventOrderField::StartsOn, Direction::Descending), |order| {
        (order.field.into(), order.direction.into())
    });
    let rows = ctx.reading()?.list_events(&filter, order, &page).await?;
    Ok(with_count(rows, filter))
}

fn with_count(rows: Page<Arc<event::Event>>, filter: EventFilter) -> Connection<Event> {
    connection(rows, Event, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_events(&filter).await }
    })
}
