//! The permit: proof that an actor may do one named thing with one record.
//!
//! A verb that writes takes a permit and reads the record's id from it, so the check cannot be forgotten
//! and cannot be made for another record. Only [`permit`] makes one:
//!
//! ```compile_fail
//! use hemicycle_domain::{access::Permit, event};
//! let forged: Permit<event::Edit> = Permit { subject: todo!() };
//! ```

use thiserror::Error;

use super::{Actor, Capability, Whereabouts};
use crate::id::RecordKind;

/// A record that permits are given for.
pub trait Subject {
    /// Its typed identifier.
    type Id: crate::id::Id;

    /// Which record it is.
    fn id(&self) -> Self::Id;

    /// Where it stands.
    fn whereabouts(&self) -> &Whereabouts;
}

/// A named thing one can do with one kind of record.
pub trait Action {
    /// The kind of record it is done with.
    type On: Subject;
    /// The capability it takes.
    const CAPABILITY: Capability;
    /// The verb, for messages.
    const VERB: &'static str;
}

/// Proof that an actor may do `A` with the record it carries.
#[derive(Debug)]
pub struct Permit<A: Action> {
    subject: <A::On as Subject>::Id,
}

impl<A: Action> Permit<A> {
    /// The record the permit was given for.
    #[must_use]
    pub fn id(&self) -> <A::On as Subject>::Id {
        self.subject
    }
}

/// The caller sees the record but may not do this with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("you may see this {subject} but not {verb} it: that takes the capability {capability} over it")]
pub struct Refusal {
    /// What was tried.
    pub verb: &'static str,
    /// On what kind of record.
    pub subject: RecordKind,
    /// What it takes.
    pub capability: Capability,
}

/// Decides whether the actor may do `A` with the record.
pub fn permit<A: Action>(actor: &Actor, subject: &A::On) -> Result<Permit<A>, Refusal> {
    if actor.may(A::CAPABILITY, subject.whereabouts()) {
        Ok(Permit { subject: subject.id() })
    } else {
        let kind = <<A::On as Subject>::Id as crate::id::Id>::KIND;
        Err(Refusal { verb: A::VERB, subject: kind, capability: A::CAPABILITY })
    }
}

/// Names the things one can do with a record: `actions! { on Event; Edit "edit" => EditEvents; }`.
macro_rules! actions {
    (on $subject:ty; $($(#[$meta:meta])* $action:ident $verb:literal => $capability:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $action;

        impl $crate::access::Action for $action {
            type On = $subject;
            const CAPABILITY: $crate::access::Capability = $crate::access::Capability::$capability;
            const VERB: &'static str = $verb;
        }
    )+};
}

pub(crate) use actions;
