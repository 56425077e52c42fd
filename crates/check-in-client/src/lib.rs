//! The reference client of the check-in protocol: what an application on a phone does, as small as it can be read.
//!
//! A [`Device`] is enrolled, takes in the [`Manifest`], judges badges without a network, numbers and keeps what it
//! scanned, and hands it in until each scan has an answer. It knows the server by GraphQL over HTTP alone; from
//! `hemicycle-domain` it has the rule by which a badge is read. The [`simulation`] plays many of them against a server
//! and reckons what must have become of it.
//!
//! The protocol itself is described in `docs/check-in-protocol.md`.

mod back_off;
mod clock;
mod connection;
mod device;
mod manifest;
mod operation;
mod queue;
pub mod simulation;

pub use back_off::{BackOff, Waits};
pub use clock::Clock;
pub use connection::{Connection, Trouble};
pub use device::{Batch, Device, EnrolmentCode, Kept};
pub use manifest::{Doors, Manifest, Person, Verdict};
pub use operation::{
    Answered, KeptRegistration, KeptScan, KeptTimes, KeptWalkIn, LetThrough, Outcome, ScanAnswer,
    SequenceRange, WalkInAnswer,
};
pub use queue::{Direction, Door, HeldScan, HeldWalkIn, Method, Queue, Shown};
