//! Lists of participants: filters, orders, pages.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    filter::Filter,
    id::ParticipantId,
    page::Direction,
    participant::{self, ParticipantFilter, ParticipantTest},
    problem::Invalid,
};

use super::object::Participant;
use crate::graphql::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order, search_words},
    scalar::CountryCode,
};

/// A condition on participants; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct ParticipantWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// Is at home with this institution or one of its branches.
    pub home_partner: Option<ID>,
    /// By country.
    pub country: Option<OneOf<CountryCode>>,
    /// Serves in this territory or one within it.
    pub territory_within: Option<ID>,
    /// Is registered at this event; nobody passes where you may not see the people of the event.
    pub registered_at: Option<ID>,
    /// Is archived. Absent: only those that are not.
    pub is_archived: Option<bool>,
    /// Has a name like this, in either script; each word may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<ParticipantWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<ParticipantWhere>>,
    /// This does not hold.
    pub not: Option<Box<ParticipantWhere>>,
}

impl ParticipantWhere {
    /// The filter of a list, which leaves archived records out unless it is asked for them.
    pub(crate) fn parse_list(mut self) -> Result<ParticipantFilter, Invalid> {
        self.is_archived = self.is_archived.or(Some(false));
        self.parse()?.bounded()
    }

    fn parse(self) -> Result<ParticipantFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), ParticipantTest::Ids)?;
        tests
            .when(self.home_partner, |id| Ok(ParticipantTest::HomePartner(id::parse("homePartner", &id)?)))?;
        tests.words(
            "country",
            self.country.as_ref(),
            |code| code.country("country"),
            ParticipantTest::Countries,
        )?;
        tests.when(self.territory_within, |id| {
            Ok(ParticipantTest::TerritoryWithin(id::parse("territoryWithin", &id)?))
        })?;
        tests.when(self.registered_at, |id| {
            Ok(ParticipantTest::RegisteredAt(id::parse("registeredAt", &id)?))
        })?;
        tests.when(self.is_archived, |is| Ok(ParticipantTest::Archived(is)))?;
        tests.when(self.named, |text| Ok(ParticipantTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What participants are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "participant::ParticipantOrderField")]
pub(crate) enum ParticipantOrderField {
    /// The name, family name first, folded so that both scripts stand together.
    Name,
    /// When the record was made.
    CreatedAt,
}

/// An order of participants; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ParticipantOrder {
    /// What to order by.
    pub field: ParticipantOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct ParticipantQuery;

#[Object]
impl ParticipantQuery {
    /// Finds a participant by its id; one that was merged answers with the one it was merged into.
    async fn participant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the participant.")] id: ID,
    ) -> Nullable<Participant> {
        let found = async {
            let id = id::parse::<ParticipantId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(Participant))
        };
        nullable(found.await)
    }

    /// Lists the people you may see: those of the institutions and countries you answer for, and those at your
    /// events.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn participants(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which participants.")] filter: Option<ParticipantWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by name, ascending.")] order_by: Option<
            Vec<ParticipantOrder>,
        >,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Participant>, ApiError> {
        let filter = filter.unwrap_or_default().parse_list()?;
        let order = order(order_by)?
            .map_or((participant::ParticipantOrderField::Name, Direction::Ascending), |order| {
                (order.field.into(), order.direction.into())
            });
        let page = page(first, after, last, before)?;
        let reading = ctx.reading()?;
        let rows = Box::pin(reading.list_participants(&filter, order, &page)).await?;
        Ok(connection(rows, Participant, move |reading| {
            let filter = Filter::clone(&filter);
            async move { reading.count_participants(&filter).await }
        }))
    }
}
