//! Attendance that follows anew, written with the counters that it moves.

use hemicycle_domain::{
    check_in::Folded,
    id::{EventId, Id, RegistrationId},
};
use sea_orm::{Iterable, sea_query::OnConflict};

use super::row::{attendance_row, to_attendance_row};
use crate::{
    dialect::{Insertion, insert_each},
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
        for one in folded {
            let [was, is] = [&one.was, &one.is].map(|folded| i32::from(folded.attendance.has_attended));
            self.count(one.event, one.registration.uuid(), 0, is - was);
        }
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
