//! Check-in: scans at the doors, the attendance that follows, and the live figures of an event.

mod mutation;
mod object;
mod subscription;

pub use mutation::CheckInMutation;
pub(crate) use object::{Attendance, Scan};
pub use subscription::{CheckInQuery, CheckInSubscription};
