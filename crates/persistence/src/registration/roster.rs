//! Rosters: registrations, with attendance in one row where it is asked for, and their people.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
    sync::Arc,
};

use hemicycle_domain::{
    check_in::Attendance,
    country::CountryCode,
    id::{DelegationId, EventId, Id, ParticipantId, RecordKind, RegistrationId},
    page::{Cursor, Direction, Page, PageRequest},
    participant::Participant,
    registration::{
        Registration, RegistrationFilter, RegistrationOrder, RegistrationOrderField, RegistrationTest,
    },
};
use sea_orm::{
    Condition, JoinType, Order, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Func, LockType, SelectStatement, SimpleExpr},
};

use super::row::{
    AttendedRow, RosterRow,
    registration_row::{COLUMN, Column, Entity, Model, stands},
    to_registration,
};
use crate::{
    check_in::{attendance_row, to_attendance},
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    keyset::{Key, Keyset},
    participant::{self, to_participant},
    read_model::{ReadModel, all, all_of},
    reading::Reading,
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
    /// Whether the person was there, and is there now; none where it was not asked for.
    pub attendance: Option<Attendance>,
}

/// What is read of the lines of a page: nobody pays for what is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RosterParts {
    /// Registrations and people.
    People,
    /// Also what the scans say.
    PeopleAndAttendance,
}

/// What is read of a line in one row.
trait Line: ReadModel {
    /// The registration.
    fn registration(&self) -> &Model;

    /// The registration, and the attendance if it was read.
    fn parted(self) -> (Model, Option<Attendance>);
}

impl Line for Model {
    fn registration(&self) -> &Model {
        self
    }

    fn parted(self) -> (Model, Option<Attendance>) {
        (self, None)
    }
}

impl Line for AttendedRow {
    fn registration(&self) -> &Model {
        &self.registration
    }

