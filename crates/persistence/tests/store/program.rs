//! Programs: set up with all their lists, held in the process, edited where they stand; events and grants within them.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Grant, Place, Role},
    account::{EmailAddress, NewAccount, PasswordHash},
    event::{EventChange, EventOrderField, EventTest, NewEvent, Relation},
    filter::Filter,
    headcount_report::{Breakdown, BreakdownDimension, Figure, Part},
    id::{PartnerId, ProgramId},
    page::{Direction, PageRequest},
    partner::PartnerChange,
    problem::{Fault, Problem, ProblemCode},
    program::{
        BasisDraft, BasisKind, CascadeLevel, CategoryCode, CategoryDraft, Grounds, NewProgram, Program,
        ProgramChange, ProgramOrderField, ProgramPartner, ProgramPlan, ProgramRefusal, ProgramRole,
        ProgramTest, Stage,
    },
    registration::RegistrationDetails,
    text::Line,
};
use hemicycle_persistence::{EventsOf, Reading};
use uuid::Uuid;

use crate::{
    agreement::agree,
    each_database,
    fixture::{Fixture, country, dates, first, names, new_event, new_partner, text, words},
    headcount_report::{exact, part, report},
    people::{as_participant, new_person},
    refusal::{begin, invalid, problem},
};

pub(crate) fn new_program(name: &str) -> NewProgram {
    let plan = ProgramPlan {
        names: names(&[name]),
        lead: None,
        partners: Vec::new(),
        countries: vec![country("UZ")],
        began: None,
        ended: None,
        purpose: None,
        stages: Vec::new(),
        cascade_levels: Vec::new(),
        day_rule: None,
        note: None,
    };
    NewProgram { plan, categories: Vec::new(), bases: Vec::new() }
}

pub(crate) fn stage(number: i32) -> Stage {
    Stage { number, description: Some(text("regional trainers")), dates: Some(dates("2021-05")), note: None }
}

pub(crate) fn level(number: i32, trained_at: Option<PartnerId>) -> CascadeLevel {
    CascadeLevel { number, name: text("trainers"), trained_at, people_total: Some(56), note: None }
}

pub(crate) fn concept(issuer: PartnerId) -> BasisDraft {
    let title = Some(text("Concept of training"));
    let kind = BasisKind::Concept;
    BasisDraft {
        id: None,
        grounds: Grounds { kind, agreement: None, issuer: Some(issuer), title, dates: None, note: None },
    }
}

pub(crate) async fn set_up(fixture: &Fixture<'_>, new: NewProgram) -> Arc<Program> {
    let mut work = begin(fixture, &fixture.system()).await;
    let program = work.create_program(new).await.unwrap();
    work.commit().await.unwrap();
    program
}

pub(crate) fn category(code: &str) -> CategoryDraft {
    CategoryDraft { code: CategoryCode::parse("code", code).unwrap(), name: text(code), cascade_level: None }
}

/// A program that uses every list, led by the first of the institutions.
async fn full_program(fixture: &Fixture<'_>, [lead, academy, university]: [PartnerId; 3]) -> Arc<Program> {
    let agreement = Some(agree(fixture, "Agreement", Some("2021-04-27"), &[lead, academy]).await);
    let mut new = new_program("Подготовка членов избирательных комиссий");
    new.plan.lead = Some(lead);
    new.plan.partners = vec![
        ProgramPartner { partner: academy, role: ProgramRole::Partner },
        ProgramPartner { partner: university, role: ProgramRole::Partner },
        ProgramPartner { partner: academy, role: ProgramRole::TrainerOfTrainers },
    ];
    new.plan.countries = vec![country("KZ"), country("UZ")];
    new.plan.began = Some(dates("2021-04"));
    new.plan.purpose = Some(text("organisers of the presidential election"));
    new.plan.stages = vec![stage(1), stage(2)];
    new.plan.cascade_levels = vec![level(1, Some(academy)), level(2, None)];
    new.categories =
        vec![category("official"), CategoryDraft { cascade_level: Some(2), ..category("regional-trainer") }];
    let on_agreement =
        Grounds { kind: BasisKind::Agreement, agreement, issuer: None, ..concept(lead).grounds };
    new.bases = vec![BasisDraft { id: None, grounds: on_agreement }, concept(lead)];
    set_up(fixture, new).await
}

