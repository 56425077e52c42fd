//! Programs: who leads what kind of training where, in which stages and levels, and on what basis.
//!
//! The events of a program are `event`s; what it reached is `reach`.

mod command;
mod list;
mod parts;
#[cfg(test)]
mod tests;

pub use command::{NewProgram, ProgramChange, ProgramUses};
pub use list::{ProgramFilter, ProgramOrder, ProgramOrderField, ProgramTest};
pub use parts::{
    Basis, BasisDraft, BasisKind, CascadeLevel, CategoryCode, CategoryDraft, Grounds, ParticipantCategory,
    ProgramPartner, ProgramRole, Stage,
};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    access::{Subject, Whereabouts, actions},
    check_in::DayRule,
    country::CountryCode,
    id::{ParticipantCategoryId, PartnerId, ProgramBasisId, ProgramId},
    imprecise_date::EventDates,
    name::Names,
    problem::ProblemCode,
    text::{LocalizedText, Passage},
};

/// What a program is to be, beside its categories and bases: shared by the record and the commands on it.
///
/// Whatever its sources leave open is absent or empty.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramPlan {
    /// Its names.
    pub names: Names,
    /// The institution that leads it.
    pub lead: Option<PartnerId>,
    /// The other institutions and their roles.
    pub partners: Vec<ProgramPartner>,
    /// The countries it runs in.
    pub countries: Vec<CountryCode>,
    /// When it began.
    pub began: Option<EventDates>,
    /// When it ended.
    pub ended: Option<EventDates>,
    /// What it is for.
    pub purpose: Option<LocalizedText>,
    /// Its stages by number; a source that mentions stage 2 alone leaves a gap.
    pub stages: Vec<Stage>,
    /// The levels of its cascade by number, from those who are trained first.
    pub cascade_levels: Vec<CascadeLevel>,
    /// How much of a day someone has to attend at its events so that it counts; none for the common rule.
    pub day_rule: Option<DayRule>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// A program.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Its identifier.
    pub id: ProgramId,
    /// How often it was changed.
    pub version: i64,
    /// When the record was made.
    pub created_at: DateTime<Utc>,
    /// What it is to be.
    pub plan: ProgramPlan,
    /// The kinds of people it counts apart, in the order of their codes.
    pub categories: Vec<ParticipantCategory>,
    /// What it rests on, in the order they were given.
    pub bases: Vec<Basis>,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Where it stands for access: itself, its countries, its lead with all parents.
    pub whereabouts: Whereabouts,
}

impl Program {
    /// The most entries in any of its lists.
    pub const MAXIMUM: usize = 200;

    /// How much of a day someone has to attend at its events so that it counts.
    #[must_use]
    pub fn day_rule(&self) -> DayRule {
        self.plan.day_rule.unwrap_or_default()
    }

    /// The stage with this number.
    #[must_use]
    pub fn stage(&self, number: i32) -> Option<&Stage> {
        self.plan.stages.iter().find(|stage| stage.number == number)
    }

    /// The cascade level with this number.
    #[must_use]
    pub fn cascade_level(&self, number: i32) -> Option<&CascadeLevel> {
        self.plan.cascade_levels.iter().find(|level| level.number == number)
    }

    /// The participant category with this id.
    #[must_use]
    pub fn category(&self, id: ParticipantCategoryId) -> Option<&ParticipantCategory> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The basis with this id.
    #[must_use]
    pub fn basis(&self, id: ProgramBasisId) -> Option<&Basis> {
        self.bases.iter().find(|basis| basis.id == id)
    }

    /// Whether an institution has any part in it: leads it, has a role, issued a basis, trains a level.
    #[must_use]
    pub fn involves(&self, partner: PartnerId) -> bool {
        let is = |other: Option<PartnerId>| other == Some(partner);
        is(self.plan.lead)
            || self.plan.partners.iter().any(|other| other.partner == partner)
            || self.plan.cascade_levels.iter().any(|level| is(level.trained_at))
            || self.bases.iter().any(|basis| is(basis.grounds.issuer))
    }
}

impl Subject for Program {
    type Id = ProgramId;

    fn id(&self) -> ProgramId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Program;
    /// Sets up a program, changes it, archives or restores it.
    Edit "edit" => EditPrograms;
}

/// Why a program command is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProgramRefusal {
    /// Events belong to a stage that would be gone.
    #[error("stage {number} cannot be removed from the program: events belong to it")]
    StageInUse {
        /// The number of the stage.
        number: i32,
    },
    /// Events train the people of a cascade level that would be gone.
    #[error("cascade level {number} cannot be removed from the program: events belong to it")]
    CascadeLevelInUse {
        /// The number of the level.
        number: i32,
    },
    /// People are registered or counted in a category that would be gone.
    #[error(
        "the category {code:?} cannot be removed from the program: people are registered or counted in it"
    )]
    CategoryInUse {
        /// The code of the category.
        code: String,
    },
}

impl ProgramRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::StageInUse { .. } | Self::CascadeLevelInUse { .. } | Self::CategoryInUse { .. } => {
                ProblemCode::InUse
            }
        }
    }
}
