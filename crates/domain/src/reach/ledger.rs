//! Which reported figure stands for its event in the reported ledger, and why another does not.
//!
//! Only figures of participants counted in persons are weighed, so that delegates, trainers and countries
//! never come in. For one event, the figures nearest to attendance speak; exact ones before rounded ones;
//! exact ones that contradict each other not at all.

use std::collections::HashMap;

use super::ReportFact;
use crate::{
    headcount_report::{Basis, Measure, Qualifier, ReportState, Unit},
    id::{EventId, HeadcountReportId, ParticipantCategoryId},
    vocabulary::vocabulary,
};

vocabulary! {
    /// Why a reported figure of participants is left out of the sum and of the list beside it.
    pub enum SetAside {
        /// It is about people who are planned for or expected.
        NotYetReached = "not_yet_reached",
        /// It is contained in another figure of the event.
        Subset = "subset",
        /// It adds up earlier events too.
        RunningTotal = "running_total",
        /// Another figure of the event is nearer to attendance.
        OtherState = "other_state",
        /// It gives the same number as the figure that is summed.
        Agrees = "agrees",
        /// It is rounded or a bound, and the event has an exact figure.
        BesideExact = "beside_exact",
        /// It does not say how many are of the categories asked for.
        NotSplitByCategory = "not_split_by_category",
    }
}

/// A part of a figure that is split by category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CategoryPart {
    /// The category, where the part is linked to one.
    pub category: Option<ParticipantCategoryId>,
    /// How many.
    pub value: Option<i64>,
}

/// What becomes of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is summed.
    Summed,
    /// It is listed beside the sum.
    Inexact,
    /// It contradicts another one.
    Competing,
    /// It is left out.
    SetAside(SetAside),
    /// It gives no number.
    Silent,
}

/// What the reported ledger counts: people who take part to learn, counted as persons.
pub const WEIGHED: (Measure, Unit) = (Measure::Participants, Unit::Persons);

/// Whose figures it takes: a source's own. What an officer derived is nobody's report.
pub const BASES: [Basis; 2] = [Basis::Reported, Basis::ReportedRetrospectively];

/// The states of people who were reached, nearest to attendance first.
pub const REACHED: [ReportState; 4] =
    [ReportState::Attended, ReportState::Completed, ReportState::Certified, ReportState::Registered];

/// Says of each report what becomes of it.
pub(super) fn weigh(facts: &[ReportFact]) -> HashMap<HeadcountReportId, Standing> {
    let mut by_event: HashMap<EventId, Vec<&ReportFact>> = HashMap::new();
    for fact in facts {
        let of_event = by_event.entry(fact.event).or_default();
        // In a grouping by organiser a report comes once for each organiser.
        if of_event.iter().all(|known| known.report != fact.report) {
            of_event.push(fact);
        }
    }
    by_event.values().flat_map(|of_event| weigh_event(of_event)).collect()
}

fn weigh_event(facts: &[&ReportFact]) -> Vec<(HeadcountReportId, Standing)> {
    let speaking: Vec<&ReportFact> =
        facts.iter().copied().filter(|fact| own_standing(fact).is_none()).collect();
    let nearest = REACHED.into_iter().find(|state| speaking.iter().any(|fact| fact.state == *state));
    let of_nearest = || speaking.iter().filter(|fact| Some(fact.state) == nearest);
    let mut exact = of_nearest().filter_map(|fact| fact.amount.exact());
    let first = exact.next();
    let is_contradicted = first.is_some_and(|first| exact.any(|other| other != first));
    let mut is_taken = false;
    let mut stand = |fact: &ReportFact| {
        if let Some(standing) = own_standing(fact) {
            return standing;
        }
        if Some(fact.state) != nearest {
            return Standing::SetAside(SetAside::OtherState);
        }
        match (fact.amount.qualifier(), first) {
            (Qualifier::Exact, _) if is_contradicted => Standing::Competing,
            (Qualifier::Exact, _) if std::mem::replace(&mut is_taken, true) => {
                Standing::SetAside(SetAside::Agrees)
            }
            (Qualifier::Exact, _) => Standing::Summed,
            (_, Some(_)) => Standing::SetAside(SetAside::BesideExact),
            (_, None) => Standing::Inexact,
        }
    };
    facts.iter().map(|fact| (fact.report, stand(fact))).collect()
}

/// What becomes of a figure whatever else is reported of its event.
fn own_standing(fact: &ReportFact) -> Option<Standing> {
    if fact.amount.value().is_none() {
        Some(Standing::Silent)
    } else if fact.is_subset {
        Some(Standing::SetAside(SetAside::Subset))
    } else if fact.is_running_total {
        Some(Standing::SetAside(SetAside::RunningTotal))
    } else if !REACHED.contains(&fact.state) {
        Some(Standing::SetAside(SetAside::NotYetReached))
    } else {
        None
    }
}

/// What a figure says of the categories asked for: `None` where it does not say.
///
/// Without categories that is its whole number. A part without a number leaves the answer open.
pub(super) fn share(fact: &ReportFact, categories: Option<&[ParticipantCategoryId]>) -> Option<i64> {
    let Some(categories) = categories else { return fact.amount.value() };
    let asked = |part: &&CategoryPart| part.category.is_some_and(|category| categories.contains(&category));
    let mut parts = fact.parts.iter().filter(asked).peekable();
    parts.peek()?;
    parts.map(|part| part.value).sum()
}

/// What a figure says of each category among those asked for.
///
/// A figure without linked parts speaks of no category; parts without a link are kept together under `None`.
pub(super) fn shares(
    fact: &ReportFact,
    categories: Option<&[ParticipantCategoryId]>,
) -> Vec<(Option<ParticipantCategoryId>, i64)> {
    let is_asked = |category: Option<ParticipantCategoryId>| {
        categories.is_none_or(|asked| category.is_some_and(|category| asked.contains(&category)))
    };
    if fact.parts.iter().all(|part| part.category.is_none()) {
        return fact
            .amount
            .value()
            .filter(|_| is_asked(None))
            .map(|value| (None, value))
            .into_iter()
            .collect();
    }
    let mut shares: Vec<(Option<ParticipantCategoryId>, i64)> = Vec::new();
    for part in fact.parts.iter().filter(|part| is_asked(part.category)) {
        let Some(value) = part.value else { continue };
        match shares.iter_mut().find(|(category, _)| *category == part.category) {
            Some((_, sum)) => *sum += value,
            None => shares.push((part.category, value)),
        }
    }
    shares
}
