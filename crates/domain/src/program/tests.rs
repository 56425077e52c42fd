//! The rules of programs, without a store.

use uuid::Uuid;

use super::*;
use crate::{
    id::PartnerId,
    language::Language,
    name::{Name, NameKind},
    problem::{Fault, Invalid, Problem},
    text::Line,
};

fn text(text: &str) -> LocalizedText {
    LocalizedText::parse("text", [("en", text)]).unwrap()
}

fn plan() -> ProgramPlan {
    let name = Name {
        text: Line::parse("text", "Training of members of election commissions").unwrap(),
        language: Language::parse("language", "en").unwrap(),
        kind: NameKind::Official,
        valid_from: None,
        valid_until: None,
    };
    ProgramPlan {
        names: Names::parse(vec![name]).unwrap(),
        lead: None,
        partners: Vec::new(),
        countries: Vec::new(),
        began: None,
        ended: None,
        purpose: None,
        stages: vec![stage(2), stage(1)],
        cascade_levels: vec![level(1), level(2)],
        day_rule: None,
        note: None,
    }
}

fn stage(number: i32) -> Stage {
    Stage { number, description: None, dates: None, note: None }
}

fn level(number: i32) -> CascadeLevel {
    CascadeLevel { number, name: text("trainers"), trained_at: None, people_total: None, note: None }
}

fn category(code: &str, cascade_level: Option<i32>) -> CategoryDraft {
    CategoryDraft { code: CategoryCode::parse("code", code).unwrap(), name: text(code), cascade_level }
}

fn concept() -> Grounds {
    let kind = BasisKind::Concept;
    Grounds { kind, agreement: None, issuer: None, title: Some(text("Concept")), dates: None, note: None }
}

fn ids() -> impl FnMut() -> Uuid {
    let mut next = 100;
    move || {
        next += 1;
        Uuid::from_u128(next)
    }
}

fn program() -> Program {
    let new = NewProgram {
        plan: plan(),
        categories: vec![category("regional-trainer", Some(2)), category("official", None)],
        bases: vec![BasisDraft { id: None, grounds: concept() }],
    };
    let (plan, categories, bases) = new.checked(&mut ids()).unwrap();
    Program {
        id: Uuid::from_u128(1).into(),
        version: 1,
        created_at: chrono::DateTime::UNIX_EPOCH,
        plan,
        categories,
        bases,
        is_archived: false,
        whereabouts: Whereabouts::default(),
    }
}

fn changed(change: ProgramChange, uses: &ProgramUses) -> Result<Program, Problem> {
    program().changed(change, uses, &mut || Uuid::from_u128(900))
}

fn refused_plan(plan: ProgramPlan) -> Invalid {
    NewProgram { plan, categories: Vec::new(), bases: Vec::new() }.checked(&mut ids()).unwrap_err()
}

