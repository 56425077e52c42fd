//! The parts of a program as clients see them: partners, stages, cascade levels, categories, bases.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use hemicycle_domain::{
    check_in,
    id::ParticipantCategoryId,
    program::{self, Program as DomainProgram},
    text::Passage,
};
use hemicycle_persistence::Reading;

use super::object::Program;
use crate::graphql::{
    agreement::Agreement,
    context::ContextExt,
    date::Dates,
    error::{ApiError, Nullable, nullable},
    id,
    partner::Partner,
    rows::Rows,
    source::{Citation, citations},
    text::LocalizedText,
};

/// What an institution is to a program.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "program::ProgramRole", name = "ProgramPartnerRole")]
pub(crate) enum ProgramRole {
    /// Takes part in running it.
    Partner,
    /// Trains its trainers.
    TrainerOfTrainers,
    /// Approved it, or the document it rests on.
    Approver,
    /// Pays.
    Funder,
    /// Opens its house to it.
    Host,
    /// Carries it out.
    Implementer,
}

/// What kind of document or understanding a program rests on.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "program::BasisKind", name = "ProgramBasisKind")]
pub(crate) enum BasisKind {
    /// An agreement, which has parties and a signature.
    Agreement,
    /// A concept that somebody approved.
    Concept,
    /// A task that somebody was given: an address, a law, a decree.
    Mandate,
    /// A framework of cooperation without a signed document.
    Framework,
}

/// An institution's role in a program.
pub(crate) struct ProgramPartner(pub(super) program::ProgramPartner);

/// An institution's role in a program.
#[Object]
impl ProgramPartner {
    /// What it is to the program.
    async fn role(&self) -> ProgramRole {
        self.0.role.into()
    }

    /// The institution.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable(ctx.reading().map(|reading| reading.find_partner(self.0.partner).map(Partner)))
    }
}

/// A numbered stage of a program.
pub(crate) struct Stage(pub(super) program::Stage);

/// A numbered stage of a program.
#[Object(name = "ProgramStage")]
impl Stage {
    /// Its number within the program; a source that mentions stage 2 alone leaves a gap.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// What happens in it; null where it is known by its number alone.
    async fn description(&self) -> Option<LocalizedText> {
        self.0.description.clone().map(LocalizedText)
    }

    /// When it is; null where unknown.
    async fn dates(&self) -> Option<Dates> {
        self.0.dates.clone().map(Dates)
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_ref().map(Passage::as_str)
    }
}

/// A level of a program's cascade: those who are trained, and then train the next.
pub(crate) struct CascadeLevel(pub(crate) program::CascadeLevel);

/// A level of a program's cascade: those who are trained, and then train the next.
#[Object]
impl CascadeLevel {
    /// Its number within the program; the first level is trained first.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Who they are.
    async fn name(&self) -> LocalizedText {
        LocalizedText(self.0.name.clone())
    }

    /// The institution at which they are trained; null where not stated.
    async fn trained_at(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let partner = self.0.trained_at?;
        nullable(ctx.reading().map(|reading| reading.find_partner(partner).map(Partner)))
    }

    /// How many people the level has in the whole program; null where unknown, which is not zero.
    async fn people_total(&self) -> Option<i32> {
        self.0.people_total
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_ref().map(Passage::as_str)
    }
}

/// A kind of people that a program counts apart.
pub(crate) struct ParticipantCategory {
    pub(crate) program: Arc<DomainProgram>,
    pub(crate) category: program::ParticipantCategory,
}

impl ParticipantCategory {
    /// Finds a category with the program that counts it.
    pub(crate) fn find(reading: &Reading, id: ParticipantCategoryId) -> Option<Self> {
        let program = reading.find_program_of_category(id)?;
        let category = program.category(id)?.clone();
        Some(Self { program, category })
    }
}

/// A kind of people that a program counts apart.
#[Object]
impl ParticipantCategory {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.category.id)
    }

    /// Its code, unique within the program: `regional-trainer`.
    async fn code(&self) -> &str {
        self.category.code.as_str()
    }

    /// What it is called.
    async fn name(&self) -> LocalizedText {
        LocalizedText(self.category.name.clone())
    }

    /// The cascade level its people belong to; null where they belong to none.
    async fn cascade_level(&self) -> Option<CascadeLevel> {
        let number = self.category.cascade_level?;
        self.program.cascade_level(number).cloned().map(CascadeLevel)
    }

    /// The program that counts it.
    async fn program(&self) -> Program {
        Program(Arc::clone(&self.program))
    }
}

/// Something that a program rests on.
pub(crate) struct ProgramBasis {
    pub(crate) program: Arc<DomainProgram>,
    pub(crate) basis: program::Basis,
}

/// Something that a program rests on.
#[Object]
impl ProgramBasis {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.basis.id)
    }

    /// What kind of basis it is.
    async fn kind(&self) -> BasisKind {
        self.basis.grounds.kind.into()
    }

    /// The agreement; null for every other kind of basis.
    async fn agreement(&self, ctx: &Context<'_>) -> Nullable<Agreement> {
        let agreement = self.basis.grounds.agreement?;
        nullable(ctx.load(agreement).await.map(|found| found.map(Agreement)))
    }

    /// Who approved, issued or offers it; null where unknown. An agreement has parties instead.
    async fn issuer(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let issuer = self.basis.grounds.issuer?;
        nullable(ctx.reading().map(|reading| reading.find_partner(issuer).map(Partner)))
    }

    /// What it is called; null where unknown.
    async fn title(&self) -> Option<LocalizedText> {
        self.basis.grounds.title.clone().map(LocalizedText)
    }

    /// When it was approved or issued; null where unknown. An agreement says when it was signed.
    async fn dates(&self) -> Option<Dates> {
        self.basis.grounds.dates.clone().map(Dates)
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.basis.grounds.note.as_ref().map(Passage::as_str)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.basis.id).await
    }

    /// The program that rests on it.
    async fn program(&self) -> Program {
        Program(Arc::clone(&self.program))
    }
}

/// How much of a day someone has to attend so that it counts.
#[derive(SimpleObject)]
pub(crate) struct DayRule {
    /// From this share of its hours on, in percent, a day counts half.
    half_from: i32,
    /// From this share of its hours on, in percent, a day counts whole.
    whole_from: i32,
    /// How many minutes a day has whose hours nobody has stated.
    nominal_minutes: i32,
}

impl From<check_in::DayRule> for DayRule {
    fn from(rule: check_in::DayRule) -> Self {
        let check_in::DayRule { half_from, whole_from, nominal_minutes } = rule;
        let nominal_minutes = i32::try_from(nominal_minutes).unwrap_or(i32::MAX);
        Self { half_from: half_from.into(), whole_from: whole_from.into(), nominal_minutes }
    }
}
