//! Participants: who sees them, whose personal data, who changes them, and what a merge moves.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Place, Role},
    account::EmailAddress,
    filter::Filter,
    id::{Id, ParticipantId, RecordKind},
    page::{Direction, PageRequest},
    participant::{
        NewParticipant, ParticipantChange, ParticipantFilter, ParticipantOrderField, ParticipantRefusal,
        ParticipantTest, PersonalData, PersonalDataChange, PersonalDataKind, Sex,
    },
    problem::{Problem, ProblemCode},
    text::Passage,
};
use hemicycle_persistence::{Failure, Reading, RosterParts};
use sea_orm::{ConnectionTrait, Database, Statement};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, country, new_partner},
    people::{
        administrator, as_participant, coordinator, first, holder, manager, new_person, person_of, problem,
        register, system, viewer, words,
    },
    source::{citation, source},
};

const BY_NAME: (ParticipantOrderField, Direction) = (ParticipantOrderField::Name, Direction::Ascending);

async fn listed(fixture: &Fixture<'_>, actor: &Arc<Actor>, filter: ParticipantFilter) -> Vec<ParticipantId> {
    let reading = fixture.reading(actor);
    let page = reading.list_participants(&filter, BY_NAME, &first(50)).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|(_, person)| person.id).collect();
    assert_eq!(reading.count_participants(&filter).await.unwrap(), ids.len() as u64);
    ids
}

fn with_contacts(new: NewParticipant) -> NewParticipant {
    let email = EmailAddress::parse("email", "someone@example.org").unwrap();
    let personal = PersonalData { sex: Some(Sex::Female), email: Some(email), ..PersonalData::default() };
    NewParticipant { personal, ..new }
}

fn renamed(name: &str) -> ParticipantChange {
    ParticipantChange { names: Some(new_person(name).names), ..ParticipantChange::default() }
}

each_database!(a_person_is_found_by_a_name_in_either_script);
async fn a_person_is_found_by_a_name_in_either_script(fixture: &Fixture<'_>) {
    let kuchkarov = fixture.person(new_person("Б. Кучкаров")).await;
    fixture.person(new_person("Г. Кумар")).await;
    for text in ["Кучкаров", "Kuchkarov", "kuchk"] {
        let filter = Filter::Is(ParticipantTest::Named(words(text)));
        assert_eq!(listed(fixture, &system(), filter).await, [kuchkarov.id], "{text}");
    }
}

