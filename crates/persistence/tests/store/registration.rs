//! Registrations: one a person and event, seats, delegations, rosters, and who sees them.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Place, Role},
    check_in::Attendance,
    event::{EventStatus, EventStep, NewEvent, NewSession},
    filter::Filter,
    id::{EventId, RecordKind, RegistrationId, SessionId},
    page::{Direction, PageRequest},
    participant::NewParticipant,
    problem::{Problem, ProblemCode},
    registration::{
        ContributionKind, DelegationChange, Membership, NewContribution, NewDelegation, RegistrationChange,
        RegistrationFilter, RegistrationOrderField, RegistrationRefusal, RegistrationRole,
        RegistrationStatus, RegistrationTest,
    },
    text::Passage,
};
use hemicycle_persistence::{EventTally, Failure, Reading, RosterParts};

use crate::{
    each_database,
    fixture::{Fixture, country, names, new_event},
    people::{
        administrator, as_participant, coordinator, first, holder, in_role, manager, new_person, operator,
        person_of, problem, register, system, text, viewer, words,
    },
};

const BY_NAME: (RegistrationOrderField, Direction) = (RegistrationOrderField::Name, Direction::Ascending);
const AS_MADE: (RegistrationOrderField, Direction) =
    (RegistrationOrderField::RegisteredAt, Direction::Ascending);
const BOTH: RosterParts = RosterParts::PeopleAndAttendance;

fn reason() -> Passage {
    Passage::parse("reason", "Fell ill.").unwrap()
}

async fn roster(
    fixture: &Fixture<'_>,
    actor: &Arc<Actor>,
    event: EventId,
    filter: RegistrationFilter,
) -> Vec<RegistrationId> {
    let reading = fixture.reading(actor);
    let page = reading.list_registrations(event, &filter, AS_MADE, &first(50), BOTH).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|(_, entry)| entry.registration.id).collect();
    assert_eq!(reading.count_registrations(event, &filter).await.unwrap(), ids.len() as u64);
    ids
}

async fn tally(fixture: &Fixture<'_>, event: EventId) -> EventTally {
    let tallies = fixture.reading(&system()).tallies_of_events(&[event]).await.unwrap();
    tallies.get(&event).copied().unwrap_or_default()
}

fn new_delegation(event: EventId, size: Option<i32>) -> NewDelegation {
    NewDelegation { event, sender: None, country: Some(country("UZ")), invited_by: None, size, note: None }
}

async fn session(fixture: &Fixture<'_>, event: EventId, number: i32) -> SessionId {
    let mut work = fixture.work(&system()).await;
    let new = NewSession { event, number, names: names(&["Opening"]), dates: None, topics: None };
    let session = work.create_session(new).await.unwrap().id;
    work.commit().await.unwrap();
    session
}

each_database!(a_person_is_registered_once_and_again_after_cancelling);
async fn a_person_is_registered_once_and_again_after_cancelling(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let standing = fixture.register(event, person, as_participant()).await;
    let mut work = fixture.work(&manager(event)).await;
    let refused = register(&mut work, event, person, in_role(RegistrationRole::Speaker)).await;
    assert_eq!(problem(refused), RegistrationRefusal::AlreadyRegistered { registration: standing }.into());
    let cancelled = work.cancel_registration(standing, Some(1), reason()).await.unwrap();
    let cancelled = &cancelled.registration;
    assert_eq!((cancelled.status, cancelled.version), (RegistrationStatus::Cancelled, 2));
    assert_eq!(
        problem(work.cancel_registration(standing, None, reason()).await),
        RegistrationRefusal::Cancelled.into()
    );
    register(&mut work, event, person, as_participant()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(tally(fixture, event).await, EventTally { registrations: 1, attended: 0 });
    assert_eq!(roster(fixture, &system(), event, Filter::everything()).await.len(), 2);
}

each_database!(of_many_registrations_at_one_moment_one_stands);
async fn of_many_registrations_at_one_moment_one_stands(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let attempts = (0..8).map(|_| {
        let store = fixture.store.clone();
        let now = fixture.now();
        tokio::spawn(async move {
            let mut work = store.begin(&system(), now).await.unwrap();
            let entry = register(&mut work, event, person, as_participant()).await?;
            work.commit().await.map(|()| entry.registration.id)
        })
    });
    let attempts: Vec<_> = attempts.collect();
    let (mut stood, mut refused) = (Vec::new(), Vec::new());
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(id) => stood.push(id),
            Err(failure) => refused.push(problem::<()>(Err(failure))),
        }
    }
    assert_eq!(stood.len(), 1);
    let already = RegistrationRefusal::AlreadyRegistered { registration: stood[0] }.into();
    assert!(refused.len() == 7 && refused.iter().all(|problem| *problem == already), "{refused:?}");
    assert_eq!(tally(fixture, event).await.registrations, 1);
}

