//! Reach in the store: what each statement finds, for whom, and that their number does not grow.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Place, Role},
    event::{EventKind, EventPartner, EventStatus, EventStep, EventTest, NewEvent, PartnerRole},
    headcount_report::{
        Basis, Breakdown, BreakdownDimension, Figure, Measure, Part, Qualifier, ReportState, Unit,
    },
    id::{EventId, Id, PartnerId, RegistrationId},
    program::NewProgram,
    reach::{CountedScope, Dimension, GroupKey, Question, Reach, ReachFilter},
    registration::{RegistrationDetails, RegistrationRole},
    text::Passage,
};

use crate::{
    check_in::{coming_in, pass},
    each_database,
    fixture::{Fixture, country, dates, new_event, text},
    headcount_report::{exact, participants, report},
    people::{as_participant, fewest_statements, in_role, new_person, person_of},
    program::{category, new_program, set_up},
    refusal::begin,
};

fn events(test: EventTest) -> ReachFilter {
    ReachFilter { events: test.into(), ..ReachFilter::default() }
}

async fn ask(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    filter: ReachFilter,
    group_by: &[Dimension],
) -> Reach {
    let question = Question::parse(filter, group_by.to_vec()).unwrap();
    fixture.reading(actor).reach(&question, fixture.now()).await.unwrap()
}

/// What is counted, for comparison at a glance: registrations, participants, participations, persons.
fn counted(reach: &Reach) -> Option<(i64, i64, i64, i64)> {
    let counted = reach.whole.counted?;
    let of_people = (counted.registrations, counted.registered_participants);
    Some((of_people.0, of_people.1, counted.participations, counted.unique_participants))
}

async fn event(fixture: &Fixture<'_>, new: NewEvent, steps: &[EventStep]) -> EventId {
    let mut work = begin(fixture, &fixture.system()).await;
    let event = work.create_event(new).await.unwrap().id;
    for step in steps {
        let reason = Passage::parse("reason", "The hall was flooded.").ok();
        work.advance_event(event, None, *step, reason).await.unwrap();
    }
    work.commit().await.unwrap();
    event
}

async fn held(fixture: &Fixture<'_>, new: NewEvent) -> EventId {
    event(fixture, new, &[EventStep::Plan, EventStep::Hold]).await
}

/// Checks a registered person in.
async fn attend(fixture: &Fixture<'_>, event: EventId, registration: RegistrationId) {
    pass(fixture, coming_in(registration.uuid().as_u128(), event, registration)).await;
}

fn of_kind(kind: EventKind) -> NewEvent {
    NewEvent { kind, ..new_event("Event", "2021") }
}

fn organised_by(partners: &[PartnerId]) -> NewEvent {
    let role = PartnerRole::CoOrganiser;
    let mut partners: Vec<_> =
        partners.iter().map(|partner| EventPartner { partner: *partner, role }).collect();
    partners.push(EventPartner { role: PartnerRole::LeadOrganiser, ..partners[0] });
    NewEvent { partners, ..new_event("Co-organised", "2021") }
}