async fn ids(fixture: &Fixture<'_>, test: ProgramTest) -> Vec<ProgramId> {
    let order = (ProgramOrderField::Name, Direction::Ascending);
    let page =
        fixture.reading(&fixture.viewer()).list_programs(&Filter::Is(test), order, &first(10)).await.unwrap();
    page.rows.into_iter().map(|(_, program)| program.id).collect()
}

async fn update(
    fixture: &Fixture<'_>,
    id: ProgramId,
    change: ProgramChange,
) -> Result<Arc<Program>, Problem> {
    let mut work = begin(fixture, &fixture.system()).await;
    match work.update_program(id, None, change).await {
        Ok(program) => {
            work.commit().await.unwrap();
            Ok(program)
        }
        refused => Err(problem(refused)),
    }
}

each_database!(a_program_is_held_in_the_process_with_all_its_lists);
async fn a_program_is_held_in_the_process_with_all_its_lists(fixture: &Fixture<'_>) {
    let partners = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let program = full_program(fixture, partners).await;
    assert_eq!(fixture.reading(&fixture.viewer()).find_program(program.id), Some(Arc::clone(&program)));
    let elsewhere = fixture.reopened().await;
    let read = elsewhere.acting_as(&fixture.viewer()).unwrap().find_program(program.id);
    assert_eq!(read, Some(program));
}

each_database!(reading_the_programs_takes_as_many_statements_for_many_as_for_one);
async fn reading_the_programs_takes_as_many_statements_for_many_as_for_one(fixture: &Fixture<'_>) {
    let partners = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    full_program(fixture, partners).await;
    let one = fixture.reopened().await.statements();
    for _ in 0..4 {
        full_program(fixture, partners).await;
    }
    assert_eq!(fixture.reopened().await.statements(), one);
}

each_database!(programs_are_found_by_country_institution_agreement_and_name);
async fn programs_are_found_by_country_institution_agreement_and_name(fixture: &Fixture<'_>) {
    let [lead, academy, university] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let [stranger] = fixture.partners("UZ", ["Institute"]).await;
    let program = full_program(fixture, [lead, academy, university]).await;
    let other = set_up(fixture, new_program("Refresher courses")).await;
    let (program, other) = (program.id, other.id);
    assert_eq!(ids(fixture, ProgramTest::Countries(vec![country("KZ")])).await, [program]);
    assert_eq!(
        ids(fixture, ProgramTest::Countries(vec![country("UZ"), country("KZ")])).await,
        [program, other]
    );
    assert_eq!(ids(fixture, ProgramTest::Lead(lead)).await, [program]);
    assert_eq!(ids(fixture, ProgramTest::Lead(academy)).await, []);
    for involved in [lead, academy, university] {
        assert_eq!(ids(fixture, ProgramTest::Involves(involved)).await, [program]);
    }
    assert_eq!(ids(fixture, ProgramTest::Involves(stranger)).await, []);
    assert_eq!(ids(fixture, ProgramTest::Named(words("podgotovka chlenov"))).await, [program]);
    assert_eq!(ids(fixture, ProgramTest::Ids(vec![other])).await, [other]);
    assert_eq!(ids(fixture, ProgramTest::Archived(false)).await, [program, other]);
    let reading = fixture.reading(&fixture.viewer());
    let agreement = reading.find_program(program).unwrap().bases[0].grounds.agreement.unwrap();
    assert_eq!(ids(fixture, ProgramTest::RestsOn(agreement)).await, [program]);
    let resting: Vec<_> = reading.programs_resting_on(agreement).iter().map(|program| program.id).collect();
    assert_eq!(resting, [program]);
    assert_eq!(reading.count_programs(&Filter::everything()).await.unwrap(), 2);
}

