//! Merging: whatever referred to the one institution refers to the other afterwards, and says nothing twice.

use hemicycle_domain::{
    access::{Grant, Place, Role},
    account::{EmailAddress, NewAccount, PasswordHash},
    event::{EventPartner, NewEvent, Particulars, PartnerRole, TrainerGroup},
    filter::Filter,
    headcount_report::{Breakdown, BreakdownDimension, Figure, Part},
    id::{Id, PartnerId},
    page::Direction,
    partner::{NewPartner, PartnerOrderField},
    program::{BasisDraft, ProgramPartner, ProgramRole},
    text::Line,
};

use crate::{
    agreement::agree,
    connection::send_delegation,
    each_database,
    fixture::{Fixture, first, new_event, new_partner, text},
    headcount_report::{exact, part, report},
    program::{concept, level, new_program, set_up},
    refusal::begin,
};

async fn merge(fixture: &Fixture<'_>, from: PartnerId, into: PartnerId) {
    let mut work = begin(fixture, &fixture.system()).await;
    work.merge_partners(from, into).await.unwrap();
    work.commit().await.unwrap();
}

each_database!(agreements_and_programs_name_the_institution_that_is_kept);
async fn agreements_and_programs_name_the_institution_that_is_kept(fixture: &Fixture<'_>) {
    let [double, kept, third] = fixture.partners("UZ", ["Academy (double)", "Academy", "Commission"]).await;
    let agreement = agree(fixture, "Agreement", None, &[third, double]).await;
    let between = agree(fixture, "Between the two", None, &[double, kept, third]).await;
    let mut new = new_program("Program");
    new.plan.lead = Some(double);
    new.plan.partners =
        [(double, ProgramRole::Funder), (double, ProgramRole::Host), (kept, ProgramRole::Funder)]
            .map(|(partner, role)| ProgramPartner { partner, role })
            .to_vec();
    new.plan.cascade_levels = vec![level(1, Some(double))];
    new.bases = vec![BasisDraft { ..concept(double) }];
    let before = set_up(fixture, new).await;
    merge(fixture, double, kept).await;

    let reading = fixture.reading(&fixture.viewer());
    let parties = async |id| -> Vec<_> {
        let agreement = reading.find_agreement(id).await.unwrap().unwrap();
        agreement.parties.iter().map(|party| party.partner).collect()
    };
    assert_eq!(parties(agreement).await, [third, kept]);
    assert_eq!(parties(between).await, [kept, third]);
    let program = reading.find_program(before.id).unwrap();
    let roles: Vec<_> = program.plan.partners.iter().map(|partner| (partner.partner, partner.role)).collect();
    assert_eq!(roles, [(kept, ProgramRole::Funder), (kept, ProgramRole::Host)]);
    assert_eq!(program.plan.lead, Some(kept));
    assert_eq!(program.plan.cascade_levels[0].trained_at, Some(kept));
    assert_eq!(program.bases[0].grounds.issuer, Some(kept));
    assert_eq!(program.whereabouts.partners, [kept]);
    assert_eq!(program.version, before.version + 1);
    let read = fixture.reopened().await.acting_as(&fixture.viewer()).unwrap().find_program(program.id);
    assert_eq!(read, Some(program));
}

