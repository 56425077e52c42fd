//! Who asks: nobody, the seven accounts of the demonstration, those who have a part in the shared event, and service
//! accounts.

use serde_json::{Value, json};

use super::ground::Ground;
use crate::{
    app::App,
    client::Client,
    device::device,
    service_account::{at, enter, open},
};

/// The enrolment of the device.
const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0cff";

/// Who asks, in the order of the letters.
///
/// The coordinator is Kazakhstan's, the host is the Election Commission of India, the manager runs the seminar in
/// Jizzakh, the operator stands at the door of the conference in New Delhi. Analyst and auditor are the platform's. The
/// co-organiser, the funder and the outsider run institutions: the first two have their part in the shared event, the
/// last has none. The trainer facilitates the shared event; the participant was sent to it by the co-organiser; the device
/// stands at its door.
///
/// Of the service accounts, `statistics` reads reach everywhere, `registry` reads and writes registrations with contacts
/// at the host of the conference, `planner` plans events and reports headcounts in Kazakhstan.
pub(super) const CALLERS: [&str; 19] = [
    "nobody",
    "administrator",
    "officer",
    "coordinator",
    "host",
    "manager",
    "operator",
    "viewer",
    "analyst",
    "auditor",
    "co-organiser",
    "funder",
    "outsider",
    "trainer",
    "participant",
    "device",
    "statistics",
    "registry",
    "planner",
];

/// How many of them each row of the table answers for by hand.
pub(super) const BY_HAND: usize = 8;

/// The clients of all callers, in their order.
pub(super) async fn callers(app: &App<'_>, ground: &Ground) -> Vec<Client> {
    let administrator = app.administrator().await;
    let mut clients = vec![
        app.anonymous(),
        administrator.clone(),
        app.officer().await,
        app.coordinator().await,
        app.host().await,
        app.manager().await,
        app.operator().await,
        app.viewer().await,
    ];
    let platform = |role: &str| json!({ "role": role, "placeKind": "PLATFORM" });
    let runs = |partner: &str| json!({ "role": "PARTNER_ADMINISTRATOR", "placeKind": "PARTNER", "placeId": ground.id(partner) });
    for (name, grant, person) in [
        ("analyst", platform("ANALYST"), None),
        ("auditor", platform("AUDITOR"), None),
        ("co-organiser", runs("jspi"), None),
        ("funder", runs("funder"), None),
        ("outsider", runs("outsider"), None),
        ("trainer", platform("VIEWER"), Some("facilitator")),
        ("participant", platform("VIEWER"), Some("nominee")),
    ] {
        clients.push(account(app, &administrator, name, grant, person.map(|person| ground.id(person))).await);
    }
    let (_, phone) = device(app, &administrator, ground.id("shared"), PHONE).await;
    reject(&phone).await;
    clients.push(phone);
    let registry = ["REGISTRATIONS_READ", "CONTACTS_READ", "REGISTRATIONS_WRITE"];
    let kazakhstan = json!({ "placeKind": "COUNTRY", "country": "KZ" });
    for (name, scopes, place) in [
        ("statistics", &["REACH_READ"][..], json!({ "placeKind": "PLATFORM" })),
        ("registry", &registry, at("PARTNER", ground.id("eci"))),
        ("planner", &["EVENTS_WRITE", "HEADCOUNTS_WRITE"], kazakhstan),
    ] {
        let opened = open(&administrator, name, scopes, place).await;
        clients.push(enter(app, &opened).await);
    }
    assert_eq!(clients.len(), CALLERS.len());
    clients
}

/// Hands in what can never be taken, so that there is something that those who run the event see.
async fn reject(phone: &Client) {
    let scan = json!({ "sequence": 1, "capturedAt": "yesterday", "credential": "a code that nobody has" });
    let answer = phone.mutate("submitScans", json!({ "scans": [scan] }), "results { outcome }").await;
    assert_eq!(answer.text("submitScans.results.0.outcome"), "REJECTED_FINAL");
}

/// Opens an account, of this person if there is one, and signs in as it.
async fn account(
    app: &App<'_>,
    administrator: &Client,
    name: &str,
    grant: Value,
    person: Option<&str>,
) -> Client {
    let (email, password) = (format!("{name}@callers.example"), format!("the long password of the {name}"));
    let input = json!({ "email": email, "displayName": name, "password": password, "grants": [grant] });
    let answer = administrator.mutate("createAccount", input, "account { id }").await;
    if let Some(person) = person {
        let input = json!({ "accountId": answer.text("createAccount.account.id"), "participantId": person });
        let answer = administrator.mutate("linkAccount", input, "account { id }").await;
        answer.text("linkAccount.account.id");
    }
    app.anonymous().sign_in(&email, &password).await
}
