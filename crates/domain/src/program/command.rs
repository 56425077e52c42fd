//! Commands on programs: what to set up, what to change, and what both must satisfy.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Basis, BasisDraft, CascadeLevel, CategoryDraft, ParticipantCategory, Program, ProgramPartner,
    ProgramPlan, ProgramRefusal, Stage,
};
use crate::{
    check_in::DayRule,
    country::CountryCode,
    id::{ParticipantCategoryId, PartnerId},
    imprecise_date::EventDates,
    name::Names,
    problem::{Fault, Invalid, Problem},
    text::{LocalizedText, Passage},
};

/// A command: a program to be set up.
#[derive(Debug, Clone)]
pub struct NewProgram {
    /// What it is to be.
    pub plan: ProgramPlan,
    /// The kinds of people it counts apart.
    pub categories: Vec<CategoryDraft>,
    /// What it rests on.
    pub bases: Vec<BasisDraft>,
}

/// A command: what to change about a program. `None` leaves a field as it is, an inner `None` removes it;
/// a list that is given takes the place of the whole old one.
#[derive(Debug, Clone, Default)]
pub struct ProgramChange {
    /// New names.
    pub names: Option<Names>,
    /// Another lead.
    pub lead: Option<Option<PartnerId>>,
    /// Other partners.
    pub partners: Option<Vec<ProgramPartner>>,
    /// Other countries.
    pub countries: Option<Vec<CountryCode>>,
    /// Another beginning.
    pub began: Option<Option<EventDates>>,
    /// Another end.
    pub ended: Option<Option<EventDates>>,
    /// Another purpose.
    pub purpose: Option<Option<LocalizedText>>,
    /// Other stages; one that events belong to has to stay.
    pub stages: Option<Vec<Stage>>,
    /// Other cascade levels; one that events belong to has to stay.
    pub cascade_levels: Option<Vec<CascadeLevel>>,
    /// Other categories; a known code keeps its category, and one with registrations has to stay.
    pub categories: Option<Vec<CategoryDraft>>,
    /// Other bases; those given with their id stay the same.
    pub bases: Option<Vec<BasisDraft>>,
    /// Another rule of days.
    pub day_rule: Option<Option<DayRule>>,
    /// Another note.
    pub note: Option<Option<Passage>>,
    /// Archives (`true`) or restores (`false`).
    pub is_archived: Option<bool>,
}

/// The parts of a program that other records refer to.
#[derive(Debug, Clone, Default)]
pub struct ProgramUses {
    /// The stages that events belong to.
    pub stages: BTreeSet<i32>,
    /// The cascade levels that events belong to.
    pub cascade_levels: BTreeSet<i32>,
    /// The categories that people are registered or counted in, of those that would be gone.
    pub categories: BTreeSet<ParticipantCategoryId>,
}

impl NewProgram {
    /// Accepts the command, or names the field that it fails on.
    ///
    /// `new_id` makes the identifiers of its categories and bases.
    pub fn checked(
        self,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<(ProgramPlan, Vec<ParticipantCategory>, Vec<Basis>), Invalid> {
        let plan = checked_plan(self.plan)?;
        let categories = identified_categories(self.categories, &[], &plan, new_id)?;
        let bases = identified_bases(self.bases, &[], new_id)?;
        Ok((plan, categories, bases))
    }
}

impl Program {
    /// Decides what the program looks like after a change; its whereabouts are left to the store.
    ///
    /// `uses` are the parts that other records refer to, `new_id` makes identifiers for new parts.
    pub fn changed(
        &self,
        change: ProgramChange,
        uses: &ProgramUses,
        new_id: &mut dyn FnMut() -> Uuid,
    ) -> Result<Self, Problem> {
        if self.is_archived && change.is_archived != Some(false) {
            return Err(Problem::Archived);
        }
        let mut next = self.clone();
        next.version += 1;
        next.is_archived = change.is_archived.unwrap_or(next.is_archived);
        let mut plan = next.plan;
        plan.names = change.names.unwrap_or(plan.names);
        plan.lead = change.lead.unwrap_or(plan.lead);
        plan.partners = change.partners.unwrap_or(plan.partners);
        plan.countries = change.countries.unwrap_or(plan.countries);
        plan.began = change.began.unwrap_or(plan.began);
        plan.ended = change.ended.unwrap_or(plan.ended);
        plan.purpose = change.purpose.unwrap_or(plan.purpose);
        plan.stages = change.stages.unwrap_or(plan.stages);
        plan.cascade_levels = change.cascade_levels.unwrap_or(plan.cascade_levels);
        plan.day_rule = change.day_rule.unwrap_or(plan.day_rule);
        plan.note = change.note.unwrap_or(plan.note);
        next.plan = checked_plan(plan)?;
        next.categories = match change.categories {
            Some(drafts) => identified_categories(drafts, &self.categories, &next.plan, new_id)?,
            None => next.categories,
        };
        next.bases = match change.bases {
            Some(drafts) => identified_bases(drafts, &self.bases, new_id)?,
            None => next.bases,
        };
        check_category_levels(&next.categories, &next.plan)?;
        next.check_uses(self, uses)?;
        Ok(next)
    }

