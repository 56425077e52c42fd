//! Questions about events: one, many, a page, a count.

use std::{collections::HashMap, sync::Arc};

use hemicycle_domain::{
    access::Capability,
    country::CountryCode,
    event::{
        Event, EventFilter, EventOrder, EventOrderField, EventPartner, EventStatus, EventTest, PartnerRole,
    },
    id::{EventId, Id, RecordKind, TerritoryId},
    page::{Page, PageRequest},
};
use sea_orm::{
    Condition, DbBackend, EntityName, PaginatorTrait, QueryFilter, QueryOrder,
    prelude::Uuid,
    sea_query::{
        ColumnName, ColumnRef, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, SimpleExpr, TableName,
    },
};

use super::row::{
    event::{COLUMN, Column, Entity, Model},
    event_partner, to_event, to_event_partner,
};
use crate::{
    dialect::{begins_with, is_one_of},
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::{PlaceColumns, Scoped, Sight, condition, facts},
    search,
};

impl Scoped for Entity {
    /// A published event is seen by everyone who signs in, by a device where it serves it; a draft by those who may
    /// see drafts where it stands.
    fn visible(sight: &Sight<'_>) -> Condition {
        let drafts = sight.within(Capability::SeeDrafts, places());
        let mut published = Condition::all().add(COLUMN.status.ne(EventStatus::Draft.as_str()));
        if !sight.actor.sees_published_everywhere() {
            published = published.add(sight.within(Capability::SeePublished, places()));
        }
        Condition::any().add(published).add(drafts)
    }
}

/// The columns by which an event belongs to places.
fn places() -> PlaceColumns<(Entity, Column)> {
    PlaceColumns {
        country: (Entity, Column::Country),
        partner: (Entity, Column::HostId),
        program: (Entity, Column::ProgramId),
        event: (Entity, Column::Id),
    }
}

/// That the event whose id stands in this column, one of another table, is one the actor sees.
pub(crate) fn is_seen<C: IntoColumnRef>(sight: &Sight<'_>, event: C) -> SimpleExpr {
    if sight.scope(Capability::SeeDrafts).everything {
        return Expr::val(true);
    }
    exists(event, Entity::visible(sight))
}

/// That the actor has a capability over the event whose id stands in this column, one of another table.
///
/// Asked of a column of the table of events itself it would compare each event with itself: see [`within`].
/// One look at the event by its key for each row: the set of all such events may be a whole country's.
pub(crate) fn is_within<C: IntoColumnRef>(sight: &Sight<'_>, capability: Capability, event: C) -> SimpleExpr {
    let scope = sight.scope(capability);
    if scope.everything || scope.is_empty() {
        return Expr::val(scope.everything);
    }
    exists(event, sight.within(capability, places()))
}

/// The column must be of another table: in a select from the table of events itself, the event sought would be
/// any event at all. There, ask [`seen`] or [`within`].
fn exists<C: IntoColumnRef>(event: C, condition: Condition) -> SimpleExpr {
    let event = event.into_column_ref();
    let is_own = |table: &TableName| table.1.to_string() == Entity.table_name();
    debug_assert!(
        !matches!(&event, ColumnRef::Column(ColumnName(Some(table), _)) if is_own(table)),
        "an event cannot be sought by a column of its own table"
    );
    let event = Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Id)).eq(Expr::col(event)))
        .cond_where(condition)
        .to_owned();
    Expr::exists(event)
}

/// The condition under which the actor sees an event, for selects from the table itself.
pub(crate) fn seen(sight: &Sight<'_>) -> Condition {
    Entity::visible(sight)
}

/// The condition that an event lies where the actor has a capability, for selects from the table itself.
pub(crate) fn within(sight: &Sight<'_>, capability: Capability) -> Condition {
    sight.within(capability, places())
}

impl Reading {
    /// Finds an event.
    pub async fn find_event(&self, id: EventId) -> Result<Option<Arc<Event>>, Failure> {
        Ok(self.find_events(&[id]).await?.remove(&id))
    }

