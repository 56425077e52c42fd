//! Connections: everything an institution has to do with, as far as the actor sees it, in a fixed number of statements.

use std::collections::BTreeSet;

use hemicycle_domain::{
    agreement::PartyRole,
    connection::{Connection, Connections},
    event::{EventPartner, EventStep, NewEvent, PartnerRole},
    id::{EventId, Id, PartnerId},
    program::{BasisKind, ProgramPartner, ProgramRole},
};
use sea_orm::{ConnectionTrait, Database, sea_query::Query};
use uuid::Uuid;

use crate::{
    agreement::agree,
    each_database,
    fixture::{Fixture, new_event},
    program::{concept, level, new_program, set_up},
    refusal::begin,
};

/// Sends a delegation to an event, in the plainest row the database takes.
pub(crate) async fn send_delegation(
    fixture: &Fixture<'_>,
    id: Uuid,
    event: EventId,
    sender: PartnerId,
    invited_by: Option<PartnerId>,
) {
    let connection = Database::connect(fixture.database.url()).await.unwrap();
    let insert = Query::insert()
        .into_table("delegation")
        .columns(["id", "version", "created_at", "event_id", "sender_id", "invited_by_id"])
        .values_panic([
            id.into(),
            1.into(),
            fixture.now().into(),
            event.uuid().into(),
            sender.uuid().into(),
            invited_by.map(Id::uuid).into(),
        ])
        .to_owned();
    connection.execute(&insert).await.unwrap();
}

async fn held(fixture: &Fixture<'_>, new: NewEvent) -> EventId {
    let mut work = begin(fixture, &fixture.system()).await;
    let event = work.create_event(new).await.unwrap().id;
    work.advance_event(event, None, EventStep::Plan, None).await.unwrap();
    work.commit().await.unwrap();
    event
}

each_database!(an_institution_is_connected_by_every_role_it_has);
async fn an_institution_is_connected_by_every_role_it_has(fixture: &Fixture<'_>) {
    let [one, other] = fixture.institutions("UZ", ["Commission", "Academy"]).await;
    let agreement = agree(fixture, "Agreement", Some("2021-04-27"), &[one, other]).await;
    let mut new = new_program("Program");
    new.plan.lead = Some(one);
    new.plan.partners = vec![ProgramPartner { partner: one, role: ProgramRole::Approver }];
    new.plan.cascade_levels = vec![level(1, Some(one)), level(2, Some(other))];
    new.bases = vec![concept(one)];
    let program = set_up(fixture, new).await;
    let partners = vec![
        EventPartner { partner: one, role: PartnerRole::TrainerProvider },
        EventPartner { partner: other, role: PartnerRole::Organiser },
    ];
    let event = held(fixture, NewEvent { host: Some(one), partners, ..new_event("Seminar", "2021") }).await;
    send_delegation(fixture, Uuid::from_u128(5), event, one, None).await;
    send_delegation(fixture, Uuid::from_u128(6), event, other, Some(one)).await;

    let connections = fixture.reading(&fixture.viewer()).connections_of_partner(one).await.unwrap();
    let expected = [
        Connection::AgreementParty { agreement, role: PartyRole::Party },
        Connection::ProgramLead { program: program.id },
        Connection::ProgramPartner { program: program.id, role: ProgramRole::Approver },
        Connection::ProgramBasisIssuer {
            program: program.id,
            basis: program.bases[0].id,
            kind: BasisKind::Concept,
        },
        Connection::CascadeLevelTrainedAt { program: program.id, level: 1 },
        Connection::EventHost { event },
        Connection::EventPartner { event, role: PartnerRole::TrainerProvider },
        Connection::DelegationSender { event, delegation: Uuid::from_u128(5).into() },
        Connection::DelegationInviter { event, delegation: Uuid::from_u128(6).into() },
    ];
    assert_eq!(connections, Connections { entries: expected.to_vec(), is_cut: false });
}

each_database!(an_event_that_the_actor_does_not_see_connects_nobody);
async fn an_event_that_the_actor_does_not_see_connects_nobody(fixture: &Fixture<'_>) {
    let [host] = fixture.institutions("UZ", ["Academy"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let partners = vec![EventPartner { partner: host, role: PartnerRole::Funder }];
    let draft = NewEvent { host: Some(host), partners, ..new_event("Draft", "2021") };
    let draft = work.create_event(draft).await.unwrap().id;
    work.commit().await.unwrap();
    send_delegation(fixture, Uuid::from_u128(5), draft, host, None).await;
    let connections = fixture.reading(&fixture.viewer()).connections_of_partner(host).await.unwrap();
    assert_eq!(connections, Connections::default());
    let manager = {
        use hemicycle_domain::access::{Place, Role};
        fixture.account(Role::EventManager, Place::Partner(host))
    };
    let connections = fixture.reading(&manager).connections_of_partner(host).await.unwrap();
    assert_eq!(connections.entries.len(), 3);
}

each_database!(many_institutions_take_as_many_statements_as_one);
async fn many_institutions_take_as_many_statements_as_one(fixture: &Fixture<'_>) {
    let partners = fixture.institutions("UZ", ["One", "Two", "Three", "Four"]).await;
    for host in partners {
        held(fixture, NewEvent { host: Some(host), ..new_event("Seminar", "2021") }).await;
    }
    let reading = fixture.reading(&fixture.viewer());
    let mut counts = BTreeSet::new();
    for asked in [&partners[..1], &partners[..]] {
        let before = fixture.store.read_statements();
        assert_eq!(reading.connections_of_partners(asked).await.unwrap().len(), asked.len());
        counts.insert(fixture.store.read_statements() - before);
    }
    assert_eq!(counts, BTreeSet::from([5]));
}

each_database!(a_busy_host_is_answered_with_its_newest_events_and_told_of_the_cut);
async fn a_busy_host_is_answered_with_its_newest_events_and_told_of_the_cut(fixture: &Fixture<'_>) {
    let [busy, calm] = fixture.institutions("UZ", ["Busy", "Calm"]).await;
    let event = held(fixture, NewEvent { host: Some(calm), ..new_event("Seminar", "2021") }).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let mut last = event;
    for _ in 0..=Connections::MAXIMUM_OF_KIND {
        last = work
            .create_event(NewEvent { host: Some(busy), ..new_event("Seminar", "2021") })
            .await
            .unwrap()
            .id;
    }
    work.commit().await.unwrap();
    let found = fixture.reading(&fixture.system()).connections_of_partners(&[busy, calm]).await.unwrap();
    assert!(found[&busy].is_cut);
    assert_eq!(found[&busy].entries.len(), Connections::MAXIMUM_OF_KIND);
    assert_eq!(found[&busy].entries[0], Connection::EventHost { event: last });
    assert_eq!(found[&calm], Connections { entries: vec![Connection::EventHost { event }], is_cut: false });
}
