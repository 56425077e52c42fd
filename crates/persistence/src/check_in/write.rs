//! Verbs of check-in: let someone in or out, and undo it.

use std::sync::Arc;

use hemicycle_domain::{
    access::permit,
    check_in::{Attendance, CheckInRefusal, NewScan, Scan, attendance},
    event::{self, Event},
    id::{EventId, Id, RecordKind, RegistrationId, ScanId},
    problem::{Fault, Invalid},
    text::Passage,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    IntoActiveModel, QueryFilter,
    entity::prelude::*,
    sea_query::{ExprTrait, OnConflict},
};

use super::row::{attendance_row, operator, scan_row, to_scan, to_scan_row};
use crate::{
    event::count, fault::Failure, read_model::all_of, registration::RosterEntry, scope::facts, work::Work,
};

/// What became of a check-in.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedIn {
    /// The fact.
    pub scan: Scan,
    /// The registration, with the attendance that follows from all of its scans.
    pub entry: Arc<RosterEntry>,
    /// Whether the same scan was recorded before; nothing was written then.
    pub is_replay: bool,
}

impl Work {
    /// Lets a registered person in or out at the door of an event or of a session.
    ///
    /// The client's id makes it idempotent: the same scan again answers as before, another content under the
    /// same id is refused.
    pub async fn check_in(&mut self, new: NewScan) -> Result<CheckedIn, Failure> {
        // The row of the registration is locked: of two doors at the same moment one is answered first.
        let (registration, participant, event) = self.load_registration_at_door(new.registration).await?;
        let permit = permit::<event::CheckIn>(&self.actor, &event)?;
        let scans = self.scans_of(registration.id, Some(new.id)).await?;
        let before = attendance(&scans);
        let entry = |registration, attendance| {
            Arc::new(RosterEntry { registration, participant: Arc::clone(&participant), attendance })
        };
        if let Some(scan) = scans.iter().find(|scan| scan.id == new.id) {
            scan.check_repeated(&new)?;
            return Ok(CheckedIn { scan: scan.clone(), entry: entry(registration, before), is_replay: true });
        }
        self.check_session(event.id, &new).await?;
        let scan = new.admitted(&event, &registration, &scans, self.actor.account(), self.now)?;
        let row = to_scan_row(&scan);
        self.insert_scan(&row).await?;
        let attendance = attendance(scans.iter().chain([&scan]));
        self.keep_attendance(permit.id(), registration.id, before, attendance).await?;
        self.record("check_in.scan", scan.id, Some(permit.id()), None, Some(&row)).await?;
        Ok(CheckedIn { scan, entry: entry(registration, attendance), is_replay: false })
    }