    fn parted(self) -> (Model, Option<Attendance>) {
        (self.registration, Some(self.attendance.as_ref().map(to_attendance).unwrap_or_default()))
    }
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
        let select = self.with_attendance().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
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
        parts: RosterParts,
    ) -> Result<Page<Arc<RosterEntry>>, Failure> {
        let that = self.registrations_that(event, filter);
        match parts {
            RosterParts::People if !filter.mentions(&is_about_attendance) => {
                let select = self.select::<Entity>().filter(that);
                self.read_page(keyset::<Model>(order).page(self.connection(), select, page).await?).await
            }
            RosterParts::People | RosterParts::PeopleAndAttendance => {
                let select = self.with_attendance().filter(that);
                self.read_page(keyset::<AttendedRow>(order).page(self.connection(), select, page).await?)
                    .await
            }
        }
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
        parts: RosterParts,
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
        match parts {
            RosterParts::People => self.read_first_pages::<Model>(select, size).await,
            RosterParts::PeopleAndAttendance => {
                join_attendance(&mut select);
                self.read_first_pages::<AttendedRow>(select, size).await
            }
        }
    }

    async fn read_first_pages<L: Line>(
        &self,
        mut select: SelectStatement,
        size: u32,
    ) -> Result<HashMap<EventId, Page<Arc<RosterEntry>>>, Failure> {
        select.order_by((Entity, Column::CreatedAt), Order::Asc).order_by((Entity, Column::Id), Order::Asc);
        let lines: Vec<L> = all(self.connection(), select).await?;
        let keyset = keyset((RegistrationOrderField::RegisteredAt, Direction::Ascending));
        let cursors: Vec<Cursor> = lines.iter().map(|line| keyset.cursor(line)).collect();
        let mut pages: HashMap<EventId, Page<Arc<RosterEntry>>> = HashMap::new();
        for (cursor, entry) in cursors.into_iter().zip(self.entries(lines).await?) {
            let page = pages.entry(entry.registration.event).or_default();
            if page.rows.len() < size as usize {
                page.rows.push((cursor, entry));
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
            .with_attendance()
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
            .with_attendance()
            .filter(is_one_of(self.backend(), (Entity, Column::DelegationId), ids))
            .filter(stands())
            .order_by_desc(COLUMN.is_delegation_head)
            .order_by_asc(COLUMN.id);
        let membership = |entry: &RosterEntry| entry.registration.details.membership;
        Ok(grouped(self.read_roster(select).await?, |entry| membership(entry).map(|of| of.delegation)))
    }

    /// Starts a select of registrations with their attendance.
    fn with_attendance(&self) -> Select<Entity> {
        let mut select = self.select::<Entity>();
        join_attendance(QueryTrait::query(&mut select));
        select
    }

    async fn read_roster(&self, select: Select<Entity>) -> Result<Vec<Arc<RosterEntry>>, Failure> {
        let lines: Vec<AttendedRow> = self.all_as(select).await?;
        self.entries(lines).await
    }

    async fn read_page<L: Line>(&self, page: Page<L>) -> Result<Page<Arc<RosterEntry>>, Failure> {
        let Page { rows, has_previous, has_next } = page;
        let (cursors, lines): (Vec<Cursor>, Vec<L>) = rows.into_iter().unzip();
        let entries = self.entries(lines).await?;
        Ok(Page { rows: cursors.into_iter().zip(entries).collect(), has_previous, has_next })
    }

    /// Joins registrations that the actor sees with their people, in their order.
    async fn entries<L: Line>(&self, lines: Vec<L>) -> Result<Vec<Arc<RosterEntry>>, Failure> {
        let people = lines.iter().map(|line| line.registration().participant_id.into());
        let people = self.people_of_registrations(people.collect()).await?;
        let entry = |line: L| Ok(Arc::new(to_entry(line.parted(), &people)?));
        lines.into_iter().map(entry).collect()
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

    /// Reads lines of rosters and keeps the registrations from changing until the work ends, in the order of their ids;
    /// each beside the registration into which it was merged.
    ///
    /// The person and the attendance may be as they were a moment before. A line whose person was exchanged for another
    /// while it was waited for is missing.
    pub(crate) async fn lock_roster_entries(
        &self,
        registrations: &BTreeSet<RegistrationId>,
    ) -> Result<Vec<(Option<RegistrationId>, RosterEntry)>, Failure> {
        if registrations.is_empty() {
            return Ok(Vec::new());
        }
        let ids = registrations.iter().map(|id| id.uuid());
        let mut select = facts::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, Column::Id), ids))
            .order_by_asc(COLUMN.id);
        QueryTrait::query(&mut select).lock_with_tables(LockType::NoKeyUpdate, [Entity]);
        self.whole_lines(select).await
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
        let select = facts::<Entity>().filter(is_one_of(self.backend(), (Entity, Column::Id), ids));
        let lines = self.whole_lines(select).await?;
        Ok(lines.into_iter().map(|(_, entry)| (entry.registration.id, Arc::new(entry))).collect())
    }

    /// Reads registrations with their people and attendance by one statement; each beside the one into which it was
    /// merged.
    async fn whole_lines(
        &self,
        mut select: Select<Entity>,
    ) -> Result<Vec<(Option<RegistrationId>, RosterEntry)>, Failure> {
        join_attendance(QueryTrait::query(&mut select));
        join_person(QueryTrait::query(&mut select));
        let rows: Vec<RosterRow> = all_of(&self.transaction, select).await?;
        let entry = |RosterRow { line, person }: RosterRow| {
            let merged_into = line.registration.merged_into_id.map(Into::into);
            let person = Arc::new(to_participant(person, &self.reference)?);
            Ok((merged_into, to_entry(line.parted(), &HashMap::from([(person.id, person)]))?))
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

fn to_entry(
    (registration, attendance): (Model, Option<Attendance>),
    people: &HashMap<ParticipantId, Arc<Participant>>,
) -> Result<RosterEntry, StoreFault> {
    let registration = to_registration(registration)?;
    let missing = || StoreFault::Dangling(format!("the participant of registration {}", registration.id));
    let participant = people.get(&registration.participant).ok_or_else(missing)?;
    Ok(RosterEntry { participant: Arc::clone(participant), registration, attendance })
}

/// Whether a test looks at what the scans say.
fn is_about_attendance(test: &RegistrationTest) -> bool {
    matches!(test, RegistrationTest::Attended(_) | RegistrationTest::Inside(_))
}

fn keyset<L: Line>((field, direction): RegistrationOrder) -> Keyset<Entity, L> {
    match field {
        RegistrationOrderField::Name => Keyset {
            name: "registration.name",
            column: Column::SortName,
            id: Column::Id,
            direction,
            position: |line| (Key::Text(line.registration().sort_name.clone()), line.registration().id),
        },
        RegistrationOrderField::RegisteredAt => Keyset {
            name: "registration.registered_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |line| (Key::At(line.registration().created_at), line.registration().id),
        },
    }
}
