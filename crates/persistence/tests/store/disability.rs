//! What people said of disabilities: who reads it, what merges make of it, and how it is kept out of all else.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Place, Role},
    glass_break::{OpenGlass, OpenedData, OpenedPlace},
    id::{EventId, ParticipantId},
    participant::{
        AccessNeeds, Disability, DisabilityAnswer, DisabilityChange, NewParticipant, ParticipantChange,
        PersonalDataKind,
    },
};
use hemicycle_persistence::Reading;
use uuid::Uuid;

use crate::{
    each_database,
    fixture::Fixture,
    people::{
        administrator, as_participant, coordinator, holder, manager, new_person, operator, person_of, viewer,
    },
};

fn said(answer: DisabilityAnswer, needs: &str) -> Disability {
    let needs = (!needs.is_empty()).then(|| AccessNeeds::parse("accessNeeds", needs).unwrap());
    Disability { answer: Some(answer), needs }
}

fn who_said(new: NewParticipant, answer: DisabilityAnswer, needs: &str) -> NewParticipant {
    NewParticipant { disability: said(answer, needs), ..new }
}

async fn read(fixture: &Fixture<'_>, actor: &Arc<Actor>, person: ParticipantId) -> Option<Disability> {
    fixture.reading(actor).disabilities_of_participants(&[person]).await.unwrap().remove(&person)
}

fn oneself(person: ParticipantId) -> Arc<Actor> {
    let (id, person) = (Uuid::from_u128(1).into(), Some(person));
    Arc::new(Actor::Account { id, grants: Vec::new(), person, glass: Vec::new() })
}

/// An officer to whom this is open of an event.
fn officer(fixture: &Fixture<'_>, event: EventId, opens: &[OpenedData]) -> Arc<Actor> {
    let opens = [&[OpenedData::People], opens].concat();
    let until = fixture.now() + chrono::TimeDelta::hours(1);
    let place = OpenedPlace::Event(event);
    let open = OpenGlass { id: Uuid::from_u128(5).into(), place, opens, until };
    match holder(Role::InternationalProgramOfficer, Place::Platform).as_ref() {
        Actor::Account { id, grants, person, .. } => {
            Arc::new(Actor::Account { id: *id, grants: grants.clone(), person: *person, glass: vec![open] })
        }
        other => panic!("{other:?}"),
    }
}

each_database!(it_is_read_by_whoever_may_and_by_oneself);
async fn it_is_read_by_whoever_may_and_by_oneself(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let new = who_said(person_of(home, "Anna Guest"), DisabilityAnswer::Yes, "A ramp.");
    let person = fixture.person(new).await.id;
    fixture.register(event, person, as_participant()).await;
    for (actor, may) in [
        (administrator(home), true),
        (administrator(host), true),
        (manager(event), true),
        (oneself(person), true),
        (officer(fixture, event, &[OpenedData::Disabilities]), true),
        (officer(fixture, event, &[OpenedData::Contacts, OpenedData::Notes]), false),
        (coordinator("UZ"), false),
        (operator(event), false),
        (viewer(), false),
    ] {
        let expected = may.then(|| said(DisabilityAnswer::Yes, "A ramp."));
        assert!(read(fixture, &actor, person).await == expected, "{actor:?}");
        let shown = fixture.reading(&actor).personal_data_of_participants(&[person]).await.unwrap();
        let kinds = shown.get(&person).map(|shown| shown.kinds.contains(&PersonalDataKind::Disabilities));
        assert_eq!(kinds.unwrap_or_default(), may, "{actor:?}");
    }
}

each_database!(who_said_nothing_is_told_from_whom_one_may_not_ask);
async fn who_said_nothing_is_told_from_whom_one_may_not_ask(fixture: &Fixture<'_>) {
    let [home, other] = fixture.partners("UZ", ["Home", "Other"]).await;
    let silent = fixture.person(person_of(home, "Anna Guest")).await.id;
    let hidden = fixture.person(who_said(person_of(other, "Bek Guest"), DisabilityAnswer::No, "")).await.id;
    let ask = async |reading: Reading| {
        let found = reading.disabilities_of_participants(&[silent, hidden]).await.unwrap();
        assert!(found.len() == 1 && found[&silent].is_unknown());
    };
    assert_eq!(fixture.statements(&administrator(home), ask).await, 1);
    let nobody = async |reading: Reading| {
        assert!(reading.disabilities_of_participants(&[silent, hidden]).await.unwrap().is_empty());
    };
    assert_eq!(fixture.statements(&viewer(), nobody).await, 0);
}

each_database!(what_is_withdrawn_leaves_no_row);
async fn what_is_withdrawn_leaves_no_row(fixture: &Fixture<'_>) {
    let person =
        fixture.person(who_said(new_person("Anna Guest"), DisabilityAnswer::Yes, "A ramp.")).await.id;
    let change = async |disability| {
        let change = ParticipantChange { disability, ..ParticipantChange::default() };
        fixture.prepare(async |work| work.update_participant(person, None, change).await).await;
    };
    change(DisabilityChange { answer: Some(Some(DisabilityAnswer::PreferNotToSay)), needs: None }).await;
    let known = read(fixture, &fixture.system(), person).await;
    assert!(known == Some(said(DisabilityAnswer::PreferNotToSay, "A ramp.")));
    change(DisabilityChange { answer: Some(None), needs: Some(None) }).await;
    assert_eq!(fixture.database.row_counts().await.unwrap()["disability"], 0);
    change(DisabilityChange { answer: Some(Some(DisabilityAnswer::No)), needs: None }).await;
    assert!(read(fixture, &fixture.system(), person).await == Some(said(DisabilityAnswer::No, "")));
}

each_database!(a_merge_fills_what_the_other_record_does_not_know);
async fn a_merge_fills_what_the_other_record_does_not_know(fixture: &Fixture<'_>) {
    let double = who_said(new_person("A. Guest"), DisabilityAnswer::Yes, "Large print.");
    let double = fixture.person(double).await.id;
    let kept = fixture.person(who_said(new_person("Anna Guest"), DisabilityAnswer::No, "")).await.id;
    fixture.prepare(async |work| work.merge_participants(double, kept).await).await;
    let known = read(fixture, &fixture.system(), kept).await;
    assert!(known == Some(said(DisabilityAnswer::No, "Large print.")));
}
