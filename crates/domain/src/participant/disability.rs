//! What a person said of disabilities, and what they need to take part; never asked for twice and never guessed.
//!
//! It is kept apart from all other personal data: a capability of its own opens it, and its debug text tells nothing.

use crate::{
    problem::{Fault, Invalid},
    text::Passage,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a person answered when asked whether they have a disability; nobody has to answer.
    pub enum DisabilityAnswer {
        /// They have one.
        Yes = "yes",
        /// They have none.
        No = "no",
        /// Asked, they prefer not to say; unknown is the absence of an answer.
        PreferNotToSay = "prefer_not_to_say",
    }
}

/// What a person needs to take part, in their own words: a ramp, an interpreter, large print.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessNeeds(Passage);

impl AccessNeeds {
    /// The longest text, in characters.
    pub const MAXIMUM: usize = 1_000;

    /// Accepts a text for the named field.
    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        let needs = Passage::parse(field, text)?;
        match needs.as_str().chars().count() {
            actual if actual > Self::MAXIMUM => {
                Err(Invalid::new(field, Fault::TooLong { actual, maximum: Self::MAXIMUM }))
            }
            _ => Ok(Self(needs)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for AccessNeeds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AccessNeeds(…)")
    }
}

/// What is known of a person's disabilities. Who needs something need not answer, and the other way round.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Disability {
    /// The answer; none where nobody asked or nothing was said.
    pub answer: Option<DisabilityAnswer>,
    /// What the person needs to take part.
    pub needs: Option<AccessNeeds>,
}

/// A command: what to change about it. `None` leaves a field as it is, the inner `None` removes it.
#[derive(Clone, Default)]
pub struct DisabilityChange {
    /// Another answer.
    pub answer: Option<Option<DisabilityAnswer>>,
    /// Other needs.
    pub needs: Option<Option<AccessNeeds>>,
}

impl DisabilityChange {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answer.is_none() && self.needs.is_none()
    }
}

impl Disability {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.answer.is_none() && self.needs.is_none()
    }

    /// Decides what it looks like after a change.
    #[must_use]
    pub fn changed(self, change: DisabilityChange) -> Self {
        Self { answer: change.answer.unwrap_or(self.answer), needs: change.needs.unwrap_or(self.needs) }
    }

    /// What this record knows, and what it does not know as another record of the same person has it.
    #[must_use]
    pub fn completed_by(self, other: Self) -> Self {
        Self { answer: self.answer.or(other.answer), needs: self.needs.or(other.needs) }
    }
}

impl std::fmt::Debug for Disability {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Disability(…)")
    }
}

impl std::fmt::Debug for DisabilityChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DisabilityChange(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(answer: Option<DisabilityAnswer>, needs: &str) -> Disability {
        let needs = (!needs.is_empty()).then(|| AccessNeeds::parse("accessNeeds", needs).unwrap());
        Disability { answer, needs }
    }

    #[test]
    fn needs_are_bounded() {
        assert!(AccessNeeds::parse("accessNeeds", &"ж".repeat(1_000)).is_ok());
        let fault = AccessNeeds::parse("accessNeeds", &"ж".repeat(1_001)).unwrap_err();
        assert_eq!(fault, Invalid::new("accessNeeds", Fault::TooLong { actual: 1_001, maximum: 1_000 }));
        assert_eq!(AccessNeeds::parse("accessNeeds", " ").unwrap_err().fault, Fault::Empty);
    }

    #[test]
    fn an_answer_and_needs_are_changed_each_by_itself() {
        let known = said(Some(DisabilityAnswer::PreferNotToSay), "A ramp.");
        let change = DisabilityChange { answer: Some(None), needs: None };
        assert!(!change.is_empty() && DisabilityChange::default().is_empty());
        let next = known.changed(change);
        assert_eq!(next, said(None, "A ramp."));
        let removed = next.changed(DisabilityChange { answer: None, needs: Some(None) });
        assert!(removed.is_unknown());
    }

    #[test]
    fn of_two_records_each_fills_the_gaps_of_the_other() {
        let one = said(Some(DisabilityAnswer::No), "");
        let other = said(Some(DisabilityAnswer::Yes), "Large print.");
        let both = said(Some(DisabilityAnswer::No), "Large print.");
        assert_eq!(one.completed_by(other), both);
    }

    #[test]
    fn debug_text_tells_nothing() {
        let known = said(Some(DisabilityAnswer::Yes), "A ramp.");
        assert_eq!(format!("{known:?}"), "Disability(…)");
        assert_eq!(format!("{:?}", known.needs), "Some(AccessNeeds(…))");
    }
}