each_database!(a_list_that_is_given_takes_the_place_of_the_old_one);
async fn a_list_that_is_given_takes_the_place_of_the_old_one(fixture: &Fixture<'_>) {
    let [lead, academy, university] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let before = full_program(fixture, [lead, academy, university]).await;
    let change = ProgramChange {
        partners: Some(vec![ProgramPartner { partner: university, role: ProgramRole::Funder }]),
        countries: Some(vec![country("UZ")]),
        stages: Some(vec![stage(3)]),
        cascade_levels: Some(vec![level(2, Some(lead))]),
        categories: Some(vec![category("regional-trainer"), category("reserve-trainer")]),
        bases: Some(vec![
            concept(academy),
            BasisDraft { id: Some(before.bases[0].id), grounds: before.bases[0].grounds.clone() },
        ]),
        ..ProgramChange::default()
    };
    let after = update(fixture, before.id, change).await.unwrap();
    assert_eq!(after.version, 2);
    assert_eq!(after.categories[0].id, before.categories[1].id);
    assert_eq!(after.bases[1], before.bases[0]);
    assert_eq!(after.plan.began, before.plan.began);
    let reading = fixture.reading(&fixture.viewer());
    let with = |category| reading.find_program_of_category(category);
    assert_eq!(with(after.categories[1].id), Some(Arc::clone(&after)));
    assert_eq!(with(before.categories[0].id), None, "the category of officials is gone");
    assert_eq!(reading.find_program_of_basis(after.bases[0].id), Some(Arc::clone(&after)));
    let read = fixture.reopened().await.acting_as(&fixture.viewer()).unwrap().find_program(before.id);
    assert_eq!(read, Some(after));
}

each_database!(a_part_with_events_or_people_cannot_be_removed);
async fn a_part_with_events_or_people_cannot_be_removed(fixture: &Fixture<'_>) {
    let partners = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let program = full_program(fixture, partners).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let within = NewEvent {
        program: Some(program.id),
        stage: Some(2),
        cascade_level: Some(2),
        ..new_event("Seminar", "2021")
    };
    let event = work.create_event(within).await.unwrap();
    work.commit().await.unwrap();
    let person = fixture.person(new_person("Somebody")).await;
    let details = RegistrationDetails { category: Some(program.categories[0].id), ..as_participant() };
    fixture.register(event.id, person.id, details).await;
    let without_stage = ProgramChange { stages: Some(vec![stage(1)]), ..ProgramChange::default() };
    assert_eq!(
        update(fixture, program.id, without_stage).await,
        Err(ProgramRefusal::StageInUse { number: 2 }.into())
    );
    let without_level = ProgramChange {
        cascade_levels: Some(vec![level(1, None)]),
        categories: Some(vec![category("official")]),
        ..ProgramChange::default()
    };
    assert_eq!(
        update(fixture, program.id, without_level).await,
        Err(ProgramRefusal::CascadeLevelInUse { number: 2 }.into())
    );
    let without_category =
        ProgramChange { categories: Some(vec![category("regional-trainer")]), ..ProgramChange::default() };
    let code = "official".to_owned();
    assert_eq!(
        update(fixture, program.id, without_category).await,
        Err(ProgramRefusal::CategoryInUse { code }.into())
    );
    let counted = Part { category: Some(program.categories[1].id), ..part("regional trainers", Some(52)) };
    let dimension = BreakdownDimension::Category;
    let breakdown = Some(Breakdown { dimension, parts: vec![counted], is_complete: false });
    report(fixture, event.id, Figure { breakdown, ..exact(95) }).await;
    let without_counted =
        ProgramChange { categories: Some(vec![category("official")]), ..ProgramChange::default() };
    let code = "regional-trainer".to_owned();
    assert_eq!(
        update(fixture, program.id, without_counted).await,
        Err(ProgramRefusal::CategoryInUse { code }.into())
    );
    let renamed = CategoryDraft { name: text("Officials of districts"), ..category("official") };
    let kept = vec![renamed, category("regional-trainer"), category("reserve-trainer")];
    let kept = ProgramChange { categories: Some(kept), ..ProgramChange::default() };
    assert_eq!(update(fixture, program.id, kept).await.unwrap().categories.len(), 3);
}

