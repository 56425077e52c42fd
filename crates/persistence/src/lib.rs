//! The store of Hemicycle: the only crate that knows SQL. SQLite and PostgreSQL behind one [`Store`].
//!
//! Nothing can be asked of the store itself. A read starts with [`Store::acting_as`], a write with
//! [`Store::begin`]; both take the actor, and every select they make is limited to what that actor may see.

mod account;
mod agreement;
mod attempt;
mod audit;
mod badge;
mod change;
mod check_in;
mod checkpoint;
mod connection;
mod device;
mod dialect;
mod event;
mod fault;
mod feed;
mod generate;
mod glass_break;
mod headcount_report;
mod idempotency;
mod json;
mod kept;
mod keyset;
mod manifest;
mod merge;
mod notice;
mod participant;
mod partner;
mod place;
mod program;
mod reach;
mod read_model;
mod readers;
mod reading;
mod reference;
mod registration;
mod scope;
mod search;
mod service_account;
mod source;
mod store;
mod territory;
mod territory_import;
mod test_result;
mod walk_in;
mod work;

pub use account::{
    AttemptDigest, NewProviderSignIn, ProviderReturn, SessionToken, SignInFacts, TakenSignIn, by_link,
};
pub use attempt::Attempt;
pub use audit::MOST_UNNOTED;
pub use check_in::{
    CheckedIn, EventAttendance, FlaggedFilter, FlaggedScan, Handed, LiveAttendance, Recorded, RejectedFilter,
    RejectedScan, RejectedScanId, Stray,
};
pub use device::{CodeHash, DeviceInUse};
pub use event::{EventTally, EventsOf};
pub use fault::{Failure, StoreFault};
pub use generate::DataSet;
pub use glass_break::{Announcement, GlassBreakFilter};
pub use idempotency::Idempotency;
pub use manifest::{ManifestPage, RevocationPage};
pub use notice::Notice;
pub use reading::Reading;
pub use reference::Reference;
pub use registration::{RosterEntry, RosterParts};
pub use service_account::ProvenClient;
pub use store::{Store, StoreSettings};
pub use territory_import::{ImportedTerritory, KnownTerritory};
pub use test_result::Weighed;
pub use walk_in::RecordedWalkIn;
pub use work::{Work, new_id};