each_database!(people_are_seen_at_home_and_where_they_are_registered);
async fn people_are_seen_at_home_and_where_they_are_registered(fixture: &Fixture<'_>) {
    let [home, host, other] = fixture.partners("UZ", ["Home", "Host", "Other"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [guest, away] = [
        fixture.person(person_of(home, "Anna Guest")).await.id,
        fixture.person(person_of(home, "Boris Away")).await.id,
    ];
    fixture.register(event, guest, as_participant()).await;
    let everyone: &[ParticipantId] = &[away, guest];
    let seen = [
        (administrator(home), everyone),
        (coordinator("UZ"), everyone),
        (administrator(host), &[guest]),
        (manager(event), &[guest]),
        (holder(Role::CheckInOperator, Place::Event(event)), &[guest]),
        (coordinator("KZ"), &[]),
        (administrator(other), &[]),
        (holder(Role::InternationalProgramOfficer, Place::Platform), &[]),
        (viewer(), &[]),
    ];
    for (actor, expected) in seen {
        assert_eq!(listed(fixture, &actor, Filter::everything()).await, expected, "{actor:?}");
        let found = fixture.reading(&actor).find_participants(&[guest, away]).await.unwrap();
        assert_eq!(found.len(), expected.len(), "{actor:?}");
    }
}

each_database!(personal_data_are_read_only_by_whoever_may);
async fn personal_data_are_read_only_by_whoever_may(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let person = fixture.person(with_contacts(person_of(home, "Anna Guest"))).await.id;
    fixture.register(event, person, as_participant()).await;
    for (actor, may) in [
        (administrator(home), true),
        (administrator(host), true),
        (manager(event), true),
        (coordinator("UZ"), false),
        (holder(Role::CheckInOperator, Place::Event(event)), false),
        (viewer(), false),
    ] {
        let data = fixture.reading(&actor).personal_data_of_participants(&[person]).await.unwrap();
        assert_eq!(
            data.get(&person).map(|shown| shown.data.sex),
            may.then_some(Some(Sex::Female)),
            "{actor:?}"
        );
    }
}

each_database!(of_oneself_one_reads_everything_but_the_notes_of_officers);
async fn of_oneself_one_reads_everything_but_the_notes_of_officers(fixture: &Fixture<'_>) {
    let mut new = with_contacts(new_person("Anna Guest"));
    new.personal.note = Some(Passage::parse("note", "A note.").unwrap());
    let person = fixture.person(new).await.id;
    let account = |person| Actor::Account {
        id: Uuid::from_u128(1).into(),
        grants: Vec::new(),
        person,
        glass: Vec::new(),
    };
    let own = fixture.reading(&Arc::new(account(Some(person))));
    let shown = own.personal_data_of_participants(&[person]).await.unwrap().remove(&person).unwrap();
    assert!(shown.data.email.is_some() && shown.data.sex.is_some() && shown.data.note.is_none());
    assert_eq!(shown.withheld().collect::<Vec<_>>(), [PersonalDataKind::Notes]);
    let nobody = fixture.reading(&Arc::new(account(None)));
    assert!(nobody.personal_data_of_participants(&[person]).await.unwrap().is_empty());
}

each_database!(a_question_about_many_people_is_one_statement);
async fn a_question_about_many_people_is_one_statement(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let mut people = Vec::new();
    for number in 0..12 {
        people.push(fixture.person(person_of(home, &format!("Person {number}"))).await.id);
    }
    let question = async |reading: Reading| {
        assert_eq!(reading.find_participants(&people).await.unwrap().len(), 12);
        assert_eq!(reading.personal_data_of_participants(&people).await.unwrap().len(), 12);
        reading.registrations_of_participants(&people).await.unwrap();
    };
    assert_eq!(fixture.statements(&administrator(home), question).await, 3);
}

each_database!(a_person_is_added_where_one_answers_for_the_home_or_at_an_own_event);
async fn a_person_is_added_where_one_answers_for_the_home_or_at_an_own_event(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    for (actor, may) in [
        (administrator(home), true),
        (coordinator("UZ"), true),
        (coordinator("KZ"), false),
        (manager(event), false),
        (viewer(), false),
    ] {
        let mut work = fixture.work(&actor).await;
        let added = work.create_participant(person_of(home, "Anna Guest")).await;
        assert_eq!(added.is_ok(), may, "{actor:?}");
        if !may {
            assert_eq!(problem(added).code(), ProblemCode::NotPermitted, "{actor:?}");
        }
    }
    let mut work = fixture.work(&manager(event)).await;
    let entry =
        work.register_new_participant(event, person_of(home, "Anna Guest"), as_participant()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(entry.participant.country, Some(country("UZ")));
    assert_eq!(listed(fixture, &manager(event), Filter::everything()).await, [entry.participant.id]);
}

each_database!(who_runs_an_event_corrects_people_known_nowhere_else);
async fn who_runs_an_event_corrects_people_known_nowhere_else(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let own = fixture.open_event(host, "Own").await;
    let other = fixture.open_event(home, "Other").await;
    let person = fixture.person(person_of(home, "Ana Guest")).await.id;
    fixture.register(own, person, as_participant()).await;
    let mut work = fixture.work(&manager(own)).await;
    let next = work.update_participant(person, Some(1), renamed("Anna Guest")).await.unwrap();
    assert_eq!((next.version, next.names.display(&[])), (2, "Anna Guest"));
    work.commit().await.unwrap();
    fixture.register(other, person, as_participant()).await;
    let mut work = fixture.work(&manager(own)).await;
    let refused = work.update_participant(person, None, renamed("Hanna Guest")).await;
    assert_eq!(problem(refused).code(), ProblemCode::NotPermitted);
    drop(work);
    let mut work = fixture.work(&administrator(home)).await;
    let stale = work.update_participant(person, Some(1), renamed("Hanna Guest")).await;
    assert_eq!(problem(stale), Problem::Stale { expected: 1, actual: 2 });
    assert!(work.update_participant(person, Some(2), renamed("Hanna Guest")).await.is_ok());
}

each_database!(a_changed_name_is_found_and_sorts_the_rosters_anew);
async fn a_changed_name_is_found_and_sorts_the_rosters_anew(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let [anna, _] = fixture.crowd(event, ["Anna Alpha", "Boris Beta"]).await;
    let person = fixture.reading(&system()).find_registration(anna).await.unwrap().unwrap().participant.id;
    let mut work = fixture.work(&system()).await;
    work.update_participant(person, None, renamed("Anna Zeta")).await.unwrap();
    work.commit().await.unwrap();
    let by = |text| Filter::Is(ParticipantTest::Named(words(text)));
    assert_eq!(listed(fixture, &system(), by("zeta")).await, [person]);
    assert!(listed(fixture, &system(), by("alpha")).await.is_empty());
    let order = (hemicycle_domain::registration::RegistrationOrderField::Name, Direction::Ascending);
    let reading = fixture.reading(&system());
    let page = reading
        .list_registrations(event, &Filter::everything(), order, &first(10), RosterParts::People)
        .await
        .unwrap();
    let names: Vec<_> = page.rows.iter().map(|(_, entry)| entry.participant.names.display(&[])).collect();
    assert_eq!(names, ["Boris Beta", "Anna Zeta"]);
}

each_database!(an_archived_person_is_kept_and_no_longer_registered);
async fn an_archived_person_is_kept_and_no_longer_registered(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let mut work = fixture.work(&administrator(home)).await;
    let archive = ParticipantChange { is_archived: Some(true), ..ParticipantChange::default() };
    work.update_participant(person, None, archive).await.unwrap();
    let refused = register(&mut work, event, person, as_participant()).await;
    assert_eq!(problem(refused), Problem::Archived);
    drop(work);
    let mut work = fixture.work(&administrator(home)).await;
    let year = PersonalDataChange { birth_year: Some(Some(1850)), ..PersonalDataChange::default() };
    let change = ParticipantChange { personal: year, ..ParticipantChange::default() };
    assert_eq!(problem(work.update_participant(person, None, change).await).path(), ["birthYear"]);
}

each_database!(a_merge_moves_names_contacts_and_registrations);
async fn a_merge_moves_names_contacts_and_registrations(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let [one, two] = [fixture.open_event(home, "One").await, fixture.open_event(home, "Two").await];
    let double = fixture.person(with_contacts(person_of(home, "B. Kuchkarov"))).await.id;
    let kept = fixture.person(person_of(home, "Б. Кучкаров")).await.id;
    let moved = fixture.register(one, double, as_participant()).await;
    fixture.register(two, kept, as_participant()).await;
    let mut work = fixture.work(&administrator(home)).await;
    let merged = work.merge_participants(double, kept).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!((merged.id, merged.names.iter().count()), (kept, 2));

    let reading = fixture.reading(&manager(one));
    assert_eq!(reading.find_registration(moved).await.unwrap().unwrap().participant.id, kept);
    // Whoever kept the old id still finds the person, seen only at the event now.
    let found = reading.find_participants(&[double, kept]).await.unwrap();
    assert_eq!((found[&double].id, found[&kept].id), (kept, kept));
    assert_eq!(listed(fixture, &administrator(home), Filter::everything()).await, [kept]);
    let data = fixture.reading(&administrator(home)).personal_data_of_participants(&[kept]).await.unwrap();
    assert!(data[&kept].data.email.is_some());
    let mut work = fixture.work(&system()).await;
    let again = work.merge_participants(double, kept).await;
    assert_eq!(problem(again), ParticipantRefusal::MergedBefore.into());
}

each_database!(records_registered_at_one_event_are_not_merged_before_one_is_cancelled);
async fn records_registered_at_one_event_are_not_merged_before_one_is_cancelled(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let [double, kept] =
        [fixture.person(person_of(home, "A")).await.id, fixture.person(person_of(home, "B")).await.id];
    let extra = fixture.register(event, double, as_participant()).await;
    fixture.register(event, kept, as_participant()).await;
    let mut work = fixture.work(&system()).await;
    let refused = work.merge_participants(double, kept).await;
    assert_eq!(problem(refused), ParticipantRefusal::BothRegistered { events: vec![event] }.into());
    let reason = Passage::parse("reason", "The same person.").unwrap();
    work.cancel_registration(extra, None, reason).await.unwrap();
    assert!(work.merge_participants(double, kept).await.is_ok());
}

each_database!(an_invisible_person_is_not_found_and_a_visible_one_is_refused);
async fn an_invisible_person_is_not_found_and_a_visible_one_is_refused(fixture: &Fixture<'_>) {
    let [home, other] = fixture.partners("UZ", ["Home", "Other"]).await;
    let event = fixture.open_event(other, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let mut work = fixture.work(&administrator(other)).await;
    let hidden = work.update_participant(person, None, renamed("X")).await;
    assert!(matches!(hidden, Err(Failure::NotFound(RecordKind::Participant))));
    let unseen = register(&mut work, event, person, as_participant()).await;
    assert_eq!(problem(unseen).code(), ProblemCode::ReferenceNotFound);
    drop(work);
    fixture.register(event, person, as_participant()).await;
    let mut work = fixture.work(&holder(Role::CheckInOperator, Place::Event(event))).await;
    let refused = work.update_participant(person, None, renamed("X")).await;
    assert_eq!(problem(refused).code(), ProblemCode::NotPermitted);
}

each_database!(a_filter_by_event_tells_nothing_about_events_of_others);
async fn a_filter_by_event_tells_nothing_about_events_of_others(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    fixture.register(event, person, as_participant()).await;
    let there = || Filter::Is(ParticipantTest::RegisteredAt(event));
    assert_eq!(listed(fixture, &administrator(host), there()).await, [person]);
    assert!(listed(fixture, &administrator(home), there()).await.is_empty());
    let registrations =
        fixture.reading(&administrator(home)).registrations_of_participants(&[person]).await.unwrap();
    assert!(registrations.is_empty());
}

each_database!(people_are_listed_by_home_country_and_state);
async fn people_are_listed_by_home_country_and_state(fixture: &Fixture<'_>) {
    let [academy] = fixture.partners("UZ", ["Academy"]).await;
    let institute = fixture.partner("KZ", "Institute").await.id;
    let mut branch = new_partner("UZ", "Branch");
    branch.parent = Some(academy);
    let mut work = fixture.work(&system()).await;
    let branch = work.create_partner(branch).await.unwrap().id;
    work.commit().await.unwrap();
    let [anna, boris, clara] = [
        fixture.person(person_of(academy, "Anna A")).await.id,
        fixture.person(person_of(branch, "Boris B")).await.id,
        fixture.person(person_of(institute, "Clara C")).await.id,
    ];
    let all = async |test| listed(fixture, &system(), Filter::Is(test)).await;
    assert_eq!(all(ParticipantTest::HomePartner(academy)).await, [anna, boris]);
    assert_eq!(all(ParticipantTest::Countries(vec![country("KZ")])).await, [clara]);
    assert_eq!(all(ParticipantTest::Archived(false)).await, [anna, boris, clara]);
    assert_eq!(all(ParticipantTest::Ids(vec![boris])).await, [boris]);
    assert_eq!(listed(fixture, &administrator(academy), Filter::everything()).await, [anna, boris]);
}

each_database!(pages_follow_one_another_in_both_directions);
async fn pages_follow_one_another_in_both_directions(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    for name in ["A Dana", "B Kana", "C Lana", "D Mana", "E Nana"] {
        fixture.person(person_of(home, name)).await;
    }
    let reading = fixture.reading(&administrator(home));
    let all = ParticipantFilter::everything();
    let page = async |request: PageRequest| {
        let page = reading.list_participants(&all, BY_NAME, &request).await.unwrap();
        let names: String =
            page.rows.iter().map(|(_, person)| person.names.display(&[]).chars().next().unwrap()).collect();
        (names, page.rows.last().unwrap().0.clone(), page.has_next, page.has_previous)
    };
    let (names, cursor, has_next, _) = page(first(2)).await;
    assert_eq!((names.as_str(), has_next), ("AB", true));
    let (names, ..) = page(PageRequest::parse(Some(2), Some(cursor.to_string()), None, None).unwrap()).await;
    assert_eq!(names, "CD");
    let (names, .., has_previous) = page(PageRequest::parse(None, None, Some(2), None).unwrap()).await;
    assert_eq!((names.as_str(), has_previous), ("DE", true));
}

each_database!(the_open_part_of_the_change_feed_marks_what_is_personal_and_does_not_tell_it);
async fn the_open_part_of_the_change_feed_marks_what_is_personal_and_does_not_tell_it(fixture: &Fixture<'_>) {
    let person = fixture.person(with_contacts(new_person("Anna Guest"))).await;
    let database = Database::connect(fixture.database.url()).await.unwrap();
    let rows = Statement::from_string(
        database.get_database_backend(),
        "SELECT CAST(\"after\" AS text) AS told FROM change WHERE subject_kind = 'participant'",
    );
    let told: Vec<String> = database
        .query_all_raw(rows)
        .await
        .unwrap()
        .iter()
        .map(|row| row.try_get("", "told").unwrap())
        .collect();
    database.close().await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("[personal]") && told[0].contains(&person.id.uuid().to_string()));
    assert!(!told[0].contains("example.org") && !told[0].contains("female") && !told[0].contains("Guest"));
}

each_database!(a_citation_goes_with_the_person_through_a_merge);
async fn a_citation_goes_with_the_person_through_a_merge(fixture: &Fixture<'_>) {
    let [home, other] = fixture.partners("UZ", ["Home", "Other"]).await;
    let [double, kept] =
        [fixture.person(person_of(home, "A")).await.id, fixture.person(person_of(home, "B")).await.id];
    let source = source(fixture, "List of speakers").await;
    let mut work = fixture.work(&administrator(other)).await;
    let unseen = work.cite_source(citation(source, double)).await;
    assert_eq!(problem(unseen).code(), ProblemCode::ReferenceNotFound);
    drop(work);
    let mut work = fixture.work(&administrator(home)).await;
    work.cite_source(citation(source, double)).await.unwrap();
    work.merge_participants(double, kept).await.unwrap();
    work.commit().await.unwrap();
    let subject = kept.into();
    let cited = fixture.reading(&system()).citations_of(&[subject]).await.unwrap();
    assert_eq!(cited[&subject].len(), 1);
}