    /// Finds events; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_events(&self, ids: &[EventId]) -> Result<HashMap<EventId, Arc<Event>>, Failure> {
        let kept = &self.store.kept().events;
        // What everyone sees is the same for everyone.
        let everyone = self.actor.sees_published_everywhere();
        let mut found: HashMap<EventId, Arc<Event>> =
            ids.iter().filter(|_| everyone).filter_map(|id| Some((*id, kept.get(id)?))).collect();
        let others: Vec<Uuid> = ids.iter().filter(|id| !found.contains_key(id)).map(|id| id.uuid()).collect();
        if others.is_empty() {
            return Ok(found);
        }
        let moment = kept.moment();
        let select = self.select::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), others));
        for row in self.all(select).await? {
            let event = Arc::new(to_event(row, &self.reference)?);
            // Where it stands was told by the reference data with which this read began.
            if event.status != EventStatus::Draft && self.store.is_current(&self.reference) {
                kept.keep(event.id, Arc::clone(&event), moment);
            }
            found.insert(event.id, event);
        }
        Ok(found)
    }

    /// Lists events.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        order: EventOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<Event>>, Failure> {
        let nearby = self.find_nearby(filter, order, page).await?;
        let Page { rows, has_previous, has_next } = if let Some(page) = nearby {
            page
        } else {
            let select = self.select::<Entity>().filter(self.events_that(filter));
            keyset(order).page(self.connection(), select, page).await?
        };
        let rows = rows
            .into_iter()
            .map(|(cursor, row)| Ok((cursor, Arc::new(to_event(row, &self.reference)?))))
            .collect::<Result<_, Failure>>()?;
        Ok(Page { rows, has_previous, has_next })
    }

    /// Finds a page of events by several words where many events have them all: they stand close together in any order,
    /// and to gather them first would take longer the more there are.
    async fn find_nearby(
        &self,
        filter: &EventFilter,
        order: EventOrder,
        page: &PageRequest,
    ) -> Result<Option<Page<Model>>, Failure> {
        let (others, named) = filter.parted(&|test| matches!(test, EventTest::Named(_)));
        let words = |test| if let EventTest::Named(words) = test { words } else { Vec::new() };
        let words: Vec<Vec<String>> = named.into_iter().map(words).collect();
        let terms = words.concat();
        // No word at all is a search that finds nothing.
        if terms.len() < 2 || words.iter().any(Vec::is_empty) {
            return Ok(None);
        }
        let select = self.select::<Entity>().filter(self.events_that(&others));
        let bears = search::bears(Column::Id, &terms);
        keyset(order).page_nearby(self.connection(), select, bears, page).await
    }

    /// Counts events.
    pub async fn count_events(&self, filter: &EventFilter) -> Result<u64, Failure> {
        Ok(self.select::<Entity>().filter(self.events_that(filter)).count(self.connection()).await?)
    }

    /// Finds the other partners of events that the actor sees, by event, in the order of their roles.
    pub async fn partners_of_events(
        &self,
        events: &[EventId],
    ) -> Result<HashMap<EventId, Vec<EventPartner>>, Failure> {
        let ids = events.iter().map(|id| id.uuid());
        let select = facts::<event_partner::Entity>()
            .filter(is_one_of(self.backend(), event_partner::Column::EventId, ids))
            .order_by_asc(event_partner::COLUMN.role)
            .order_by_asc(event_partner::COLUMN.partner_id);
        let rows = self.all(select).await?;
        let mut found: HashMap<EventId, Vec<EventPartner>> = HashMap::new();
        for row in rows {
            found.entry(row.event_id.into()).or_default().push(to_event_partner(&row)?);
        }
        for partners in found.values_mut() {
            partners.sort_by_key(|partner| partner.role);
        }
        Ok(found)
    }

    pub(crate) fn events_that(&self, filter: &EventFilter) -> Condition {
        condition(filter, &|test| self.event_that(test))
    }

    /// Selects an event if the actor sees it: what belongs to a hidden one is not found by it.
    fn seen_event(&self, id: EventId) -> SelectStatement {
        Query::select()
            .column((Entity, Column::Id))
            .from(Entity)
            .and_where(Expr::col((Entity, Column::Id)).eq(id.uuid()))
            .cond_where(seen(&self.sight()))
            .to_owned()
    }

    /// What is true of events within a territory.
    ///
    /// Of a whole country, and of a territory with none below it, one value is asked for: then an index has the events
    /// in their order, and a page is read as it stands there.
    fn event_within(&self, id: TerritoryId) -> SimpleExpr {
        match self.reference.territory(id) {
            None => Expr::val(false),
            Some(country) if country.parent.is_none() => COLUMN.country.eq(country.country.as_str()),
            Some(territory) if !self.reference.is_divided(id) => {
                COLUMN.territory_path.eq(territory.path.as_str())
            }
            Some(territory) => begins_with((Entity, Column::TerritoryPath), territory.path.as_str()),
        }
    }

    fn event_that(&self, test: &EventTest) -> SimpleExpr {
        match test {
            EventTest::Ids(ids) => {
                is_one_of(self.backend(), (Entity, Column::Id), ids.iter().map(|id| id.uuid()))
            }
            EventTest::Kinds(kinds) => COLUMN.kind.is_in(kinds.iter().map(|kind| kind.as_str())),
            EventTest::Statuses(statuses) => {
                COLUMN.status.is_in(statuses.iter().map(|status| status.as_str()))
            }
            EventTest::Countries(countries) => {
                COLUMN.country.is_in(countries.iter().map(CountryCode::as_str))
            }
            EventTest::TerritoryWithin(id) => self.event_within(*id),
            EventTest::Programs(ids) => {
                is_one_of(self.backend(), (Entity, Column::ProgramId), ids.iter().map(|id| id.uuid()))
            }
            EventTest::Stage(stage) => COLUMN.stage.eq(*stage),
            EventTest::Hosts(ids) => {
                is_one_of(self.backend(), (Entity, Column::HostId), ids.iter().map(|id| id.uuid()))
            }
            EventTest::Involves(partner) => {
                let with_role =
                    with_partners(Condition::all().add(event_partner::COLUMN.partner_id.eq(partner.uuid())));
                COLUMN.host_id.eq(partner.uuid()).or(COLUMN.id.in_subquery(with_role))
            }
            EventTest::HasHost(true) => COLUMN.host_id.is_not_null(),
            EventTest::HasHost(false) => COLUMN.host_id.is_null(),
            EventTest::HasOrganiser(has) => {
                let organisers =
                    [PartnerRole::LeadOrganiser, PartnerRole::Organiser, PartnerRole::CoOrganiser];
                let words = organisers.map(PartnerRole::as_str);
                let organised = with_partners(Condition::all().add(event_partner::COLUMN.role.is_in(words)));
                if *has { COLUMN.id.in_subquery(organised) } else { COLUMN.id.not_in_subquery(organised) }
            }
            EventTest::Parent(parent) => COLUMN.parent_id.in_subquery(self.seen_event(*parent)),
            EventTest::During { from, until } => {
                let begun = until.map(|day| COLUMN.earliest.is_null().or(COLUMN.earliest.lte(day)));
                let not_over = from.map(|day| COLUMN.latest.is_null().or(COLUMN.latest.gte(day)));
                [begun, not_over]
                    .into_iter()
                    .flatten()
                    .reduce(ExprTrait::and)
                    .unwrap_or_else(|| Expr::val(true))
            }
            EventTest::DatesFullyStated(stated) => COLUMN.dates_fully_stated.eq(*stated),
            EventTest::Archived(true) => COLUMN.archived_at.is_not_null(),
            EventTest::Archived(false) => COLUMN.archived_at.is_null(),
            EventTest::Named(terms) => search::found_by(self.backend(), RecordKind::Event, Column::Id, terms),
        }
    }
}

