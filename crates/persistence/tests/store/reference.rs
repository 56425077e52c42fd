//! The reference data held in the process: it follows what is committed, also by another node.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Place, Role},
    partner::PartnerChange,
};
use hemicycle_persistence::{Store, StoreSettings};

use crate::{
    each_database,
    fixture::{Fixture, names, new_event, new_partner},
};

each_database!(a_store_that_opens_later_knows_the_same);
async fn a_store_that_opens_later_knows_the_same(fixture: &Fixture<'_>) {
    let uz = fixture.territory("UZ", None).await;
    let head = fixture.partner("UZ", "Head").await;
    let mut below = new_partner("UZ", "Branch");
    below.parent = Some(head.id);
    below.territory = Some(uz.id);
    let branch = fixture.prepare(async |work| work.create_partner(below).await).await;

    let later = Store::open(&StoreSettings::at(fixture.database.url())).await.unwrap();
    let reading = later.acting_as(&fixture.viewer()).unwrap();
    assert_eq!(reading.find_territory(uz.id), Some(uz));
    assert_eq!(reading.find_partner(branch.id), Some(branch));
    assert_eq!(reading.find_partner(head.id), Some(head));
}

each_database!(a_branch_that_moves_takes_its_events_with_it);
async fn a_branch_that_moves_takes_its_events_with_it(fixture: &Fixture<'_>) {
    let (old, new) = (fixture.partner("UZ", "Old head").await, fixture.partner("UZ", "New head").await);
    let mut below = new_partner("UZ", "Branch");
    below.parent = Some(old.id);
    let branch = fixture.prepare(async |work| work.create_partner(below).await).await;
    let mut hosted = new_event("Seminar", "2026-12-01");
    hosted.host = Some(branch.id);
    let draft = fixture.event(hosted).await;
    let sees = async |partner| {
        let administrator = fixture.account(Role::PartnerAdministrator, Place::Partner(partner));
        fixture.reading(&administrator).find_event(draft.id).await.unwrap().is_some()
    };
    assert_eq!((sees(old.id).await, sees(new.id).await), (true, false));

    let moved = PartnerChange { parent: Some(Some(new.id)), ..PartnerChange::default() };
    fixture.prepare(async |work| work.update_partner(branch.id, None, moved).await).await;
    assert_eq!((sees(old.id).await, sees(new.id).await), (false, true));
}

each_database!(a_name_that_was_given_up_is_no_longer_shown);
async fn a_name_that_was_given_up_is_no_longer_shown(fixture: &Fixture<'_>) {
    let partner = fixture.partner("UZ", "First").await;
    let rename = PartnerChange { names: Some(names(&["Second"])), ..PartnerChange::default() };
    let renamed = fixture.prepare(async |work| work.update_partner(partner.id, None, rename).await).await;
    let shown = fixture.reading(&fixture.viewer()).find_partner(partner.id).unwrap();
    assert!(Arc::ptr_eq(&shown, &renamed) || shown == renamed);
    assert_eq!(shown.names.display(&[]), "Second");
}