each_database!(exact_figures_are_summed_beside_the_rounded_and_the_unknown);
async fn exact_figures_are_summed_beside_the_rounded_and_the_unknown(fixture: &Fixture<'_>) {
    use EventKind as K;
    let jizzakh = held(fixture, of_kind(K::TrainingOfTrainers)).await;
    report(fixture, jizzakh, exact(95)).await;
    report(fixture, jizzakh, Figure { measure: Measure::Trainers, ..exact(4) }).await;
    let aktobe = held(fixture, of_kind(K::Training)).await;
    report(fixture, aktobe, exact(44)).await;
    let series = held(fixture, of_kind(K::Series)).await;
    let retrospective = Basis::ReportedRetrospectively;
    let about = Figure { basis: retrospective, ..participants(2_000, Qualifier::Approximate) };
    let about = report(fixture, series, about).await;
    let course = event(fixture, of_kind(K::RefresherCourse), &[EventStep::Plan]).await;
    let seminar = held(fixture, of_kind(K::SeminarMeeting)).await;
    report(fixture, seminar, Figure { basis: Basis::Derived, measure: Measure::Representatives, ..exact(4) })
        .await;
    let conference = held(fixture, of_kind(K::Conference)).await;
    report(
        fixture,
        conference,
        Figure { measure: Measure::Delegates, ..participants(1_000, Qualifier::Approximate) },
    )
    .await;
    let countries = Figure { measure: Measure::CountriesRepresented, unit: Unit::Countries, ..exact(42) };
    report(fixture, conference, countries).await;
    event(fixture, of_kind(K::WorkingMeeting), &[EventStep::Plan]).await;

    let kinds = vec![K::TrainingOfTrainers, K::Training, K::RefresherCourse, K::SeminarMeeting, K::Series];
    let filter = events(EventTest::Kinds(kinds));
    let reach = ask(fixture, &fixture.viewer(), filter.clone(), &[]).await;
    let reported = &reach.whole.reported;
    assert_eq!((reported.exact_sum, reported.exact.total), (Some(139), 2));
    let [beside] = reported.inexact.first.as_slice() else { panic!("one figure is rounded") };
    assert_eq!((beside.report, beside.event, beside.value), (about, series, 2_000));
    assert_eq!(reported.events_without_figure, Some(2));
    let mut without: Vec<_> = reported.without_figure.iter().map(|one| (one.event, one.status)).collect();
    without.sort_unstable();
    let mut expected = vec![(course, EventStatus::Planned), (seminar, EventStatus::Held)];
    expected.sort_unstable();
    assert_eq!(without, expected);
    assert_eq!((reach.counted_scope, reach.whole.counted), (CountedScope::Nothing, None));
    assert_eq!(reach.whole.events, Some(5));

    let reach = ask(fixture, &fixture.viewer(), filter, &[Dimension::EventKind]).await;
    let sums: Vec<_> = reach.groups.iter().map(|row| (row.keys[0], row.reported.exact_sum)).collect();
    let expected = [
        (K::TrainingOfTrainers, Some(95)),
        (K::Training, Some(44)),
        (K::RefresherCourse, None),
        (K::SeminarMeeting, None),
        (K::Series, None),
    ];
    assert_eq!(sums, expected.map(|(kind, sum)| (GroupKey::EventKind(kind), sum)));

    let reach = ask(fixture, &fixture.viewer(), events(EventTest::Kinds(vec![K::Conference])), &[]).await;
    assert_eq!((reach.whole.reported.exact_sum, reach.whole.reported.inexact.total), (None, 0));
}

each_database!(people_are_counted_once_however_often_they_come);
async fn people_are_counted_once_however_often_they_come(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Academy"]).await;
    let (one, two) = (fixture.open_event(host, "One").await, fixture.open_event(host, "Two").await);
    let mut people = Vec::new();
    for name in ["Anna A", "A. A", "Boris B", "Clara C"] {
        people.push(fixture.person(person_of(host, name)).await.id);
    }
    let [anna, double, boris, clara] = people[..] else { panic!("four people were added") };
    for (event, person) in [(one, anna), (two, double)] {
        let registration = fixture.register(event, person, as_participant()).await;
        attend(fixture, event, registration).await;
    }
    fixture.register(one, boris, as_participant()).await;
    let facilitating = fixture.register(two, boris, in_role(RegistrationRole::Facilitator)).await;
    attend(fixture, two, facilitating).await;
    let cancelled = fixture.register(two, clara, as_participant()).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let reason = Passage::parse("reason", "She cannot come.").unwrap();
    work.cancel_registration(cancelled, None, reason).await.unwrap();
    work.commit().await.unwrap();

    let officer = fixture.account(Role::InternationalProgramOfficer, Place::Platform);
    let reach = ask(fixture, &officer, ReachFilter::default(), &[]).await;
    assert_eq!((reach.counted_scope, counted(&reach)), (CountedScope::Everything, Some((4, 3, 2, 2))));
    let mut work = begin(fixture, &fixture.system()).await;
    work.merge_participants(double, anna).await.unwrap();
    work.commit().await.unwrap();
    let reach = ask(fixture, &officer, ReachFilter::default(), &[Dimension::Year]).await;
    assert_eq!(counted(&reach), Some((4, 3, 2, 1)));
    let [year] = reach.groups.as_slice() else { panic!("both events are of one year") };
    let people = year.counted.unwrap();
    assert_eq!((year.keys[0], people.unique_participants), (GroupKey::Year(Some(2021)), 1));
}

