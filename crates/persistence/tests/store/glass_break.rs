//! Breaking the glass: who may, how many at once, who sees and ends it, and what is noted while it is open.

use std::sync::Arc;

use chrono::TimeDelta;
use hemicycle_domain::{
    access::{Actor, Capability, Grant, Place, Role},
    account::{EmailAddress, NewAccount, PasswordHash},
    event::NewEvent,
    glass_break::{GlassBreak, MOST_OPEN, NewGlassBreak, OpenedData, OpenedPlace},
    id::{AccountId, EventId, PartnerId},
    problem::{Fault, Invalid, ProblemCode},
    text::{Line, Passage},
};
use hemicycle_persistence::{Failure, GlassBreakFilter};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, code_of, first, is_not_found, is_refused, new_event},
    people::{administrator, as_participant, holder, manager, person_of, problem, viewer},
};

const HOUR: TimeDelta = TimeDelta::hours(1);

fn glass(place: OpenedPlace, opens: &[OpenedData]) -> NewGlassBreak {
    let reason = "A bus with participants had an accident; relatives ask.";
    NewGlassBreak {
        place,
        opens: opens.to_vec(),
        lifetime: HOUR,
        reason: Passage::parse("reason", reason).unwrap(),
    }
}

/// An account that is kept, with one role.
async fn account(fixture: &Fixture<'_>, email: &str, role: Role, place: Place) -> AccountId {
    let new = NewAccount {
        email: EmailAddress::parse("email", email).unwrap(),
        display_name: Line::parse("displayName", email).unwrap(),
        password: PasswordHash("a hash".to_owned()),
        grants: vec![Grant { role, place }],
    };
    fixture.prepare(async |work| work.create_account(new).await).await.id
}

/// The account as it may act at this moment.
async fn actor(fixture: &Fixture<'_>, id: AccountId) -> Arc<Actor> {
    fixture.reopened().await.find_actor(id, fixture.now()).await.unwrap().unwrap()
}

async fn officer(fixture: &Fixture<'_>) -> AccountId {
    let role = Role::InternationalProgramOfficer;
    account(fixture, "officer@example.org", role, Place::Platform).await
}

async fn break_it(fixture: &Fixture<'_>, by: &Arc<Actor>, new: NewGlassBreak) -> Result<GlassBreak, Failure> {
    Ok(fixture.act(by, async |work| work.break_glass(new).await).await?.glass)
}

/// An event of a host with one person.
async fn event_with_a_person(fixture: &Fixture<'_>, host: PartnerId) -> EventId {
    let event = fixture.open_event(host, "Conference").await;
    let person = fixture.person(person_of(host, "Anna Guest")).await.id;
    fixture.register(event, person, as_participant()).await;
    event
}

each_database!(what_is_opened_is_part_of_the_actor_until_it_ends);
async fn what_is_opened_is_part_of_the_actor_until_it_ends(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = event_with_a_person(fixture, host).await;
    let id = officer(fixture).await;
    let before = actor(fixture, id).await;
    let new = glass(OpenedPlace::Event(event), &[OpenedData::Results]);
    let opened = break_it(fixture, &before, new).await.unwrap();
    assert_eq!(
        (opened.account, opened.opens.as_slice()),
        (id, &[OpenedData::People, OpenedData::Results][..])
    );
    let store = fixture.reopened().await;
    let sees = async |now| {
        let actor = store.find_actor(id, now).await.unwrap().unwrap();
        [Capability::SeePeople, Capability::SeeResults, Capability::SeeContacts]
            .map(|capability| actor.scope(capability).events.contains(&event))
    };
    assert_eq!(sees(opened.opened_at).await, [true, true, false]);
    assert_eq!(sees(opened.ends_at - TimeDelta::microseconds(1)).await, [true, true, false]);
    assert_eq!(sees(opened.ends_at).await, [false; 3]);
}

each_database!(only_so_many_are_open_to_one_account_at_once);
async fn only_so_many_are_open_to_one_account_at_once(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = event_with_a_person(fixture, host).await;
    let id = officer(fixture).await;
    let role = Role::InternationalProgramOfficer;
    let other = account(fixture, "another@example.org", role, Place::Platform).await;
    let by = actor(fixture, id).await;
    let new = || glass(OpenedPlace::Event(event), &[OpenedData::People]);
    let mut last = None;
    for _ in 0..MOST_OPEN {
        last = Some(break_it(fixture, &by, new()).await.unwrap().id);
    }
    assert_eq!(code_of(break_it(fixture, &by, new()).await), Some(ProblemCode::IllegalStep));
    // Another account has a count of its own.
    break_it(fixture, &actor(fixture, other).await, new()).await.unwrap();
    fixture.act(&by, async |work| work.end_glass_break(last.unwrap()).await).await.unwrap();
    break_it(fixture, &by, new()).await.unwrap();
}

