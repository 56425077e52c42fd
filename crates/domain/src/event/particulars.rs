//! What sources say about an event beside its time, place and people: modules, trainers, tests, money, plans.
//!
//! Each is a statement, not a calculation: what a source does not say is absent, never zero.

use serde::{Deserialize, Serialize};

use crate::{
    id::PartnerId,
    imprecise_date::EventDates,
    problem::{Fault, Invalid},
    text::{Line, LocalizedText, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a source says about a test or a certificate.
    #[derive(Default)]
    pub enum Practice {
        /// The sources do not mention it.
        #[default]
        NotMentioned = "not_mentioned",
        /// It is announced.
        Planned = "planned",
        /// It has been done.
        Done = "done",
        /// It was given up.
        Refused = "refused",
    }
}

vocabulary! {
    /// How firm a follow-up is.
    pub enum Intention {
        /// It was talked about.
        Discussed = "discussed",
        /// It is intended, without a date.
        Intended = "intended",
        /// It is planned.
        Planned = "planned",
    }
}

/// One numbered module of what is taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its number, from 1.
    pub number: i32,
    /// Its title.
    pub title: LocalizedText,
}

/// Trainers described as a group, without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainerGroup {
    /// Who they are.
    pub description: LocalizedText,
    /// The institution they come from, where one is named.
    pub provider: Option<PartnerId>,
}

/// What pays for the event, as far as a source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funding {
    /// Where the money comes from.
    pub source: LocalizedText,
    /// The amount in the smallest unit of the currency, where stated.
    pub amount: Option<i64>,
    /// The ISO 4217 code of the currency, where stated.
    pub currency: Option<String>,
    /// Whether the source says that this event was paid from there; a mere topic of talks does not.
    pub is_stated_for_event: bool,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// What is to come after the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// What it is.
    pub description: LocalizedText,
    /// When, where stated.
    pub dates: Option<EventDates>,
    /// How firm it is.
    pub intention: Intention,
}

/// The election that the event prepares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Election {
    /// What is elected.
    pub description: LocalizedText,
    /// When, where stated.
    pub dates: Option<EventDates>,
}

/// What sources say about an event beside its time, place and people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// The occasion of the event.
    pub occasion: Option<LocalizedText>,
    /// What came out of it.
    pub outcome: Option<LocalizedText>,
    /// The modules taught, in order; empty where unknown.
    pub modules: Vec<Module>,
    /// Trainers described as groups.
    pub trainer_groups: Vec<TrainerGroup>,
    /// The test.
    pub test: Practice,
    /// The certificate.
    pub certificate: Practice,
    /// What is said about test and certificate.
    pub assessment_note: Option<Passage>,
    /// What pays for it.
    pub funding: Vec<Funding>,
    /// How the quality of training is watched, where that is said.
    pub quality_monitoring: Option<LocalizedText>,
    /// How the needs were assessed, where that is said.
    pub needs_assessment: Option<LocalizedText>,
    /// What is to come after it.
    pub follow_ups: Vec<FollowUp>,
    /// The election it prepares.
    pub election: Option<Election>,
    /// The words its sources use for this kind of event, where they differ from ours.
    pub kind_as_written: Option<Line>,
    /// The officer's note.
    pub note: Option<Passage>,
}

impl Particulars {
    /// The most entries in any of its lists.
    pub const MAXIMUM: usize = 100;

    /// Refuses lists that are too long, modules out of order and money without a currency.
    pub fn checked(self) -> Result<Self, Invalid> {
        let lengths = [
            ("modules", self.modules.len()),
            ("trainerGroups", self.trainer_groups.len()),
            ("funding", self.funding.len()),
            ("followUps", self.follow_ups.len()),
        ];
        for (field, actual) in lengths {
            if actual > Self::MAXIMUM {
                return Err(Invalid::new(field, Fault::TooMany { actual, maximum: Self::MAXIMUM }));
            }
        }
        for (index, (module, number)) in self.modules.iter().zip(1..).enumerate() {
            if module.number != number {
                let reason = format!("modules are numbered in order: expected {number}");
                return Err(Invalid::new("number", Fault::Malformed { reason })
                    .within(index)
                    .within("modules"));
            }
        }
        for (index, funding) in self.funding.iter().enumerate() {
            let fault = match (funding.amount, &funding.currency) {
                (Some(actual), _) if actual < 0 => {
                    Some(("amount", Fault::OutOfRange { actual, minimum: 0, maximum: i64::MAX }))
                }
                (Some(_), None) => Some(("currency", Fault::NeededBy { other: "amount" })),
                (_, Some(code)) if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) => {
                    let reason = "not an ISO 4217 code such as \"UZS\"".to_owned();
                    Some(("currency", Fault::Malformed { reason }))
                }
                _ => None,
            };
            if let Some((field, fault)) = fault {
                return Err(Invalid::new(field, fault).within(index).within("funding"));
            }
        }
        Ok(self)
    }
}
