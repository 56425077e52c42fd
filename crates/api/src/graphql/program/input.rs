//! Inputs by which programs are set up and changed, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use hemicycle_domain::{
    check_in::DayRule,
    country::CountryCode as Country,
    problem::Invalid,
    program::{
        self, BasisDraft, CategoryCode, CategoryDraft, Grounds, NewProgram, ProgramChange, ProgramPlan,
    },
    text::Passage,
};

use super::parts::{BasisKind, ProgramRole};
use crate::graphql::{
    date::{ImpreciseDateInput, dates, dates_opt},
    id,
    input::change,
    name::{self, NameInput},
    scalar::CountryCode,
    text::{TranslationInput, passage_opt, text, text_opt},
};

/// An institution's role in a program.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ProgramPartnerInput {
    /// The institution.
    pub partner_id: ID,
    /// What it is to the program.
    pub role: ProgramRole,
}

/// A numbered stage of a program.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "ProgramStageInput")]
pub(crate) struct StageInput {
    /// Its number within the program, 1 to 99; gaps are allowed.
    pub number: i32,
    /// What happens in it.
    pub description: Option<Vec<TranslationInput>>,
    /// When it is.
    pub dates: Option<ImpreciseDateInput>,
    /// The officer's note.
    pub note: Option<String>,
}

/// A level of a program's cascade.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CascadeLevelInput {
    /// Its number within the program, 1 to 99; the first level is trained first.
    pub number: i32,
    /// Who they are.
    pub name: Vec<TranslationInput>,
    /// The institution at which they are trained.
    pub trained_at_id: Option<ID>,
    /// How many people the level has in the whole program; absent or null where unknown.
    pub people_total: Option<i32>,
    /// The officer's note.
    pub note: Option<String>,
}

/// A kind of people that a program counts apart; the code says which one is meant.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ParticipantCategoryInput {
    /// Its code, unique within the program: lower-case letters of ASCII and digits, hyphens between words.
    pub code: String,
    /// What it is called.
    pub name: Vec<TranslationInput>,
    /// The number of the cascade level its people belong to.
    pub cascade_level: Option<i32>,
}

/// Something that a program rests on.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ProgramBasisInput {
    /// Which of the program's bases it stands for; absent to add one.
    pub id: Option<ID>,
    /// What kind of basis it is.
    pub kind: BasisKind,
    /// The agreement; needed for a basis of that kind and refused for any other.
    pub agreement_id: Option<ID>,
    /// Who approved, issued or offers it; an agreement has parties instead.
    pub issuer_id: Option<ID>,
    /// What it is called.
    pub title: Option<Vec<TranslationInput>>,
    /// When it was approved or issued.
    pub dates: Option<ImpreciseDateInput>,
    /// The officer's note.
    pub note: Option<String>,
}

/// How much of a day someone has to attend so that it counts.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct DayRuleInput {
    /// From this share of its hours on, in percent, a day counts half; at most `wholeFrom`.
    pub half_from: i32,
    /// From this share of its hours on, in percent, a day counts whole; at most 100.
    pub whole_from: i32,
    /// How many minutes a day has whose hours nobody has stated; at most 1,440.
    #[graphql(default = 480)]
    pub nominal_minutes: i32,
}

/// A program to be set up. What its sources leave open is left out.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateProgramInput {
    /// Its names; at least one.
    pub names: Vec<NameInput>,
    /// The institution that leads it.
    pub lead_id: Option<ID>,
    /// The other institutions and their roles.
    #[graphql(default)]
    pub partners: Vec<ProgramPartnerInput>,
    /// The countries it runs in.
    #[graphql(default)]
    pub countries: Vec<CountryCode>,
    /// When it began.
    pub began: Option<ImpreciseDateInput>,
    /// When it ended.
    pub ended: Option<ImpreciseDateInput>,
    /// What it is for.
    pub purpose: Option<Vec<TranslationInput>>,
    /// Its stages.
    #[graphql(default)]
    pub stages: Vec<StageInput>,
    /// The levels of its cascade.
    #[graphql(default)]
    pub cascade_levels: Vec<CascadeLevelInput>,
    /// The kinds of people it counts apart.
    #[graphql(default)]
    pub categories: Vec<ParticipantCategoryInput>,
    /// What it rests on.
    #[graphql(default)]
    pub bases: Vec<ProgramBasisInput>,
    /// How much of a day someone has to attend at its events so that it counts; left out for half of its hours, a quarter
    /// for half a day, of eight hours where nobody stated them.
    pub day_rule: Option<DayRuleInput>,
    /// The officer's note.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about a program; what is absent stays as it is. A list that is given takes the place of the
/// whole old one.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateProgramInput {
    /// The program.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// New names.
    pub names: Option<Vec<NameInput>>,
    /// Another lead; null removes it.
    pub lead_id: MaybeUndefined<ID>,
    /// Other partners.
    pub partners: Option<Vec<ProgramPartnerInput>>,
    /// Other countries.
    pub countries: Option<Vec<CountryCode>>,
    /// Another beginning; null makes it unknown.
    pub began: MaybeUndefined<ImpreciseDateInput>,
    /// Another end; null makes it unknown.
    pub ended: MaybeUndefined<ImpreciseDateInput>,
    /// Another purpose; null makes it unknown.
    pub purpose: MaybeUndefined<Vec<TranslationInput>>,
    /// Other stages; one that events belong to has to stay.
    pub stages: Option<Vec<StageInput>>,
    /// Other cascade levels; one that events belong to has to stay.
    pub cascade_levels: Option<Vec<CascadeLevelInput>>,
    /// Other categories; a known code keeps its category, and one that people are registered in has to stay.
    pub categories: Option<Vec<ParticipantCategoryInput>>,
    /// Other bases; those given with their id stay the same.
    pub bases: Option<Vec<ProgramBasisInput>>,
    /// Another rule of days; null for the common one. Attendance at the program's events is folded anew by it, step by step.
    pub day_rule: MaybeUndefined<DayRuleInput>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
    /// Archives the program, or restores it.
    pub is_archived: Option<bool>,
}