each_database!(it_is_broken_by_whoever_may_where_they_may);
async fn it_is_broken_by_whoever_may_where_they_may(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = event_with_a_person(fixture, host).await;
    let new = || glass(OpenedPlace::Event(event), &[OpenedData::Contacts]);
    for stranger in [
        administrator(host),
        manager(event),
        viewer(),
        holder(Role::PlatformAdministrator, Place::Platform),
        holder(Role::CountryCoordinator, Place::Country(crate::fixture::country("KZ"))),
    ] {
        assert!(is_refused(break_it(fixture, &stranger, new()).await), "{stranger:?}");
    }
    let by = actor(fixture, officer(fixture).await).await;
    let nowhere = glass(OpenedPlace::Event(Uuid::from_u128(404).into()), &[OpenedData::People]);
    let unknown = problem(break_it(fixture, &by, nowhere).await);
    assert_eq!(unknown, Invalid::new("eventId", Fault::NotFound).within("place").into());
    let endless = NewGlassBreak { lifetime: TimeDelta::hours(25), ..new() };
    assert_eq!(problem(break_it(fixture, &by, endless).await).path(), ["minutes"]);
    assert_eq!(fixture.database.row_counts().await.unwrap()["glass_break"], 0);
}

each_database!(it_is_seen_and_ended_by_its_holder_and_by_the_host);
async fn it_is_seen_and_ended_by_its_holder_and_by_the_host(fixture: &Fixture<'_>) {
    let [host, other] = fixture.partners("UZ", ["Host", "Other"]).await;
    let event = event_with_a_person(fixture, host).await;
    let by = actor(fixture, officer(fixture).await).await;
    let opened =
        break_it(fixture, &by, glass(OpenedPlace::Event(event), &[OpenedData::Notes])).await.unwrap();
    let auditor = holder(Role::Auditor, Place::Platform);
    let everything = GlassBreakFilter::default();
    for (actor, sees, is_told_who) in [
        (by.clone(), true, true),
        (administrator(host), true, true),
        // Reads that and when, and nobody's name.
        (auditor.clone(), true, false),
        (administrator(other), false, false),
        (manager(event), false, false),
        (holder(Role::InternationalProgramOfficer, Place::Platform), false, false),
    ] {
        let reading = fixture.reading(&actor);
        assert_eq!(reading.find_glass_break(opened.id).await.unwrap().is_some(), sees, "{actor:?}");
        let listed = reading.list_glass_breaks(everything, &first(5)).await.unwrap().rows.len();
        assert_eq!(listed, usize::from(sees), "{actor:?}");
        assert_eq!(reading.count_glass_breaks(everything).await.unwrap(), u64::from(sees), "{actor:?}");
        assert_eq!(reading.holders_of_glass(&[opened.id]).await.unwrap().len(), usize::from(is_told_who));
    }
    let end = async |actor: Arc<Actor>| {
        fixture.act(&actor, async |work| work.end_glass_break(opened.id).await).await
    };
    assert!(is_refused(end(auditor).await));
    assert!(is_not_found(end(administrator(other)).await));
    let ended = end(administrator(host)).await.unwrap();
    assert!(ended.ended_at.is_some());
    // What is over is over: it is not ended again, and opens nothing.
    assert_eq!(end(by.clone()).await.unwrap(), ended);
    assert!(actor(fixture, opened.account).await.glass().is_empty());
    let open = GlassBreakFilter { open_at: Some(fixture.now()), ..everything };
    assert_eq!(fixture.reading(&by).count_glass_breaks(open).await.unwrap(), 0);
}

each_database!(whatever_is_read_of_people_meanwhile_leaves_a_row);
async fn whatever_is_read_of_people_meanwhile_leaves_a_row(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let event = fixture.open(NewEvent { host: Some(host), ..new_event("Conference", "2021") }).await;
    let person = fixture.person(person_of(host, "Anna Guest")).await.id;
    fixture.register(event, person, as_participant()).await;
    let id = officer(fixture).await;
    let by = actor(fixture, id).await;
    let opens = [OpenedData::Contacts];
    break_it(fixture, &by, glass(OpenedPlace::Event(event), &opens)).await.unwrap();
    let by = actor(fixture, id).await;
    let changes = async || fixture.database.row_counts().await.unwrap()["change"];
    let reading = || fixture.reading(&by).in_request(fixture.now(), "request");
    let before = changes().await;
    assert_eq!(reading().personal_data_of_participants(&[person]).await.unwrap().len(), 1);
    assert_eq!(changes().await, before + 1);
    assert_eq!(reading().find_participants(&[person]).await.unwrap().len(), 1);
    assert_eq!(changes().await, before + 2);
    // Who sees them by a role is not noted for one of them.
    let host = fixture.reading(&administrator(host)).in_request(fixture.now(), "request");
    assert_eq!(host.personal_data_of_participants(&[person]).await.unwrap().len(), 1);
    assert_eq!(changes().await, before + 2);
}
