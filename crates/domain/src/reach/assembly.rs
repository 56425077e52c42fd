//! How an answer is put together from what the store found: numbers per group, and the reported figures.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::{
    Counted, CountedScope, EventWithoutFigure, GroupKey, Question, Reach, ReachRow, Reported, ReportedFigure,
    SetAside,
    ledger::{CategoryPart, Standing, share, shares, weigh},
};
use crate::{
    event::EventStatus,
    headcount_report::{Amount, ReportState},
    id::{EventId, HeadcountReportId, ParticipantCategoryId},
    problem::{Fault, Invalid},
};

/// A fact with the keys of its group; without keys it is the whole's.
pub type Grouped<T> = (Option<Vec<GroupKey>>, T);

/// What the store found. Each list has an entry for the whole, with no keys, and one for each group.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Events; in a grouping by category only of the whole.
    pub events: Vec<Grouped<EventsFact>>,
    /// People.
    pub counted: Vec<Grouped<CountedFact>>,
    /// Weighed reports with the keys of their events, by date; once for each organiser in such a grouping.
    pub reports: Vec<ReportFact>,
    /// The first events without a figure by date, with their keys, in the same manner.
    pub without_figure: Vec<(Vec<GroupKey>, EventWithoutFigure)>,
}

/// How many events a selection holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventsFact {
    /// All that the asker sees.
    pub all: i64,
    /// Those of them whose people may be counted for the asker.
    pub counted: i64,
    /// Those of them of which no figure was reported.
    pub without_figure: i64,
}

/// How many people a selection holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountedFact {
    /// Registrations that are not cancelled, in every role.
    pub registrations: i64,
    /// Those of them in the role of a participant.
    pub registered_participants: i64,
    /// Participants who have attended, once for each event.
    pub participations: i64,
    /// Distinct persons among them.
    pub unique_participants: i64,
}

/// A reported figure of participants, with what decides about it.
#[derive(Debug, Clone)]
pub struct ReportFact {
    /// The report.
    pub report: HeadcountReportId,
    /// Its event.
    pub event: EventId,
    /// Where that event is in its life.
    pub event_status: EventStatus,
    /// The keys of the event in the grouping asked for; a category is left unknown.
    pub keys: Vec<GroupKey>,
    /// How many.
    pub amount: Amount,
    /// In which state the people are.
    pub state: ReportState,
    /// The words of the source.
    pub as_written: Option<String>,
    /// Whether it is contained in another figure of the event.
    pub is_subset: bool,
    /// Whether it adds up earlier events too.
    pub is_running_total: bool,
    /// Its parts, where it is split by category and categories are asked for.
    pub parts: Vec<CategoryPart>,
}

/// Puts an answer together. A grouping with too many groups is refused.
pub fn assemble(
    question: &Question,
    facts: Facts,
    counted_scope: CountedScope,
    as_of: DateTime<Utc>,
) -> Result<Reach, Invalid> {
    let mut rows = Rows { whole: Row::default(), groups: BTreeMap::new() };
    for (keys, events) in facts.events {
        rows.row(keys.as_deref()).events = Some(events);
    }
    for (keys, counted) in facts.counted {
        rows.row(keys.as_deref()).counted = counted;
    }
    rows.enter_reports(question, &facts.reports);
    if question.categories().is_none() {
        rows.enter_events_without_figure(question, &facts.without_figure);
    }
    let actual = rows.groups.len();
    if actual > Question::MAXIMUM_GROUPS {
        let maximum = Question::MAXIMUM_GROUPS;
        return Err(Invalid::new("groupBy", Fault::TooMany { actual, maximum }));
    }
    let finish = |keys, row: Row| row.finish(keys, question, counted_scope);
    let mut groups: Vec<ReachRow> = rows.groups.into_iter().map(|(keys, row)| finish(keys, row)).collect();
    let unknowns = |row: &ReachRow| row.keys.iter().map(|key| key.is_unknown()).collect::<Vec<_>>();
    groups.sort_by_key(unknowns);
    Ok(Reach {
        as_of,
        counted_scope,
        whole: finish(Vec::new(), rows.whole),
        groups,
        rows_overlap: question.has_overlapping_rows(),
    })
}

