//! Verbs on registrations: register a known or a new person, change, cancel.

use std::{collections::BTreeSet, sync::Arc};

use hemicycle_domain::{
    access::{Action, Actor, Permit, permit},
    check_in::Attendance,
    event::{self, Event},
    id::{EventId, Id, ParticipantId, RecordKind, RegistrationId},
    participant::{NewParticipant, Participant},
    problem::{Fault, Invalid, Problem},
    registration::{
        self, NewRegistration, Registration, RegistrationChange, RegistrationDetails, RegistrationRefusal,
        RegistrationRole, RegistrationStatus,
    },
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{
    RosterEntry,
    row::{
        registration_row::{COLUMN, Column, Entity, Model, is_kept, stands},
        to_registration, to_row,
    },
};
use crate::{
    change::Change,
    dialect::{insert_each, is_one_of},
    fault::Failure,
    json::to_json,
    read_model::all_of,
    scope::facts,
    work::Work,
};

impl Work {
    /// Registers a person whom the actor sees at an event.
    pub async fn register_participant(&mut self, new: NewRegistration) -> Result<Arc<RosterEntry>, Failure> {
        let (event, permit) = self.load_event_to_register_at(new.event).await?;
        let person = self.load_participant(new.participant).await.map_err(|failure| match failure {
            Failure::NotFound(_) => Invalid::new("participantId", Fault::NotFound).into(),
            other => other,
        })?;
        person.check_in_use(None)?;
        self.enter(&event, &permit, person, new.details).await
    }

    /// Adds a person and registers them at an event: whoever runs an event need not run the people's homes.
    pub async fn register_new_participant(
        &mut self,
        event: EventId,
        person: NewParticipant,
        details: RegistrationDetails,
    ) -> Result<Arc<RosterEntry>, Failure> {
        let (event, permit) = self.load_event_to_register_at(event).await?;
        let disability = person.disability.clone();
        let (person, personal) = self.new_participant(person).map_err(|failure| match failure {
            Failure::Problem(Problem::Invalid(fault)) => fault.within("new").within("participant").into(),
            other => other,
        })?;
        let person = self.insert_participant(person, &personal).await?;
        self.keep_disability(person.id, &disability).await?;
        self.enter(&event, &permit, person, details).await
    }

    /// Changes what a person is at an event.
    pub async fn update_registration(
        &mut self,
        id: RegistrationId,
        expected_version: Option<i64>,
        change: RegistrationChange,
    ) -> Result<Arc<RosterEntry>, Failure> {
        if change.role.is_some() {
            // Whether there is a seat may be asked: the event comes before its people.
            let seen = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
            let seen = seen.ok_or(Failure::NotFound(RecordKind::Registration))?;
            self.lock_event(seen.event_id.into()).await?;
        }
        let before = self.load_registration_row(id).await?;
        let registration = to_registration(before.clone())?;
        let (event, permit) = self.load_event_to_register_at(registration.event).await?;
        Problem::check_version(expected_version, registration.version)?;
        let (given, moves) = (change.country, change.territory.is_some() || change.partner.is_some());
        let mut next = registration.changed(change)?;
        let was = &registration.details;
        next.details.country = match given {
            Some(country) => self.country_of(country, next.details.territory, next.details.partner)?,
            None if moves => self.country_of(None, next.details.territory, next.details.partner)?,
            None => was.country,
        };
        self.check_details(&event, &next.details)?;
        if next.details.role.takes_a_seat() && !was.role.takes_a_seat() {
            self.check_seat(&event, next.details.role).await?;
        }
        if next.details.membership != was.membership {
            self.check_membership(&event, next.details.membership, Some(id)).await?;
        }
        let row = to_row(&next, before.sort_name.clone()).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.record("registration.update", id, Some(permit.id()), Some(&before), Some(&row)).await?;
        let attendance = self.attendance_of(id).await?;
        self.roster_entry(next, attendance).await
    }

    /// Cancels a registration; its place becomes free, and the person can be registered anew.
    pub async fn cancel_registration(
        &mut self,
        id: RegistrationId,
        expected_version: Option<i64>,
        reason: Passage,
    ) -> Result<Arc<RosterEntry>, Failure> {
        let before = self.load_registration_row(id).await?;
        let registration = to_registration(before.clone())?;
        let (_, permit) = self.load_event_to_register_at(registration.event).await?;
        Problem::check_version(expected_version, registration.version)?;
        let attendance = self.attendance_of(id).await?;
        let next = registration.cancelled(reason, attendance.has_attended)?;
        let row = to_row(&next, before.sort_name.clone()).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.count(permit.id(), row.id, -i32::from(registration.status.stands()), 0);
        self.record("registration.cancel", id, Some(permit.id()), Some(&before), Some(&row)).await?;
        self.roster_entry(next, attendance).await
    }

    /// Lets a registration count that was parked; one that was not stays as it is.
    ///
    /// Whoever calls was permitted to decide so, and has locked the row of the registration.
    pub(crate) async fn accept_registration(&mut self, id: RegistrationId) -> Result<(), Failure> {
        self.accept_registration_for(None, id).await
    }

    /// The same for one of several callers of this work, with the caller's request.
    pub(crate) async fn accept_registration_for(
        &mut self,
        caller: Option<(&Actor, Option<String>)>,
        id: RegistrationId,
    ) -> Result<(), Failure> {
        let before = facts::<Entity>().filter(COLUMN.id.eq(id.uuid())).one(&self.transaction).await?;
        let before = before.ok_or(Failure::NotFound(RecordKind::Registration))?;
        let Some(next) = to_registration(before.clone())?.accepted() else { return Ok(()) };
        let row = to_row(&next, before.sort_name.clone()).into_active_model().reset_all();
        let row = row.update(&self.transaction).await?;
        self.count(next.event, row.id, 1, 0);
        let change = Change {
            action: "registration.accept".to_owned(),
            subject_kind: RecordKind::Registration,
            subject_id: row.id,
            event: Some(next.event),
            before: Some(to_json(&before)),
            after: Some(to_json(&row)),
        };
        let rows = self.recorded_by([(caller, change)].into_iter());
        Ok(insert_each(&self.transaction, rows).await?)
    }

    /// Loads a line of a roster that the actor sees.
    pub async fn load_roster_entry(&self, id: RegistrationId) -> Result<Arc<RosterEntry>, Failure> {
        let registration = self.load_registration(id).await?;
        let attendance = self.attendance_of(id).await?;
        self.roster_entry(registration, attendance).await
    }

    /// Joins a registration that was loaded with its person.
    pub(crate) async fn roster_entry(
        &self,
        registration: Registration,
        attendance: Attendance,
    ) -> Result<Arc<RosterEntry>, Failure> {
        let participant = self.load_participant(registration.participant).await?;
        Ok(Arc::new(RosterEntry { registration, participant, attendance: Some(attendance) }))
    }

    /// Loads a registration that the actor sees, and keeps it from changing until the work ends.
    pub(crate) async fn load_registration(&self, id: RegistrationId) -> Result<Registration, Failure> {
        Ok(to_registration(self.load_registration_row(id).await?)?)
    }

    async fn load_registration_row(&self, id: RegistrationId) -> Result<Model, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Registration))
    }

    /// Keeps registrations from changing until the work ends, seen or not, in the order of their ids.
    pub(crate) async fn lock_registrations(&self, ids: &BTreeSet<Uuid>) -> Result<Vec<Model>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let lock = facts::<Entity>()
            .filter(is_one_of(self.backend(), (Entity, Column::Id), ids.iter().copied()))
            .order_by_asc(COLUMN.id)
            .lock(LockType::NoKeyUpdate);
        Ok(all_of(&self.transaction, lock).await?)
    }

    /// Keeps all registrations of these people from changing until the work ends, in the order of their ids.
    pub(crate) async fn lock_registrations_of(&self, people: &[ParticipantId]) -> Result<(), Failure> {
        let people = people.iter().map(|id| id.uuid());
        let select = facts::<Entity>()
            .select_only()
            .column(Column::Id)
            .filter(is_one_of(self.backend(), (Entity, Column::ParticipantId), people))
            .order_by_asc(COLUMN.id)
            .lock(LockType::NoKeyUpdate);
        select.into_tuple::<Uuid>().all(&self.transaction).await?;
        Ok(())
    }

    /// Loads an event whose people may be changed, by the actor and at this point of its life.
    pub(crate) async fn load_event_to_register_at(
        &self,
        id: EventId,
    ) -> Result<(Event, Permit<event::Register>), Failure> {
        let event = self.load_event(id).await?;
        let permit = permit::<event::Register>(&self.actor, &event)?;
        registration::check_open(&event)?;
        Ok((event, permit))
    }

    pub(crate) async fn enter<A: Action<On = Event>>(
        &mut self,
        event: &Event,
        permit: &Permit<A>,
        person: Arc<Participant>,
        details: RegistrationDetails,
    ) -> Result<Arc<RosterEntry>, Failure> {
        let mut details = details.checked()?.completed_from(&person, event);
        details.country = self.country_of(details.country, details.territory, details.partner)?;
        self.check_details(event, &details)?;
        self.check_seat(event, details.role).await?;
        self.check_membership(event, details.membership, None).await?;
        let registration = Registration {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            event: permit.id(),
            participant: person.id,
            details,
            status: RegistrationStatus::Registered,
            status_reason: None,
            merged_into: None,
        };
        let row = to_row(&registration, person.names.sort_name());
        self.insert_registration(&row).await?;
        self.count(permit.id(), row.id, 1, 0);
        self.record("registration.create", registration.id, Some(permit.id()), None, Some(&row)).await?;
        let attendance = Some(Attendance::default());
        Ok(Arc::new(RosterEntry { registration, participant: person, attendance }))
    }

    /// Inserts a registration unless the person has one at the event; the unique index decides between two
    /// that come at the same moment.
    #[expect(clippy::disallowed_methods, reason = "a permit for the event was given")]
    async fn insert_registration(&self, row: &Model) -> Result<(), Failure> {
        let one_active = OnConflict::columns([Column::EventId, Column::ParticipantId])
            .target_and_where(Expr::cust("\"status\" <> 'cancelled'"))
            .do_nothing()
            .to_owned();
        let insert = Entity::insert(row.clone().into_active_model()).on_conflict(one_active);
        if insert.exec_without_returning(&self.transaction).await? > 0 {
            return Ok(());
        }
        let standing = facts::<Entity>()
            .filter(COLUMN.event_id.eq(row.event_id))
            .filter(COLUMN.participant_id.eq(row.participant_id))
            .filter(is_kept());
        let standing = standing.one(&self.transaction).await?;
        let registration = standing.map_or(row.id, |standing| standing.id).into();
        Err(RegistrationRefusal::AlreadyRegistered { registration }.into())
    }

    fn check_details(&self, event: &Event, details: &RegistrationDetails) -> Result<(), Failure> {
        self.check_partner("partnerId", details.partner)?;
        self.check_territory("territoryId", details.territory)?;
        if let Some(category) = details.category {
            let program = self.reference.program_of_category(category);
            let program = program.ok_or(Invalid::new("categoryId", Fault::NotFound))?;
            details.check_category(event, Some(program.id))?;
        }
        Ok(())
    }

    /// Refuses one more person in this role where all seats are taken.
    async fn check_seat(&self, event: &Event, role: RegistrationRole) -> Result<(), Failure> {
        if event.capacity.is_none() || !role.takes_a_seat() {
            return Ok(());
        }
        // Two who count at the same moment would both find the last seat free.
        self.lock_event(event.id).await?;
        let taken = facts::<Entity>()
            .filter(COLUMN.event_id.eq(event.id.uuid()))
            .filter(COLUMN.role.is_in(RegistrationRole::seated().map(RegistrationRole::as_str)))
            .filter(stands())
            .count(&self.transaction)
            .await?;
        let taken = i64::try_from(taken).unwrap_or(i64::MAX);
        Ok(registration::check_capacity(event.capacity, role, taken)?)
    }

    async fn attendance_of(&self, id: RegistrationId) -> Result<Attendance, Failure> {
        use crate::check_in::{attendance_row, to_attendance};
        let select =
            facts::<attendance_row::Entity>().filter(attendance_row::COLUMN.registration_id.eq(id.uuid()));
        Ok(select.one(&self.transaction).await?.as_ref().map(to_attendance).unwrap_or_default())
    }
}
