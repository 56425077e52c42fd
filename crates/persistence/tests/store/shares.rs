//! What a part in an event opens to those who do not run it: the SQL of the scope agrees with the domain for every role
//! at every institution, for trainers, and for the people themselves.

use std::{collections::BTreeSet, sync::Arc};

use hemicycle_domain::{
    access::{Actor, Capability, Place, Role, Shares, Tie, Whereabouts},
    event::{EventPartner, EventStep, NewEvent, PartnerRole},
    filter::Filter,
    id::{AccountId, EventId, ParticipantId, PartnerId, RegistrationId},
    page::Direction,
    participant::ParticipantOrderField,
    registration::{RegistrationDetails, RegistrationOrderField, RegistrationRole},
};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, first, new_event, new_partner},
    people::{holder, in_role, new_person},
};

/// A registration, and where it stands.
struct Line {
    id: RegistrationId,
    event: EventId,
    person: ParticipantId,
    at: Whereabouts,
}

/// An event, and where it stands.
struct Held {
    id: EventId,
    at: Whereabouts,
    is_draft: bool,
}

/// Events that institutions have every part in, with people who represent each of them.
struct Ground {
    partners: [PartnerId; 4],
    events: Vec<Held>,
    lines: Vec<Line>,
}

impl Ground {
    /// The institutions are a host, an office, a branch of that office, and one more.
    async fn prepare(fixture: &Fixture<'_>) -> Self {
        let [host, office, other] = fixture.partners("UZ", ["Host", "Office", "Other"]).await;
        let mut below = new_partner("UZ", "Branch");
        below.parent = Some(office);
        let branch = fixture.prepare(async |work| work.create_partner(below).await).await.id;
        let above = |id: PartnerId| if id == branch { vec![branch, office] } else { vec![id] };
        let parts = [
            vec![],
            vec![EventPartner { partner: branch, role: PartnerRole::CoOrganiser }],
            vec![EventPartner { partner: office, role: PartnerRole::Funder }],
            vec![
                EventPartner { partner: office, role: PartnerRole::LeadOrganiser },
                EventPartner { partner: other, role: PartnerRole::Sender },
            ],
        ];
        let mut ground =
            Self { partners: [host, office, branch, other], events: Vec::new(), lines: Vec::new() };
        let trainer = fixture.person(new_person("A Trainer")).await.id;
        for (number, parts) in parts.into_iter().enumerate() {
            for is_draft in [true, false] {
                let with = |tie| {
                    let tied = parts.iter().filter(move |part| part.role.tie() == Some(tie));
                    tied.flat_map(|part| above(part.partner)).collect()
                };
                let shares = Shares {
                    organisers: with(Tie::Organiser),
                    funders: with(Tie::Funder),
                    ..Shares::default()
                };
                let new = NewEvent {
                    host: Some(host),
                    partners: parts.clone(),
                    ..new_event(&format!("Event {number}"), "2026-12-01")
                };
                let event = fixture.event(new).await;
                let mut at = Whereabouts { shares, ..event.whereabouts.clone() };
                let mut registered = Vec::new();
                if number == 1 {
                    at.shares.trainers.push(trainer);
                    registered.push((trainer, in_role(RegistrationRole::Speaker)));
                }
                for nominator in [None, Some(host), Some(office), Some(branch), Some(other)] {
                    let person = fixture.person(new_person("A Person")).await.id;
                    let details = in_role(RegistrationRole::Participant);
                    registered.push((person, RegistrationDetails { partner: nominator, ..details }));
                }
                for (person, details) in registered {
                    let nominators = details.partner.map(above).unwrap_or_default();
                    let id = fixture.register(event.id, person, details).await;
                    let shares = Shares { nominators, person: Some(person), ..at.shares.clone() };
                    let at = Whereabouts { shares, ..at.clone() };
                    ground.lines.push(Line { id, event: event.id, person, at });
                }
                if !is_draft {
                    fixture.step(event.id, &[EventStep::Plan]).await;
                }
                ground.events.push(Held { id: event.id, at, is_draft });
            }
        }
        ground
    }

    /// Every role at every institution, and every person with and without one.
    fn actors(&self) -> Vec<(String, Arc<Actor>)> {
        let held = Role::ALL.iter().flat_map(|role| {
            let places = self.partners.map(Place::Partner);
            places.into_iter().filter(|place| role.is_held_at(*place)).map(move |place| (*role, place))
        });
        let mut actors: Vec<_> =
            held.map(|(role, place)| (format!("{role} at {place:?}"), holder(role, place))).collect();
        let id = AccountId::from(Uuid::from_u128(1));
        for line in &self.lines {
            let person = Some(line.person);
            actors.push((
                format!("{person:?}"),
                Arc::new(Actor::Account { id, grants: Vec::new(), person, glass: Vec::new() }),
            ));
        }
        actors
    }
}

