//! Repetitions: what tells a scan that comes again from another one under the same identifier.
//!
//! Compared is what was handed in with what was kept as it was handed in, never what it comes to by now: a key may have
//! been retired since, a registration merged, a checkpoint taken away.

use super::{CheckInRefusal, NewScan, Scan};
use crate::{access::Actor, id::RegistrationId};

impl Scan {
    /// Tells a repetition of this scan from another one under the same identifier.
    ///
    /// `known` is the registration that stands by now for the one that the repetition names: that one, or into which it
    /// was merged; none where nobody is known by it.
    ///
    /// A repetition that gives no event or no time repeats the scan wherever and whenever that was. What a device remarks
    /// on a scan (the cursor of its manifest, what it told the operator, what it calls the operator) makes no other scan
    /// of it: a scan that was asked about online bears no remarks, and comes with them when it is handed in.
    pub fn check_repeated(&self, new: &NewScan, known: Option<RegistrationId>) -> Result<(), CheckInRefusal> {
        let same = new.event.is_none_or(|event| event == self.event)
            && self.place() == new.place()
            && self.walk_in == new.walk_in
            && self.shows_as(new, known)
            && self.direction == new.direction
            && self.method == new.method
            && self.sequence == new.sequence
            && new.captured_at.is_none_or(|captured_at| captured_at == self.captured_at);
        if same { Ok(()) } else { Err(CheckInRefusal::IdReused) }
    }

    /// Whether this actor handed the scan in: the same enrolment of a device, or the same account.
    #[must_use]
    pub fn was_handed_in_by(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Device { id, enrolment, .. } => {
                self.origin.is_some_and(|origin| origin.device == *id && origin.enrolment == *enrolment)
            }
            Actor::Account { id, .. } => self.operator == Some(*id),
            Actor::ServiceAccount { .. } | Actor::Anonymous | Actor::System { .. } => false,
        }
    }

    /// Whether the same was shown: the same code, and the same registration where one is named.
    ///
    /// Whom a code or a walk-in stands for depends on when it came; the code and the walk-in do not.
    fn shows_as(&self, new: &NewScan, known: Option<RegistrationId>) -> bool {
        let is_named = |named| self.registration == Some(named) || self.registration == known;
        // Of whoever was anonymised nothing is left to compare.
        let is_blank = self.credential.as_deref() == Some("");
        new.registration.is_none_or(is_named) && (is_blank || self.credential == new.kept_credential(known))
    }
}

impl NewScan {
    /// What was shown as it is kept: the code as it was read; without one, and where nobody is known by the registration
    /// that is named, that name.
    #[must_use]
    pub fn kept_credential(&self, known: Option<RegistrationId>) -> Option<String> {
        let unknown = self.registration.filter(|_| known.is_none());
        self.credential.clone().or_else(|| unknown.map(|named| named.to_string()))
    }
}
