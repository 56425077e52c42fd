//! Check-in: scans at the doors, the attendance that follows, and the live figures of an event.

mod handed;
mod live;
mod maker;
mod mutation;
mod object;
mod rejected;
mod review;
mod submit;
mod subscription;

pub(crate) use live::Live;
pub use mutation::CheckInMutation;
pub(crate) use object::{Attendance, Scan};
pub use rejected::RejectedScanQuery;
pub use review::ReviewMutation;
pub(crate) use review::{FlaggedScan, FlaggedScanWhere, flagged_of_event};
pub use submit::SubmitMutation;
pub(crate) use submit::{ScanFlag, ScanOutcome, ScanReason, SequenceRange};
pub use subscription::{CheckInQuery, CheckInSubscription};
