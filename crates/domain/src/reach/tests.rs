//! The rules of the reported ledger and of the answer, on the figures of the field's own documents.

use super::*;
use crate::{
    country::CountryCode,
    headcount_report::{Amount, ReportState},
    id::{HeadcountReportId, ParticipantCategoryId},
};
use uuid::Uuid;

fn fact(report: u128, event: u128, value: i64, qualifier: Qualifier) -> ReportFact {
    ReportFact {
        report: Uuid::from_u128(report).into(),
        event: Uuid::from_u128(event).into(),
        event_status: EventStatus::Held,
        keys: Vec::new(),
        amount: Amount::parse(Some(value), qualifier).unwrap(),
        state: ReportState::Attended,
        as_written: None,
        is_subset: false,
        is_running_total: false,
        parts: Vec::new(),
    }
}

fn exact(report: u128, event: u128, value: i64) -> ReportFact {
    fact(report, event, value, Qualifier::Exact)
}

fn about(report: u128, event: u128, value: i64) -> ReportFact {
    fact(report, event, value, Qualifier::Approximate)
}

fn category(id: u128) -> ParticipantCategoryId {
    Uuid::from_u128(id).into()
}

fn ask(filter: ReachFilter, group_by: Vec<Dimension>) -> Question {
    Question::parse(filter, group_by).unwrap()
}

fn answer(question: &Question, facts: Facts) -> Reach {
    assemble(question, facts, CountedScope::Everything, DateTime::UNIX_EPOCH).unwrap()
}

fn ledger(reports: Vec<ReportFact>) -> Reported {
    let facts = Facts { reports, ..Facts::default() };
    answer(&Question::default(), facts).whole.reported
}

fn reports(listed: &Listed<ReportedFigure>) -> Vec<HeadcountReportId> {
    listed.first.iter().map(|figure| figure.report).collect()
}

fn reasons(reported: &Reported) -> Vec<SetAside> {
    reported.set_aside.first.iter().map(|(_, reason)| *reason).collect()
}

#[test]
fn exact_figures_are_summed_and_approximate_ones_stand_beside() {
    let reported = ledger(vec![exact(1, 1, 95), exact(2, 2, 44), about(3, 3, 2_000)]);
    assert_eq!((reported.exact_sum, reported.exact.total), (Some(139), 2));
    assert_eq!(reported.inexact.total, 1);
    assert_eq!(reported.inexact.first[0].value, 2_000);
}

#[test]
fn without_any_exact_figure_the_sum_is_unknown_and_a_reported_zero_is_zero() {
    assert_eq!(ledger(vec![about(1, 1, 2_000)]).exact_sum, None);
    assert_eq!(ledger(vec![exact(1, 1, 0)]).exact_sum, Some(0));
}

#[test]
fn figures_that_contradict_each_other_are_listed_and_none_is_taken() {
    let reported = ledger(vec![exact(1, 1, 95), exact(2, 1, 97), exact(3, 2, 44)]);
    assert_eq!(reported.exact_sum, Some(44));
    assert_eq!(reported.competing.total, 2);
    assert_eq!(reported.competing.first[1].value, 97);
}

#[test]
fn two_sources_that_agree_count_once() {
    let reported = ledger(vec![exact(1, 1, 95), exact(2, 1, 95)]);
    assert_eq!((reported.exact_sum, reported.exact.total), (Some(95), 1));
    assert_eq!(reasons(&reported), [SetAside::Agrees]);
}

#[test]
fn a_subset_a_running_total_and_a_plan_are_never_summed() {
    let reported = ledger(vec![
        exact(1, 1, 95),
        ReportFact { is_subset: true, ..exact(2, 1, 30) },
        ReportFact { is_running_total: true, ..exact(3, 2, 500) },
        ReportFact { state: ReportState::Planned, ..exact(4, 3, 60) },
        ReportFact { state: ReportState::Expected, ..exact(5, 3, 70) },
    ]);
    assert_eq!(reported.exact_sum, Some(95));
    let expected =
        [SetAside::Subset, SetAside::RunningTotal, SetAside::NotYetReached, SetAside::NotYetReached];
    assert_eq!(reasons(&reported), expected);
}

#[test]
fn the_figure_nearest_to_attendance_speaks_for_the_event() {
    let reported = ledger(vec![
        ReportFact { state: ReportState::Registered, ..exact(1, 1, 50) },
        exact(2, 1, 44),
        ReportFact { state: ReportState::Completed, ..exact(3, 1, 40) },
        ReportFact { state: ReportState::Registered, ..exact(4, 2, 20) },
    ]);
    assert_eq!(reported.exact_sum, Some(64));
    assert_eq!(reasons(&reported), [SetAside::OtherState, SetAside::OtherState]);
}

#[test]
fn a_rounded_figure_beside_an_exact_one_is_left_out() {
    let reported = ledger(vec![exact(1, 1, 95), about(2, 1, 100)]);
    assert_eq!(reported.inexact.total, 0);
    assert_eq!(reasons(&reported), [SetAside::BesideExact]);
}

#[test]
fn an_unknown_figure_says_nothing() {
    let unknown = ReportFact { amount: Amount::UNKNOWN, ..exact(1, 1, 1) };
    assert_eq!(ledger(vec![unknown]), Reported { events_without_figure: None, ..Reported::default() });
}

