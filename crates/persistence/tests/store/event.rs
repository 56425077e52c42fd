//! Events: who sees a draft, what a life allows, what a filter finds.

use hemicycle_domain::{
    access::{Place, Role},
    event::{EventChange, EventStep, Relation},
    problem::ProblemCode,
    text::Passage,
};

use crate::{
    each_database,
    fixture::{Fixture, code_of, country, is_not_found, is_refused, names, new_event},
};

each_database!(a_draft_is_seen_by_those_who_prepare_it);
async fn a_draft_is_seen_by_those_who_prepare_it(fixture: &Fixture<'_>) {
    let (host, other) = (fixture.partner("UZ", "Host").await, fixture.partner("UZ", "Other").await);
    let mut new = new_event("Seminar", "2021-05-17");
    new.host = Some(host.id);
    let draft = fixture.event(new).await;

    let sees = async |role, place| {
        fixture.reading(&fixture.account(role, place)).find_event(draft.id).await.unwrap().is_some()
    };
    assert!(sees(Role::PlatformAdministrator, Place::Platform).await);
    assert!(sees(Role::PartnerAdministrator, Place::Partner(host.id)).await);
    assert!(sees(Role::CheckInOperator, Place::Event(draft.id)).await);
    assert!(!sees(Role::PartnerAdministrator, Place::Partner(other.id)).await);
    assert!(!sees(Role::CountryCoordinator, Place::Country(country("KZ"))).await);
    assert!(!sees(Role::Viewer, Place::Event(draft.id)).await);
}

each_database!(a_draft_that_is_not_seen_cannot_be_changed_and_is_not_found);
async fn a_draft_that_is_not_seen_cannot_be_changed_and_is_not_found(fixture: &Fixture<'_>) {
    let event = fixture.event(new_event("Seminar", "2021-05-17")).await;
    let viewer = fixture.viewer();
    let rename = async || {
        let change = EventChange { names: Some(names(&["Renamed"])), ..EventChange::default() };
        fixture.act(&viewer, async |work| work.update_event(event.id, None, change).await).await
    };

    assert!(is_not_found(rename().await));
    fixture.prepare(async |work| work.advance_event(event.id, None, EventStep::Plan, None).await).await;
    assert!(is_refused(rename().await));
}

each_database!(an_event_may_not_be_moved_out_of_one_s_own_reach);
async fn an_event_may_not_be_moved_out_of_one_s_own_reach(fixture: &Fixture<'_>) {
    let (kz, uz) = (fixture.territory("KZ", None).await, fixture.territory("UZ", None).await);
    let coordinator = fixture.account(Role::CountryCoordinator, Place::Country(country("KZ")));
    let mut new = new_event("Seminar", "2021-05-17");
    new.territory = Some(kz.id);
    let event = fixture.act(&coordinator, async |work| work.create_event(new).await).await.unwrap();

    let away = EventChange { territory: Some(Some(uz.id)), ..EventChange::default() };
    let moved = fixture.act(&coordinator, async |work| work.update_event(event.id, None, away).await).await;

    assert!(is_refused(moved));
    let event = fixture.reading(&coordinator).find_event(event.id).await.unwrap().unwrap();
    assert_eq!((event.territory, event.version), (Some(kz.id), 1));
}

each_database!(an_event_does_not_belong_to_its_own_part);
async fn an_event_does_not_belong_to_its_own_part(fixture: &Fixture<'_>) {
    let whole = fixture.event(new_event("Conference", "2026-01-21/2026-01-23")).await;
    let mut new = new_event("Meeting", "2026-01-22");
    new.parent = Some((whole.id, Relation::OnTheMargins));
    let part = fixture.event(new).await;

    let turned = EventChange { parent: Some(Some((part.id, Relation::PartOf))), ..EventChange::default() };
    let outcome = fixture.attempt(async |work| work.update_event(whole.id, None, turned).await).await;
    assert_eq!(code_of(outcome), Some(ProblemCode::Circular));
}

each_database!(an_illegal_step_leaves_the_event_as_it_was);
async fn an_illegal_step_leaves_the_event_as_it_was(fixture: &Fixture<'_>) {
    let event = fixture.event(new_event("Seminar", "2021-05-17")).await;
    let before = fixture.database.row_counts().await.unwrap();
    let step = async |step, reason| {
        fixture.attempt(async |work| work.advance_event(event.id, Some(1), step, reason).await).await
    };

    assert_eq!(code_of(step(EventStep::Close, None).await), Some(ProblemCode::IllegalStep));
    assert_eq!(code_of(step(EventStep::Cancel, None).await), Some(ProblemCode::InvalidInput));
    assert_eq!(fixture.database.row_counts().await.unwrap(), before);
    let reason = Passage::parse("reason", "The hall was flooded.").unwrap();
    assert_eq!(step(EventStep::Cancel, Some(reason)).await.unwrap().version, 2);
}
