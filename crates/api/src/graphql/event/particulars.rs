//! What sources say about an event beside its time, place and people.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};
use hemicycle_domain::{
    event::{self, Event as DomainEvent, TrainerGroup as DomainTrainerGroup},
    text::{Line, Passage},
};

use crate::graphql::{
    context::ContextExt,
    date::Dates,
    error::{Nullable, nullable},
    partner::Partner,
    text::LocalizedText,
};

/// What a source says about a test or a certificate.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::Practice")]
pub(crate) enum Practice {
    /// The sources do not mention it.
    NotMentioned,
    /// It is announced.
    Planned,
    /// It has been done.
    Done,
    /// It was given up.
    Refused,
}

/// How firm a follow-up is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "event::Intention")]
pub(crate) enum Intention {
    /// It was talked about.
    Discussed,
    /// It is intended, without a date.
    Intended,
    /// It is planned.
    Planned,
}

/// One numbered module of what is taught.
#[derive(SimpleObject)]
pub(crate) struct Module {
    /// Its number, from 1.
    number: i32,
    /// Its title.
    title: LocalizedText,
}

/// Trainers described as a group, without names.
pub(crate) struct TrainerGroup(DomainTrainerGroup);

/// Trainers described as a group, without names.
#[Object]
impl TrainerGroup {
    /// Who they are.
    async fn description(&self) -> LocalizedText {
        LocalizedText(self.0.description.clone())
    }

    /// The institution they come from; null where none is named.
    async fn provider(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let provider = self.0.provider?;
        nullable(ctx.reading().map(|reading| reading.find_partner(provider).map(Partner)))
    }
}

/// An amount of money.
#[derive(SimpleObject)]
pub(crate) struct Money {
    /// The amount as a decimal number, in the currency's unit.
    amount: String,
    /// The ISO 4217 code of the currency.
    currency: String,
}

/// What pays for the event, as far as a source says.
#[derive(SimpleObject)]
pub(crate) struct Funding {
    /// Where the money comes from.
    source: LocalizedText,
    /// How much; null where unknown.
    amount: Option<Money>,
    /// Whether the source says that this event was paid from there; a mere topic of talks does not.
    is_stated_for_event: bool,
    /// The officer's note.
    note: Option<String>,
}

/// What is to come after the event.
#[derive(SimpleObject)]
pub(crate) struct FollowUp {
    /// What it is.
    description: LocalizedText,
    /// When; null where not stated.
    dates: Option<Dates>,
    /// How firm it is.
    intention: Intention,
}

/// The election that the event prepares.
#[derive(SimpleObject)]
pub(crate) struct Election {
    /// What is elected.
    description: LocalizedText,
    /// When; null where not stated.
    dates: Option<Dates>,
}

/// What sources say about an event beside its time, place and people. What they do not say is null, never zero.
pub(crate) struct Particulars(pub(crate) Arc<DomainEvent>);

/// What sources say about an event beside its time, place and people. What they do not say is null, never zero.
#[Object(name = "EventParticulars")]
impl Particulars {
    /// The occasion of the event.
    async fn occasion(&self) -> Option<LocalizedText> {
        self.0.particulars.occasion.clone().map(LocalizedText)
    }

    /// What came out of it.
    async fn outcome(&self) -> Option<LocalizedText> {
        self.0.particulars.outcome.clone().map(LocalizedText)
    }

    /// The modules taught, in order; empty where unknown.
    async fn modules(&self) -> Vec<Module> {
        let modules = self.0.particulars.modules.iter();
        modules.map(|one| Module { number: one.number, title: LocalizedText(one.title.clone()) }).collect()
    }

    /// Trainers described as groups, without names.
    async fn trainer_groups(&self) -> Vec<TrainerGroup> {
        self.0.particulars.trainer_groups.iter().cloned().map(TrainerGroup).collect()
    }

    /// What is said about a test.
    async fn test(&self) -> Practice {
        self.0.particulars.test.into()
    }

    /// What is said about a certificate.
    async fn certificate(&self) -> Practice {
        self.0.particulars.certificate.into()
    }

    /// What is said about test and certificate in words.
    async fn assessment_note(&self) -> Option<&str> {
        self.0.particulars.assessment_note.as_ref().map(Passage::as_str)
    }

    /// What pays for it; empty where nothing is said.
    async fn funding(&self) -> Vec<Funding> {
        let funding = self.0.particulars.funding.iter();
        funding
            .map(|one| Funding {
                source: LocalizedText(one.source.clone()),
                amount: one.amount.zip(one.currency.clone()).map(|(minor, currency)| Money {
                    amount: format!("{}.{:02}", minor / 100, minor % 100),
                    currency,
                }),
                is_stated_for_event: one.is_stated_for_event,
                note: one.note.as_ref().map(|note| note.as_str().to_owned()),
            })
            .collect()
    }

    /// How the quality of training is watched; null where nothing is said.
    async fn quality_monitoring(&self) -> Option<LocalizedText> {
        self.0.particulars.quality_monitoring.clone().map(LocalizedText)
    }

    /// How the needs were assessed; null where nothing is said.
    async fn needs_assessment(&self) -> Option<LocalizedText> {
        self.0.particulars.needs_assessment.clone().map(LocalizedText)
    }

    /// What is to come after it.
    async fn follow_ups(&self) -> Vec<FollowUp> {
        let follow_ups = self.0.particulars.follow_ups.iter();
        follow_ups
            .map(|one| FollowUp {
                description: LocalizedText(one.description.clone()),
                dates: one.dates.clone().map(Dates),
                intention: one.intention.into(),
            })
            .collect()
    }

    /// The election it prepares; null where none is named.
    async fn election(&self) -> Option<Election> {
        self.0.particulars.election.as_ref().map(|one| Election {
            description: LocalizedText(one.description.clone()),
            dates: one.dates.clone().map(Dates),
        })
    }

    /// The words its sources use for this kind of event, where they differ.
    async fn kind_as_written(&self) -> Option<&str> {
        self.0.particulars.kind_as_written.as_ref().map(Line::as_str)
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.particulars.note.as_ref().map(Passage::as_str)
    }
}
