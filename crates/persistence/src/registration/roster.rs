//! Rosters: registrations with their people and attendance, in one statement a question.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use hemicycle_domain::{
    check_in::Attendance,
    country::CountryCode,
    id::{DelegationId, EventId, Id, ParticipantId, RecordKind, RegistrationId},
    page::{Direction, Page, PageRequest},
    participant::Participant,
    registration::{
        Registration, RegistrationFilter, RegistrationOrder, RegistrationOrderField, RegistrationTest,
    },
};
use sea_orm::{
    Condition, JoinType, Order, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr},
};

use super::row::{
    RosterRow,
    registration_row::{COLUMN, Column, Entity, stands},
    to_registration,
};
use crate::{
    check_in::{attendance_row, to_attendance},
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    keyset::{Key, Keyset},
    participant::{self, to_participant},
    read_model::{all, all_of},
    reading::Reading,
    reference::Reference,
    scope::{FirstOfEach, condition, facts, select_first_of_each},
    search, territory,
    work::Work,
};

/// A line of a roster: a registration with the person and what the scans say.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterEntry {
    /// The registration.
    pub registration: Registration,
    /// The person.
    pub participant: Arc<Participant>,
    /// Whether the person was there, and is there now.
    pub attendance: Attendance,
}

impl Reading {
    /// Finds a registration.
    pub async fn find_registration(&self, id: RegistrationId) -> Result<Option<Arc<RosterEntry>>, Failure> {
        Ok(self.find_registrations(&[id]).await?.remove(&id))
    }

    /// Finds registrations; those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_registrations(
        &self,
        ids: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Arc<RosterEntry>>, Failure> {
        let ids = ids.iter().map(|id| id.uuid());
        let select = self.roster().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let entries = self.read_roster(select).await?;
        Ok(entries.into_iter().map(|entry| (entry.registration.id, entry)).collect())
    }