each_database!(people_are_counted_by_category_and_events_are_not);
async fn people_are_counted_by_category_and_events_are_not(fixture: &Fixture<'_>) {
    let new =
        NewProgram { categories: vec![category("trainer"), category("reserve")], ..new_program("Cascade") };
    let program = set_up(fixture, new).await;
    let ids: Vec<_> = program.categories.iter().map(|category| category.id).collect();
    let event = fixture.open(NewEvent { program: Some(program.id), ..new_event("Course", "2021") }).await;
    for (name, category) in
        [("Anna A", Some(ids[0])), ("Boris B", Some(ids[0])), ("Clara C", Some(ids[1])), ("Dina D", None)]
    {
        let person = fixture.person(new_person(name)).await.id;
        let details = RegistrationDetails { category, ..as_participant() };
        let registration = fixture.register(event, person, details).await;
        attend(fixture, event, registration).await;
    }
    let part =
        |value, category| Part { label: text("part"), category, territory: None, partner: None, value };
    let parts = vec![part(Some(52), Some(ids[0])), Part { label: text("staff"), ..part(Some(9), None) }];
    let breakdown = Breakdown { dimension: BreakdownDimension::Category, parts, is_complete: false };
    report(fixture, event, Figure { breakdown: Some(breakdown), ..exact(95) }).await;

    let reach = ask(fixture, &fixture.system(), ReachFilter::default(), &[Dimension::Category]).await;
    let key = |category| GroupKey::Category(category);
    let rows: Vec<_> = reach
        .groups
        .iter()
        .map(|row| (row.keys[0], row.events, row.counted.unwrap().participations, row.reported.exact_sum))
        .collect();
    let mut expected = vec![(key(Some(ids[0])), None, 2, Some(52)), (key(Some(ids[1])), None, 1, None)];
    expected.sort_by_key(|row| row.0);
    expected.push((key(None), None, 1, Some(9)));
    assert_eq!(rows, expected);
    assert_eq!((reach.whole.events, reach.whole.reported.exact_sum), (Some(1), Some(95)));

    let filter = ReachFilter { categories: Some(vec![ids[0]]), ..ReachFilter::default() };
    let reach = ask(fixture, &fixture.system(), filter, &[]).await;
    assert_eq!((counted(&reach), reach.whole.reported.exact_sum), (Some((2, 2, 2, 2)), Some(52)));
    let filter = ReachFilter { categories: Some(vec![ids[1]]), ..ReachFilter::default() };
    let reported = ask(fixture, &fixture.system(), filter, &[]).await.whole.reported;
    assert_eq!((reported.exact_sum, reported.events_without_figure), (None, Some(1)));
}

each_database!(counted_numbers_cover_the_asker_s_own_events_and_say_so);
async fn counted_numbers_cover_the_asker_s_own_events_and_say_so(fixture: &Fixture<'_>) {
    let [host, other] = fixture.partners("UZ", ["Academy", "University"]).await;
    let (own, foreign) = (fixture.open_event(host, "Own").await, fixture.open_event(other, "Foreign").await);
    for event in [own, foreign] {
        let [registration] = fixture.crowd(event, ["Anna A"]).await;
        attend(fixture, event, registration).await;
    }
    report(fixture, foreign, exact(60)).await;
    let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(host));
    let reach = ask(fixture, &administrator, ReachFilter::default(), &[]).await;
    assert_eq!((reach.counted_scope, counted(&reach)), (CountedScope::Limited, Some((1, 1, 1, 1))));
    assert_eq!(reach.whole.counted.unwrap().events, Some(1));
    assert_eq!((reach.whole.events, reach.whole.reported.exact_sum), (Some(2), Some(60)));
}

