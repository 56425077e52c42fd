//! Devices: prepared, enrolled by a code, limited to the doors of their events, revoked on every transport.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    each_database,
    event_stream::{Coming, EventStream},
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
};

const SCAN: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0b01";
const PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0c01";
const OTHER_PHONE: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0c02";
const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) { expected } }";

/// A device that was prepared.
pub(crate) struct Prepared {
    pub(crate) id: String,
    pub(crate) code: String,
}

/// Prepares a device for an event, for three days.
pub(crate) async fn prepare(app: &App<'_>, client: &Client, event: &str) -> Prepared {
    let closes_at = (app.now() + TimeDelta::days(3)).to_rfc3339();
    let input = json!({ "name": "North door", "eventIds": [event], "closesAt": closes_at });
    let answer = client.mutate("prepareDevice", input, "device { id } code { code }").await;
    Prepared {
        id: answer.text("prepareDevice.device.id").to_owned(),
        code: answer.text("prepareDevice.code.code").to_owned(),
    }
}

/// Shows a code as a phone.
pub(crate) async fn enrol(app: &App<'_>, code: &str, phone: &str) -> Answer {
    let input = json!({ "code": code, "enrolmentId": phone, "applicationVersion": "1.4", "model": "Phone" });
    let fields = "device { id name eventIds enrolmentId } accessToken accessTokenExpiresAt";
    app.anonymous().mutate("enrolDevice", input, fields).await
}

/// Prepares a device for an event and enrols a phone as it.
pub(crate) async fn device(app: &App<'_>, client: &Client, event: &str, phone: &str) -> (String, Client) {
    let Prepared { id, code } = prepare(app, client, event).await;
    let enrolled = enrol(app, &code, phone).await;
    (id, app.with_token(enrolled.text("enrolDevice.accessToken")))
}

async fn renew(client: &Client, device: &str) -> String {
    let answer = client.mutate("renewDeviceCode", json!({ "deviceId": device }), "code { code }").await;
    answer.text("renewDeviceCode.code.code").to_owned()
}

async fn revoke(client: &Client, device: &str) -> Answer {
    let input = json!({ "deviceId": device, "reason": "Left in a taxi." });
    client.mutate("revokeDevice", input, "device { revokedAt revokedReason }").await
}

each_database!(a_phone_becomes_the_device_that_was_prepared);
async fn a_phone_becomes_the_device_that_was_prepared(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let closes_at = (app.now() + TimeDelta::days(3)).to_rfc3339();
    let input = json!({ "name": "North door", "eventIds": [event], "closesAt": closes_at,
        "idempotencyKey": "north" });
    let fields = "device { id name enrolmentId } code { code expiresAt qrSvg }";
    let prepared = host.mutate("prepareDevice", input.clone(), fields).await;
    assert!(prepared.text("prepareDevice.code.qrSvg").starts_with("<svg"));
    assert_eq!(prepared.data("prepareDevice.device.enrolmentId"), &Value::Null);
    // The answer was lost: the same command gives the same device, and a code that is shown for the first time.
    let again = host.mutate("prepareDevice", input, fields).await;
    assert_eq!(again.data("prepareDevice.device"), prepared.data("prepareDevice.device"));
    let code = again.text("prepareDevice.code.code");

    let enrolled = enrol(app, &code.to_lowercase(), PHONE).await;
    assert_eq!(enrolled.data("enrolDevice.device.enrolmentId"), PHONE);
    assert_eq!(enrolled.data("enrolDevice.device.eventIds"), &json!([event]));
    let phone = app.with_token(enrolled.text("enrolDevice.accessToken"));
    let own = phone.query("{ thisDevice { id name applicationVersion } }").await;
    assert_eq!(
        own.data("thisDevice"),
        &json!({ "id": prepared.text("prepareDevice.device.id"), "name": "North door", "applicationVersion": "1.4" })
    );
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let input = json!({ "scanId": SCAN, "registrationId": guest, "method": "QR" });
    let passed = phone.mutate("checkIn", input, "registration { attendance { isInside } }").await;
    assert_eq!(passed.data("checkIn.registration.attendance.isInside"), &json!(true));

    let list = "query($id: ID!) { devices(eventId: $id) { totalCount
        nodes { name model lastSeenAt pending highestSequence revokedAt events { id } } } }";
    let seen = host.ask(list, json!({ "id": event })).await;
    assert_eq!(seen.number("devices.totalCount"), 1);
    assert_eq!(seen.data("devices.nodes.0.events"), &json!([{ "id": event }]));
    assert!(seen.data("devices.nodes.0.lastSeenAt").is_string());
    let stranger = app.manager().await;
    assert_eq!(stranger.ask(list, json!({ "id": event })).await.data("devices.nodes"), &json!([]));
}