#[test]
fn stages_and_levels_stand_in_the_order_of_their_numbers() {
    let numbers: Vec<i32> = program().plan.stages.iter().map(|stage| stage.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn a_number_is_given_once_and_lies_between_1_and_99() {
    let with = |stages| ProgramPlan { stages, ..plan() };
    assert_eq!(refused_plan(with(vec![stage(1), stage(1)])).path, ["stages", "1"]);
    assert_eq!(refused_plan(with(vec![stage(2), stage(0)])).path, ["stages", "1", "number"]);
    assert!(
        NewProgram { plan: with(vec![stage(2)]), categories: vec![], bases: vec![] }
            .checked(&mut ids())
            .is_ok()
    );
}

#[test]
fn a_level_of_unknown_size_is_not_a_level_of_nobody() {
    assert_eq!(program().cascade_level(1).unwrap().people_total, None);
    let levels = vec![CascadeLevel { people_total: Some(-1), ..level(1) }];
    let fault = refused_plan(ProgramPlan { cascade_levels: levels, ..plan() });
    assert_eq!(fault.path, ["cascadeLevels", "0", "peopleTotal"]);
}

#[test]
fn a_program_does_not_end_before_it_begins() {
    let on = |date: &str| Some(EventDates::stated(date.parse().unwrap()));
    let fault = refused_plan(ProgramPlan { began: on("2021-04"), ended: on("2021-03-31"), ..plan() });
    assert_eq!(fault.path, ["ended"]);
}

#[test]
fn a_category_keeps_its_identity_by_its_code() {
    let renamed = CategoryDraft { name: text("Trainers of a region"), ..category("regional-trainer", None) };
    let change = ProgramChange {
        categories: Some(vec![renamed, category("reserve-trainer", Some(2))]),
        ..ProgramChange::default()
    };
    let (before, after) = (program(), changed(change, &ProgramUses::default()).unwrap());
    let id = |program: &Program, code: &str| {
        program.categories.iter().find(|category| category.code.as_str() == code).map(|category| category.id)
    };
    assert_eq!(id(&before, "regional-trainer"), id(&after, "regional-trainer"));
    assert_eq!(id(&after, "reserve-trainer"), Some(Uuid::from_u128(900).into()));
    assert_eq!(id(&after, "official"), None);
}

#[test]
fn a_category_belongs_to_a_level_that_exists() {
    let change =
        ProgramChange { categories: Some(vec![category("member", Some(3))]), ..ProgramChange::default() };
    let Err(Problem::Invalid(fault)) = changed(change, &ProgramUses::default()) else {
        panic!("accepted a category of a level that does not exist")
    };
    assert_eq!((fault.path[2].as_str(), fault.fault), ("cascadeLevel", Fault::NotFound));
    let change = ProgramChange { cascade_levels: Some(vec![level(1)]), ..ProgramChange::default() };
    assert!(changed(change, &ProgramUses::default()).is_err());
}

#[test]
fn a_part_that_other_records_refer_to_has_to_stay() {
    let uses = ProgramUses {
        stages: [2].into(),
        cascade_levels: [2].into(),
        categories: program().categories.iter().map(|category| category.id).collect(),
    };
    let stages = ProgramChange { stages: Some(vec![stage(1)]), ..ProgramChange::default() };
    assert_eq!(changed(stages, &uses), Err(ProgramRefusal::StageInUse { number: 2 }.into()));
    let levels = ProgramChange {
        cascade_levels: Some(Vec::new()),
        categories: Some(vec![category("official", None), category("regional-trainer", None)]),
        ..ProgramChange::default()
    };
    assert_eq!(changed(levels, &uses), Err(ProgramRefusal::CascadeLevelInUse { number: 2 }.into()));
    let categories = ProgramChange {
        categories: Some(vec![category("regional-trainer", None)]),
        ..ProgramChange::default()
    };
    let code = "official".to_owned();
    assert_eq!(changed(categories, &uses), Err(ProgramRefusal::CategoryInUse { code }.into()));
}

#[test]
fn only_a_basis_of_the_kind_agreement_names_one() {
    let agreement = Some(Uuid::from_u128(5).into());
    let issuer: Option<PartnerId> = Some(Uuid::from_u128(6).into());
    for (wrong, field) in [
        (Grounds { agreement, ..concept() }, "agreementId"),
        (Grounds { kind: BasisKind::Agreement, ..concept() }, "agreementId"),
        (Grounds { kind: BasisKind::Agreement, agreement, issuer, ..concept() }, "issuerId"),
        (Grounds { title: None, ..concept() }, "title"),
    ] {
        assert_eq!(wrong.check().unwrap_err().path, [field]);
    }
    assert!(Grounds { kind: BasisKind::Agreement, agreement, ..concept() }.check().is_ok());
}

#[test]
fn a_basis_keeps_its_identity_by_its_id() {
    let kept = BasisDraft { id: Some(program().bases[0].id), grounds: concept() };
    let added = BasisDraft { id: None, grounds: Grounds { kind: BasisKind::Mandate, ..concept() } };
    let bases = |bases| ProgramChange { bases: Some(bases), ..ProgramChange::default() };
    let after = changed(bases(vec![kept.clone(), added]), &ProgramUses::default()).unwrap();
    assert_eq!(after.bases[0].id, program().bases[0].id);
    assert_eq!(after.bases[1].id, Uuid::from_u128(900).into());
    assert!(changed(bases(vec![kept.clone(), kept]), &ProgramUses::default()).is_err());
    let unknown = BasisDraft { id: Some(Uuid::from_u128(7).into()), grounds: concept() };
    assert!(changed(bases(vec![unknown]), &ProgramUses::default()).is_err());
}

#[test]
fn a_code_is_made_of_plain_words() {
    for good in ["regional-trainer", "level2", "a"] {
        assert!(CategoryCode::parse("code", good).is_ok(), "{good}");
    }
    for wrong in ["", "Regional", "a--b", "-a", "тренер", "a b", &"x".repeat(61)] {
        assert!(CategoryCode::parse("code", wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_archived_program_is_restored_before_it_is_changed() {
    let archived = Program { is_archived: true, ..program() };
    let note = ProgramChange { note: Some(None), ..ProgramChange::default() };
    let uses = ProgramUses::default();
    assert_eq!(archived.changed(note.clone(), &uses, &mut ids()), Err(Problem::Archived));
    let restored = archived.changed(ProgramChange { is_archived: Some(false), ..note }, &uses, &mut ids());
    assert!(!restored.unwrap().is_archived);
}