struct Rows {
    whole: Row,
    groups: BTreeMap<Vec<GroupKey>, Row>,
}

#[derive(Default)]
struct Row {
    events: Option<EventsFact>,
    counted: CountedFact,
    reported: Reported,
    /// The events with a figure, summed or not.
    with_figure: HashSet<EventId>,
}

impl Rows {
    fn row(&mut self, keys: Option<&[GroupKey]>) -> &mut Row {
        match keys {
            None => &mut self.whole,
            Some(keys) => self.groups.entry(keys.to_vec()).or_default(),
        }
    }

    fn enter_reports(&mut self, question: &Question, reports: &[ReportFact]) {
        let standings = weigh(reports);
        let categories = question.categories();
        let mut entered: HashSet<HeadcountReportId> = HashSet::new();
        for fact in reports {
            let standing = standings.get(&fact.report).copied().unwrap_or(Standing::Silent);
            if entered.insert(fact.report) {
                self.whole.enter(fact, share(fact, categories), standing);
            }
            if question.splits_by_category() {
                for (category, value) in shares(fact, categories) {
                    let keys = with_category(&fact.keys, category);
                    self.row(Some(&keys)).enter(fact, Some(value), standing);
                }
            } else if !question.group_by().is_empty() {
                self.row(Some(&fact.keys)).enter(fact, share(fact, categories), standing);
            }
        }
    }

    fn enter_events_without_figure(
        &mut self,
        question: &Question,
        events: &[(Vec<GroupKey>, EventWithoutFigure)],
    ) {
        let is_grouped = !question.group_by().is_empty() && !question.splits_by_category();
        let mut entered: HashSet<EventId> = HashSet::new();
        for (keys, event) in events {
            if entered.insert(event.event) {
                self.whole.reported.without_figure.push(*event);
            }
            if is_grouped {
                self.row(Some(keys)).reported.without_figure.push(*event);
            }
        }
    }
}

impl Row {
    fn enter(&mut self, fact: &ReportFact, share: Option<i64>, standing: Standing) {
        let Some(total) = fact.amount.value() else { return };
        let figure = |value| ReportedFigure {
            report: fact.report,
            event: fact.event,
            event_status: fact.event_status,
            value,
            qualifier: fact.amount.qualifier(),
            state: fact.state,
            as_written: fact.as_written.clone(),
        };
        let reported = &mut self.reported;
        match (standing, share) {
            (Standing::Silent, _) => return,
            (Standing::SetAside(reason), share) => {
                reported.set_aside.push((figure(share.unwrap_or(total)), reason));
                return;
            }
            (_, None) => {
                reported.set_aside.push((figure(total), SetAside::NotSplitByCategory));
                return;
            }
            (Standing::Summed, Some(value)) => {
                *reported.exact_sum.get_or_insert(0) += value;
                reported.exact.push(figure(value));
            }
            (Standing::Inexact, Some(value)) => reported.inexact.push(figure(value)),
            (Standing::Competing, Some(value)) => reported.competing.push(figure(value)),
        }
        self.with_figure.insert(fact.event);
    }

    fn finish(mut self, keys: Vec<GroupKey>, question: &Question, scope: CountedScope) -> ReachRow {
        let with_figure = i64::try_from(self.with_figure.len()).unwrap_or(i64::MAX);
        self.reported.events_without_figure = self.events.map(|events| {
            // The store cannot look into the parts of a figure; it counts those without any.
            let of_categories = question.categories().is_some();
            if of_categories { events.all - with_figure } else { events.without_figure }
        });
        let CountedFact { registrations, registered_participants, participations, unique_participants } =
            self.counted;
        let counted = Counted {
            events: self.events.map(|events| events.counted),
            registrations,
            registered_participants,
            participations,
            unique_participants,
        };
        ReachRow {
            keys,
            events: self.events.map(|events| events.all),
            counted: (scope != CountedScope::Nothing).then_some(counted),
            reported: self.reported,
        }
    }
}

/// The keys of an event with a category in the place that was left unknown.
fn with_category(keys: &[GroupKey], category: Option<ParticipantCategoryId>) -> Vec<GroupKey> {
    let fill = |key: &GroupKey| match key {
        GroupKey::Category(_) => GroupKey::Category(category),
        other => *other,
    };
    keys.iter().map(fill).collect()
}
