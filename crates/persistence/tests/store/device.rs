//! Devices: prepared for events, enrolled by a code, known by their enrolment, revoked; what they see meanwhile.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    access::Actor,
    device::{
        Device, DeviceChange, DeviceRefusal, Duty, EnrolmentId, NewDevice, NewEnrolment, Report, Window,
    },
    event::NewEvent,
    id::{DeviceId, EventId},
    problem::{Problem, ProblemCode},
    text::{Line, Passage},
};
use hemicycle_persistence::{CodeHash, Failure};
use uuid::Uuid;

use crate::{
    each_database,
    fixture::{Fixture, code_of, first, is_not_found, is_refused, new_event},
    people::{administrator, manager, operator, problem, viewer},
};

/// A device for these events, for ten days from the first day of the fixture on.
pub(crate) fn new_device(events: &[EventId]) -> NewDevice {
    NewDevice {
        name: Line::parse("name", "North door").unwrap(),
        events: events.to_vec(),
        checkpoints: Vec::new(),
        window: Window::parse(start(), start() + TimeDelta::days(10)).unwrap(),
    }
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

fn code(text: &str) -> CodeHash {
    CodeHash(text.to_owned())
}

fn phone(n: u128) -> NewEnrolment {
    let version = Line::parse("applicationVersion", "1.2").unwrap();
    NewEnrolment { id: enrolment(n), application_version: Some(version), model: None }
}

fn enrolment(n: u128) -> EnrolmentId {
    EnrolmentId(Uuid::from_u128(n))
}

fn reason() -> Passage {
    Passage::parse("reason", "Left in a taxi.").unwrap()
}

impl Fixture<'_> {
    /// Prepares a device with a code.
    pub(crate) async fn device(&self, new: NewDevice, with: &str) -> Device {
        self.prepare(async |work| {
            let device = work.prepare_device(new).await?;
            work.renew_device_code(device.id, code(with), TimeDelta::minutes(15)).await
        })
        .await
    }

    /// Prepares a device for an event and has a phone become it.
    pub(crate) async fn enrolled(&self, event: EventId, n: u128) -> Arc<Actor> {
        let with = format!("code {n}");
        let device = self.device(new_device(&[event]), &with).await;
        self.store.enrol_device(&code(&with), phone(n), self.now()).await.unwrap();
        self.actor_of(device.id, n).await.unwrap()
    }

    /// Has a phone present a code.
    pub(crate) async fn presenting(&self, with: &str, n: u128) -> Arc<Actor> {
        let device = self.store.enrol_device(&code(with), phone(n), self.now()).await.unwrap();
        self.actor_of(device.id, n).await.unwrap()
    }

    /// Has another phone become a device.
    pub(crate) async fn enrolled_anew(&self, device: DeviceId, n: u128) -> Arc<Actor> {
        let with = format!("code {n}");
        let given = code(&with);
        self.prepare(async |work| work.renew_device_code(device, given, TimeDelta::minutes(15)).await).await;
        self.presenting(&with, n).await
    }

    async fn actor_of(&self, device: DeviceId, n: u128) -> Option<Arc<Actor>> {
        self.store.find_device_actor(device, enrolment(n), self.now()).await.unwrap()
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> DeviceRefusal {
    match problem(outcome) {
        Problem::Device(refusal) => refusal,
        other => panic!("a refusal of devices was expected: {other:?}"),
    }
}

async fn revoke(fixture: &Fixture<'_>, actor: &Arc<Actor>, device: DeviceId) -> Result<Device, Failure> {
    fixture.act(actor, async |work| work.revoke_device(device, reason()).await).await
}

async fn two_events(fixture: &Fixture<'_>) -> [EventId; 2] {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    [fixture.open_event(host, "Conference").await, fixture.open_event(host, "Elsewhere").await]
}

each_database!(a_phone_is_the_device_from_its_enrolment_until_it_is_revoked);
async fn a_phone_is_the_device_from_its_enrolment_until_it_is_revoked(fixture: &Fixture<'_>) {
    let [event, _] = two_events(fixture).await;
    let device = fixture.device(new_device(&[event]), "a").await;
    assert_eq!(fixture.actor_of(device.id, 7).await, None);
    let enrolled = fixture.store.enrol_device(&code("a"), phone(7), fixture.now()).await.unwrap();
    assert_eq!(enrolled.enrolment.as_ref().map(|one| one.id), Some(enrolment(7)));
    let actor = fixture.actor_of(device.id, 7).await.unwrap();
    assert_eq!(actor.device(), Some(device.id));
    let going_on =
        fixture.store.enrolments_that_go_on([enrolment(7), enrolment(8)], fixture.now()).await.unwrap();
    assert!(going_on.contains(&enrolment(7)) && going_on.len() == 1);

    let revoked = revoke(fixture, &manager(event), device.id).await;
    assert_eq!(revoked.unwrap().revoked.unwrap().reason, reason());
    assert_eq!(fixture.actor_of(device.id, 7).await, None);
    assert!(fixture.store.enrolments_that_go_on([enrolment(7)], fixture.now()).await.unwrap().is_empty());
    let again = fixture
        .attempt(async |work| work.renew_device_code(device.id, code("b"), TimeDelta::minutes(15)).await);
    assert_eq!(refusal(again.await), DeviceRefusal::Revoked);
}

each_database!(another_enrolment_ends_the_one_before);
async fn another_enrolment_ends_the_one_before(fixture: &Fixture<'_>) {
    let [event, _] = two_events(fixture).await;
    let device = fixture.device(new_device(&[event]), "a").await;
    fixture.store.enrol_device(&code("a"), phone(7), fixture.now()).await.unwrap();
    let give = async |text: &str| {
        let manager = manager(event);
        let code = code(text);
        let given = fixture.act(&manager, async |work| {
            work.renew_device_code(device.id, code, TimeDelta::minutes(15)).await
        });
        given.await.unwrap();
    };
    give("b").await;
    // A code does not end anything: the exchange does.
    assert!(fixture.actor_of(device.id, 7).await.is_some());
    fixture.store.enrol_device(&code("b"), phone(8), fixture.now()).await.unwrap();
    assert_eq!(fixture.actor_of(device.id, 7).await, None);
    assert!(fixture.actor_of(device.id, 8).await.is_some());
    // A phone restored from its backup does not come back as what it was, by the old code or by a new one.
    give("c").await;
    let restored = fixture.store.enrol_device(&code("a"), phone(7), fixture.now()).await;
    assert_eq!(refusal(restored), DeviceRefusal::CodeUsed);
    let restored = fixture.store.enrol_device(&code("c"), phone(7), fixture.now()).await;
    assert_eq!(refusal(restored), DeviceRefusal::EnrolmentReused);
    assert!(fixture.actor_of(device.id, 8).await.is_some());
}

each_database!(a_code_that_is_wrong_replaced_or_late_enrols_nobody);
async fn a_code_that_is_wrong_replaced_or_late_enrols_nobody(fixture: &Fixture<'_>) {
    let [event, _] = two_events(fixture).await;
    let device = fixture.device(new_device(&[event]), "a").await;
    let later = async |text: &str, minutes: i64| {
        let now = fixture.now() + TimeDelta::minutes(minutes);
        refusal(fixture.store.enrol_device(&code(text), phone(7), now).await)
    };
    assert_eq!(later("x", 0).await, DeviceRefusal::CodeUnknown);
    assert_eq!(later("a", 15).await, DeviceRefusal::CodeExpired);
    fixture
        .prepare(async |work| work.renew_device_code(device.id, code("b"), TimeDelta::minutes(15)).await)
        .await;
    assert_eq!(later("a", 0).await, DeviceRefusal::CodeUnknown);
    // The same exchange again is answered as before: the first answer may have been lost.
    let first = fixture.store.enrol_device(&code("b"), phone(7), fixture.now()).await.unwrap();
    let again = fixture.store.enrol_device(&code("b"), phone(7), fixture.now()).await.unwrap();
    assert_eq!((first.id, first.enrolment, first.version), (again.id, again.enrolment, again.version));
}

each_database!(a_device_sees_the_events_it_serves_and_nothing_else);
async fn a_device_sees_the_events_it_serves_and_nothing_else(fixture: &Fixture<'_>) {
    let [event, elsewhere] = two_events(fixture).await;
    let [guest] = fixture.crowd(event, ["Anna A"]).await;
    let [stranger] = fixture.crowd(elsewhere, ["Boris B"]).await;
    let actor = fixture.enrolled(event, 7).await;
    let reading = fixture.reading(&actor);
    assert!(reading.find_event(event).await.unwrap().is_some());
    assert!(reading.find_event(elsewhere).await.unwrap().is_none());
    assert!(reading.find_registration(guest).await.unwrap().is_some());
    assert!(reading.find_registration(stranger).await.unwrap().is_none());
    assert!(reading.attendance_of_event(event).await.unwrap().is_some());
    assert!(reading.attendance_of_event(elsewhere).await.unwrap().is_none());
    let editing = fixture.act(&actor, async |work| work.cancel_registration(guest, None, reason()).await);
    assert!(is_refused(editing.await));
    // Once its window has closed it sees nobody; past the time to hand things in it is nobody.
    let id = actor.device().unwrap();
    let later = async |days| {
        let now = start() + TimeDelta::days(days);
        fixture.store.find_device_actor(id, enrolment(7), now).await.unwrap()
    };
    let over = later(10).await.unwrap();
    assert!(fixture.reading(&over).find_registration(guest).await.unwrap().is_none());
    assert_eq!(later(40).await, None);
}

each_database!(a_device_stands_at_checkpoints_that_its_events_have);
async fn a_device_stands_at_checkpoints_that_its_events_have(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let on_a_day = |name| NewEvent { host: Some(host), ..new_event(name, "2026-12-01") };
    let (event, other) = (fixture.open(on_a_day("One")).await, fixture.open(on_a_day("Other")).await);
    let found = fixture.reading(&manager(event)).checkpoints_of_events(&[event, other]).await.unwrap();
    let (own, elsewhere) = (found[&event][0].id, found[&other][0].id);
    let at = |checkpoint| NewDevice { checkpoints: vec![checkpoint], ..new_device(&[event]) };
    for wrong in [elsewhere, Uuid::from_u128(1).into()] {
        let refused = fixture.attempt(async |work| work.prepare_device(at(wrong)).await);
        assert_eq!(code_of(refused.await), Some(ProblemCode::ReferenceNotFound));
    }
    let device = fixture.device(at(own), "a").await;
    fixture.store.enrol_device(&code("a"), phone(7), fixture.now()).await.unwrap();
    let actor = fixture.actor_of(device.id, 7).await.unwrap();
    assert!(matches!(&*actor, Actor::Device { checkpoints, .. } if *checkpoints == [own]), "{actor:?}");
}

each_database!(a_change_of_a_device_counts_from_its_next_call_on);
async fn a_change_of_a_device_counts_from_its_next_call_on(fixture: &Fixture<'_>) {
    let [host] = fixture.partners("UZ", ["Host"]).await;
    let new = NewEvent { host: Some(host), ..new_event("One", "2026-12-01") };
    let event = fixture.open(new).await;
    let found = fixture.reading(&manager(event)).checkpoints_of_events(&[event]).await.unwrap();
    let day = found[&event][0].id;
    let before = fixture.device(new_device(&[event]), "a").await;
    fixture.store.enrol_device(&code("a"), phone(7), fixture.now()).await.unwrap();
    let update = async |actor: &Arc<Actor>, version, change| {
        fixture.act(actor, async |work| work.update_device(before.id, version, change).await).await
    };
    let name = Some(Line::parse("name", "South door").unwrap());
    let change = DeviceChange { name: name.clone(), checkpoints: Some(vec![day]), ..DeviceChange::default() };
    assert!(is_refused(update(&operator(event), None, change.clone()).await));
    let stale = update(&manager(event), Some(before.version - 1), change.clone()).await;
    assert_eq!(code_of(stale), Some(ProblemCode::Stale));
    let device = update(&manager(event), None, change).await.unwrap();
    assert_eq!((Some(device.name), device.window), (name, before.window));
    let actor = fixture.actor_of(before.id, 7).await.unwrap();
    assert!(matches!(&*actor, Actor::Device { checkpoints, .. } if *checkpoints == [day]), "{actor:?}");
    let over = DeviceChange {
        closes_at: Some(fixture.now()),
        opens_at: Some(start() - TimeDelta::days(9)),
        ..DeviceChange::default()
    };
    update(&manager(event), None, over).await.unwrap();
    let actor = fixture.actor_of(before.id, 7).await.unwrap();
    assert!(matches!(&*actor, Actor::Device { duty: Duty::Over, .. }), "{actor:?}");
    for (change, code) in [
        (
            DeviceChange { closes_at: Some(start() - TimeDelta::days(10)), ..DeviceChange::default() },
            ProblemCode::InvalidInput,
        ),
        (
            DeviceChange { checkpoints: Some(vec![Uuid::from_u128(1).into()]), ..DeviceChange::default() },
            ProblemCode::ReferenceNotFound,
        ),
    ] {
        assert_eq!(code_of(update(&manager(event), None, change).await), Some(code));
    }
    revoke(fixture, &manager(event), before.id).await.unwrap();
    let revoked = update(&manager(event), None, DeviceChange::default()).await;
    assert_eq!(refusal(revoked), DeviceRefusal::Revoked);
}

each_database!(devices_are_the_matter_of_who_runs_their_events);
async fn devices_are_the_matter_of_who_runs_their_events(fixture: &Fixture<'_>) {
    let [host, rival] = fixture.partners("UZ", ["Host", "Rival"]).await;
    let event = fixture.open_event(host, "Conference").await;
    let of_rival = fixture.open_event(rival, "Elsewhere").await;
    let prepare = async |actor: Arc<Actor>, events: &[EventId]| {
        let new = new_device(events);
        fixture.act(&actor, async |work| work.prepare_device(new).await).await
    };
    assert!(is_refused(prepare(administrator(rival), &[event]).await));
    assert!(is_refused(prepare(administrator(host), &[event, of_rival]).await));
    assert!(is_refused(prepare(operator(event), &[event]).await));
    let device = prepare(administrator(host), &[event]).await.unwrap();
    for stranger in [administrator(rival), viewer(), operator(of_rival)] {
        assert_eq!(fixture.reading(&stranger).find_device(device.id).await.unwrap(), None);
        let lists = fixture.reading(&stranger).list_devices(event, &first(5)).await.unwrap();
        assert!(lists.rows.is_empty());
        assert!(is_not_found(revoke(fixture, &stranger, device.id).await));
    }
    let seen = fixture.reading(&operator(event)).list_devices(event, &first(5)).await.unwrap();
    assert_eq!(seen.rows.iter().map(|(_, device)| device.id).collect::<Vec<_>>(), [device.id]);
    assert!(is_refused(revoke(fixture, &operator(event), device.id).await));
}

each_database!(what_a_device_tells_of_itself_is_known_to_who_runs_the_event);
async fn what_a_device_tells_of_itself_is_known_to_who_runs_the_event(fixture: &Fixture<'_>) {
    let [event, _] = two_events(fixture).await;
    let actor = fixture.enrolled(event, 7).await;
    let id = actor.device().unwrap();
    let tell = async |enrolment, report: Report| {
        let told = fixture.act(&actor, async |work| work.hear_from_device(id, enrolment, &report).await);
        told.await.unwrap();
        let device = fixture.reading(&manager(event)).find_device(id).await.unwrap().unwrap();
        (device.signs.pending, device.signs.highest_sequence, device.enrolment.unwrap().application_version)
    };
    let version = |text| Some(Line::parse("applicationVersion", text).unwrap());
    let report = |pending, highest_sequence| Report {
        pending: Some(pending),
        application_version: version("2.0"),
        highest_sequence: Some(highest_sequence),
    };
    assert_eq!(tell(enrolment(7), report(3, 40)).await, (Some(3), Some(40), version("2.0")));
    // Batches come in any order.
    assert_eq!(tell(enrolment(7), report(0, 20)).await, (Some(0), Some(40), version("2.0")));
    assert_eq!(tell(enrolment(7), Report::default()).await, (Some(0), Some(40), version("2.0")));
    // An enrolment that has ended tells nothing any more.
    assert_eq!(tell(enrolment(8), report(9, 90)).await, (Some(0), Some(40), version("2.0")));
}

each_database!(that_a_device_was_heard_of_is_written_once_a_minute);
async fn that_a_device_was_heard_of_is_written_once_a_minute(fixture: &Fixture<'_>) {
    let [event, _] = two_events(fixture).await;
    let actor = fixture.enrolled(event, 7).await;
    let id = actor.device().unwrap();
    let seen = async || {
        let device = fixture.reading(&manager(event)).find_device(id).await.unwrap().unwrap();
        device.signs.last_seen_at.unwrap()
    };
    let enrolled_at = seen().await;
    let hear = async |seconds| {
        let now = enrolled_at + TimeDelta::seconds(seconds);
        fixture.store.find_device_actor(id, enrolment(7), now).await.unwrap();
        (seen().await - enrolled_at).num_seconds()
    };
    assert_eq!(hear(59).await, 0);
    assert_eq!(hear(61).await, 61);
    assert_eq!(hear(90).await, 61);
}
