//! What each role sees at each kind of place: the scope as SQL agrees with the table of the domain.

use hemicycle_domain::event::{EventOrderField, EventTest};
use hemicycle_domain::{
    access::{Actor, Capability, Place, Role},
    event::Event,
    filter::Filter,
    id::EventId,
    page::{Direction, PageRequest},
};
use std::{collections::BTreeSet, sync::Arc};

use crate::{
    each_database,
    fixture::{Fixture, country, new_event, new_partner},
};

/// Drafts with every combination of host and territory.
async fn drafts(fixture: &Fixture<'_>) -> (Vec<Arc<Event>>, Vec<Place>) {
    let territories = [fixture.territory("UZ", None).await.id, fixture.territory("KZ", None).await.id];
    let head = fixture.partner("UZ", "Head").await.id;
    let mut below = new_partner("UZ", "Branch");
    below.parent = Some(head);
    let branch = fixture.prepare(async |work| work.create_partner(below).await).await.id;
    let other = fixture.partner("KZ", "Other").await.id;
    let mut events = Vec::new();
    for territory in [None, Some(territories[0]), Some(territories[1])] {
        for host in [None, Some(head), Some(branch), Some(other)] {
            let mut new = new_event("Seminar", "2026-12-01");
            new.territory = territory;
            new.host = host;
            events.push(fixture.event(new).await);
        }
    }
    let mut places = vec![Place::Platform, Place::Country(country("UZ")), Place::Country(country("IN"))];
    places.extend([head, branch, other].map(Place::Partner));
    places.push(Place::Event(events[0].id));
    (events, places)
}

each_database!(what_is_listed_is_what_the_table_allows);
async fn what_is_listed_is_what_the_table_allows(fixture: &Fixture<'_>) {
    let (events, places) = drafts(fixture).await;
    let order = (EventOrderField::CreatedAt, Direction::Ascending);
    let page = PageRequest::parse(Some(200), None, None, None).unwrap();
    let held = Role::ALL.iter().flat_map(|role| places.iter().map(move |place| (*role, *place)));
    for (role, place) in held.filter(|(role, place)| role.is_held_at(*place)) {
        let actor = fixture.account(role, place);
        let reading = fixture.reading(&actor);
        let allowed: BTreeSet<EventId> = events
            .iter()
            .filter(|event| actor.may(Capability::SeeDrafts, &event.whereabouts))
            .map(|event| event.id)
            .collect();
        let listed = reading.list_events(&Filter::everything(), order, &page).await.unwrap();
        let listed: BTreeSet<EventId> = listed.rows.iter().map(|(_, event)| event.id).collect();
        assert_eq!(listed, allowed, "{role} at {place:?}");
        let counted = reading.count_events(&Filter::everything()).await.unwrap();
        assert_eq!(counted, allowed.len() as u64, "{role} at {place:?}");
        let all: Vec<EventId> = events.iter().map(|event| event.id).collect();
        let found: BTreeSet<EventId> = reading.find_events(&all).await.unwrap().into_keys().collect();
        assert_eq!(found, allowed, "{role} at {place:?}");
    }
}

each_database!(a_filter_does_not_widen_what_is_seen);
async fn a_filter_does_not_widen_what_is_seen(fixture: &Fixture<'_>) {
    let (events, _) = drafts(fixture).await;
    let ids = Filter::Is(EventTest::Ids(events.iter().map(|event| event.id).collect()));
    let anything = Filter::Any(vec![Filter::everything(), ids]);
    let reading = fixture.reading(&fixture.viewer());
    assert_eq!(reading.count_events(&anything).await.unwrap(), 0);
    assert_eq!(reading.count_events(&Filter::Not(Box::new(Filter::Any(Vec::new())))).await.unwrap(), 0);
}

each_database!(nobody_begins_nothing);
async fn nobody_begins_nothing(fixture: &Fixture<'_>) {
    let nobody = Arc::new(Actor::Anonymous);
    assert!(fixture.store.acting_as(&nobody).is_err());
    assert!(fixture.store.begin(&nobody, fixture.now()).await.is_err());
}

each_database!(the_live_figures_of_an_event_are_seen_by_its_own_people);
async fn the_live_figures_of_an_event_are_seen_by_its_own_people(fixture: &Fixture<'_>) {
    let [own, other] = [
        fixture.event(new_event("Own", "2026-12-01")).await.id,
        fixture.event(new_event("Other", "2026-12-01")).await.id,
    ];
    for (role, sees) in [(Role::EventManager, true), (Role::CheckInOperator, true), (Role::Viewer, false)] {
        let reading = fixture.reading(&fixture.account(role, Place::Event(own)));
        assert_eq!(reading.attendance_of_event(own).await.unwrap().is_some(), sees, "{role}");
        assert!(reading.attendance_of_event(other).await.unwrap().is_none(), "{role}");
    }
}