each_database!(of_many_who_want_the_last_seats_as_many_sit_as_fit);
async fn of_many_who_want_the_last_seats_as_many_sit_as_fit(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = NewEvent { host: Some(home), capacity: Some(3), ..new_event("Seminar", "2021") };
    let event = fixture.open(event).await;
    let attempts = (0..8).map(|number| {
        let store = fixture.store.clone();
        let now = fixture.now();
        tokio::spawn(async move {
            let mut work = store.begin(&system(), now).await.unwrap();
            let person = new_person(&format!("Person {number}"));
            work.register_new_participant(event, person, as_participant()).await?;
            work.commit().await
        })
    });
    let attempts: Vec<_> = attempts.collect();
    let mut seated = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(()) => seated += 1,
            Err(failure) => {
                assert_eq!(
                    problem::<()>(Err(failure)),
                    RegistrationRefusal::EventFull { capacity: 3 }.into()
                );
            }
        }
    }
    assert_eq!(seated, 3);
    let mut work = fixture.work(&system()).await;
    let speaker = in_role(RegistrationRole::Speaker);
    assert!(work.register_new_participant(event, new_person("A Speaker"), speaker).await.is_ok());
}

each_database!(nobody_is_registered_at_an_event_that_is_over_for_good);
async fn nobody_is_registered_at_an_event_that_is_over_for_good(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let [early] = fixture.crowd(event, ["Early Bird"]).await;
    fixture.step(event, &[EventStep::Hold]).await;
    fixture.crowd(event, ["Late Entry"]).await;
    fixture.step(event, &[EventStep::Close]).await;
    let mut work = fixture.work(&system()).await;
    let refusal: Problem = RegistrationRefusal::EventFinished { status: EventStatus::Closed }.into();
    let refused = work.register_new_participant(event, new_person("Too Late"), as_participant()).await;
    assert_eq!(problem(refused), refusal);
    assert_eq!(problem(work.cancel_registration(early, None, reason()).await), refusal);
    assert_eq!(problem(work.create_delegation(new_delegation(event, None)).await), refusal);
}

each_database!(what_is_not_said_is_taken_from_the_person_before_the_event_only);
async fn what_is_not_said_is_taken_from_the_person_before_the_event_only(fixture: &Fixture<'_>) {
    let [home, other] = fixture.partners("UZ", ["Home", "Other"]).await;
    let [coming, past] = [fixture.open_event(home, "Coming").await, fixture.open_event(home, "Past").await];
    fixture.step(past, &[EventStep::Hold]).await;
    let new = NewParticipant { position: Some(text("Deputy Chair")), ..person_of(home, "Anna Guest") };
    let person = fixture.person(new).await.id;
    let mut work = fixture.work(&system()).await;
    let entry = register(&mut work, coming, person, as_participant()).await.unwrap();
    let details = &entry.registration.details;
    assert_eq!((details.partner, details.country), (Some(home), Some(country("UZ"))));
    assert_eq!(details.position, Some(text("Deputy Chair")));
    let entry = register(&mut work, past, person, as_participant()).await.unwrap();
    assert_eq!(entry.registration.details, as_participant());
    let change = RegistrationChange { partner: Some(Some(other)), ..RegistrationChange::default() };
    let changed = work.update_registration(entry.registration.id, Some(1), change).await.unwrap();
    assert_eq!(
        (changed.registration.details.partner, changed.registration.details.country),
        (Some(other), Some(country("UZ")))
    );
}

