//! Agreements: recorded with their parties, found by them, edited by whoever is responsible for one of them.

use hemicycle_domain::{
    access::{Place, Role},
    agreement::{
        AgreementChange, AgreementKind, AgreementOrderField, AgreementTerms, AgreementTest, NewAgreement,
        Party, PartyRole, Signatory,
    },
    filter::Filter,
    id::{AgreementId, PartnerId},
    page::{Direction, PageRequest},
    problem::{Fault, Problem, ProblemCode},
    text::Line,
};
use hemicycle_persistence::Reading;
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, dates, day, first, names, text, words},
    refusal::{begin, invalid, problem},
};

pub(crate) fn new_agreement(name: &str, signed: Option<&str>, parties: &[PartnerId]) -> NewAgreement {
    NewAgreement {
        terms: AgreementTerms {
            kind: AgreementKind::CooperationAgreement,
            names: names(&[name]),
            signed: signed.map(dates),
            effective: None,
            valid_until: None,
            place: None,
            signatories: None,
            purposes: vec![text("raise the knowledge of participants in the electoral process")],
            note: None,
        },
        parties: parties.iter().map(|partner| Party { partner: *partner, role: PartyRole::Party }).collect(),
    }
}

pub(crate) async fn agree(
    fixture: &Fixture<'_>,
    name: &str,
    signed: Option<&str>,
    parties: &[PartnerId],
) -> AgreementId {
    let mut work = begin(fixture, &fixture.system()).await;
    let agreement = work.create_agreement(new_agreement(name, signed, parties)).await.unwrap();
    work.commit().await.unwrap();
    agreement.id
}

async fn ids(fixture: &Fixture<'_>, test: AgreementTest) -> Vec<AgreementId> {
    let order = (AgreementOrderField::SignedOn, Direction::Ascending);
    let page = fixture
        .reading(&fixture.viewer())
        .list_agreements(&Filter::Is(test), order, &first(10))
        .await
        .unwrap();
    page.rows.into_iter().map(|(_, agreement)| agreement.id).collect()
}

each_database!(an_agreement_is_read_as_it_was_recorded);
async fn an_agreement_is_read_as_it_was_recorded(fixture: &Fixture<'_>) {
    let [a, b, c] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let mut new = new_agreement("Соглашение о сотрудничестве", Some("2021-04-27"), &[c, a, b]);
    new.parties[1].role = PartyRole::Initiator;
    new.terms.signatories = Some(vec![Signatory {
        name: Line::parse("name", "Z. Nizamkhodjaev").unwrap(),
        position: None,
        partner: Some(a),
    }]);
    let mut work = begin(fixture, &fixture.system()).await;
    let recorded = work.create_agreement(new).await.unwrap();
    work.commit().await.unwrap();
    let reading = fixture.reading(&fixture.viewer());
    assert_eq!(reading.find_agreement(recorded.id).await.unwrap(), Some(recorded.clone()));
    assert_eq!(recorded.parties.iter().map(|party| party.partner).collect::<Vec<_>>(), [c, a, b]);
    assert_eq!(reading.find_agreement(Uuid::from_u128(1).into()).await.unwrap(), None);
}

each_database!(agreements_are_found_by_party_day_kind_and_name);
async fn agreements_are_found_by_party_day_kind_and_name(fixture: &Fixture<'_>) {
    let [a, b, c] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let april = agree(fixture, "Cooperation agreement", Some("2021-04-27"), &[a, b]).await;
    let some_day = agree(fixture, "Меморандум о взаимопонимании", Some("2023"), &[a, c]).await;
    let unsigned = agree(fixture, "Draft protocol", None, &[b, c]).await;
    assert_eq!(ids(fixture, AgreementTest::Party(a)).await, [april, some_day]);
    assert_eq!(ids(fixture, AgreementTest::Party(c)).await, [some_day, unsigned]);
    assert_eq!(ids(fixture, AgreementTest::Named(words("memorandum"))).await, [some_day]);
    assert_eq!(ids(fixture, AgreementTest::Kinds(vec![AgreementKind::Protocol])).await, []);
    assert_eq!(ids(fixture, AgreementTest::Archived(true)).await, []);
    let during = |from, until| AgreementTest::SignedDuring { from, until };
    assert_eq!(ids(fixture, during(Some(day("2021-04-27")), Some(day("2021-04-27")))).await, [april]);
    assert_eq!(ids(fixture, during(Some(day("2023-06-01")), Some(day("2023-06-30")))).await, [some_day]);
    assert_eq!(ids(fixture, during(Some(day("2022-01-01")), None)).await, [some_day]);
    assert_eq!(ids(fixture, during(None, None)).await, [april, some_day]);
}

each_database!(the_day_of_signing_orders_agreements_and_unknown_days_come_last);
async fn the_day_of_signing_orders_agreements_and_unknown_days_come_last(fixture: &Fixture<'_>) {
    let [a, b] = fixture.partners("UZ", ["Commission", "Academy"]).await;
    let unsigned = agree(fixture, "Unsigned", None, &[a, b]).await;
    let late = agree(fixture, "Late", Some("2024-05"), &[a, b]).await;
    let early = agree(fixture, "Early", Some("2021-04-27"), &[a, b]).await;
    let reading = fixture.reading(&fixture.viewer());
    let order = (AgreementOrderField::SignedOn, Direction::Ascending);
    let mut seen = Vec::new();
    let mut page = first(2);
    loop {
        let answer = reading.list_agreements(&Filter::everything(), order, &page).await.unwrap();
        seen.extend(answer.rows.iter().map(|(_, agreement)| agreement.id));
        let Some((cursor, _)) = answer.rows.last().filter(|_| answer.has_next) else { break };
        page = PageRequest::parse(Some(2), Some(cursor.to_string()), None, None).unwrap();
    }
    assert_eq!(seen, [early, late, unsigned]);
    assert_eq!(reading.count_agreements(&Filter::everything()).await.unwrap(), 3);
}