each_database!(a_code_that_is_wrong_late_or_used_enrols_no_phone);
async fn a_code_that_is_wrong_late_or_used_enrols_no_phone(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let Prepared { id, code } = prepare(app, &host, &event).await;
    let turned_down = async |code: &str, phone: &str, why: &str| {
        enrol(app, code, phone).await.assert_turned_down("enrolDevice", why, "");
    };
    turned_down("0000-0000-0000", PHONE, "ENROLMENT_CODE_UNKNOWN").await;
    turned_down("not a code at all", PHONE, "ENROLMENT_CODE_UNKNOWN").await;
    enrol(app, &code, "42").await.assert_turned_down("enrolDevice", "INVALID_INPUT", "enrolmentId");
    let newer = renew(&host, &id).await;
    turned_down(&code, PHONE, "ENROLMENT_CODE_UNKNOWN").await;
    app.wait(TimeDelta::minutes(15));
    turned_down(&newer, PHONE, "ENROLMENT_CODE_EXPIRED").await;
    let host = app.host().await;
    let code = renew(&host, &id).await;
    let first = enrol(app, &code, PHONE).await;
    turned_down(&code, OTHER_PHONE, "ENROLMENT_CODE_USED").await;
    let again = enrol(app, &code, PHONE).await;
    assert_eq!(again.data("enrolDevice.device"), first.data("enrolDevice.device"));
    let code = renew(&host, &id).await;
    turned_down(&code, PHONE, "ID_REUSED").await;
    revoke(&host, &id).await.data("revokeDevice.device.revokedAt");
    turned_down(&code, OTHER_PHONE, "DEVICE_REVOKED").await;
    let renewed = host.mutate("renewDeviceCode", json!({ "deviceId": id }), "code { code }").await;
    renewed.assert_turned_down("renewDeviceCode", "DEVICE_REVOKED", "");
}

each_database!(who_tries_codes_without_end_has_to_wait);
async fn who_tries_codes_without_end_has_to_wait(app: &App<'_>) {
    let mut codes = Vec::new();
    for number in 0..65 {
        let answer = enrol(app, &format!("0000-0000-{number:04}"), PHONE).await;
        codes.push(answer.text("enrolDevice.errors.0.code").to_owned());
    }
    assert_eq!(codes[0], "ENROLMENT_CODE_UNKNOWN");
    assert!(codes.iter().any(|code| code == "TOO_MANY_ATTEMPTS"), "{codes:?}");
}

each_database!(what_a_device_cannot_be_prepared_for_is_said);
async fn what_a_device_cannot_be_prepared_for_is_said(app: &App<'_>) {
    let (host, stranger) = (app.host().await, app.manager().await);
    let event = open_event(&host, "Conference").await;
    let (soon, long_ago) = ("2026-11-03T00:00:00Z", "2020-01-01T00:00:00Z");
    let input =
        |events: Value, closes_at: &str| json!({ "name": "Door", "eventIds": events, "closesAt": closes_at });
    for (input, path) in [
        (input(json!([]), soon), "eventIds"),
        (input(json!([event]), long_ago), "closesAt"),
        (input(json!([event]), "2030-01-01T00:00:00Z"), "closesAt"),
        (input(json!([event]), "tomorrow"), "closesAt"),
        (input(json!(["x"]), soon), "eventIds.0"),
    ] {
        let answer = host.mutate("prepareDevice", input, "device { id }").await;
        answer.assert_turned_down("prepareDevice", "INVALID_INPUT", path);
    }
    let mut long = input(json!([event]), soon);
    long["codeMinutes"] = json!(1441);
    let answer = host.mutate("prepareDevice", long, "device { id }").await;
    answer.assert_turned_down("prepareDevice", "INVALID_INPUT", "codeMinutes");
    let answer = stranger.mutate("prepareDevice", input(json!([event]), soon), "device { id }").await;
    assert_eq!(answer.error_codes(), ["FORBIDDEN"]);
}

