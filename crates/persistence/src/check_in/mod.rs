//! Check-in in the store: who sees scans and attendance, questions, verbs.
//!
//! Attendance is written in the transaction of the scan it follows from; the counters of the event move only
//! when someone attends for the first time, or no longer.

mod attended;
mod book;
mod counted;
mod desk;
mod handed;
mod known;
mod list;
mod live;
mod names;
mod operator;
mod record;
mod refold;
mod rejected;
mod review;
mod row;
mod sequence;
mod stray;
mod write;

pub(crate) use book::check_handing_in;
pub(crate) use desk::{CLERKS, Desk};
pub use handed::{Handed, Recorded};
pub use list::EventAttendance;
pub use live::LiveAttendance;
pub(crate) use refold::keep_folding;
pub use rejected::{RejectedFilter, RejectedScan, RejectedScanId};
pub use review::{FlaggedFilter, FlaggedScan};
pub(crate) use row::{attendance_row, scan_row, to_attendance, to_scan};
pub(crate) use sequence::{keep_numbers, of_enrolment, sequence_row};
pub use stray::Stray;
pub use write::CheckedIn;
pub(crate) use write::in_turn;

use hemicycle_domain::access::Capability;
use sea_orm::Condition;

use crate::{
    registration::with_registration,
    scope::{Scoped, Sight},
};

impl Scoped for row::scan_row::Entity {
    /// A scan is seen with the registration that it shows; one that shows none, by whoever sees people at its event.
    fn visible(sight: &Sight<'_>) -> Condition {
        use row::scan_row::{Column, Entity};
        let (event, own) = ((Entity, Column::EventId), (Entity, Column::RegistrationId));
        with_registration(sight, Capability::SeePeople, event, own)
    }
}

impl Scoped for attendance_row::Entity {
    /// Attendance is seen with its registration.
    fn visible(sight: &Sight<'_>) -> Condition {
        use attendance_row::{Column, Entity};
        let (event, own) = ((Entity, Column::EventId), (Entity, Column::RegistrationId));
        with_registration(sight, Capability::SeePeople, event, own)
    }
}