each_database!(drafts_and_cancelled_events_are_not_reach);
async fn drafts_and_cancelled_events_are_not_reach(fixture: &Fixture<'_>) {
    let draft = event(fixture, new_event("Draft", "2021"), &[]).await;
    let cancelled = event(fixture, new_event("Cancelled", "2021"), &[EventStep::Plan]).await;
    for event in [draft, cancelled] {
        report(fixture, event, exact(10)).await;
    }
    let mut work = begin(fixture, &fixture.system()).await;
    let reason = Passage::parse("reason", "Called off.").ok();
    work.advance_event(cancelled, None, EventStep::Cancel, reason).await.unwrap();
    work.commit().await.unwrap();
    let sum = async |actor: &Arc<Actor>, statuses: &[EventStatus]| {
        let statuses = (!statuses.is_empty()).then(|| statuses.to_vec());
        let filter = ReachFilter { statuses, ..ReachFilter::default() };
        let whole = ask(fixture, actor, filter, &[]).await.whole;
        (whole.events, whole.reported.exact_sum)
    };
    assert_eq!(sum(&fixture.system(), &[]).await, (Some(0), None));
    assert_eq!(sum(&fixture.system(), &[EventStatus::Draft]).await, (Some(1), Some(10)));
    assert_eq!(sum(&fixture.viewer(), &[EventStatus::Draft]).await, (Some(0), None));
    assert_eq!(sum(&fixture.viewer(), &[EventStatus::Cancelled]).await, (Some(1), Some(10)));
    let administrator = fixture.account(Role::PlatformAdministrator, Place::Platform);
    assert_eq!(sum(&administrator, &[EventStatus::Draft]).await, (Some(1), Some(10)));
}

each_database!(withdrawn_expected_and_unknown_figures_leave_the_event_without_one);
async fn withdrawn_expected_and_unknown_figures_leave_the_event_without_one(fixture: &Fixture<'_>) {
    let event = held(fixture, new_event("Seminar", "2021")).await;
    let withdrawn = report(fixture, event, exact(95)).await;
    report(fixture, event, Figure { state: ReportState::Expected, ..exact(100) }).await;
    let mut work = begin(fixture, &fixture.system()).await;
    work.withdraw_headcount(withdrawn, None, Passage::parse("reason", "Wrong event.").unwrap())
        .await
        .unwrap();
    work.commit().await.unwrap();
    let reported = ask(fixture, &fixture.viewer(), ReachFilter::default(), &[]).await.whole.reported;
    assert_eq!((reported.exact_sum, reported.events_without_figure), (None, Some(1)));
    assert_eq!(reported.set_aside.total, 1);
}

each_database!(a_region_includes_its_districts_and_groups_them);
async fn a_region_includes_its_districts_and_groups_them(fixture: &Fixture<'_>) {
    let uz = fixture.territory("UZ", None).await.id;
    let kz = fixture.territory("KZ", None).await.id;
    let jizzakh = fixture.territory("UZ-JI", Some(uz)).await.id;
    let zomin = fixture.territory("UZ-JI/zomin", Some(jizzakh)).await.id;
    let placed = |territory| NewEvent { territory, ..new_event("Course", "2021") };
    for (territory, value) in
        [(Some(jizzakh), 95), (Some(zomin), 20), (Some(uz), 7), (Some(kz), 44), (None, 1)]
    {
        let event = held(fixture, placed(territory)).await;
        report(fixture, event, exact(value)).await;
    }
    let filter = events(EventTest::TerritoryWithin(jizzakh));
    let reach = ask(fixture, &fixture.viewer(), filter, &[]).await;
    assert_eq!((reach.whole.events, reach.whole.reported.exact_sum), (Some(2), Some(115)));
    let reach =
        ask(fixture, &fixture.viewer(), ReachFilter::default(), &[Dimension::Country, Dimension::Region])
            .await;
    let rows: Vec<_> = reach.groups.iter().map(|row| (row.keys.clone(), row.reported.exact_sum)).collect();
    let key =
        |code: Option<&str>, region| vec![GroupKey::Country(code.map(country)), GroupKey::Region(region)];
    let expected = [
        (key(Some("UZ"), Some(jizzakh)), Some(115)),
        (key(Some("KZ"), None), Some(44)),
        (key(Some("UZ"), None), Some(7)),
        (key(None, None), Some(1)),
    ];
    assert_eq!(rows, expected);
    let filter = events(EventTest::Countries(vec![country("KZ")]));
    assert_eq!(ask(fixture, &fixture.viewer(), filter, &[]).await.whole.reported.exact_sum, Some(44));
}

