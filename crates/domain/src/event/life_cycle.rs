//! The life of an event, from draft to closed, and the steps between.

use super::EventRefusal;
use crate::{
    problem::{Fault, Invalid, Problem},
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// Where an event is in its life.
    pub enum EventStatus {
        /// Being prepared; seen only by those who prepare it.
        Draft = "draft",
        /// Announced.
        Planned = "planned",
        /// Open for registration.
        Open = "open",
        /// Has begun.
        InProgress = "in_progress",
        /// Has taken place; its figures can still change.
        Held = "held",
        /// Its figures are final.
        Closed = "closed",
        /// Will not take place.
        Cancelled = "cancelled",
        /// Will take place later.
        Postponed = "postponed",
    }
}

vocabulary! {
    /// A step in the life of an event.
    pub enum EventStep {
        /// Announces a draft, or a postponed event anew.
        Plan = "plan",
        /// Opens the registration.
        Open = "open",
        /// Begins.
        Start = "start",
        /// States that it has taken place.
        Hold = "hold",
        /// Makes its figures final.
        Close = "close",
        /// Calls it off for good; needs a reason.
        Cancel = "cancel",
        /// Puts it off to a later time; needs a reason.
        Postpone = "postpone",
    }
}

impl EventStatus {
    /// Where the step leads from here; `None` where the life cycle has no such step.
    ///
    /// A planned event can be held at once: much of this field is recorded only afterwards.
    #[must_use]
    pub const fn after(self, step: EventStep) -> Option<Self> {
        use EventStep as S;
        match (self, step) {
            (Self::Draft | Self::Postponed, S::Plan) => Some(Self::Planned),
            (Self::Planned, S::Open) => Some(Self::Open),
            (Self::Planned | Self::Open, S::Start) => Some(Self::InProgress),
            (Self::Planned | Self::Open | Self::InProgress, S::Hold) => Some(Self::Held),
            (Self::Held, S::Close) => Some(Self::Closed),
            (Self::Planned | Self::Open, S::Postpone) => Some(Self::Postponed),
            (Self::Draft | Self::Planned | Self::Open | Self::InProgress | Self::Postponed, S::Cancel) => {
                Some(Self::Cancelled)
            }
            (
                Self::Draft
                | Self::Planned
                | Self::Open
                | Self::InProgress
                | Self::Held
                | Self::Closed
                | Self::Cancelled
                | Self::Postponed,
                S::Plan | S::Open | S::Start | S::Hold | S::Close | S::Cancel | S::Postpone,
            ) => None,
        }
    }

    /// Takes the step, or says why not.
    pub fn step(self, step: EventStep, reason: Option<&Passage>) -> Result<Self, Problem> {
        let next = self.after(step).ok_or(EventRefusal::IllegalStep { from: self, step })?;
        match step {
            EventStep::Cancel | EventStep::Postpone if reason.is_none() => {
                Err(Invalid::new("reason", Fault::Empty).into())
            }
            _ => Ok(next),
        }
    }

    /// The steps that lead on from here.
    pub fn steps(self) -> impl Iterator<Item = EventStep> {
        EventStep::ALL.iter().copied().filter(move |step| self.after(*step).is_some())
    }

    /// Whether everyone who signs in may see it.
    #[must_use]
    pub const fn is_published(self) -> bool {
        !matches!(self, Self::Draft)
    }

    /// Whether nothing about it changes any more.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(EventStatus::Draft, "plan, cancel")]
    #[case(EventStatus::Planned, "open, start, hold, cancel, postpone")]
    #[case(EventStatus::Open, "start, hold, cancel, postpone")]
    #[case(EventStatus::InProgress, "hold, cancel")]
    #[case(EventStatus::Held, "close")]
    #[case(EventStatus::Closed, "")]
    #[case(EventStatus::Cancelled, "")]
    #[case(EventStatus::Postponed, "plan, cancel")]
    fn each_status_knows_its_steps(#[case] status: EventStatus, #[case] steps: &str) {
        let known: Vec<_> = status.steps().map(EventStep::as_str).collect();
        assert_eq!(known.join(", "), steps);
    }

    #[test]
    fn an_illegal_step_says_what_is_possible() {
        let refusal = EventStatus::Held.step(EventStep::Cancel, None).unwrap_err();
        assert_eq!(refusal.to_string(), "an event that is held cannot cancel; from there it can close");
    }

    #[test]
    fn cancelling_needs_a_reason() {
        let refusal = EventStatus::Planned.step(EventStep::Cancel, None).unwrap_err();
        assert_eq!(refusal, Invalid::new("reason", Fault::Empty).into());
        let reason = Passage::parse("reason", "The hall was flooded.").unwrap();
        assert_eq!(EventStatus::Planned.step(EventStep::Cancel, Some(&reason)), Ok(EventStatus::Cancelled));
    }
}
