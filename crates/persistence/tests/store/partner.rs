//! Partners: look-alikes stay apart, branches follow their parents, merging is a deliberate act.

use hemicycle_domain::{
    access::{Place, Role},
    event::EventChange,
    filter::Filter,
    page::{Direction, PageRequest},
    partner::{PartnerChange, PartnerOrderField, PartnerTest},
    problem::ProblemCode,
};

use crate::{
    each_database,
    fixture::{Fixture, code_of, country, is_refused, names, new_event, new_partner},
};

each_database!(institutions_of_one_name_stay_apart);
async fn institutions_of_one_name_stay_apart(fixture: &Fixture<'_>) {
    let name = "Central Election Commission";
    let (first, second) = (fixture.partner("UZ", name).await, fixture.partner("KZ", name).await);

    let named = Filter::Is(PartnerTest::Named(vec!["tsentral".to_owned()]));
    let named_or_all = Filter::Any(vec![named, Filter::Is(PartnerTest::Archived(false))]);
    let page = PageRequest::parse(None, None, None, None).unwrap();
    let order = (PartnerOrderField::Name, Direction::Ascending);
    let found = fixture.reading(&fixture.viewer()).list_partners(&named_or_all, order, &page).await.unwrap();

    let ids: Vec<_> = found.rows.iter().map(|(_, partner)| partner.id).collect();
    assert_eq!(ids, [first.id, second.id], "the id breaks the tie");
}

each_database!(a_merge_moves_what_refers_to_the_record_that_ends);
async fn a_merge_moves_what_refers_to_the_record_that_ends(fixture: &Fixture<'_>) {
    let (kept, gone) = (fixture.partner("UZ", "ЦИК").await, fixture.partner("UZ", "CEC").await);
    let hosted = fixture.event(new_event("Seminar", "2021-05-17")).await;
    let by_gone = EventChange { host: Some(Some(gone.id)), ..EventChange::default() };
    fixture.prepare(async |work| work.update_event(hosted.id, None, by_gone).await).await;

    let merged = fixture.prepare(async |work| work.merge_partners(gone.id, kept.id).await).await;

    let reading = fixture.reading(&fixture.system());
    let all: Vec<_> = merged.names.iter().map(|name| name.text.as_str()).collect();
    assert_eq!(all, ["ЦИК", "CEC"]);
    assert_eq!(reading.find_partner(gone.id).unwrap().id, kept.id);
    assert_eq!(reading.find_event(hosted.id).await.unwrap().unwrap().host, Some(kept.id));
}

each_database!(a_merged_record_is_not_merged_or_changed_again);
async fn a_merged_record_is_not_merged_or_changed_again(fixture: &Fixture<'_>) {
    let (kept, gone) = (fixture.partner("UZ", "First").await, fixture.partner("UZ", "Second").await);
    fixture.prepare(async |work| work.merge_partners(gone.id, kept.id).await).await;
    let again = fixture.attempt(async |work| work.merge_partners(gone.id, kept.id).await).await;
    assert_eq!(code_of(again), Some(ProblemCode::Archived));
    let change = PartnerChange { names: Some(names(&["Third"])), ..PartnerChange::default() };
    let changed = fixture.attempt(async |work| work.update_partner(gone.id, None, change).await).await;
    assert_eq!(code_of(changed), Some(ProblemCode::Archived));
}

each_database!(an_institution_is_not_a_branch_of_its_own_branch);
async fn an_institution_is_not_a_branch_of_its_own_branch(fixture: &Fixture<'_>) {
    let head = fixture.partner("UZ", "Head").await;
    let mut below = new_partner("UZ", "Branch");
    below.parent = Some(head.id);
    let branch = fixture.prepare(async |work| work.create_partner(below).await).await;

    let change = PartnerChange { parent: Some(Some(branch.id)), ..PartnerChange::default() };
    let outcome = fixture.attempt(async |work| work.update_partner(head.id, None, change).await).await;
    assert_eq!(code_of(outcome), Some(ProblemCode::Circular));
}

each_database!(an_administrator_runs_the_branches_and_no_one_else);
async fn an_administrator_runs_the_branches_and_no_one_else(fixture: &Fixture<'_>) {
    let (head, other) = (fixture.partner("UZ", "Head").await, fixture.partner("UZ", "Other").await);
    let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(head.id));
    let mut below = new_partner("UZ", "Branch");
    below.parent = Some(head.id);

    let branch = fixture.act(&administrator, async |work| work.create_partner(below).await).await.unwrap();
    let note = || PartnerChange { names: Some(names(&["New"])), ..PartnerChange::default() };
    let own = fixture.act(&administrator, async |work| work.update_partner(branch.id, Some(1), note()).await);
    assert_eq!(own.await.unwrap().version, 2);
    let foreign = fixture.act(&administrator, async |work| work.update_partner(other.id, None, note()).await);
    assert!(is_refused(foreign.await));
    let alone =
        fixture.act(&administrator, async |work| work.create_partner(new_partner("UZ", "Third")).await);
    assert!(is_refused(alone.await));
}

each_database!(a_change_of_an_older_version_is_stale);
async fn a_change_of_an_older_version_is_stale(fixture: &Fixture<'_>) {
    let partner = fixture.partner("UZ", "First").await;
    let coordinator = fixture.account(Role::CountryCoordinator, Place::Country(country("UZ")));
    let rename = async |version| {
        let change = PartnerChange { names: Some(names(&["Renamed"])), ..PartnerChange::default() };
        fixture
            .act(&coordinator, async |work| work.update_partner(partner.id, Some(version), change).await)
            .await
    };

    assert_eq!(rename(1).await.unwrap().version, 2);
    assert_eq!(code_of(rename(1).await), Some(ProblemCode::Stale));
}