each_database!(a_program_is_seen_by_everyone_and_edited_where_it_stands);
async fn a_program_is_seen_by_everyone_and_edited_where_it_stands(fixture: &Fixture<'_>) {
    let [lead, academy, university] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let program = full_program(fixture, [lead, academy, university]).await;
    let note = || ProgramChange { note: Some(None), ..ProgramChange::default() };
    let officer_of = |program| fixture.account(Role::InternationalProgramOfficer, Place::Program(program));
    for allowed in [fixture.coordinator("UZ"), fixture.coordinator("KZ"), officer_of(program.id)] {
        let mut work = begin(fixture, &allowed).await;
        work.update_program(program.id, None, note()).await.unwrap();
    }
    let elsewhere = set_up(fixture, new_program("Elsewhere")).await;
    let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(lead));
    for refused in [fixture.coordinator("IN"), fixture.viewer(), administrator, officer_of(elsewhere.id)] {
        assert!(fixture.reading(&refused).find_program(program.id).is_some());
        let mut work = begin(fixture, &refused).await;
        let answer = work.update_program(program.id, None, note()).await;
        assert_eq!(problem(answer).code(), ProblemCode::NotPermitted);
        let answer = work.create_program(NewProgram { ..new_program("Another") }).await;
        assert_eq!(problem(answer).code(), ProblemCode::NotPermitted);
    }
    // A coordinator does not hand a program over to a country that is not theirs.
    let mut work = begin(fixture, &fixture.coordinator("UZ")).await;
    let away = ProgramChange { countries: Some(vec![country("IN")]), ..ProgramChange::default() };
    assert_eq!(problem(work.update_program(program.id, None, away).await).code(), ProblemCode::NotPermitted);
}

each_database!(what_a_program_refers_to_exists);
async fn what_a_program_refers_to_exists(fixture: &Fixture<'_>) {
    let [lead] = fixture.partners("UZ", ["Commission"]).await;
    let unknown: Uuid = Uuid::from_u128(404);
    let base = || new_program("Program");
    let mut wrong_lead = base();
    wrong_lead.plan.lead = Some(unknown.into());
    let mut wrong_partner = base();
    wrong_partner.plan.partners = vec![ProgramPartner { partner: unknown.into(), role: ProgramRole::Host }];
    let mut wrong_level = base();
    wrong_level.plan.cascade_levels = vec![level(1, None), level(2, Some(unknown.into()))];
    let mut wrong_issuer = base();
    wrong_issuer.bases = vec![concept(unknown.into())];
    let mut wrong_agreement = base();
    let agreement = Some(unknown.into());
    let grounds = Grounds { kind: BasisKind::Agreement, agreement, issuer: None, ..concept(lead).grounds };
    wrong_agreement.bases = vec![concept(lead), BasisDraft { id: None, grounds }];
    for (wrong, path) in [
        (wrong_lead, "leadId"),
        (wrong_partner, "partners.0.partnerId"),
        (wrong_level, "cascadeLevels.1.trainedAtId"),
        (wrong_issuer, "bases.0.issuerId"),
        (wrong_agreement, "bases.1.agreementId"),
    ] {
        let mut work = begin(fixture, &fixture.system()).await;
        let invalid = invalid(work.create_program(wrong).await);
        assert_eq!((invalid.path.join("."), invalid.fault), (path.to_owned(), Fault::NotFound));
    }
}

each_database!(an_event_belongs_to_a_stage_and_a_level_that_its_program_has);
async fn an_event_belongs_to_a_stage_and_a_level_that_its_program_has(fixture: &Fixture<'_>) {
    let partners = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let program = full_program(fixture, partners).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let within = |stage, cascade_level| NewEvent {
        program: Some(program.id),
        stage,
        cascade_level,
        ..new_event("Seminar", "2021")
    };
    let event = work.create_event(within(Some(2), Some(1))).await.unwrap();
    assert_eq!(invalid(work.create_event(within(Some(3), None)).await).path, ["stage"]);
    assert_eq!(invalid(work.create_event(within(None, Some(3))).await).path, ["cascadeLevel"]);
    let nowhere = NewEvent { program: Some(Uuid::from_u128(404).into()), ..new_event("Seminar", "2021") };
    assert_eq!(invalid(work.create_event(nowhere).await).path, ["programId"]);
    let moved = EventChange { stage: Some(Some(7)), ..EventChange::default() };
    assert_eq!(invalid(work.update_event(event.id, None, moved).await).path, ["stage"]);
}

each_database!(a_role_is_granted_at_a_program_that_exists);
async fn a_role_is_granted_at_a_program_that_exists(fixture: &Fixture<'_>) {
    let program = set_up(fixture, new_program("Program")).await.id;
    let account = |program| NewAccount {
        email: EmailAddress::parse("email", "manager@example.org").unwrap(),
        display_name: Line::parse("displayName", "Manager").unwrap(),
        password: PasswordHash("hash".to_owned()),
        grants: vec![Grant { role: Role::EventManager, place: Place::Program(program) }],
    };
    let mut work = begin(fixture, &fixture.system()).await;
    let invalid = invalid(work.create_account(account(Uuid::from_u128(404).into())).await);
    assert_eq!((invalid.path.join("."), invalid.fault), ("grants.0.placeId".to_owned(), Fault::NotFound));
    work.create_account(account(program)).await.unwrap();
}