each_database!(people_are_seen_as_the_part_in_their_event_allows);
async fn people_are_seen_as_the_part_in_their_event_allows(fixture: &Fixture<'_>) {
    let ground = Ground::prepare(fixture).await;
    let all: Vec<RegistrationId> = ground.lines.iter().map(|line| line.id).collect();
    let everybody: Vec<ParticipantId> = ground.lines.iter().map(|line| line.person).collect();
    for (name, actor) in ground.actors() {
        let reading = fixture.reading(&actor);
        let allowed = || ground.lines.iter().filter(|line| actor.may(Capability::SeePeople, &line.at));
        let registrations: BTreeSet<RegistrationId> = allowed().map(|line| line.id).collect();
        let found = reading.find_registrations(&all).await.unwrap();
        assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), registrations, "{name}");
        let mut listed = BTreeSet::new();
        for event in &ground.events {
            let order = (RegistrationOrderField::RegisteredAt, Direction::Ascending);
            let page = reading
                .list_registrations(
                    event.id,
                    &Filter::everything(),
                    order,
                    &first(200),
                    hemicycle_persistence::RosterParts::People,
                )
                .await;
            let page = page.unwrap().rows;
            let count = reading.count_registrations(event.id, &Filter::everything()).await.unwrap();
            assert_eq!(count, page.len() as u64, "{name}");
            listed.extend(page.iter().map(|(_, entry)| entry.registration.id));
        }
        assert_eq!(listed, registrations, "{name}");
        let people: BTreeSet<ParticipantId> = allowed().map(|line| line.person).collect();
        let found = reading.find_participants(&everybody).await.unwrap();
        assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), people, "{name}");
        let order = (ParticipantOrderField::Name, Direction::Ascending);
        let page = reading.list_participants(&Filter::everything(), order, &first(200)).await.unwrap().rows;
        assert_eq!(page.iter().map(|(_, person)| person.id).collect::<BTreeSet<_>>(), people, "{name}");
        let count = reading.count_participants(&Filter::everything()).await.unwrap();
        assert_eq!(count, people.len() as u64, "{name}");
        let rosters: BTreeSet<EventId> = allowed().map(|line| line.event).collect();
        let events: Vec<EventId> = ground.events.iter().map(|event| event.id).collect();
        let pages = reading
            .first_pages_of_rosters(&events, 10, hemicycle_persistence::RosterParts::People)
            .await
            .unwrap();
        assert_eq!(pages.into_keys().collect::<BTreeSet<_>>(), rosters, "{name}");
    }
}

each_database!(events_and_figures_are_seen_as_the_part_in_them_allows);
async fn events_and_figures_are_seen_as_the_part_in_them_allows(fixture: &Fixture<'_>) {
    let ground = Ground::prepare(fixture).await;
    let all: Vec<EventId> = ground.events.iter().map(|event| event.id).collect();
    for (name, actor) in ground.actors() {
        let reading = fixture.reading(&actor);
        let seen = |event: &&Held| !event.is_draft || actor.may(Capability::SeeDrafts, &event.at);
        let seen: BTreeSet<EventId> = ground.events.iter().filter(seen).map(|event| event.id).collect();
        let found = reading.find_events(&all).await.unwrap();
        assert_eq!(found.into_keys().collect::<BTreeSet<_>>(), seen, "{name}");
        let counted = |event: &&Held| actor.may(Capability::SeeFigures, &event.at);
        let counted: BTreeSet<EventId> = ground.events.iter().filter(counted).map(|event| event.id).collect();
        let tallies = reading.tallies_of_events(&all).await.unwrap();
        assert!(tallies.values().all(|tally| tally.registrations >= 5), "{name}");
        assert_eq!(tallies.into_keys().collect::<BTreeSet<_>>(), counted, "{name}");
    }
}

each_database!(an_account_has_the_rights_of_its_person_until_it_is_linked_no_longer);
async fn an_account_has_the_rights_of_its_person_until_it_is_linked_no_longer(fixture: &Fixture<'_>) {
    use hemicycle_domain::{
        access::Grant,
        account::{EmailAddress, NewAccount, PasswordHash},
        text,
    };
    let person = fixture.person(new_person("A Person")).await.id;
    let other = fixture.person(new_person("A Person")).await.id;
    let new = |email: &str| NewAccount {
        email: EmailAddress::parse("email", email).unwrap(),
        display_name: text::Line::parse("displayName", "A Person").unwrap(),
        password: PasswordHash("hash".to_owned()),
        grants: vec![Grant { role: Role::Viewer, place: Place::Platform }],
    };
    let [account, second] = ["one@example.org", "two@example.org"].map(new);
    let account = fixture.prepare(async |work| work.create_account(account).await).await.id;
    let second = fixture.prepare(async |work| work.create_account(second).await).await.id;
    let sees = async || {
        let actor = fixture.store.find_actor(account, fixture.now()).await.unwrap().unwrap();
        fixture
            .reading(&actor)
            .find_participants(&[person, other])
            .await
            .unwrap()
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(sees().await, []);
    fixture.prepare(async |work| work.link_account(account, Some(person)).await).await;
    assert_eq!(sees().await, [person]);
    assert!(fixture.attempt(async |work| work.link_account(second, Some(person)).await).await.is_err());
    fixture.prepare(async |work| work.merge_participants(person, other).await).await;
    let actor = fixture.reopened().await.find_actor(account, fixture.now()).await.unwrap().unwrap();
    let found = fixture.reading(&actor).find_participant(other).await.unwrap();
    assert_eq!(found.unwrap().id, other);
    fixture.prepare(async |work| work.link_account(account, None).await).await;
    assert_eq!(sees().await, []);
    fixture.prepare(async |work| work.link_account(second, Some(other)).await).await;
}
