//! Two units of work on one record: the second sees what the first has made of it, and nothing is lost.

use hemicycle_domain::{
    event::{EventChange, EventStep},
    partner::PartnerChange,
    problem::ProblemCode,
    territory::TerritoryChange,
};

use crate::{
    each_database,
    fixture::{Fixture, code_of, keep_while, names, new_event},
};

each_database!(of_two_changes_of_one_version_the_second_is_stale);
async fn of_two_changes_of_one_version_the_second_is_stale(fixture: &Fixture<'_>) {
    let territory = fixture.territory("UZ", None).await.id;
    let partner = fixture.partner("UZ", "First").await.id;
    let event = fixture.event(new_event("First", "2026-12-01")).await.id;
    let renamed = || Some(names(&["Second"]));
    let of_territory = || TerritoryChange { names: renamed(), ..TerritoryChange::default() };
    let of_partner = || PartnerChange { names: renamed(), ..PartnerChange::default() };
    let of_event = || EventChange { names: renamed(), ..EventChange::default() };

    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    work.update_territory(territory, Some(1), of_territory()).await.unwrap();
    let second =
        fixture.attempt(async |work| work.update_territory(territory, Some(1), of_territory()).await);
    assert_eq!(code_of(keep_while(work, second).await), Some(ProblemCode::Stale));

    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    work.update_partner(partner, Some(1), of_partner()).await.unwrap();
    let second = fixture.attempt(async |work| work.update_partner(partner, Some(1), of_partner()).await);
    assert_eq!(code_of(keep_while(work, second).await), Some(ProblemCode::Stale));

    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    work.update_event(event, Some(1), of_event()).await.unwrap();
    let second = fixture.attempt(async |work| work.update_event(event, Some(1), of_event()).await);
    assert_eq!(code_of(keep_while(work, second).await), Some(ProblemCode::Stale));
}

each_database!(a_step_waits_for_the_step_before_it);
async fn a_step_waits_for_the_step_before_it(fixture: &Fixture<'_>) {
    let event = fixture.event(new_event("Seminar", "2026-12-01")).await.id;
    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    work.advance_event(event, None, EventStep::Plan, None).await.unwrap();
    let second = fixture.attempt(async |work| work.advance_event(event, None, EventStep::Plan, None).await);
    assert_eq!(code_of(keep_while(work, second).await), Some(ProblemCode::IllegalStep));
}

each_database!(what_is_not_committed_is_not_seen_and_leaves_nothing);
async fn what_is_not_committed_is_not_seen_and_leaves_nothing(fixture: &Fixture<'_>) {
    let before = fixture.database.row_counts().await.unwrap();
    let mut work = fixture.store.begin(&fixture.system(), fixture.now()).await.unwrap();
    let event = work.create_event(new_event("Seminar", "2026-12-01")).await.unwrap();
    assert!(fixture.reading(&fixture.system()).find_event(event.id).await.unwrap().is_none());
    drop(work);
    fixture.prepare(async |work| work.has_accounts().await).await;
    assert_eq!(fixture.database.row_counts().await.unwrap(), before);
}