each_database!(a_program_stands_with_the_parents_of_its_lead);
async fn a_program_stands_with_the_parents_of_its_lead(fixture: &Fixture<'_>) {
    let [parent] = fixture.partners("UZ", ["Agency"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let branch = work.create_partner(new_partner("UZ", "Branch")).await.unwrap().id;
    let mut new = new_program("Program");
    new.plan.lead = Some(branch);
    let program = work.create_program(new).await.unwrap();
    assert_eq!(program.whereabouts.partners, [branch]);
    let below = PartnerChange { parent: Some(Some(parent)), ..PartnerChange::default() };
    work.update_partner(branch, None, below).await.unwrap();
    work.commit().await.unwrap();
    let program = fixture.reading(&fixture.viewer()).find_program(program.id).unwrap();
    assert_eq!(program.whereabouts.partners, [branch, parent]);
}

each_database!(what_is_not_committed_is_not_in_the_process);
async fn what_is_not_committed_is_not_in_the_process(fixture: &Fixture<'_>) {
    let mut work = begin(fixture, &fixture.system()).await;
    let program = work.create_program(new_program("Program")).await.unwrap();
    drop(work);
    assert_eq!(fixture.reading(&fixture.viewer()).find_program(program.id), None);
    assert_eq!(ids(fixture, ProgramTest::Archived(false)).await, []);
}

each_database!(the_first_events_of_many_programs_come_in_one_statement);
async fn the_first_events_of_many_programs_come_in_one_statement(fixture: &Fixture<'_>) {
    let (one, other) = (new_program("One"), new_program("Other"));
    let programs = [set_up(fixture, one).await.id, set_up(fixture, other).await.id];
    let mut events = Vec::new();
    for (program, date) in [(0, "2021-05"), (0, "2023"), (1, "2022"), (0, "2022-01-15")] {
        let new = NewEvent { program: Some(programs[program]), ..new_event("Seminar", date) };
        events.push(fixture.event(new).await.id);
    }
    let part = NewEvent {
        parent: Some((events[0], Relation::PartOf)),
        program: Some(programs[1]),
        ..new_event("Opening", "2020")
    };
    let part = fixture.event(part).await.id;
    let archived = NewEvent { program: Some(programs[1]), ..new_event("Mistake", "2024") };
    let archived = fixture.event(archived).await.id;
    let archive = EventChange { is_archived: Some(true), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(archived, None, archive).await).await;

    let lists = [EventsOf::Program(programs[0]), EventsOf::Program(programs[1]), EventsOf::Event(events[0])];
    let reading = fixture.reading(&fixture.system());
    let pages = reading.first_pages_of_events(&lists, 2).await.unwrap();
    let ids = |list| -> Vec<_> { pages[list].rows.iter().map(|(_, event)| event.id).collect() };
    assert_eq!(ids(&lists[0]), [events[1], events[3]]);
    assert_eq!(ids(&lists[1]), [events[2], part]);
    assert_eq!(ids(&lists[2]), [part]);
    assert_eq!(lists.map(|list| pages[&list].has_next), [true, false, false]);

    let (cursor, _) = pages[&lists[0]].rows.last().unwrap();
    let next = PageRequest::parse(Some(2), Some(cursor.to_string()), None, None).unwrap();
    let order = (EventOrderField::StartsOn, Direction::Descending);
    let of_program = Filter::Is(EventTest::Programs(vec![programs[0]]));
    let rest = reading.list_events(&of_program, order, &next).await.unwrap();
    assert_eq!(rest.rows.iter().map(|(_, event)| event.id).collect::<Vec<_>>(), [events[0]]);

    for asked in [&lists[..1], &lists[..2]] {
        let question = async |reading: Reading| drop(reading.first_pages_of_events(asked, 2).await.unwrap());
        assert_eq!(fixture.statements(&fixture.system(), question).await, 1);
    }
    // A draft is on nobody's page but theirs who prepare it.
    let seen = fixture.reading(&fixture.viewer()).first_pages_of_events(&lists, 2).await.unwrap();
    assert!(seen.is_empty());
}
