//! What devices handed in and could never be taken: listed to those who run all that the device serves, page by page.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Grant, Place, Role},
    audit::{TrailFilter, TrailTest},
    check_in::ScanReason,
    event::NewEvent,
    id::{AccountId, DeviceId, EventId, Id, PartnerId, RegistrationId},
    page::{Direction, PageRequest},
};
use hemicycle_persistence::{MOST_UNNOTED, Reading, RejectedFilter, RejectedScan, Stray};
use uuid::Uuid;

use crate::{
    device::new_device,
    each_database,
    fixture::{Fixture, new_event},
    people::{administrator, coordinator, first, manager, operator, viewer},
};

/// Something with this number that names somebody's telephone, from this device.
fn stray(from: &Actor, number: i64, registration: Option<RegistrationId>) -> Stray {
    Stray {
        sequence: Some(number),
        reason: ScanReason::Malformed,
        registration,
        credential: None,
        body: body(number),
        digest: format!("{:?}: {number}", from.device()),
    }
}

fn body(number: i64) -> String {
    format!("sequence: {number}\nphone: +998 90 123 45 67")
}

async fn hand_in(fixture: &Fixture<'_>, phone: &Arc<Actor>, numbers: &[i64]) {
    // One by one: each comes at a time of its own.
    for number in numbers {
        let strays = vec![stray(phone, *number, None)];
        fixture.act(phone, async |work| work.keep_strays(strays).await).await.unwrap();
    }
}

fn of(event: EventId, device: Option<DeviceId>) -> RejectedFilter {
    RejectedFilter { event, device }
}

async fn list(fixture: &Fixture<'_>, actor: &Arc<Actor>, filter: RejectedFilter) -> Vec<RejectedScan> {
    let page = fixture.reading(actor).list_rejected_scans(filter, &first(200)).await.unwrap();
    page.rows.into_iter().map(|(_, row)| row).collect()
}

fn numbers(rows: &[RejectedScan]) -> Vec<i64> {
    rows.iter().filter_map(|row| row.sequence).collect()
}

/// The texts of these, as far as they are told to someone.
async fn texts(reading: Reading, rows: &[RejectedScan]) -> Vec<String> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut found = reading.texts_of_rejected_scans(&ids).await.unwrap();
    ids.iter().filter_map(|id| found.remove(id)).collect()
}

/// A manager of two events.
fn manager_of_both([one, other]: [EventId; 2]) -> Arc<Actor> {
    let at = |event| Grant { role: Role::EventManager, place: Place::Event(event) };
    let id = AccountId::from(Uuid::from_u128(0xacc0_0002));
    Arc::new(Actor::Account { id, grants: vec![at(one), at(other)], person: None, glass: Vec::new() })
}

/// An event in Uzbekistan for each of these hosts.
async fn events<const N: usize>(fixture: &Fixture<'_>, hosts: [PartnerId; N]) -> [EventId; N] {
    let territory = fixture.territory("UZ", None).await.id;
    let mut events = Vec::with_capacity(N);
    for host in hosts {
        let new =
            NewEvent { host: Some(host), territory: Some(territory), ..new_event("Conference", "2021") };
        events.push(fixture.open(new).await);
    }
    events.try_into().unwrap()
}

async fn event(fixture: &Fixture<'_>) -> EventId {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let [event] = events(fixture, [host]).await;
    event
}

each_database!(the_newest_comes_first_page_by_page_from_all_devices_or_from_one);
async fn the_newest_comes_first_page_by_page_from_all_devices_or_from_one(fixture: &Fixture<'_>) {
    let event = event(fixture).await;
    let [north, south] = [fixture.enrolled(event, 7).await, fixture.enrolled(event, 8).await];
    hand_in(fixture, &north, &[1, 2]).await;
    hand_in(fixture, &south, &[3]).await;
    hand_in(fixture, &north, &[4, 5]).await;
    let actor = manager(event);
    let reading = fixture.reading(&actor);
    let all = list(fixture, &actor, of(event, None)).await;
    assert_eq!(numbers(&all), [5, 4, 3, 2, 1]);
    let newest = &all[0];
    assert_eq!((Some(newest.device), newest.reason), (north.device(), ScanReason::Malformed));
    assert_eq!(newest.enrolment.0, Uuid::from_u128(7));
    assert_eq!(numbers(&list(fixture, &actor, of(event, south.device())).await), [3]);
    assert_eq!(reading.count_rejected_scans(of(event, None)).await.unwrap(), 5);
    assert_eq!(reading.count_rejected_scans(of(event, north.device())).await.unwrap(), 4);
    // Forward and backward by two.
    let mut cursor = None;
    let mut walked = Vec::new();
    loop {
        let request = PageRequest::parse(Some(2), cursor, None, None).unwrap();
        let page = reading.list_rejected_scans(of(event, None), &request).await.unwrap();
        walked.push(page.rows.iter().filter_map(|(_, row)| row.sequence).collect::<Vec<_>>());
        if !page.has_next {
            break;
        }
        cursor = page.rows.last().map(|(cursor, _)| cursor.to_string());
    }
    assert_eq!(walked, [vec![5, 4], vec![3, 2], vec![1]]);
    let request = PageRequest::parse(None, None, Some(2), None).unwrap();
    let page = reading.list_rejected_scans(of(event, None), &request).await.unwrap();
    let last: Vec<_> = page.rows.iter().filter_map(|(_, row)| row.sequence).collect();
    assert_eq!((last, page.has_previous), (vec![2, 1], true));
}

