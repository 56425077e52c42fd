//! Rosters: the registrations of an event, filtered, ordered, in pages.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    filter::Filter,
    id::{EventId, RegistrationId},
    page::{Direction, Page, PageRequest, Side},
    problem::Invalid,
    registration::{self, RegistrationFilter, RegistrationTest},
};
use hemicycle_persistence::{Failure, RosterEntry, RosterParts};

use super::object::{Registration, RegistrationRole, RegistrationStatus};
use crate::graphql::{
    connection::{Connection, connection},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, search_words},
    loader::loader,
    scalar::CountryCode,
};

/// A condition on registrations; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct RegistrationWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By role.
    pub role: Option<OneOf<RegistrationRole>>,
    /// By participant category.
    pub category: Option<IdFilter>,
    /// Belongs to this delegation.
    pub delegation: Option<ID>,
    /// Represents this institution or one of its branches.
    pub partner: Option<ID>,
    /// By the country represented.
    pub country: Option<OneOf<CountryCode>>,
    /// Serves in this territory or one within it.
    pub territory_within: Option<ID>,
    /// By status. Absent: only those that stand.
    pub status: Option<OneOf<RegistrationStatus>>,
    /// Has attended.
    pub has_attended: Option<bool>,
    /// Is inside now.
    pub is_inside: Option<bool>,
    /// Is of a person with a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<RegistrationWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<RegistrationWhere>>,
    /// This does not hold.
    pub not: Option<Box<RegistrationWhere>>,
}

impl RegistrationWhere {
    /// The filter of a list, which leaves cancelled and parked registrations out unless it is asked for them.
    fn parse_list(mut self) -> Result<RegistrationFilter, Invalid> {
        let standing = || OneOf { eq: Some(RegistrationStatus::Registered), one_of: None };
        self.status = Some(self.status.unwrap_or_else(standing));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<RegistrationFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), RegistrationTest::Ids)?;
        tests.words("role", self.role.as_ref(), |role| Ok((*role).into()), RegistrationTest::Roles)?;
        tests.ids("category", self.category.as_ref(), RegistrationTest::Categories)?;
        tests.when(self.delegation, |id| Ok(RegistrationTest::Delegation(id::parse("delegation", &id)?)))?;
        tests.when(self.partner, |id| Ok(RegistrationTest::Partner(id::parse("partner", &id)?)))?;
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            RegistrationTest::Countries,
        )?;
        tests.when(self.territory_within, |id| {
            Ok(RegistrationTest::TerritoryWithin(id::parse("territoryWithin", &id)?))
        })?;
        let status = |status: &RegistrationStatus| Ok((*status).into());
        tests.words("status", self.status.as_ref(), status, RegistrationTest::Statuses)?;
        tests.when(self.has_attended, |has| Ok(RegistrationTest::Attended(has)))?;
        tests.when(self.is_inside, |is| Ok(RegistrationTest::Inside(is)))?;
        tests.when(self.named, |text| Ok(RegistrationTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What registrations are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "registration::RegistrationOrderField")]
pub(crate) enum RegistrationOrderField {
    /// When the person was registered.
    RegisteredAt,
    /// The person's name, family name first, folded so that both scripts stand together.
    Name,
}

/// An order of registrations; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RegistrationOrder {
    /// What to order by.
    pub field: RegistrationOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

/// The key of the first page of an event's roster: all that stand, as they were registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FirstPageOf {
    event: EventId,
    size: u32,
    parts: RosterParts,
}

loader!(FirstPageOf => Arc<Page<Arc<RosterEntry>>>, |reading, keys| async {
    let forms: HashSet<(u32, RosterParts)> = keys.iter().map(|key| (key.size, key.parts)).collect();
    let mut pages = HashMap::new();
    // One question a form: as many as the operation has fields that ask, however many events there are.
    for (size, parts) in forms {
        let alike = keys.iter().filter(|key| (key.size, key.parts) == (size, parts));
        let events: Vec<EventId> = alike.map(|key| key.event).collect();
        for (event, page) in reading.first_pages_of_rosters(&events, size, parts).await? {
            pages.insert(FirstPageOf { event, size, parts }, Arc::new(page));
        }
    }
    Ok::<_, Failure>(pages)
});

/// The roster of an event.
///
/// The first page in the default order is fetched for all events of a list at once.
pub(crate) async fn of_event(
    ctx: &Context<'_>,
    event: EventId,
    filter: Option<RegistrationWhere>,
    by: Option<RegistrationOrder>,
    page: PageRequest,
) -> Result<Connection<Registration>, ApiError> {
    let is_first_page = filter.is_none() && by.is_none() && page.side == Side::First && page.cursor.is_none();
    let filter = filter.unwrap_or_default().parse_list()?;
    let parts = parts_shown(ctx);
    let rows = if is_first_page {
        let page = ctx.load(FirstPageOf { event, size: page.size, parts }).await?;
        page.map(|page| Page::clone(&page)).unwrap_or_default()
    } else {
        let order = by
            .map_or((registration::RegistrationOrderField::RegisteredAt, Direction::Ascending), |order| {
                (order.field.into(), order.direction.into())
            });
        ctx.reading()?.list_registrations(event, &filter, order, &page, parts).await?
    };
    Ok(connection(rows, Registration, move |reading| {
        let filter = Filter::clone(&filter);
        async move { reading.count_registrations(event, &filter).await }
    }))
}

/// What the selection shows of the lines of a roster.
fn parts_shown(ctx: &Context<'_>) -> RosterParts {
    let page = ctx.look_ahead();
    let lines = [page.field("nodes"), page.field("edges").field("node")];
    if lines.iter().any(|line| line.field("attendance").exists()) {
        RosterParts::PeopleAndAttendance
    } else {
        RosterParts::People
    }
}

#[derive(Default)]
pub struct RegistrationQuery;

#[Object]
impl RegistrationQuery {
    /// Finds a registration by its id. Those of an event are listed by `Event.registrations`.
    async fn registration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the registration.")] id: ID,
    ) -> Nullable<Registration> {
        let found = async {
            let id = id::parse::<RegistrationId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(Registration))
        };
        nullable(found.await)
    }
}
