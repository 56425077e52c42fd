//! Attendance that follows anew, written with the counters that it moves.

use hemicycle_domain::{
    check_in::Folded,
    id::{EventId, Id, RegistrationId},
};
use sea_orm::{Iterable, prelude::Uuid, sea_query::OnConflict};

use super::row::{attendance_row, to_attendance_row};
use crate::{
    dialect::{Insertion, insert_each},
    event::Counted,
    fault::Failure,
    work::Work,
};

/// What the scans of a person came to before and come to now.
pub(super) struct Attended {
    pub(super) event: EventId,
    pub(super) registration: RegistrationId,
    pub(super) was: Folded,
    pub(super) is: Folded,
}

impl Work {
    /// Writes attendance, and moves the counters of who attends for the first time, or no longer.
    pub(super) async fn write_attendance(&mut self, folded: &[Attended]) -> Result<(), Failure> {
        insert_each(&self.transaction, [self.attended(folded)]).await?;
        self.count_attended(folded);
        Ok(())
    }

    /// Moves the counters of who attends for the first time, or no longer.
    pub(super) fn count_attended(&mut self, folded: &[Attended]) {
        for (event, registration, more) in newly_attended(folded) {
            self.count(event, registration, 0, more);
        }
    }

    /// The counters of who attends for the first time, or no longer, for a work that writes nothing after them.
    pub(super) fn counted_at_last(&self, folded: &[Attended]) -> Insertion {
        let mut counted = Counted::default();
        for (event, registration, more) in newly_attended(folded) {
            counted.add(event, registration, 0, more);
        }
        counted.rows(self.backend())
    }

    /// The rows of attendance that changed.
    pub(super) fn attended(&self, folded: &[Attended]) -> Insertion {
        use attendance_row::{Column, Entity};
        let changed = folded.iter().filter(|one| one.was != one.is);
        let rows = changed.map(|one| to_attendance_row(one.event.uuid(), one.registration, &one.is));
        let columns: Vec<Column> = Column::iter().collect();
        let replaced = columns
            .iter()
            .copied()
            .filter(|column| !matches!(column, Column::RegistrationId | Column::EventId));
        let replace = OnConflict::column(Column::RegistrationId).update_columns(replaced).to_owned();
        Insertion::new::<Entity>(self.backend(), &columns, rows.collect(), Some(replace))
    }
}

/// Who attends for the first time (1), or no longer (-1).
fn newly_attended(folded: &[Attended]) -> impl Iterator<Item = (EventId, Uuid, i32)> {
    folded.iter().map(|one| {
        let [was, is] = [&one.was, &one.is].map(|folded| i32::from(folded.attendance.has_attended));
        (one.event, one.registration.uuid(), is - was)
    })
}