each_database!(it_is_the_matter_of_those_who_run_all_that_the_device_serves);
async fn it_is_the_matter_of_those_who_run_all_that_the_device_serves(fixture: &Fixture<'_>) {
    let hosts = fixture.partners("UZ", ["Host", "Other host"]).await;
    let [one, other] = events(fixture, hosts).await;
    let of_one = fixture.enrolled(one, 7).await;
    hand_in(fixture, &of_one, &[1]).await;
    fixture.device(new_device(&[one, other]), "both").await;
    let of_both = fixture.presenting("both", 8).await;
    hand_in(fixture, &of_both, &[2]).await;
    let seen = async |actor: &Arc<Actor>, event| numbers(&list(fixture, actor, of(event, None)).await);
    // What the device of both handed in may be about people of the other event.
    assert_eq!(seen(&manager(one), one).await, [1]);
    assert_eq!(seen(&manager(other), other).await, [0; 0]);
    assert_eq!(seen(&manager_of_both([one, other]), one).await, [2, 1]);
    assert_eq!(seen(&coordinator("UZ"), other).await, [2]);
    for stranger in [operator(one), viewer(), of_one, coordinator("KZ")] {
        assert_eq!(seen(&stranger, one).await, [0; 0], "{stranger:?}");
        assert_eq!(fixture.reading(&stranger).count_rejected_scans(of(one, None)).await.unwrap(), 0);
    }
    assert_eq!(seen(&manager(one), other).await, [0; 0]);
}

each_database!(the_text_is_told_to_those_who_see_contacts);
async fn the_text_is_told_to_those_who_see_contacts(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let [event] = events(fixture, [host]).await;
    let phone = fixture.enrolled(event, 7).await;
    hand_in(fixture, &phone, &[1]).await;
    let rows = list(fixture, &manager(event), of(event, None)).await;
    for (actor, told) in [
        (manager(event), vec![body(1)]),
        (administrator(host), vec![body(1)]),
        (coordinator("UZ"), vec![]),
        (operator(event), vec![]),
        (viewer(), vec![]),
    ] {
        assert_eq!(texts(fixture.reading(&actor), &rows).await, told, "{actor:?}");
    }
    // The coordinator sees that something came, all the same.
    assert_eq!(list(fixture, &coordinator("UZ"), of(event, None)).await, rows);
}

each_database!(who_reads_many_texts_at_once_leaves_a_row);
async fn who_reads_many_texts_at_once_leaves_a_row(fixture: &Fixture<'_>) {
    let event = event(fixture).await;
    let [guest] = fixture.crowd(event, ["Anna Guest"]).await;
    let phone = fixture.enrolled(event, 7).await;
    let count = i64::try_from(MOST_UNNOTED).unwrap();
    let strays = (0..=count).map(|number| stray(&phone, number, (number == 0).then_some(guest))).collect();
    fixture.act(&phone, async |work| work.keep_strays(strays).await).await.unwrap();
    let actor = manager(event);
    let rows = list(fixture, &actor, of(event, None)).await;
    let auditor = fixture.reading(&fixture.account(Role::Auditor, Place::Platform));
    let noted = async |read: &[RejectedScan]| {
        let reading = fixture.reading(&actor).in_request(fixture.now(), "request-9");
        assert_eq!(texts(reading, read).await.len(), read.len());
        let rows = TrailFilter::Is(TrailTest::Requests(vec!["request-9".to_owned()]));
        auditor.list_trail(&rows, Direction::Ascending, &first(10)).await.unwrap().rows
    };
    assert!(noted(&rows[..MOST_UNNOTED]).await.is_empty());
    let noted = noted(&rows).await;
    assert_eq!(noted.len(), 1);
    let entry = &noted[0].1.entry;
    assert_eq!((entry.action.as_str(), entry.subject_kind.as_str()), ("personal_data.read", "account"));
    let told = entry.after.as_ref().unwrap().value();
    let registered = fixture.reading(&actor).find_registration(guest).await.unwrap().unwrap();
    assert_eq!(told["participant_ids"][0], registered.registration.participant.uuid().to_string());
    assert_eq!(
        (&told["people"], told["rejected_scan_ids"].as_array().unwrap().len()),
        (&1.into(), rows.len())
    );
    assert!(!told.to_string().contains("phone"));
}

each_database!(many_devices_take_as_many_statements_as_one);
async fn many_devices_take_as_many_statements_as_one(fixture: &Fixture<'_>) {
    let event = event(fixture).await;
    let mut devices = Vec::new();
    for phone in 0..20 {
        let actor = fixture.enrolled(event, 0x700 + phone).await;
        hand_in(fixture, &actor, &[1, 2]).await;
        devices.push(actor.device());
    }
    let statements = async |device, expected| {
        let question = async |reading: Reading| {
            let page = reading.list_rejected_scans(of(event, device), &first(200)).await.unwrap();
            let rows: Vec<_> = page.rows.into_iter().map(|(_, row)| row).collect();
            assert_eq!(texts(reading, &rows).await.len(), expected);
        };
        fixture.statements(&manager(event), question).await
    };
    assert_eq!([statements(devices[0], 2).await, statements(None, 40).await], [3, 3]);
}
