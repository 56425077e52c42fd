//! The inputs for what sources say about an event beside its time, place and people.

use async_graphql::{ID, InputObject};
use hemicycle_domain::{
    event::{self, Election, FollowUp, Funding, Module, TrainerGroup},
    problem::{Fault, Invalid},
    text::Line,
};

use super::particulars::{Intention, Practice};
use crate::graphql::{
    date::{ImpreciseDateInput, dates_opt},
    id,
    text::{TranslationInput, passage_opt, text, text_opt},
};

/// What sources say about an event beside its time, place and people. Leave out what they do not say.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "EventParticularsInput")]
pub(crate) struct ParticularsInput {
    /// The occasion of the event.
    pub occasion: Option<Vec<TranslationInput>>,
    /// What came out of it.
    pub outcome: Option<Vec<TranslationInput>>,
    /// The titles of the modules taught, in order.
    #[graphql(default)]
    pub modules: Vec<Vec<TranslationInput>>,
    /// Trainers described as groups, without names.
    #[graphql(default)]
    pub trainer_groups: Vec<TrainerGroupInput>,
    /// What is said about a test.
    #[graphql(default_with = "Practice::NotMentioned")]
    pub test: Practice,
    /// What is said about a certificate.
    #[graphql(default_with = "Practice::NotMentioned")]
    pub certificate: Practice,
    /// What is said about test and certificate in words.
    pub assessment_note: Option<String>,
    /// What pays for it.
    #[graphql(default)]
    pub funding: Vec<FundingInput>,
    /// How the quality of training is watched.
    pub quality_monitoring: Option<Vec<TranslationInput>>,
    /// How the needs were assessed.
    pub needs_assessment: Option<Vec<TranslationInput>>,
    /// What is to come after it.
    #[graphql(default)]
    pub follow_ups: Vec<FollowUpInput>,
    /// The election it prepares.
    pub election: Option<ElectionInput>,
    /// The words its sources use for this kind of event, where they differ.
    pub kind_as_written: Option<String>,
    /// Your note.
    pub note: Option<String>,
}

/// Trainers described as a group, without names.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct TrainerGroupInput {
    /// Who they are.
    pub description: Vec<TranslationInput>,
    /// The institution they come from.
    pub provider_id: Option<ID>,
}

/// An amount of money.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MoneyInput {
    /// The amount as a decimal number with at most two decimals, such as `1250.50`.
    pub amount: String,
    /// The ISO 4217 code of the currency.
    pub currency: String,
}

/// What pays for the event, as far as a source says.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct FundingInput {
    /// Where the money comes from.
    pub source: Vec<TranslationInput>,
    /// How much, where stated.
    pub amount: Option<MoneyInput>,
    /// Whether the source says that this event was paid from there; a mere topic of talks does not.
    pub is_stated_for_event: bool,
    /// Your note.
    pub note: Option<String>,
}

/// What is to come after the event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct FollowUpInput {
    /// What it is.
    pub description: Vec<TranslationInput>,
    /// When, where stated.
    pub dates: Option<ImpreciseDateInput>,
    /// How firm it is.
    pub intention: Intention,
}

/// The election that the event prepares.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ElectionInput {
    /// What is elected.
    pub description: Vec<TranslationInput>,
    /// When, where stated.
    pub dates: Option<ImpreciseDateInput>,
}

impl ParticularsInput {
    pub(super) fn parse(&self) -> Result<event::Particulars, Invalid> {
        self.read().map_err(|fault| fault.within("particulars"))
    }

    fn read(&self) -> Result<event::Particulars, Invalid> {
        let modules = self.modules.iter().zip(1..).enumerate();
        Ok(event::Particulars {
            occasion: text_opt("occasion", self.occasion.as_ref())?,
            outcome: text_opt("outcome", self.outcome.as_ref())?,
            modules: modules
                .map(|(index, (title, number))| {
                    let title = text(&index.to_string(), title).map_err(|e| e.within("modules"))?;
                    Ok(Module { number, title })
                })
                .collect::<Result<_, Invalid>>()?,
            trainer_groups: each("trainerGroups", &self.trainer_groups, TrainerGroupInput::read)?,
            test: self.test.into(),
            certificate: self.certificate.into(),
            assessment_note: passage_opt("assessmentNote", self.assessment_note.as_ref())?,
            funding: each("funding", &self.funding, FundingInput::read)?,
            quality_monitoring: text_opt("qualityMonitoring", self.quality_monitoring.as_ref())?,
            needs_assessment: text_opt("needsAssessment", self.needs_assessment.as_ref())?,
            follow_ups: each("followUps", &self.follow_ups, FollowUpInput::read)?,
            election: self
                .election
                .as_ref()
                .map(ElectionInput::read)
                .transpose()
                .map_err(|e| e.within("election"))?,
            kind_as_written: self
                .kind_as_written
                .as_ref()
                .map(|words| Line::parse("kindAsWritten", words))
                .transpose()?,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

fn each<I, T>(field: &str, all: &[I], read: impl Fn(&I) -> Result<T, Invalid>) -> Result<Vec<T>, Invalid> {
    let all = all.iter().enumerate();
    all.map(|(index, one)| read(one).map_err(|fault| fault.within(index).within(field))).collect()
}

impl TrainerGroupInput {
    fn read(&self) -> Result<TrainerGroup, Invalid> {
        Ok(TrainerGroup {
            description: text("description", &self.description)?,
            provider: self.provider_id.as_ref().map(|id| id::parse("providerId", id)).transpose()?,
        })
    }
}

impl FundingInput {
    fn read(&self) -> Result<Funding, Invalid> {
        let amount = self.amount.as_ref().map(|money| minor_units(&money.amount)).transpose();
        Ok(Funding {
            source: text("source", &self.source)?,
            amount: amount.map_err(|fault| fault.within("amount"))?,
            currency: self.amount.as_ref().map(|money| money.currency.clone()),
            is_stated_for_event: self.is_stated_for_event,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

/// Reads a decimal amount as hundredths, exactly.
fn minor_units(amount: &str) -> Result<i64, Invalid> {
    let malformed = || {
        let reason = "not an amount with at most two decimals such as \"1250.50\"".to_owned();
        Invalid::new("amount", Fault::Malformed { reason })
    };
    let (whole, hundredths) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(hundredths) || hundredths.len() > 2 {
        return Err(malformed());
    }
    format!("{whole}{hundredths:0<2}").parse().map_err(|_| malformed())
}

impl FollowUpInput {
    fn read(&self) -> Result<FollowUp, Invalid> {
        Ok(FollowUp {
            description: text("description", &self.description)?,
            dates: dates_opt("dates", self.dates.as_ref())?,
            intention: self.intention.into(),
        })
    }
}

impl ElectionInput {
    fn read(&self) -> Result<Election, Invalid> {
        Ok(Election {
            description: text("description", &self.description)?,
            dates: dates_opt("dates", self.dates.as_ref())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly_or_refused() {
        assert_eq!(minor_units("1250.50"), Ok(125_050));
        assert_eq!(minor_units("7"), Ok(700));
        assert_eq!(minor_units("0.1"), Ok(10));
        for wrong in ["", "-1", "1.234", ".5", "1,5", "99999999999999999999"] {
            assert!(minor_units(wrong).is_err(), "{wrong}");
        }
    }
}