impl CreateProgramInput {
    pub(super) fn parse(&self) -> Result<NewProgram, Invalid> {
        Ok(NewProgram {
            plan: ProgramPlan {
                names: name::parse(&self.names)?,
                lead: self.lead_id.as_ref().map(|id| id::parse("leadId", id)).transpose()?,
                partners: each("partners", &self.partners, partner)?,
                countries: countries(&self.countries)?,
                began: dates_opt("began", self.began.as_ref())?,
                ended: dates_opt("ended", self.ended.as_ref())?,
                purpose: text_opt("purpose", self.purpose.as_ref())?,
                stages: each("stages", &self.stages, stage)?,
                cascade_levels: each("cascadeLevels", &self.cascade_levels, cascade_level)?,
                day_rule: self.day_rule.as_ref().map(day_rule).transpose()?,
                note: passage_opt("note", self.note.as_ref())?,
            },
            categories: each("categories", &self.categories, category)?,
            bases: each("bases", &self.bases, basis)?,
        })
    }
}

impl UpdateProgramInput {
    pub(super) fn parse(self) -> Result<ProgramChange, Invalid> {
        let levels = self.cascade_levels.as_deref();
        Ok(ProgramChange {
            names: self.names.as_deref().map(name::parse).transpose()?,
            lead: change(self.lead_id, |id| id::parse("leadId", &id))?,
            partners: self.partners.as_deref().map(|all| each("partners", all, partner)).transpose()?,
            countries: self.countries.as_deref().map(countries).transpose()?,
            began: change(self.began, |input| dates("began", &input))?,
            ended: change(self.ended, |input| dates("ended", &input))?,
            purpose: change(self.purpose, |input| text("purpose", &input))?,
            day_rule: change(self.day_rule, |rule| day_rule(&rule))?,
            stages: self.stages.as_deref().map(|all| each("stages", all, stage)).transpose()?,
            cascade_levels: levels.map(|all| each("cascadeLevels", all, cascade_level)).transpose()?,
            categories: self
                .categories
                .as_deref()
                .map(|all| each("categories", all, category))
                .transpose()?,
            bases: self.bases.as_deref().map(|all| each("bases", all, basis)).transpose()?,
            note: change(self.note, |note| Passage::parse("note", &note))?,
            is_archived: self.is_archived,
        })
    }
}

/// Reads each entry of a list; a fault names the entry.
fn each<I, T>(
    field: &str,
    entries: &[I],
    read: impl Fn(&I) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let entries = entries.iter().enumerate();
    entries.map(|(index, entry)| read(entry).map_err(|e| e.within(index).within(field))).collect()
}

fn countries(codes: &[CountryCode]) -> Result<Vec<Country>, Invalid> {
    let codes = codes.iter().enumerate();
    codes.map(|(index, code)| code.country(&index.to_string()).map_err(|e| e.within("countries"))).collect()
}

fn partner(input: &ProgramPartnerInput) -> Result<program::ProgramPartner, Invalid> {
    let partner = id::parse("partnerId", &input.partner_id)?;
    Ok(program::ProgramPartner { partner, role: input.role.into() })
}

fn stage(input: &StageInput) -> Result<program::Stage, Invalid> {
    Ok(program::Stage {
        number: input.number,
        description: text_opt("description", input.description.as_ref())?,
        dates: dates_opt("dates", input.dates.as_ref())?,
        note: passage_opt("note", input.note.as_ref())?,
    })
}

fn cascade_level(input: &CascadeLevelInput) -> Result<program::CascadeLevel, Invalid> {
    Ok(program::CascadeLevel {
        number: input.number,
        name: text("name", &input.name)?,
        trained_at: input.trained_at_id.as_ref().map(|id| id::parse("trainedAtId", id)).transpose()?,
        people_total: input.people_total,
        note: passage_opt("note", input.note.as_ref())?,
    })
}

fn category(input: &ParticipantCategoryInput) -> Result<CategoryDraft, Invalid> {
    Ok(CategoryDraft {
        code: CategoryCode::parse("code", &input.code)?,
        name: text("name", &input.name)?,
        cascade_level: input.cascade_level,
    })
}

fn basis(input: &ProgramBasisInput) -> Result<BasisDraft, Invalid> {
    Ok(BasisDraft {
        id: input.id.as_ref().map(|id| id::parse("id", id)).transpose()?,
        grounds: Grounds {
            kind: input.kind.into(),
            agreement: input.agreement_id.as_ref().map(|id| id::parse("agreementId", id)).transpose()?,
            issuer: input.issuer_id.as_ref().map(|id| id::parse("issuerId", id)).transpose()?,
            title: text_opt("title", input.title.as_ref())?,
            dates: dates_opt("dates", input.dates.as_ref())?,
            note: passage_opt("note", input.note.as_ref())?,
        },
    })
}

fn day_rule(input: &DayRuleInput) -> Result<DayRule, Invalid> {
    DayRule::parse(input.half_from, input.whole_from, input.nominal_minutes)
        .map_err(|fault| fault.within("dayRule"))
}