each_database!(for_a_device_there_is_nothing_beyond_its_doors);
async fn for_a_device_there_is_nothing_beyond_its_doors(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let elsewhere = open_event(&host, "Elsewhere").await;
    let stranger = register_new(&host, &elsewhere, new_person("Stranger", "A")).await.id;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let (id, phone) = device(app, &host, &event, PHONE).await;
    let ask = async |document: &str, id: &str| phone.ask(document, json!({ "id": id })).await;

    // Another event, or a person of one, does not exist.
    let live = "query($id: ID!) { eventAttendance(eventId: $id) { expected } }";
    assert_eq!(ask(live, &event).await.number("eventAttendance.expected"), 1);
    assert_eq!(ask(live, &elsewhere).await.data("eventAttendance"), &Value::Null);
    let input = json!({ "scanId": SCAN, "registrationId": stranger });
    let hidden = phone.mutate("checkIn", input, "scan { scanId }").await;
    assert_eq!(hidden.error_codes(), ["NOT_FOUND"]);

    // Another operation does not exist, nor does what an allowed one would lead to.
    for document in [
        "query($id: ID!) { registration(id: $id) { id } }",
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($id: ID!) { event(id: $id) { title } }",
        "query($id: ID!) { devices(eventId: $id) { nodes { id } } }",
        "query($id: ID!) { me { id } accounts { nodes { id } } event(id: $id) { id } }",
        "query($id: ID!) { thisDevice { events { registrations { nodes { participant { name } } } } }
            event(id: $id) { id } }",
        "mutation($id: ID!) { cancelRegistration(input: { id: $id, reason: \"x\" }) { errors { code } } }",
        "mutation($id: ID!) { revokeDevice(input: { deviceId: $id, reason: \"x\" }) { errors { code } } }",
        "mutation($id: ID!) { checkIn(input: { scanId: \"0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0b02\",
            registrationId: $id }) { registration { participant { name } } } }",
    ] {
        let answer = ask(document, &guest).await;
        let codes = answer.error_codes();
        assert!(
            !codes.is_empty() && codes.iter().all(|code| *code == "NOT_FOUND"),
            "{document}: {}",
            answer.body
        );
        assert!(answer.body.get("data").is_none(), "{document}: {}", answer.body);
    }
    // Nothing of it was done.
    assert!(
        host.ask("query($id: ID!) { registration(id: $id) { status } }", json!({ "id": guest }))
            .await
            .data("registration.status")
            == "REGISTERED"
    );
    assert_eq!(phone.query("{ thisDevice { id } }").await.text("thisDevice.id"), id);
}