#[test]
fn an_organiser_s_rows_overlap_and_the_whole_counts_once() {
    let organiser = |id: u128| vec![GroupKey::Organiser(Some(Uuid::from_u128(id).into()))];
    let reports = vec![
        ReportFact { keys: organiser(1), ..exact(1, 1, 44) },
        ReportFact { keys: organiser(2), ..exact(1, 1, 44) },
    ];
    let question = ask(ReachFilter::default(), vec![Dimension::Organiser]);
    let reach = answer(&question, Facts { reports, ..Facts::default() });
    assert!(reach.rows_overlap);
    assert_eq!(reach.whole.reported.exact_sum, Some(44));
    assert_eq!(reach.groups.len(), 2);
    assert!(reach.groups.iter().all(|row| row.reported.exact_sum == Some(44)));
}

#[test]
fn unique_participants_of_the_whole_are_those_counted_and_not_the_sum() {
    let country = |code| Some(vec![GroupKey::Country(CountryCode::parse("country", code).ok())]);
    let counted = |unique_participants| CountedFact { unique_participants, ..CountedFact::default() };
    let facts = Facts {
        counted: vec![(None, counted(10)), (country("UZ"), counted(7)), (country("KZ"), counted(6))],
        ..Facts::default()
    };
    let reach = answer(&ask(ReachFilter::default(), vec![Dimension::Country]), facts);
    assert_eq!(reach.whole.counted.unwrap().unique_participants, 10);
    let groups: Vec<i64> = reach.groups.iter().map(|row| row.counted.unwrap().unique_participants).collect();
    assert_eq!(groups, [6, 7]);
    assert!(!reach.rows_overlap);
}

#[test]
fn who_may_read_no_counted_figure_gets_none_and_not_zero() {
    let facts = Facts { counted: vec![(None, CountedFact::default())], ..Facts::default() };
    let reach = assemble(&Question::default(), facts, CountedScope::Nothing, DateTime::UNIX_EPOCH).unwrap();
    assert_eq!(reach.whole.counted, None);
}

#[test]
fn unknown_keys_come_last() {
    let month = |key| Some(vec![GroupKey::Month(key)]);
    let events = EventsFact { all: 1, ..EventsFact::default() };
    let facts = Facts {
        events: vec![
            (month(None), events),
            (month(Some((2021, 5))), events),
            (month(Some((2018, 10))), events),
        ],
        ..Facts::default()
    };
    let reach = answer(&ask(ReachFilter::default(), vec![Dimension::Month]), facts);
    let keys: Vec<_> = reach.groups.iter().map(|row| row.keys[0]).collect();
    let expected = [Some((2018, 10)), Some((2021, 5)), None].map(GroupKey::Month);
    assert_eq!(keys, expected);
}

fn split() -> ReportFact {
    let part = |id: Option<u128>, value| CategoryPart { category: id.map(category), value };
    let parts =
        vec![part(Some(1), Some(52)), part(Some(2), Some(8)), part(None, Some(9)), part(Some(3), None)];
    ReportFact { parts, keys: vec![GroupKey::Category(None)], ..exact(1, 1, 95) }
}

#[test]
fn categories_are_answered_by_the_parts_linked_to_them() {
    let ask_for = |categories: &[u128]| {
        let categories = Some(categories.iter().map(|id| category(*id)).collect());
        let question = ask(ReachFilter { categories, ..ReachFilter::default() }, Vec::new());
        let events = vec![(None, EventsFact { all: 2, ..EventsFact::default() })];
        let whole = ReportFact { keys: Vec::new(), ..exact(2, 2, 44) };
        answer(&question, Facts { events, reports: vec![split(), whole], ..Facts::default() }).whole.reported
    };
    let both = ask_for(&[1, 2]);
    assert_eq!((both.exact_sum, both.events_without_figure), (Some(60), Some(1)));
    assert_eq!(reasons(&both), [SetAside::NotSplitByCategory]);
    let open = ask_for(&[1, 3]);
    assert_eq!((open.exact_sum, open.events_without_figure), (None, Some(2)));
}

#[test]
fn a_grouping_by_category_invents_no_remainder() {
    let question = ask(ReachFilter::default(), vec![Dimension::Category]);
    let reach = answer(&question, Facts { reports: vec![split()], ..Facts::default() });
    let rows: Vec<_> = reach.groups.iter().map(|row| (row.keys[0], row.reported.exact_sum)).collect();
    let expected = [(Some(1), 52), (Some(2), 8), (None, 9)];
    let expected = expected.map(|(id, sum)| (GroupKey::Category(id.map(category)), Some(sum)));
    assert_eq!(rows, expected);
    assert_eq!(reach.whole.reported.exact_sum, Some(95));
}

#[test]
fn a_long_list_is_cut_and_says_how_long_it_is() {
    let many = (0..250).map(|n| about(n, n, 10)).collect();
    let reported = ledger(many);
    assert_eq!((reported.inexact.total, reported.inexact.first.len()), (250, 100));
    assert_eq!(reports(&reported.inexact)[0], HeadcountReportId::from(Uuid::from_u128(0)));
}

#[test]
fn too_many_groups_are_refused() {
    let host = |n: u128| Some(vec![GroupKey::Host(Some(Uuid::from_u128(n).into()))]);
    let events = (0..1_001).map(|n| (host(n), EventsFact::default())).collect();
    let facts = Facts { events, ..Facts::default() };
    let question = ask(ReachFilter::default(), vec![Dimension::Host]);
    assert!(assemble(&question, facts, CountedScope::Everything, DateTime::UNIX_EPOCH).is_err());
}