each_database!(co_organisers_each_claim_an_event_that_counts_once);
async fn co_organisers_each_claim_an_event_that_counts_once(fixture: &Fixture<'_>) {
    let mut partners = Vec::new();
    for name in ["Institute", "Foundation", "Office"] {
        partners.push(fixture.partner("KZ", name).await.id);
    }
    let event = fixture.open(organised_by(&partners)).await;
    report(fixture, event, exact(44)).await;
    let [registration] = fixture.crowd(event, ["Anna A"]).await;
    attend(fixture, event, registration).await;
    let reach = ask(fixture, &fixture.system(), ReachFilter::default(), &[Dimension::Organiser]).await;
    assert!(reach.rows_overlap);
    assert_eq!((reach.whole.events, reach.whole.reported.exact_sum), (Some(1), Some(44)));
    assert_eq!(counted(&reach), Some((1, 1, 1, 1)));
    let mut organisers: Vec<_> = partners.iter().map(|id| GroupKey::Organiser(Some(*id))).collect();
    organisers.sort_unstable();
    assert_eq!(reach.groups.iter().map(|row| row.keys[0]).collect::<Vec<_>>(), organisers);
    for row in &reach.groups {
        assert_eq!((row.events, row.reported.exact_sum), (Some(1), Some(44)));
        assert_eq!(row.counted.unwrap().participations, 1);
    }
}

each_database!(a_month_is_known_where_all_days_lie_in_it);
async fn a_month_is_known_where_all_days_lie_in_it(fixture: &Fixture<'_>) {
    for edtf in ["2021-05-17/2021-05-21", "2021-05", "2021", "2021-05-31/2021-06-02", "/2021-06-04"] {
        held(fixture, NewEvent { dates: dates(edtf), ..new_event("Course", "2021") }).await;
    }
    let groups = async |dimension| {
        let reach = ask(fixture, &fixture.viewer(), ReachFilter::default(), &[dimension]).await;
        reach.groups.iter().map(|row| (row.keys[0], row.events)).collect::<Vec<_>>()
    };
    let expected = [(GroupKey::Month(Some((2021, 5))), Some(2)), (GroupKey::Month(None), Some(3))];
    assert_eq!(groups(Dimension::Month).await, expected);
    let expected = [(GroupKey::Year(Some(2021)), Some(4)), (GroupKey::Year(None), Some(1))];
    assert_eq!(groups(Dimension::Year).await, expected);
}

each_database!(an_answer_takes_four_statements_whatever_it_holds);
async fn an_answer_takes_four_statements_whatever_it_holds(fixture: &Fixture<'_>) {
    let statements = async |group_by: &[Dimension]| {
        fewest_statements(&fixture.store, async || {
            ask(fixture, &fixture.system(), ReachFilter::default(), group_by).await;
        })
        .await
    };
    let with_none = statements(&[]).await;
    assert!(with_none <= 4, "{with_none} statements");
    for _ in 0..10 {
        let event = held(fixture, new_event("Course", "2021")).await;
        report(fixture, event, exact(10)).await;
    }
    let every = [
        Dimension::Country,
        Dimension::Region,
        Dimension::Program,
        Dimension::EventKind,
        Dimension::Host,
        Dimension::Organiser,
        Dimension::Category,
        Dimension::Year,
        Dimension::Month,
    ];
    for dimension in every {
        assert_eq!(statements(&[dimension]).await, with_none, "{dimension}");
    }
    assert_eq!(statements(&[Dimension::Organiser, Dimension::Category]).await, with_none);
    assert_eq!(statements(&[Dimension::Country, Dimension::Month]).await, with_none);
}
