//! Inputs by which headcounts are reported, corrected and withdrawn, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use hemicycle_domain::{
    headcount_report::{Amount, Breakdown, Figure, HeadcountChange, NewHeadcountReport, Part},
    problem::Invalid,
    text::Passage,
};

use super::object::{
    BreakdownDimension, HeadcountBasis, HeadcountMeasure, HeadcountQualifier, HeadcountState, HeadcountUnit,
};
use crate::graphql::{
    id,
    input::change,
    text::{TranslationInput, passage_opt, text, text_opt},
};

/// How many.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct HeadcountAmountInput {
    /// The number, from 0 to 1,000,000,000; absent exactly where the qualifier is `UNKNOWN`.
    pub value: Option<i64>,
    /// How the number is meant.
    pub qualifier: HeadcountQualifier,
}

/// How a total splits up by one dimension.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct HeadcountBreakdownInput {
    /// What it is split by.
    pub dimension: BreakdownDimension,
    /// The parts, in the order of the source; 1 to 200.
    pub parts: Vec<HeadcountPartInput>,
    /// Whether the source names every part; an "and others" leaves the list open.
    pub is_complete: bool,
}

/// One part of a total.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct HeadcountPartInput {
    /// What the source calls it, in one or more languages.
    pub label: Vec<TranslationInput>,
    /// The participant category it is; only in a breakdown by category.
    pub category_id: Option<ID>,
    /// The territory it is; only in a breakdown by territory.
    pub territory_id: Option<ID>,
    /// The institution it is; only in a breakdown by institution.
    pub partner_id: Option<ID>,
    /// How many; absent where the source names the part without a number.
    pub value: Option<i64>,
}

/// A figure to be reported of an event.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ReportHeadcountInput {
    /// The event it speaks of.
    pub event_id: ID,
    /// What it counts.
    pub measure: HeadcountMeasure,
    /// What the source calls the counted, in one or more languages; needed where the measure is `OTHER`.
    pub label: Option<Vec<TranslationInput>>,
    /// What one of the counted things is.
    #[graphql(default_with = "HeadcountUnit::Persons")]
    pub unit: HeadcountUnit,
    /// How many.
    pub amount: HeadcountAmountInput,
    /// In which state the counted people are.
    pub state: HeadcountState,
    /// How the figure came about.
    #[graphql(default_with = "HeadcountBasis::Reported")]
    pub basis: HeadcountBasis,
    /// The words of the source.
    pub as_written: Option<String>,
    /// How it splits up.
    pub breakdown: Option<HeadcountBreakdownInput>,
    /// The figure of the same event that contains it.
    pub subset_of_id: Option<ID>,
    /// Whether it adds up everything so far, earlier events included.
    #[graphql(default)]
    pub is_running_total: bool,
    /// The officer's note.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to correct about a report; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CorrectHeadcountInput {
    /// The report.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another measure.
    pub measure: Option<HeadcountMeasure>,
    /// Another label; null removes it.
    pub label: MaybeUndefined<Vec<TranslationInput>>,
    /// Another unit.
    pub unit: Option<HeadcountUnit>,
    /// Another number with its qualifier.
    pub amount: Option<HeadcountAmountInput>,
    /// Another state.
    pub state: Option<HeadcountState>,
    /// Another basis.
    pub basis: Option<HeadcountBasis>,
    /// Another wording; null removes it.
    pub as_written: MaybeUndefined<String>,
    /// Another breakdown in place of the old one; null removes it.
    pub breakdown: MaybeUndefined<HeadcountBreakdownInput>,
    /// Another figure that contains it; null makes it stand by itself.
    pub subset_of_id: MaybeUndefined<ID>,
    /// Whether it adds up everything so far.
    pub is_running_total: Option<bool>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
}

/// A report to be withdrawn.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct WithdrawHeadcountInput {
    /// The report.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Why; it stays readable with the report.
    pub reason: String,
}

impl HeadcountAmountInput {
    fn parse(&self) -> Result<Amount, Invalid> {
        Amount::parse(self.value, self.qualifier.into()).map_err(|fault| fault.within("amount"))
    }
}

impl HeadcountBreakdownInput {
    fn parse(&self) -> Result<Breakdown, Invalid> {
        let parts = self.parts.iter().enumerate();
        let parts =
            parts.map(|(index, part)| part.parse().map_err(|fault| fault.within(index).within("parts")));
        let parts = parts.collect::<Result<_, _>>().map_err(|fault: Invalid| fault.within("breakdown"))?;
        Ok(Breakdown { dimension: self.dimension.into(), parts, is_complete: self.is_complete })
    }
}

impl HeadcountPartInput {
    fn parse(&self) -> Result<Part, Invalid> {
        Ok(Part {
            label: text("label", &self.label)?,
            category: self.category_id.as_ref().map(|id| id::parse("categoryId", id)).transpose()?,
            territory: self.territory_id.as_ref().map(|id| id::parse("territoryId", id)).transpose()?,
            partner: self.partner_id.as_ref().map(|id| id::parse("partnerId", id)).transpose()?,
            value: self.value,
        })
    }
}

impl ReportHeadcountInput {
    pub(super) fn parse(&self) -> Result<NewHeadcountReport, Invalid> {
        Ok(NewHeadcountReport {
            event: id::parse("eventId", &self.event_id)?,
            figure: Figure {
                measure: self.measure.into(),
                label: text_opt("label", self.label.as_ref())?,
                unit: self.unit.into(),
                amount: self.amount.parse()?,
                state: self.state.into(),
                basis: self.basis.into(),
                as_written: passage_opt("asWritten", self.as_written.as_ref())?,
                breakdown: self.breakdown.as_ref().map(HeadcountBreakdownInput::parse).transpose()?,
                subset_of: self.subset_of_id.as_ref().map(|id| id::parse("subsetOfId", id)).transpose()?,
                is_running_total: self.is_running_total,
                note: passage_opt("note", self.note.as_ref())?,
            },
        })
    }
}

impl CorrectHeadcountInput {
    pub(super) fn parse(self) -> Result<HeadcountChange, Invalid> {
        Ok(HeadcountChange {
            measure: self.measure.map(Into::into),
            label: change(self.label, |label| text("label", &label))?,
            unit: self.unit.map(Into::into),
            amount: self.amount.as_ref().map(HeadcountAmountInput::parse).transpose()?,
            state: self.state.map(Into::into),
            basis: self.basis.map(Into::into),
            as_written: change(self.as_written, |text| Passage::parse("asWritten", &text))?,
            breakdown: change(self.breakdown, |breakdown| breakdown.parse())?,
            subset_of: change(self.subset_of_id, |id| id::parse("subsetOfId", &id))?,
            is_running_total: self.is_running_total,
            note: change(self.note, |note| Passage::parse("note", &note))?,
        })
    }
}
