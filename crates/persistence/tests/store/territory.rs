//! Territories: the tree, its codes, who may change it.

use hemicycle_domain::{
    access::{Place, Role},
    filter::Filter,
    page::{Direction, PageRequest},
    problem::ProblemCode,
    territory::{TerritoryChange, TerritoryOrderField, TerritoryTest},
};

use crate::{
    each_database,
    fixture::{Fixture, code_of, country, is_refused, names, new_territory},
};

const BY_PATH: (TerritoryOrderField, Direction) = (TerritoryOrderField::Path, Direction::Ascending);

each_database!(what_lies_in_a_territory_includes_every_depth);
async fn what_lies_in_a_territory_includes_every_depth(fixture: &Fixture<'_>) {
    let uz = fixture.territory("UZ", None).await;
    let jizzakh = fixture.territory("UZ-JI", Some(uz.id)).await;
    let zomin = fixture.territory("UZ-JI/zomin", Some(jizzakh.id)).await;
    fixture.territory("UZ-TO", Some(uz.id)).await;

    let within = Filter::Is(TerritoryTest::Within(jizzakh.id));
    let page = PageRequest::parse(None, None, None, None).unwrap();
    let reading = fixture.reading(&fixture.viewer());
    let found = reading.list_territories(&within, BY_PATH, &page).await.unwrap();

    let ids: Vec<_> = found.rows.iter().map(|(_, territory)| territory.id).collect();
    assert_eq!(ids, [jizzakh.id, zomin.id]);
    assert_eq!(reading.count_territories(&within).await.unwrap(), 2);
}

each_database!(a_region_whose_code_begins_like_another_s_is_not_within_it);
async fn a_region_whose_code_begins_like_another_s_is_not_within_it(fixture: &Fixture<'_>) {
    let kz = fixture.territory("KZ", None).await;
    let short = fixture.territory("KZ-1", Some(kz.id)).await;
    fixture.territory("KZ-10", Some(kz.id)).await;

    let within = Filter::Is(TerritoryTest::Within(short.id));
    assert_eq!(fixture.reading(&fixture.viewer()).count_territories(&within).await.unwrap(), 1);
}

each_database!(a_code_belongs_to_one_territory);
async fn a_code_belongs_to_one_territory(fixture: &Fixture<'_>) {
    fixture.territory("UZ", None).await;
    let before = fixture.database.row_counts().await.unwrap();

    let again = fixture.attempt(async |work| work.create_territory(new_territory("UZ", None)).await).await;

    assert_eq!(code_of(again), Some(ProblemCode::AlreadyTaken));
    assert_eq!(fixture.database.row_counts().await.unwrap(), before);
}

each_database!(a_coordinator_edits_the_territories_of_one_country);
async fn a_coordinator_edits_the_territories_of_one_country(fixture: &Fixture<'_>) {
    let (kz, uz) = (fixture.territory("KZ", None).await, fixture.territory("UZ", None).await);
    let coordinator = fixture.account(Role::CountryCoordinator, Place::Country(country("KZ")));
    let rename = async |id| {
        let change = TerritoryChange { names: Some(names(&["Renamed"])), ..TerritoryChange::default() };
        fixture.act(&coordinator, async |work| work.update_territory(id, None, change).await).await
    };

    assert_eq!(rename(kz.id).await.unwrap().version, 2);
    assert!(is_refused(rename(uz.id).await));
}

each_database!(a_change_is_seen_by_readings_that_begin_after_it);
async fn a_change_is_seen_by_readings_that_begin_after_it(fixture: &Fixture<'_>) {
    let uz = fixture.territory("UZ", None).await;
    let earlier = fixture.reading(&fixture.viewer());
    let change = TerritoryChange { names: Some(names(&["Uzbekistan"])), ..TerritoryChange::default() };
    fixture.prepare(async |work| work.update_territory(uz.id, Some(1), change).await).await;

    let shown = |reading: hemicycle_persistence::Reading| {
        reading.find_territory(uz.id).unwrap().names.display(&[]).to_owned()
    };
    assert_eq!(shown(earlier), "UZ");
    assert_eq!(shown(fixture.reading(&fixture.viewer())), "Uzbekistan");
}
