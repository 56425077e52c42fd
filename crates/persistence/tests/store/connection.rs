//! Connections: everything an institution has to do with, as far as the actor sees it, in a fixed number of statements.

use hemicycle_domain::{
    agreement::PartyRole,
    connection::{Connection, Connections},
    event::{EventPartner, EventStep, NewEvent, PartnerRole},
    id::{DelegationId, EventId, PartnerId},
    program::{BasisKind, ProgramPartner, ProgramRole},
    registration::NewDelegation,
};
use hemicycle_persistence::Reading;

use crate::{
    agreement::agree,
    each_database,
    fixture::{Fixture, new_event},
    program::{concept, level, new_program, set_up},
    refusal::begin,
};

/// Sends a delegation to an event.
pub(crate) async fn send_delegation(
    fixture: &Fixture<'_>,
    event: EventId,
    sender: PartnerId,
    invited_by: Option<PartnerId>,
) -> DelegationId {
    let sender = Some(sender);
    let new = NewDelegation { event, sender, country: None, invited_by, size: None, note: None };
    fixture.prepare(async |work| work.create_delegation(new).await).await.id
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
    let [one, other] = fixture.partners("UZ", ["Commission", "Academy"]).await;
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
    let sent = send_delegation(fixture, event, one, None).await;
    let invited = send_delegation(fixture, event, other, Some(one)).await;

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
        Connection::DelegationSender { event, delegation: sent },
        Connection::DelegationInviter { event, delegation: invited },
    ];
    assert_eq!(connections, Connections { entries: expected.to_vec(), is_cut: false });
}

each_database!(an_event_that_the_actor_does_not_see_connects_nobody);
async fn an_event_that_the_actor_does_not_see_connects_nobody(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Academy"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let partners = vec![EventPartner { partner: host, role: PartnerRole::Funder }];
    let draft = NewEvent { host: Some(host), partners, ..new_event("Draft", "2021") };
    let draft = work.create_event(draft).await.unwrap().id;
    work.commit().await.unwrap();
    send_delegation(fixture, draft, host, None).await;
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
    let partners = fixture.partners("UZ", ["One", "Two", "Three", "Four"]).await;
    for host in partners {
        held(fixture, NewEvent { host: Some(host), ..new_event("Seminar", "2021") }).await;
    }
    for asked in [&partners[..1], &partners[..]] {
        let question = async |reading: Reading| {
            assert_eq!(reading.connections_of_partners(asked).await.unwrap().len(), asked.len());
        };
        assert_eq!(fixture.statements(&fixture.viewer(), question).await, 5);
    }
}

each_database!(a_busy_host_is_answered_with_its_newest_events_and_told_of_the_cut);
async fn a_busy_host_is_answered_with_its_newest_events_and_told_of_the_cut(fixture: &Fixture<'_>) {
    let [busy, calm] = fixture.partners("UZ", ["Busy", "Calm"]).await;
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
