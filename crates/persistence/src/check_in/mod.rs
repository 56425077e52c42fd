//! Check-in in the store: who sees scans and attendance, questions, verbs.
//!
//! Attendance is written in the transaction of the scan it follows from; the counters of the event move only
//! when someone attends for the first time, or no longer.

mod known;
mod list;
mod live;
mod record;
mod row;
mod write;

pub use list::{EventAttendance, registration_of};
pub use live::LiveAttendance;
pub use record::{Handed, Recorded};
pub(crate) use row::{attendance_row, scan_row, to_attendance};
pub use write::{CheckedIn, Stray};

use hemicycle_domain::access::Capability;
use sea_orm::Condition;

use crate::{
    event,
    scope::{Scoped, Sight},
};

impl Scoped for row::scan_row::Entity {
    /// A scan is seen by whoever sees people at its event.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::scan_row::{Column, Entity};
        Condition::all().add(event::is_within(sight, Capability::SeePeople, (Entity, Column::EventId)))
    }
}

impl Scoped for attendance_row::Entity {
    /// Attendance is seen by whoever sees people at the event.
    fn visible(sight: &Sight<'_>) -> Condition {
        use attendance_row::{Column, Entity};
        Condition::all().add(event::is_within(sight, Capability::SeePeople, (Entity, Column::EventId)))
    }
}