    /// Lists the registrations of an event.
    pub async fn list_registrations(
        &self,
        event: EventId,
        filter: &RegistrationFilter,
        order: RegistrationOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<RosterEntry>>, Failure> {
        let select = self.roster().filter(self.registrations_that(event, filter));
        let Page { rows, has_previous, has_next } =
            keyset(order).page(self.connection(), select, page).await?;
        self.note_showing(rows.iter().map(|(_, row)| row.person.id.into())).await?;
        let rows = rows
            .into_iter()
            .map(|(cursor, row)| Ok((cursor, Arc::new(to_entry(row, &self.reference)?))))
            .collect::<Result<_, Failure>>()?;
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts the registrations of an event.
    pub async fn count_registrations(
        &self,
        event: EventId,
        filter: &RegistrationFilter,
    ) -> Result<u64, Failure> {
        let select = self.with_attendance().filter(self.registrations_that(event, filter));
        Ok(select.count(self.connection()).await?)
    }

    /// Finds the first page of many rosters at once: of each event the registrations that stand, in the order they
    /// were made in. Its cursors go on in [`Reading::list_registrations`].
    pub async fn first_pages_of_rosters(
        &self,
        events: &[EventId],
        size: u32,
    ) -> Result<HashMap<EventId, Page<Arc<RosterEntry>>>, Failure> {
        let first = FirstOfEach::<Entity> {
            owner: Column::EventId,
            owners: events.iter().map(|id| id.uuid()).collect(),
            that: Condition::all().add(stands()),
            order: [Column::CreatedAt, Column::Id],
            direction: Order::Asc,
            // One more tells whether there are more.
            count: u64::from(size) + 1,
        };
        let mut select = select_first_of_each(&self.sight(), first);
        join_attendance(&mut select);
        join_person(&mut select);
        select.order_by((Entity, Column::CreatedAt), Order::Asc).order_by((Entity, Column::Id), Order::Asc);
        let rows: Vec<RosterRow> = all(self.connection(), select).await?;
        self.note_showing(rows.iter().map(|row| row.person.id.into())).await?;
        let keyset = keyset((RegistrationOrderField::RegisteredAt, Direction::Ascending));
        let mut pages: HashMap<EventId, Page<Arc<RosterEntry>>> = HashMap::new();
        for row in rows {
            let page = pages.entry(row.registration.event_id.into()).or_default();
            if page.rows.len() < size as usize {
                page.rows.push((keyset.cursor(&row), Arc::new(to_entry(row, &self.reference)?)));
            } else {
                page.has_next = true;
            }
        }
        Ok(pages)
    }

    /// Finds the registrations of participants at events whose people the actor sees, newest first.
    pub async fn registrations_of_participants(
        &self,
        participants: &[ParticipantId],
    ) -> Result<HashMap<ParticipantId, Vec<Arc<RosterEntry>>>, Failure> {
        let ids = participants.iter().map(|id| id.uuid());
        let select = self
            .roster()
            .filter(is_one_of(self.backend(), (Entity, Column::ParticipantId), ids))
            .order_by_desc(COLUMN.id);
        Ok(grouped(self.read_roster(select).await?, |entry| Some(entry.registration.participant)))
    }

    /// Finds the registered members of delegations, the head first, then in the order they were registered in.
    pub async fn members_of_delegations(
        &self,
        delegations: &[DelegationId],
    ) -> Result<HashMap<DelegationId, Vec<Arc<RosterEntry>>>, Failure> {
        let ids = delegations.iter().map(|id| id.uuid());
        let select = self
            .roster()
            .filter(is_one_of(self.backend(), (Entity, Column::DelegationId), ids))
            .filter(stands())
            .order_by_desc(COLUMN.is_delegation_head)
            .order_by_asc(COLUMN.id);
        let membership = |entry: &RosterEntry| entry.registration.details.membership;
        Ok(grouped(self.read_roster(select).await?, |entry| membership(entry).map(|of| of.delegation)))
    }

    /// Starts a select of roster lines: registrations with their people and attendance.
    fn roster(&self) -> Select<Entity> {
        let mut select = self.with_attendance();
        join_person(QueryTrait::query(&mut select));
        select
    }

    fn with_attendance(&self) -> Select<Entity> {
        let mut select = self.select::<Entity>();
        join_attendance(QueryTrait::query(&mut select));
        select
    }

    async fn read_roster(&self, select: Select<Entity>) -> Result<Vec<Arc<RosterEntry>>, Failure> {
        let rows: Vec<RosterRow> = self.all_as(select).await?;
        self.note_showing(rows.iter().map(|row| row.person.id.into())).await?;
        rows.into_iter().map(|row| Ok(Arc::new(to_entry(row, &self.reference)?))).collect()
    }

    fn registrations_that(&self, event: EventId, filter: &RegistrationFilter) -> Condition {
        condition(filter, &|test| self.registration_that(test)).add(COLUMN.event_id.eq(event.uuid()))
    }

    fn registration_that(&self, test: &RegistrationTest) -> SimpleExpr {
        let one_of = |column: Column, ids: Vec<Uuid>| is_one_of(self.backend(), (Entity, column), ids);
        match test {
            RegistrationTest::Ids(ids) => one_of(Column::Id, ids.iter().map(|id| id.uuid()).collect()),
            RegistrationTest::Roles(roles) => COLUMN.role.is_in(roles.iter().map(|role| role.as_str())),
            RegistrationTest::Categories(ids) => {
                one_of(Column::CategoryId, ids.iter().map(|id| id.uuid()).collect())
            }
            RegistrationTest::Delegation(delegation) => COLUMN.delegation_id.eq(delegation.uuid()),
            RegistrationTest::Partner(partner) => {
                let branches = self.reference.branches_of(*partner);
                one_of(Column::PartnerId, branches.into_iter().map(Id::uuid).collect())
            }
            RegistrationTest::Countries(countries) => {
                COLUMN.country.is_in(countries.iter().map(CountryCode::as_str))
            }
            RegistrationTest::TerritoryWithin(id) => match self.reference.territory(*id) {
                Some(root) => COLUMN.territory_id.in_subquery(territory::within(root)),
                None => Expr::val(false),
            },
            RegistrationTest::Statuses(statuses) => {
                COLUMN.status.is_in(statuses.iter().map(|status| status.as_str()))
            }
            RegistrationTest::Attended(has) => scanned(attendance_row::Column::HasAttended, *has),
            RegistrationTest::Inside(is) => scanned(attendance_row::Column::IsInside, *is),
            RegistrationTest::Named(terms) => {
                search::found_by(self.backend(), RecordKind::Participant, Column::ParticipantId, terms)
            }
        }
    }
}

impl Work {
    /// Reads the line of a roster after a scan, whoever acts: the scan was permitted.
    pub(crate) async fn roster_entry_after_scan(
        &self,
        id: RegistrationId,
    ) -> Result<Arc<RosterEntry>, Failure> {
        let entry = self.roster_entries_after_scans(&[id]).await?.remove(&id);
        entry.ok_or(Failure::NotFound(RecordKind::Registration))
    }

    /// Reads the lines of rosters after scans, whoever acts: the scans were permitted.
    pub(crate) async fn roster_entries_after_scans(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<HashMap<RegistrationId, Arc<RosterEntry>>, Failure> {
        if registrations.is_empty() {
            return Ok(HashMap::new());
        }
        let ids = registrations.iter().map(|id| id.uuid());
        let mut select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        join_attendance(QueryTrait::query(&mut select));
        join_person(QueryTrait::query(&mut select));
        let rows: Vec<RosterRow> = all_of(&self.transaction, select).await?;
        let entry = |row| {
            let entry = to_entry(row, &self.reference)?;
            Ok((entry.registration.id, Arc::new(entry)))
        };
        rows.into_iter().map(entry).collect()
    }
}

fn join_person(select: &mut SelectStatement) {
    let person = Expr::col((participant::Entity, participant::Column::Id));
    let person = person.eq(Expr::col((Entity, Column::ParticipantId)));
    select.join(JoinType::InnerJoin, participant::Entity, person);
}

fn join_attendance(select: &mut SelectStatement) {
    let attendance = Expr::col((attendance_row::Entity, attendance_row::Column::RegistrationId));
    select.join(JoinType::LeftJoin, attendance_row::Entity, attendance.eq(Expr::col((Entity, Column::Id))));
}

/// That a flag of the attendance is so; who was never scanned has none set.
fn scanned(flag: attendance_row::Column, is_set: bool) -> SimpleExpr {
    let flag = Expr::col((attendance_row::Entity, flag));
    Expr::expr(Func::coalesce([flag, Expr::val(false)])).eq(is_set)
}

fn grouped<K: Hash + Eq>(
    entries: Vec<Arc<RosterEntry>>,
    key: impl Fn(&RosterEntry) -> Option<K>,
) -> HashMap<K, Vec<Arc<RosterEntry>>> {
    let mut groups: HashMap<K, Vec<Arc<RosterEntry>>> = HashMap::new();
    for entry in entries {
        if let Some(key) = key(&entry) {
            groups.entry(key).or_default().push(entry);
        }
    }
    groups
}

fn to_entry(row: RosterRow, reference: &Reference) -> Result<RosterEntry, StoreFault> {
    Ok(RosterEntry {
        registration: to_registration(row.registration)?,
        participant: Arc::new(to_participant(row.person, reference)?),
        attendance: row.attendance.as_ref().map(to_attendance).unwrap_or_default(),
    })
}

fn keyset((field, direction): RegistrationOrder) -> Keyset<Entity, RosterRow> {
    match field {
        RegistrationOrderField::Name => Keyset {
            name: "registration.name",
            column: Column::SortName,
            id: Column::Id,
            direction,
            position: |row| (Key::Text(row.registration.sort_name.clone()), row.registration.id),
        },
        RegistrationOrderField::RegisteredAt => Keyset {
            name: "registration.registered_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |row| (Key::At(row.registration.created_at), row.registration.id),
        },
    }
}