    /// Refuses to lose a part of the program before that other records refer to.
    fn check_uses(&self, before: &Self, uses: &ProgramUses) -> Result<(), ProgramRefusal> {
        let lost_stage = |number: &&i32| before.stage(**number).is_some() && self.stage(**number).is_none();
        if let Some(number) = uses.stages.iter().find(lost_stage) {
            return Err(ProgramRefusal::StageInUse { number: *number });
        }
        let lost_level = |number: &&i32| {
            before.cascade_level(**number).is_some() && self.cascade_level(**number).is_none()
        };
        if let Some(number) = uses.cascade_levels.iter().find(lost_level) {
            return Err(ProgramRefusal::CascadeLevelInUse { number: *number });
        }
        let registered = before.categories.iter().filter(|category| uses.categories.contains(&category.id));
        match registered.clone().find(|category| self.category(category.id).is_none()) {
            Some(category) => Err(ProgramRefusal::CategoryInUse { code: category.code.as_str().to_owned() }),
            None => Ok(()),
        }
    }
}

/// Puts stages and levels in the order of their numbers, and refuses what cannot be.
fn checked_plan(mut plan: ProgramPlan) -> Result<ProgramPlan, Invalid> {
    check_list("partners", &plan.partners, |partner| *partner)?;
    check_list("countries", &plan.countries, |country| *country)?;
    check_list("stages", &plan.stages, |stage| stage.number)?;
    check_list("cascadeLevels", &plan.cascade_levels, |level| level.number)?;
    check_numbers("stages", plan.stages.iter().map(|stage| stage.number))?;
    check_numbers("cascadeLevels", plan.cascade_levels.iter().map(|level| level.number))?;
    for (index, level) in plan.cascade_levels.iter().enumerate() {
        if let Some(total) = level.people_total.filter(|total| *total < 0) {
            let (actual, maximum) = (total.into(), i32::MAX.into());
            return Err(Invalid::new("peopleTotal", Fault::OutOfRange { actual, minimum: 0, maximum })
                .within(index)
                .within("cascadeLevels"));
        }
    }
    let day = |dates: &Option<EventDates>, of: fn(&EventDates) -> _| dates.as_ref().and_then(of);
    if let (Some(began), Some(ended)) =
        (day(&plan.began, EventDates::earliest), day(&plan.ended, EventDates::latest))
        && ended < began
    {
        let reason = format!("it would have ended on {ended}, before it began on {began}");
        return Err(Invalid::new("ended", Fault::Malformed { reason }));
    }
    plan.stages.sort_by_key(|stage| stage.number);
    plan.cascade_levels.sort_by_key(|level| level.number);
    Ok(plan)
}

fn identified_categories(
    drafts: Vec<CategoryDraft>,
    known: &[ParticipantCategory],
    plan: &ProgramPlan,
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Vec<ParticipantCategory>, Invalid> {
    check_list("categories", &drafts, |draft| draft.code.clone())?;
    let mut categories: Vec<ParticipantCategory> = drafts
        .into_iter()
        .map(|CategoryDraft { code, name, cascade_level }| {
            let same = known.iter().find(|category| category.code == code);
            let id = same.map_or_else(|| new_id().into(), |category| category.id);
            ParticipantCategory { id, code, name, cascade_level }
        })
        .collect();
    check_category_levels(&categories, plan)?;
    categories.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(categories)
}

fn check_category_levels(categories: &[ParticipantCategory], plan: &ProgramPlan) -> Result<(), Invalid> {
    let exists = |number| plan.cascade_levels.iter().any(|level| level.number == number);
    for (index, category) in categories.iter().enumerate() {
        if category.cascade_level.is_some_and(|number| !exists(number)) {
            return Err(Invalid::new("cascadeLevel", Fault::NotFound).within(index).within("categories"));
        }
    }
    Ok(())
}

fn identified_bases(
    drafts: Vec<BasisDraft>,
    known: &[Basis],
    new_id: &mut dyn FnMut() -> Uuid,
) -> Result<Vec<Basis>, Invalid> {
    check_length("bases", drafts.len())?;
    let mut bases: Vec<Basis> = Vec::with_capacity(drafts.len());
    for (index, BasisDraft { id, grounds }) in drafts.into_iter().enumerate() {
        grounds.check().map_err(|e| e.within(index).within("bases"))?;
        let fault = match id {
            Some(id) if known.iter().all(|basis| basis.id != id) => Some(Fault::NotFound),
            Some(id) if bases.iter().any(|basis| basis.id == id) => Some(Fault::Repeated),
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(Invalid::new("id", fault).within(index).within("bases"));
        }
        bases.push(Basis { id: id.unwrap_or_else(|| new_id().into()), grounds });
    }
    Ok(bases)
}

/// Refuses a list that is too long or holds two entries of one key.
fn check_list<T, K: PartialEq>(field: &str, entries: &[T], key: fn(&T) -> K) -> Result<(), Invalid> {
    check_length(field, entries.len())?;
    for (index, entry) in entries.iter().enumerate() {
        if entries[..index].iter().any(|other| key(other) == key(entry)) {
            return Err(Invalid::new(&index.to_string(), Fault::Repeated).within(field));
        }
    }
    Ok(())
}

fn check_numbers(field: &str, numbers: impl Iterator<Item = i32>) -> Result<(), Invalid> {
    for (index, number) in numbers.enumerate() {
        if !(1..=99).contains(&number) {
            let fault = Fault::OutOfRange { actual: number.into(), minimum: 1, maximum: 99 };
            return Err(Invalid::new("number", fault).within(index).within(field));
        }
    }
    Ok(())
}

fn check_length(field: &str, actual: usize) -> Result<(), Invalid> {
    let maximum = Program::MAXIMUM;
    if actual > maximum { Err(Invalid::new(field, Fault::TooMany { actual, maximum })) } else { Ok(()) }
}