each_database!(a_delegation_has_its_size_and_one_head);
async fn a_delegation_has_its_size_and_one_head(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let [event, elsewhere] =
        [fixture.open_event(home, "Conference").await, fixture.open_event(home, "X").await];
    let mut work = fixture.work(&manager(event)).await;
    let delegation = work.create_delegation(new_delegation(event, Some(2))).await.unwrap().id;
    let place = |is_head| Some(Membership { delegation, is_head });
    let mut head = in_role(RegistrationRole::HeadOfDelegation);
    head.membership = place(false);
    let entry = work.register_new_participant(event, new_person("B Kuchkarov"), head.clone()).await.unwrap();
    assert_eq!(entry.registration.details.membership, place(true));
    work.commit().await.unwrap();

    let mut work = fixture.work(&manager(event)).await;
    let second = work.register_new_participant(event, new_person("Second Head"), head).await;
    assert_eq!(problem(second), RegistrationRefusal::DelegationHasHead.into());
    drop(work);
    let mut work = fixture.work(&manager(event)).await;
    let mut delegate = in_role(RegistrationRole::Delegate);
    delegate.membership = place(false);
    let member =
        work.register_new_participant(event, new_person("A Member"), delegate.clone()).await.unwrap();
    work.commit().await.unwrap();
    let mut work = fixture.work(&manager(event)).await;
    let third = work.register_new_participant(event, new_person("A Third"), delegate.clone()).await;
    assert_eq!(problem(third), RegistrationRefusal::DelegationFull { size: 2 }.into());
    let smaller = DelegationChange { size: Some(Some(1)), ..DelegationChange::default() };
    assert_eq!(
        problem(work.update_delegation(delegation, None, smaller).await),
        RegistrationRefusal::SizeBelowMembers { size: 1, members: 2 }.into()
    );
    drop(work);
    let mut work = fixture.work(&system()).await;
    let wrong = work.register_new_participant(elsewhere, new_person("At X"), delegate).await;
    assert_eq!(problem(wrong), RegistrationRefusal::DelegationOfOtherEvent.into());
    drop(work);

    let reading = fixture.reading(&manager(event));
    let members = reading.members_of_delegations(&[delegation]).await.unwrap().remove(&delegation).unwrap();
    let ids: Vec<_> = members.iter().map(|entry| entry.registration.id).collect();
    assert_eq!(ids, [entry.registration.id, member.registration.id]);
    let mut work = fixture.work(&manager(event)).await;
    let unknown = DelegationChange { size: Some(None), ..DelegationChange::default() };
    assert_eq!(work.update_delegation(delegation, Some(1), unknown).await.unwrap().size, None);
}

each_database!(delegations_are_seen_with_the_event_and_their_members_by_few);
async fn delegations_are_seen_with_the_event_and_their_members_by_few(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Conference").await;
    let mut work = fixture.work(&system()).await;
    let delegation = work.create_delegation(new_delegation(event, None)).await.unwrap().id;
    let mut delegate = in_role(RegistrationRole::Delegate);
    delegate.membership = Some(Membership { delegation, is_head: false });
    work.register_new_participant(event, new_person("A Member"), delegate).await.unwrap();
    let draft = work.create_event(new_event("Draft", "2021")).await.unwrap().id;
    work.create_delegation(new_delegation(draft, None)).await.unwrap();
    work.commit().await.unwrap();
    let reading = fixture.reading(&viewer());
    let found = reading.delegations_of_events(&[event, draft]).await.unwrap();
    assert_eq!((found.len(), found[&event][0].size), (1, None));
    assert!(reading.members_of_delegations(&[delegation]).await.unwrap().is_empty());
    assert_eq!(reading.find_delegations(&[delegation]).await.unwrap().len(), 1);
    let found = fixture.reading(&system()).delegations_of_events(&[event, draft]).await.unwrap();
    assert_eq!(found.len(), 2);
}

each_database!(a_roster_is_seen_by_those_who_see_people_at_the_event);
async fn a_roster_is_seen_by_those_who_see_people_at_the_event(fixture: &Fixture<'_>) {
    let [host, other] = fixture.partners("UZ", ["Host", "Other"]).await;
    let event = fixture.open_event(host, "Seminar").await;
    let ids = fixture.crowd(event, ["Anna A", "Boris B"]).await;
    for (actor, sees) in [
        (administrator(host), true),
        (manager(event), true),
        (operator(event), true),
        (administrator(other), false),
        (coordinator("KZ"), false),
        (holder(Role::InternationalProgramOfficer, Place::Platform), false),
        (viewer(), false),
    ] {
        let expected: &[RegistrationId] = if sees { &ids } else { &[] };
        assert_eq!(roster(fixture, &actor, event, Filter::everything()).await, expected, "{actor:?}");
        let reading = fixture.reading(&actor);
        assert_eq!(reading.find_registrations(&ids).await.unwrap().len(), expected.len());
        let firsts = reading.first_pages_of_rosters(&[event], 5, BOTH).await.unwrap();
        assert_eq!(firsts.get(&event).map_or(0, |page| page.rows.len()), expected.len());
        let mut work = fixture.work(&actor).await;
        let cancelled = work.cancel_registration(ids[0], None, reason()).await;
        match (sees, actor == operator(event)) {
            (true, false) => assert!(cancelled.is_ok(), "{actor:?}"),
            (true, true) => assert_eq!(problem(cancelled).code(), ProblemCode::NotPermitted),
            (false, _) => {
                assert!(matches!(cancelled, Err(Failure::NotFound(RecordKind::Registration))));
            }
        }
    }
}