/// Selects the events at which one of these institutions has one of these roles.
pub(crate) fn with_partners_as(
    backend: DbBackend,
    partners: impl IntoIterator<Item = Uuid>,
    roles: impl IntoIterator<Item = PartnerRole>,
) -> SelectStatement {
    let column = |column| (event_partner::Entity, column);
    let roles = roles.into_iter().map(PartnerRole::as_str);
    with_partners(
        Condition::all()
            .add(is_one_of(backend, column(event_partner::Column::PartnerId), partners))
            .add(Expr::col(column(event_partner::Column::Role)).is_in(roles)),
    )
}

fn with_partners(condition: Condition) -> SelectStatement {
    Query::select()
        .column(event_partner::Column::EventId)
        .from(event_partner::Entity)
        .cond_where(condition)
        .to_owned()
}

pub(super) fn keyset((field, direction): EventOrder) -> Keyset<Entity> {
    match field {
        EventOrderField::StartsOn => Keyset {
            name: "event.starts_on",
            column: Column::SortDate,
            id: Column::Id,
            direction,
            position: |row: &Model| (Key::Day(row.sort_date), row.id),
        },
        EventOrderField::CreatedAt => Keyset {
            name: "event.created_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |row: &Model| (Key::At(row.created_at), row.id),
        },
    }
}
