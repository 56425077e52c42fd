//! Headcount reports in the store: what may be reported, corrected and withdrawn, and who sees it.

use hemicycle_domain::{
    access::{Place, Role},
    event::{EventRefusal, EventStatus, EventStep},
    filter::Filter,
    headcount_report::{
        Amount, Basis, Breakdown, BreakdownDimension, Figure, HeadcountChange, HeadcountOrderField,
        HeadcountRefusal, HeadcountTest, Measure, NewHeadcountReport, Part, PartsMatch, Qualifier,
        ReportState, Unit,
    },
    id::{EventId, HeadcountReportId, RecordKind},
    page::{Direction, PageRequest},
    problem::{Fault, Problem},
    text::{LocalizedText, Passage},
};
use hemicycle_persistence::Failure;
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, new_event},
    refusal::{begin, coordinator, invalid, problem},
};

/// A number of participants.
pub fn participants(value: i64, qualifier: Qualifier) -> Figure {
    Figure {
        measure: Measure::Participants,
        label: None,
        unit: Unit::Persons,
        amount: Amount::parse(Some(value), qualifier).unwrap(),
        state: ReportState::Attended,
        basis: Basis::Reported,
        as_written: None,
        breakdown: None,
        subset_of: None,
        is_running_total: false,
        note: None,
    }
}

pub fn exact(value: i64) -> Figure {
    participants(value, Qualifier::Exact)
}

/// Reports a figure of an event.
pub async fn report(fixture: &Fixture<'_>, event: EventId, figure: Figure) -> HeadcountReportId {
    let mut work = begin(fixture, &fixture.system()).await;
    let report = work.report_headcount(NewHeadcountReport { event, figure }).await.unwrap();
    work.commit().await.unwrap();
    report.id
}

pub fn part(label: &str, value: Option<i64>) -> Part {
    Part {
        label: LocalizedText::parse("label", [("en", label)]).unwrap(),
        category: None,
        territory: None,
        partner: None,
        value,
    }
}

fn reason() -> Passage {
    Passage::parse("reason", "It was typed twice.").unwrap()
}

async fn event(fixture: &Fixture<'_>, steps: &[EventStep]) -> EventId {
    let mut work = begin(fixture, &fixture.system()).await;
    let event = work.create_event(new_event("Seminar", "2021")).await.unwrap().id;
    for step in steps {
        work.advance_event(event, None, *step, Some(reason())).await.unwrap();
    }
    work.commit().await.unwrap();
    event
}

each_database!(a_report_comes_back_as_it_was_reported);
async fn a_report_comes_back_as_it_was_reported(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let parts = [("regional trainers", 52), ("reserve", 8), ("staff", 9), ("officials", 26)];
    let parts = parts.map(|(label, value)| part(label, Some(value))).to_vec();
    let breakdown = Breakdown { dimension: BreakdownDimension::Category, parts, is_complete: true };
    let as_written = Passage::parse("asWritten", "95 of which are located in the region").ok();
    let figure = Figure { breakdown: Some(breakdown), as_written, ..exact(95) };
    let id = report(fixture, event, figure.clone()).await;
    let found = fixture.reading(&fixture.viewer()).headcount_reports_of_events(&[event]).await.unwrap();
    let [found] = found[&event].as_slice() else { panic!("one report was made") };
    assert_eq!((found.id, &found.figure), (id, &figure));
    let breakdown = found.figure.breakdown.as_ref().unwrap();
    assert_eq!(breakdown.parts_match(found.figure.amount), PartsMatch::Matches);
}

each_database!(competing_figures_stand_side_by_side);
async fn competing_figures_stand_side_by_side(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let ids = [report(fixture, event, exact(95)).await, report(fixture, event, exact(97)).await];
    let found = fixture.reading(&fixture.viewer()).headcount_reports_of_events(&[event]).await.unwrap();
    assert_eq!(found[&event].iter().map(|report| report.id).collect::<Vec<_>>(), ids);
}

each_database!(a_draft_s_figures_are_hidden_with_it);
async fn a_draft_s_figures_are_hidden_with_it(fixture: &Fixture<'_>) {
    let event = event(fixture, &[]).await;
    let id = report(fixture, event, exact(95)).await;
    for (actor, is_seen) in
        [(fixture.viewer(), false), (coordinator(fixture), false), (fixture.system(), true)]
    {
        let reading = fixture.reading(&actor);
        assert_eq!(reading.find_headcount_reports(&[id]).await.unwrap().contains_key(&id), is_seen);
        let counted = reading.count_headcount_reports(&Filter::everything()).await.unwrap();
        assert_eq!(counted, u64::from(is_seen));
    }
    let mut work = begin(fixture, &fixture.viewer()).await;
    let refused = work.withdraw_headcount(id, None, reason()).await;
    assert!(matches!(refused, Err(Failure::NotFound(RecordKind::HeadcountReport))));
}

each_database!(who_sees_an_event_may_not_yet_report_of_it);
async fn who_sees_an_event_may_not_yet_report_of_it(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let mut work = begin(fixture, &fixture.viewer()).await;
    let refused = work.report_headcount(NewHeadcountReport { event, figure: exact(95) }).await;
    assert!(matches!(problem(refused), Problem::Refused(_)));
    drop(work);
    let manager = fixture.account(Role::EventManager, Place::Event(event));
    let mut work = begin(fixture, &manager).await;
    work.report_headcount(NewHeadcountReport { event, figure: exact(95) }).await.unwrap();
}