each_database!(events_and_delegations_name_the_institution_that_is_kept);
async fn events_and_delegations_name_the_institution_that_is_kept(fixture: &Fixture<'_>) {
    let [double, kept] = fixture.partners("UZ", ["Academy (double)", "Academy"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let roles = [(double, PartnerRole::Sender), (double, PartnerRole::Funder), (kept, PartnerRole::Sender)];
    let group = TrainerGroup { description: text("professors"), provider: Some(double) };
    let new = NewEvent {
        host: Some(double),
        partners: roles.map(|(partner, role)| EventPartner { partner, role }).to_vec(),
        particulars: Particulars { trainer_groups: vec![group], ..Particulars::default() },
        ..new_event("Seminar", "2021")
    };
    let event = work.create_event(new).await.unwrap().id;
    work.commit().await.unwrap();
    send_delegation(fixture, event, double, Some(kept)).await;
    let academy = Part { partner: Some(double), ..part("academy", Some(4)) };
    let dimension = BreakdownDimension::Institution;
    let breakdown = Some(Breakdown { dimension, parts: vec![academy], is_complete: true });
    let figure = report(fixture, event, Figure { breakdown, ..exact(4) }).await;
    merge(fixture, double, kept).await;

    let reading = fixture.reading(&fixture.system());
    let figure = reading.find_headcount_reports(&[figure]).await.unwrap().remove(&figure).unwrap();
    assert_eq!(figure.figure.breakdown.as_ref().unwrap().parts[0].partner, Some(kept));
    let read = reading.find_event(event).await.unwrap().unwrap();
    assert_eq!(read.host, Some(kept));
    assert_eq!(read.particulars.trainer_groups[0].provider, Some(kept));
    assert_eq!(read.whereabouts.partners, [kept]);
    let partners = reading.partners_of_events(&[event]).await.unwrap().remove(&event).unwrap();
    let roles: Vec<_> = partners.iter().map(|partner| (partner.partner, partner.role)).collect();
    assert_eq!(roles, [(kept, PartnerRole::Funder), (kept, PartnerRole::Sender)]);
    let connections = reading.connections_of_partner(kept).await.unwrap();
    assert_eq!(connections.entries.len(), 5);
    assert!(reading.connections_of_partner(double).await.unwrap().entries.is_empty());
}

each_database!(branches_come_along_and_an_earlier_merge_still_leads_to_the_institution);
async fn branches_come_along_and_an_earlier_merge_still_leads_to_the_institution(fixture: &Fixture<'_>) {
    let [oldest, old, kept] = fixture.partners("UZ", ["First record", "Second record", "Third record"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let new = NewPartner { parent: Some(old), ..new_partner("UZ", "Branch") };
    let branch = work.create_partner(new).await.unwrap().id;
    work.commit().await.unwrap();
    merge(fixture, oldest, old).await;
    merge(fixture, old, kept).await;
    for store in [fixture.store.clone(), fixture.reopened().await] {
        let reading = store.acting_as(&fixture.viewer()).unwrap();
        for id in [oldest, old, kept] {
            assert_eq!(reading.find_partner(id).unwrap().id, kept);
        }
        let branch = reading.find_partner(branch).unwrap();
        assert_eq!(branch.version, 2);
        assert_eq!((branch.parent, branch.whereabouts.partners.clone()), (Some(kept), vec![branch.id, kept]));
    }
    let order = (PartnerOrderField::Name, Direction::Ascending);
    let page = fixture
        .reading(&fixture.viewer())
        .list_partners(&Filter::everything(), order, &first(10))
        .await
        .unwrap();
    let listed: Vec<_> = page.rows.iter().map(|(_, partner)| partner.id).collect();
    assert_eq!(listed, [branch, kept]);
}

each_database!(a_role_at_the_institution_is_a_role_at_the_one_that_is_kept);
async fn a_role_at_the_institution_is_a_role_at_the_one_that_is_kept(fixture: &Fixture<'_>) {
    let [double, kept] = fixture.partners("UZ", ["Academy (double)", "Academy"]).await;
    let new = NewAccount {
        email: EmailAddress::parse("email", "administrator@example.org").unwrap(),
        display_name: Line::parse("displayName", "Administrator").unwrap(),
        password: PasswordHash("hash".to_owned()),
        grants: vec![Grant { role: Role::PartnerAdministrator, place: Place::Partner(double) }],
    };
    let mut work = begin(fixture, &fixture.system()).await;
    let account = work.create_account(new).await.unwrap();
    work.commit().await.unwrap();
    merge(fixture, double, kept).await;
    let account = fixture.reading(&fixture.system()).find_account(account.id).await.unwrap().unwrap();
    assert_eq!(account.grants[0].1.place, Place::Partner(kept));
    assert_eq!(account.whereabouts.partners, [kept]);
}

each_database!(a_merge_that_is_not_committed_leaves_everything_as_it_was);
async fn a_merge_that_is_not_committed_leaves_everything_as_it_was(fixture: &Fixture<'_>) {
    let [double, kept, third] = fixture.partners("UZ", ["Academy (double)", "Academy", "Commission"]).await;
    let agreement = agree(fixture, "Agreement", None, &[third, double]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    work.merge_partners(double, kept).await.unwrap();
    drop(work);
    let reading = fixture.reading(&fixture.viewer());
    assert_eq!(reading.find_partner(double).unwrap().id, double);
    let agreement = reading.find_agreement(agreement).await.unwrap().unwrap();
    assert!(agreement.parties.iter().any(|party| party.partner.uuid() == double.uuid()));
}
