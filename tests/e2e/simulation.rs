//! The reference client against the server: many devices that do all that the protocol allows.

use std::collections::BTreeMap;

use hemicycle_check_in_client::{
    BackOff, Clock, Connection, Device, Direction, Door, EnrolmentCode, Shown,
    simulation::{Credentials, Simulation},
};
use indicatif::ProgressBar;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    client::Client,
    device::prepare,
    each_database,
    participant::new_person,
    registration::{cancel, open_event, register_new},
};

async fn badge(client: &Client, registration: &str) -> String {
    let document = "query($id: ID!) { registration(id: $id) { badge { payload } } }";
    let answer = client.ask(document, json!({ "id": registration })).await;
    answer.text("registration.badge.payload").to_owned()
}

each_database!(a_phone_judges_without_a_network_and_hands_in_later);
async fn a_phone_judges_without_a_network_and_hands_in_later(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let anna = register_new(&host, &event, new_person("Petrova", "Anna")).await.id;
    let boris = register_new(&host, &event, new_person("Ivanov", "Boris")).await.id;
    let badges = [badge(&host, &anna).await, badge(&host, &boris).await];
    cancel(&host, &boris).await.data("cancelRegistration.registration.status");
    let prepared = prepare(app, &host, &event).await;
    let connection = Connection::to(&format!("http://{}", app.address)).unwrap();
    let now = app.now();
    let clock = Clock::from_fn(move || now);
    let code = EnrolmentCode { code: prepared.code, enrolment_id: Uuid::from_u128(7) };
    let mut phone = Device::enrol(&connection, &code, clock.clone(), BackOff::default()).await.unwrap();
    let names =
        |phone: &Device| phone.manifest().people().map(|person| person.name.clone()).collect::<Vec<_>>();
    phone.refresh().await.unwrap();
    assert_eq!(names(&phone), [Some("Anna Petrova".to_owned())]);

    let mut verdicts = Vec::new();
    for (shown, direction) in [
        (Shown::Code(badges[0].clone()), Direction::In),
        (Shown::Code(badges[1].clone()), Direction::In),
        (Shown::Code("HMB:HALF A BADGE".to_owned()), Direction::In),
        (Shown::Registration(anna.clone()), Direction::Out),
    ] {
        verdicts.push(phone.scan(shown, Door::default(), direction).local_verdict.clone());
    }
    assert_eq!(verdicts, ["WELCOME", "REVOKED", "MALFORMED", "WELCOME"]);
    // Switched off and on, it has lost nothing.
    let disk = serde_json::to_string(phone.kept()).unwrap();
    let kept = serde_json::from_str(&disk).unwrap();
    let mut phone = Device::resume(&connection, kept, clock);
    assert_eq!(phone.queue().len(), 4);
    phone.hand_in(BackOff::default()).await.unwrap();
    assert!(phone.queue().is_empty());
    let document =
        "query($id: ID!) { registration(id: $id) { attendance { hasAttended isInside } scans { flags } } }";
    let seen = host.ask(document, json!({ "id": anna })).await;
    assert_eq!(seen.data("registration.attendance"), &json!({ "hasAttended": true, "isInside": false }));
    assert_eq!(seen.data("registration.scans"), &json!([{ "flags": [] }, { "flags": [] }]));

    // Told that it is a device no more, it forgets people and keeps what it has scanned.
    phone.scan(Shown::Code(badges[0].clone()), Door::default(), Direction::In);
    let input = json!({ "deviceId": prepared.id, "reason": "Left in a taxi." });
    host.mutate("revokeDevice", input, "device { id }").await.data("revokeDevice.device.id");
    assert!(phone.hand_in(BackOff::default()).await.is_err());
    assert!(phone.is_ended());
    assert!(names(&phone).is_empty());
    assert_eq!(phone.queue().len(), 1);
}

fn simulation(app: &App<'_>, devices: usize, participants: usize, seed: u64) -> Simulation {
    let manager = app.account("PLATFORM_ADMINISTRATOR");
    let now = app.now();
    Simulation {
        server: format!("http://{}", app.address),
        devices_through: None,
        manager: Credentials::Password { email: manager.email.clone(), password: manager.password.clone() },
        devices,
        participants,
        seed,
        event: None,
        host: None,
        program: None,
        // The clock of the server stands still, too.
        clock: Clock::from_fn(move || now),
        back_off: Simulation::PATIENT,
    }
}

each_database!(whatever_devices_do_the_attendance_is_what_follows_from_their_scans);
async fn whatever_devices_do_the_attendance_is_what_follows_from_their_scans(app: &App<'_>) {
    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 1..=3 {
        let summary = simulation(app, 4, 24, seed).run(&ProgressBar::hidden()).await.unwrap();
        assert!(summary.differences().is_empty(), "{summary}");
        assert!(summary.scans() > 24, "{summary}");
        let told = serde_json::to_value(&summary).unwrap();
        let parts =
            [&told, &told["flags"], &told["verdicts"]].into_iter().filter_map(|part| part.as_object());
        for (what, count) in parts.flatten() {
            *met.entry(what.clone()).or_default() += count.as_u64().unwrap_or_default();
        }
    }
    let count = |what: &str| met.get(what).copied().unwrap_or_default();
    for flag in ["CANCELLED", "CLOCK_SUSPECT", "OUTSIDE_WINDOW", "REVOKED_KNOWN", "UNKNOWN_CREDENTIAL"] {
        assert!(count(flag) > 0, "{flag} was not met: {met:?}");
    }
    for verdict in ["WELCOME", "REVOKED", "NOT_A_BADGE", "WALK_IN"] {
        assert!(count(verdict) > 0, "{verdict} was not met: {met:?}");
    }
    for what in ["letThrough", "turnedAway", "walkIns", "merged"] {
        assert!(count(what) > 0, "{what} was not met: {met:?}");
    }
    // Which way follows from identifiers that nobody foresees.
    let reviewed = ["acceptedByReview", "rejectedByReview", "attachedByReview"].map(count);
    assert!(reviewed.iter().sum::<u64>() > 0, "nothing was reviewed: {met:?}");
}

each_database!(an_event_that_others_made_can_be_simulated_at);
async fn an_event_that_others_made_can_be_simulated_at(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = new_person("Guest", "Anna");
    register_new(&host, &event, guest).await;
    let simulation = Simulation { event: Some(event), ..simulation(app, 2, 12, 3) };
    let summary = simulation.run(&ProgressBar::hidden()).await.unwrap();
    assert!(summary.differences().is_empty(), "{summary}");
}