each_database!(a_device_that_is_revoked_is_refused_on_every_transport);
async fn a_device_that_is_revoked_is_refused_on_every_transport(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let (id, phone) = device(app, &host, &event, PHONE).await;
    let (_, other) = device(app, &host, &event, OTHER_PHONE).await;
    let variables = json!({ "id": event });
    let follow = json!({ "query": FOLLOW, "variables": variables });
    let mut socket = Socket::enter(app, phone.token()).await.unwrap();
    let mut of_other = Socket::enter(app, other.token()).await.unwrap();
    socket.subscribe_with("1", follow.clone()).await;
    of_other.subscribe_with("1", follow.clone()).await;
    assert_eq!(socket.hear().await["type"], "next");
    assert_eq!(of_other.hear().await["type"], "next");
    let mut stream = EventStream::open(phone.post().json(&follow)).await;
    assert_eq!(stream.next().await["data"]["eventAttendance"]["expected"], 0);

    assert_eq!(revoke(&host, &id).await.text("revokeDevice.device.revokedReason"), "Left in a taxi.");

    phone.query("{ thisDevice { id } }").await.assert_refused(401, "UNAUTHENTICATED");
    assert_eq!(socket.closed().await.0, 4403);
    let ended = stream.next().await;
    assert_eq!(ended["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{ended}");
    assert_eq!(stream.event().await, Coming::Complete);
    assert!(Socket::enter(app, phone.token()).await.is_none());
    let refused = Answer::to(phone.post().header("accept", "text/event-stream").json(&follow)).await;
    refused.assert_refused(401, "UNAUTHENTICATED");
    // The other device goes on.
    register_new(&host, &event, new_person("Guest", "Anna")).await;
    assert_eq!(of_other.hear().await["payload"]["data"]["eventAttendance"]["expected"], 1);
}

each_database!(a_copy_of_a_phone_ends_when_the_device_is_enrolled_anew);
async fn a_copy_of_a_phone_ends_when_the_device_is_enrolled_anew(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let (id, phone) = device(app, &host, &event, PHONE).await;
    let code = renew(&host, &id).await;
    phone.query("{ thisDevice { id } }").await.data("thisDevice.id");
    let enrolled = enrol(app, &code, OTHER_PHONE).await;
    phone.query("{ thisDevice { id } }").await.assert_refused(401, "UNAUTHENTICATED");
    let next = app.with_token(enrolled.text("enrolDevice.accessToken"));
    let own = next.query("{ thisDevice { id enrolmentId } }").await;
    assert_eq!(own.data("thisDevice"), &json!({ "id": id, "enrolmentId": OTHER_PHONE }));
    // Past its window it is known, and finds nobody; past the time to hand in scans it is nobody itself.
    let live = "query($id: ID!) { eventAttendance(eventId: $id) { expected } }";
    app.wait(TimeDelta::days(4));
    assert_eq!(next.ask(live, json!({ "id": event })).await.data("eventAttendance"), &Value::Null);
    app.wait(TimeDelta::days(30));
    next.query("{ thisDevice { id } }").await.assert_refused(401, "UNAUTHENTICATED");
}

each_database!(a_window_that_becomes_longer_or_shorter_counts_from_the_next_call);
async fn a_window_that_becomes_longer_or_shorter_counts_from_the_next_call(app: &App<'_>) {
    let event = open_event(&app.host().await, "Conference").await;
    let (id, phone) = device(app, &app.host().await, &event, PHONE).await;
    let live = "query($id: ID!) { eventAttendance(eventId: $id) { expected } }";
    let close = async |time: TimeDelta| {
        // The session of the host is long over by then.
        let host = app.host().await;
        let input = json!({ "deviceId": id, "closesAt": (app.now() + time).to_rfc3339() });
        host.mutate("updateDevice", input, "device { closesAt }").await
    };
    // Longer by far than the window with which the phone was enrolled: it goes on with the token that it has.
    close(TimeDelta::days(300)).await.data("updateDevice.device.closesAt");
    app.wait(TimeDelta::days(200));
    let seen = phone.ask(live, json!({ "id": event })).await;
    assert_eq!(seen.number("eventAttendance.expected"), 0);

    // Shorter: at the next call it sees nobody, and hands in what it has.
    close(TimeDelta::zero()).await.data("updateDevice.device.closesAt");
    let unseen = phone.ask(live, json!({ "id": event })).await;
    assert_eq!(unseen.data("eventAttendance"), &Value::Null);
    let scan = json!({ "scanId": SCAN, "sequence": 1, "eventId": event, "credential": "A code of nobody",
        "direction": "IN", "capturedAt": app.now().to_rfc3339() });
    let handed_in = phone.mutate("submitScans", json!({ "scans": [scan] }), "results { outcome }").await;
    assert_eq!(handed_in.text("submitScans.results.0.outcome"), "ACCEPTED_FLAGGED");

    // Shorter than the time to hand in: it is a device no more, on a connection that is open too, and stays so.
    let mut socket = Socket::enter(app, phone.token()).await.unwrap();
    close(TimeDelta::days(-31)).await.data("updateDevice.device.closesAt");
    phone.query("{ thisDevice { id } }").await.assert_refused(401, "UNAUTHENTICATED");
    assert_eq!(socket.closed().await.0, 4403);
    close(TimeDelta::days(3)).await.assert_turned_down("updateDevice", "OVER", "");
}