each_database!(a_correction_names_the_version_it_was_made_from);
async fn a_correction_names_the_version_it_was_made_from(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let id = report(fixture, event, exact(59)).await;
    let amount = Amount::parse(Some(95), Qualifier::Exact).ok();
    let change = HeadcountChange { amount, ..HeadcountChange::default() };
    let mut work = begin(fixture, &fixture.system()).await;
    let corrected = work.correct_headcount(id, Some(1), change.clone()).await.unwrap();
    assert_eq!((corrected.version, corrected.figure.amount.exact()), (2, Some(95)));
    let stale = problem(work.correct_headcount(id, Some(1), change).await);
    assert_eq!(stale, Problem::Stale { expected: 1, actual: 2 });
    work.commit().await.unwrap();
    let found = fixture.reading(&fixture.viewer()).find_headcount_reports(&[id]).await.unwrap();
    assert_eq!(found[&id].figure.amount.exact(), Some(95));
}

each_database!(a_withdrawn_report_stays_readable_and_unchanged);
async fn a_withdrawn_report_stays_readable_and_unchanged(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let id = report(fixture, event, exact(95)).await;
    let mut work = begin(fixture, &fixture.system()).await;
    work.withdraw_headcount(id, None, reason()).await.unwrap();
    let twice = problem(work.withdraw_headcount(id, None, reason()).await);
    assert_eq!(twice, HeadcountRefusal::Withdrawn.into());
    let changed = problem(work.correct_headcount(id, None, HeadcountChange::default()).await);
    assert_eq!(changed, HeadcountRefusal::Withdrawn.into());
    work.commit().await.unwrap();
    let found = fixture.reading(&fixture.viewer()).find_headcount_reports(&[id]).await.unwrap();
    assert_eq!(found[&id].withdrawn, Some(reason()));
}

each_database!(the_figures_of_a_closed_event_are_final);
async fn the_figures_of_a_closed_event_are_final(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan, EventStep::Hold]).await;
    let id = report(fixture, event, exact(95)).await;
    let mut work = begin(fixture, &fixture.system()).await;
    work.advance_event(event, None, EventStep::Close, None).await.unwrap();
    let finished = Problem::from(EventRefusal::Finished { status: EventStatus::Closed });
    let new = NewHeadcountReport { event, figure: exact(97) };
    assert_eq!(problem(work.report_headcount(new).await), finished);
    assert_eq!(problem(work.correct_headcount(id, None, HeadcountChange::default()).await), finished);
    assert_eq!(problem(work.withdraw_headcount(id, None, reason()).await), finished);
}

each_database!(a_figure_is_contained_in_one_of_its_own_event);
async fn a_figure_is_contained_in_one_of_its_own_event(fixture: &Fixture<'_>) {
    let (here, elsewhere) =
        (event(fixture, &[EventStep::Plan]).await, event(fixture, &[EventStep::Plan]).await);
    let total = report(fixture, here, exact(95)).await;
    let women = |event, subset_of| NewHeadcountReport {
        event,
        figure: Figure { measure: Measure::Women, subset_of: Some(subset_of), ..exact(40) },
    };
    let mut work = begin(fixture, &fixture.system()).await;
    let inner = work.report_headcount(women(here, total)).await.unwrap();
    let fault = invalid(work.report_headcount(women(elsewhere, total)).await);
    assert_eq!((fault.path, fault.fault), (vec!["subsetOfId".to_owned()], Fault::NotFound));
    let circle = HeadcountChange { subset_of: Some(Some(inner.id)), ..HeadcountChange::default() };
    let circle = problem(work.correct_headcount(total, None, circle).await);
    assert_eq!(circle, HeadcountRefusal::ContainsItself.into());
}

each_database!(a_part_refers_to_a_record_that_exists);
async fn a_part_refers_to_a_record_that_exists(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    let nobody = Uuid::from_u128(404);
    let links = [
        (
            BreakdownDimension::Category,
            Part { category: Some(nobody.into()), ..part("a", None) },
            "categoryId",
        ),
        (
            BreakdownDimension::Territory,
            Part { territory: Some(nobody.into()), ..part("a", None) },
            "territoryId",
        ),
        (
            BreakdownDimension::Institution,
            Part { partner: Some(nobody.into()), ..part("a", None) },
            "partnerId",
        ),
    ];
    let mut work = begin(fixture, &fixture.system()).await;
    for (dimension, part, field) in links {
        let breakdown = Some(Breakdown { dimension, parts: vec![part], is_complete: false });
        let figure = Figure { breakdown, ..exact(95) };
        let fault = invalid(work.report_headcount(NewHeadcountReport { event, figure }).await);
        assert_eq!(fault.path, ["breakdown", "parts", "0", field]);
    }
}

each_database!(approximate_figures_can_be_listed_page_by_page);
async fn approximate_figures_can_be_listed_page_by_page(fixture: &Fixture<'_>) {
    let event = event(fixture, &[EventStep::Plan]).await;
    for value in [1_000, 2_000, 3_000] {
        report(fixture, event, participants(value, Qualifier::Approximate)).await;
    }
    report(fixture, event, exact(95)).await;
    let filter = Filter::Is(HeadcountTest::Qualifiers(vec![Qualifier::Approximate]));
    let order = (HeadcountOrderField::CreatedAt, Direction::Ascending);
    let reading = fixture.reading(&fixture.viewer());
    let mut after = None;
    let mut values = Vec::new();
    loop {
        let request = PageRequest::parse(Some(2), after, None, None).unwrap();
        let page = reading.list_headcount_reports(&filter, order, &request).await.unwrap();
        values.extend(page.rows.iter().filter_map(|(_, report)| report.figure.amount.value()));
        after = page.rows.last().map(|(cursor, _)| cursor.to_string());
        if !page.has_next {
            break;
        }
    }
    assert_eq!(values, [1_000, 2_000, 3_000]);
    assert_eq!(reading.count_headcount_reports(&filter).await.unwrap(), 3);
}