each_database!(a_roster_is_filtered_ordered_and_paged);
async fn a_roster_is_filtered_ordered_and_paged(fixture: &Fixture<'_>) {
    let [home, other] = fixture.partners("UZ", ["Home", "Other"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    let mut work = fixture.work(&system()).await;
    let mut ids = Vec::new();
    for (name, role, partner) in [
        ("Clara Gamma", RegistrationRole::Participant, Some(other)),
        ("Борис Бета", RegistrationRole::Speaker, Some(home)),
        ("Anna Alpha", RegistrationRole::Participant, None),
    ] {
        let mut details = in_role(role);
        details.partner = partner;
        let entry = work.register_new_participant(event, new_person(name), details).await.unwrap();
        ids.push(entry.registration.id);
    }
    work.cancel_registration(ids[0], None, reason()).await.unwrap();
    work.commit().await.unwrap();
    let [clara, boris, anna] = [ids[0], ids[1], ids[2]];
    let found = async |test| roster(fixture, &system(), event, Filter::Is(test)).await;
    assert_eq!(found(RegistrationTest::Roles(vec![RegistrationRole::Speaker])).await, [boris]);
    assert_eq!(found(RegistrationTest::Statuses(vec![RegistrationStatus::Cancelled])).await, [clara]);
    assert_eq!(found(RegistrationTest::Partner(home)).await, [boris]);
    assert_eq!(found(RegistrationTest::Countries(vec![country("UZ")])).await, [clara, boris]);
    assert_eq!(found(RegistrationTest::Named(words("beta"))).await, [boris]);
    assert_eq!(found(RegistrationTest::Attended(false)).await, [clara, boris, anna]);
    assert!(found(RegistrationTest::Attended(true)).await.is_empty());

    let reading = fixture.reading(&system());
    let all = RegistrationFilter::everything();
    let page = reading.list_registrations(event, &all, BY_NAME, &first(2), BOTH).await.unwrap();
    let names: Vec<_> = page.rows.iter().map(|(_, entry)| entry.registration.id).collect();
    assert_eq!((names, page.has_next), (vec![anna, boris], true));
    let rest = PageRequest::parse(Some(2), Some(page.rows[1].0.to_string()), None, None).unwrap();
    let page = reading.list_registrations(event, &all, BY_NAME, &rest, BOTH).await.unwrap();
    let names: Vec<_> = page.rows.iter().map(|(_, entry)| entry.registration.id).collect();
    assert_eq!((names, page.has_next), (vec![clara], false));
    let wrong = reading.list_registrations(event, &all, AS_MADE, &rest, BOTH).await;
    assert_eq!(problem(wrong).path(), ["after"]);
}

each_database!(a_roster_of_one_and_of_many_is_one_statement);
async fn a_roster_of_one_and_of_many_is_one_statement(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let mut events = Vec::new();
    for number in 0..5 {
        let event = fixture.open_event(home, &format!("Event {number}")).await;
        fixture.crowd(event, ["Anna A", "Boris B", "Clara C"]).await;
        events.push(event);
    }
    let reading = fixture.reading(&administrator(home));
    for some in [&events[..1], &events] {
        let question = async |reading: Reading| {
            let firsts = reading.first_pages_of_rosters(some, 2, BOTH).await.unwrap();
            assert!(
                firsts.len() == some.len()
                    && firsts.values().all(|page| page.rows.len() == 2 && page.has_next)
            );
            let all = RegistrationFilter::everything();
            let page = reading.list_registrations(some[0], &all, BY_NAME, &first(200), BOTH).await.unwrap();
            assert_eq!(page.rows.len(), 3);
        };
        assert_eq!(fixture.statements(&administrator(home), question).await, 2);
        // People whom nobody saw a moment ago are one statement more, however many there are.
        assert_eq!(fixture.statements_afresh(&administrator(home), question).await, 3);
    }
    let firsts = reading.first_pages_of_rosters(&events[..1], 2, BOTH).await.unwrap();
    let names: Vec<_> = firsts[&events[0]]
        .rows
        .iter()
        .map(|(_, entry)| entry.participant.names.display(&[]).to_owned())
        .collect();
    assert_eq!(names, ["Anna A", "Boris B"]);
}

each_database!(attendance_is_read_where_it_is_asked_for_and_filtered_by_where_it_is_not);
async fn attendance_is_read_where_it_is_asked_for_and_filtered_by_where_it_is_not(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let event = fixture.open_event(home, "Seminar").await;
    fixture.crowd(event, ["Anna A"]).await;
    let reading = fixture.reading(&administrator(home));
    for (parts, expected) in [(RosterParts::People, None), (BOTH, Some(Attendance::default()))] {
        let absent = Filter::Is(RegistrationTest::Attended(false));
        for filter in [RegistrationFilter::everything(), absent.clone(), Filter::Not(Box::new(absent))] {
            let page = reading.list_registrations(event, &filter, BY_NAME, &first(5), parts).await.unwrap();
            let is_empty = matches!(filter, Filter::Not(_));
            assert_eq!(page.rows.len(), usize::from(!is_empty), "{filter:?}");
            let read = page.rows.iter().all(|(_, entry)| entry.attendance.is_some() == expected.is_some());
            assert!(read || filter != RegistrationFilter::everything(), "{filter:?}");
        }
        let firsts = reading.first_pages_of_rosters(&[event], 5, parts).await.unwrap();
        assert_eq!(firsts[&event].rows[0].1.attendance, expected);
    }
}

each_database!(a_contribution_belongs_to_a_session_of_the_event_or_to_the_event);
async fn a_contribution_belongs_to_a_session_of_the_event_or_to_the_event(fixture: &Fixture<'_>) {
    let [home] = fixture.partners("UZ", ["Home"]).await;
    let [event, other] =
        [fixture.open_event(home, "Conference").await, fixture.open_event(home, "Other").await];
    let [opening, foreign] = [session(fixture, event, 1).await, session(fixture, other, 1).await];
    let [speaker] = fixture.crowd(event, ["B Kuchkarov"]).await;
    let new = |session, kind| NewContribution { registration: speaker, session, kind, title: None };
    let mut work = fixture.work(&manager(event)).await;
    let refused = work.add_contribution(new(Some(foreign), ContributionKind::Lecture)).await;
    assert_eq!(problem(refused), RegistrationRefusal::SessionOfOtherEvent.into());
    let address = work.add_contribution(new(Some(opening), ContributionKind::WelcomeAddress)).await.unwrap();
    let lecture = work.add_contribution(new(None, ContributionKind::Lecture)).await.unwrap();
    work.commit().await.unwrap();
    let reading = fixture.reading(&manager(event));
    let of_sessions = reading.contributions_of_sessions(&[opening, foreign]).await.unwrap();
    assert_eq!((of_sessions.len(), &of_sessions[&opening]), (1, &vec![address.clone()]));
    let own = reading.contributions_of_registrations(&[speaker]).await.unwrap();
    assert_eq!(own[&speaker], [address, lecture.clone()]);
    assert!(fixture.reading(&viewer()).contributions_of_sessions(&[opening]).await.unwrap().is_empty());
    let mut work = fixture.work(&manager(event)).await;
    work.remove_contribution(lecture.id).await.unwrap();
    work.cancel_registration(speaker, None, reason()).await.unwrap();
    work.commit().await.unwrap();
    assert!(reading.contributions_of_registrations(&[speaker]).await.unwrap().is_empty());
}

each_database!(a_person_of_two_events_shows_both_registrations_to_whoever_sees_both);
async fn a_person_of_two_events_shows_both_registrations_to_whoever_sees_both(fixture: &Fixture<'_>) {
    let [home, host] = fixture.partners("UZ", ["Home", "Host"]).await;
    let [one, two] = [fixture.open_event(home, "One").await, fixture.open_event(host, "Two").await];
    let person = fixture.person(person_of(home, "Anna Guest")).await.id;
    let [first, second] = [
        fixture.register(one, person, as_participant()).await,
        fixture.register(two, person, as_participant()).await,
    ];
    let seen = async |actor: Arc<Actor>| -> Vec<RegistrationId> {
        let found = fixture.reading(&actor).registrations_of_participants(&[person]).await.unwrap();
        found.values().flatten().map(|entry| entry.registration.id).collect()
    };
    assert_eq!(seen(system()).await, [second, first]);
    assert_eq!(seen(administrator(home)).await, [first]);
}