each_database!(a_page_takes_as_many_statements_for_many_agreements_as_for_one);
async fn a_page_takes_as_many_statements_for_many_agreements_as_for_one(fixture: &Fixture<'_>) {
    let [a, b] = fixture.partners("UZ", ["Commission", "Academy"]).await;
    let order = (AgreementOrderField::CreatedAt, Direction::Descending);
    let mut counts = Vec::new();
    for number in 0..3 {
        agree(fixture, &format!("Agreement {number}"), None, &[a, b]).await;
        let list = async |reading: Reading| {
            let page = reading.list_agreements(&Filter::everything(), order, &first(10)).await.unwrap();
            assert_eq!(page.rows.len(), number + 1);
        };
        counts.push(fixture.statements(&fixture.viewer(), list).await);
    }
    assert_eq!(counts, [2, 2, 2]);
}

each_database!(an_agreement_is_edited_by_whoever_is_responsible_for_a_party);
async fn an_agreement_is_edited_by_whoever_is_responsible_for_a_party(fixture: &Fixture<'_>) {
    let [uz] = fixture.partners("UZ", ["Commission"]).await;
    let [kz, institute] = fixture.partners("KZ", ["Commission", "Institute"]).await;
    for allowed in [
        fixture.coordinator("UZ"),
        fixture.coordinator("KZ"),
        fixture.account(Role::InternationalProgramOfficer, Place::Platform),
    ] {
        let mut work = begin(fixture, &allowed).await;
        work.create_agreement(new_agreement("Agreement", None, &[uz, kz])).await.unwrap();
    }
    for refused in [
        fixture.coordinator("IN"),
        fixture.viewer(),
        fixture.account(Role::PartnerAdministrator, Place::Partner(uz)),
    ] {
        let mut work = begin(fixture, &refused).await;
        let answer = work.create_agreement(new_agreement("Agreement", None, &[uz, kz])).await;
        assert_eq!(problem(answer).code(), ProblemCode::NotPermitted);
    }
    // Nobody gives an agreement away to places where it could not be edited back.
    let id = agree(fixture, "Agreement", None, &[uz, kz]).await;
    let mut work = begin(fixture, &fixture.coordinator("UZ")).await;
    let parties = new_agreement("Agreement", None, &[kz, institute]).parties;
    let change = AgreementChange { parties: Some(parties), ..AgreementChange::default() };
    assert_eq!(problem(work.update_agreement(id, None, change).await).code(), ProblemCode::NotPermitted);
}

each_database!(a_party_is_an_institution_that_exists);
async fn a_party_is_an_institution_that_exists(fixture: &Fixture<'_>) {
    let [a] = fixture.partners("UZ", ["Commission"]).await;
    let mut work = begin(fixture, &fixture.system()).await;
    let unknown = Uuid::from_u128(404).into();
    let answer = work.create_agreement(new_agreement("Agreement", None, &[a, unknown])).await;
    let invalid = invalid(answer);
    assert_eq!((invalid.path.join("."), invalid.fault), ("parties.1.partnerId".to_owned(), Fault::NotFound));
}

each_database!(a_change_replaces_what_it_names_and_leaves_the_rest);
async fn a_change_replaces_what_it_names_and_leaves_the_rest(fixture: &Fixture<'_>) {
    let [a, b, c] = fixture.partners("UZ", ["Commission", "Academy", "University"]).await;
    let id = agree(fixture, "Agreement", Some("2021"), &[a, b]).await;
    let change = || AgreementChange {
        names: Some(names(&["Protocol of intent"])),
        parties: Some(new_agreement("Agreement", None, &[b, c, a]).parties),
        ..AgreementChange::default()
    };
    let mut work = begin(fixture, &fixture.system()).await;
    let stale = problem(work.update_agreement(id, Some(2), change()).await);
    assert_eq!(stale, Problem::Stale { expected: 2, actual: 1 });
    let changed = work.update_agreement(id, Some(1), change()).await.unwrap();
    work.commit().await.unwrap();
    let read = fixture.reading(&fixture.viewer()).find_agreement(id).await.unwrap().unwrap();
    assert_eq!(read, changed);
    assert_eq!((read.version, read.terms.signed.clone()), (2, Some(dates("2021"))));
    assert_eq!(read.parties.len(), 3);
    assert_eq!(ids(fixture, AgreementTest::Named(words("protocol"))).await, [id]);
    assert_eq!(ids(fixture, AgreementTest::Named(words("agreement"))).await, []);
}

each_database!(an_archived_agreement_stays_to_be_read);
async fn an_archived_agreement_stays_to_be_read(fixture: &Fixture<'_>) {
    let [a, b] = fixture.partners("UZ", ["Commission", "Academy"]).await;
    let id = agree(fixture, "Agreement", None, &[a, b]).await;
    let archive = |is_archived| AgreementChange { is_archived: Some(is_archived), ..Default::default() };
    let mut work = begin(fixture, &fixture.system()).await;
    work.update_agreement(id, None, archive(true)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(ids(fixture, AgreementTest::Archived(true)).await, [id]);
    assert!(fixture.reading(&fixture.viewer()).find_agreement(id).await.unwrap().unwrap().is_archived);
    let mut work = begin(fixture, &fixture.system()).await;
    work.update_agreement(id, None, archive(false)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(ids(fixture, AgreementTest::Archived(true)).await, []);
}