    /// Undoes a check-in: the scan stays, and counts no longer.
    pub async fn undo_check_in(&mut self, id: ScanId, reason: Passage) -> Result<CheckedIn, Failure> {
        let registration = self.registration_of_scan(id).await?;
        let registration = self.load_registration(registration).await.map_err(|failure| match failure {
            Failure::NotFound(_) => Failure::NotFound(RecordKind::Scan),
            other => other,
        })?;
        let event: Event = self.load_event(registration.event).await?;
        let permit = permit::<event::CheckIn>(&self.actor, &event)?;
        let before = facts::<scan_row::Entity>().filter(scan_row::COLUMN.id.eq(id.uuid()));
        let before = before.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Scan))?;
        let scan = to_scan(&before)?.ok_or(Failure::NotFound(RecordKind::Scan))?;
        let mut scans = self.scans_of(registration.id, None).await?;
        let attended_before = attendance(&scans);
        let scan = scan.undone(&event, reason, self.now)?;
        let mut row = before.clone().into_active_model();
        row.voided_at = Set(scan.voided.as_ref().map(|voided| voided.at));
        row.void_reason = Set(scan.voided.as_ref().map(|voided| voided.reason.as_str().to_owned()));
        row.voided_by = Set(self.actor.account().map(operator));
        let row = row.update(&self.transaction).await?;
        scans.retain(|other| other.id != id);
        scans.push(scan.clone());
        let attendance = attendance(&scans);
        self.keep_attendance(permit.id(), registration.id, attended_before, attendance).await?;
        self.record("check_in.undo", id, Some(permit.id()), Some(&before), Some(&row)).await?;
        Ok(CheckedIn { scan, entry: self.roster_entry(registration, attendance).await?, is_replay: false })
    }

    /// The scans of a registration, and the one under this id, whoever it shows.
    ///
    /// That one is refused where it shows someone else.
    async fn scans_of(&self, registration: RegistrationId, id: Option<ScanId>) -> Result<Vec<Scan>, Failure> {
        let own = scan_row::COLUMN.registration_id.eq(registration.uuid());
        let wanted = id.into_iter().fold(own, |wanted, id| wanted.or(scan_row::COLUMN.id.eq(id.uuid())));
        let rows: Vec<scan_row::Model> =
            all_of(&self.transaction, facts::<scan_row::Entity>().filter(wanted)).await?;
        if rows.iter().any(|row| row.registration_id != Some(registration.uuid())) {
            return Err(CheckInRefusal::IdReused.into());
        }
        rows.into_iter().filter_map(|row| to_scan(&row).map_err(Failure::from).transpose()).collect()
    }

    async fn check_session(&self, event: EventId, new: &NewScan) -> Result<(), Failure> {
        let Some(session) = new.session else { return Ok(()) };
        match self.event_of_session(session).await? {
            None => Err(Invalid::new("sessionId", Fault::NotFound).into()),
            Some(other) if other != event => Err(CheckInRefusal::SessionOfOtherEvent.into()),
            Some(_) => Ok(()),
        }
    }

    /// Inserts a scan; one under the same id that came at the same moment, of someone else, wins.
    #[expect(clippy::disallowed_methods, reason = "a permit for the event was given")]
    async fn insert_scan(&self, row: &scan_row::Model) -> Result<(), Failure> {
        let by_id = OnConflict::column(scan_row::Column::Id).do_nothing().to_owned();
        let insert = scan_row::Entity::insert(row.clone().into_active_model()).on_conflict(by_id);
        match insert.exec_without_returning(&self.transaction).await? {
            0 => Err(CheckInRefusal::IdReused.into()),
            _ => Ok(()),
        }
    }

    /// Writes the attendance that follows from all scans, and moves the counters.
    #[expect(clippy::disallowed_methods, reason = "attendance follows from scans that were permitted")]
    async fn keep_attendance(
        &self,
        event: EventId,
        registration: RegistrationId,
        before: Attendance,
        now: Attendance,
    ) -> Result<(), Failure> {
        use attendance_row::Column;
        let row = attendance_row::Model {
            registration_id: registration.uuid(),
            event_id: event.uuid(),
            has_attended: now.has_attended,
            is_inside: now.is_inside,
            first_in_at: now.first_in_at,
            last_out_at: now.last_out_at,
        };
        let replace = OnConflict::column(Column::RegistrationId)
            .update_columns([Column::HasAttended, Column::IsInside, Column::FirstInAt, Column::LastOutAt])
            .to_owned();
        attendance_row::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.transaction)
            .await?;
        let attended = i32::from(now.has_attended) - i32::from(before.has_attended);
        if attended != 0 {
            count(&self.transaction, event, registration.uuid(), 0, attended).await?;
        }
        Ok(())
    }

    async fn registration_of_scan(&self, id: ScanId) -> Result<RegistrationId, Failure> {
        let select = self.select::<scan_row::Entity>().filter(scan_row::COLUMN.id.eq(id.uuid()));
        let row = select.one(&self.transaction).await?;
        let registration = row.and_then(|row| row.registration_id);
        registration.map(Into::into).ok_or(Failure::NotFound(RecordKind::Scan))
    }
}
