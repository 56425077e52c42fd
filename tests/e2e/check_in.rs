//! Check-in: at the door, again, undone, followed live.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    badge::payload,
    client::Client,
    each_database,
    event::advance,
    known,
    participant::new_person,
    registration::{open_event, register_new},
    subscription::Subscription,
};

const SCAN: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b";
const OTHER_SCAN: &str = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1c";

async fn check_in(client: &Client, scan: &str, registration: &str, more: Value) -> Answer {
    let mut input = more;
    input["scanId"] = json!(scan);
    input["registrationId"] = json!(registration);
    let fields =
        "registration { id attendance { hasAttended isInside } } scan { scanId direction method } isReplay";
    client.mutate("checkIn", input, fields).await
}

async fn undo(client: &Client, scan: &str) -> Answer {
    let input = json!({ "scanId": scan, "reason": "Wrong badge." });
    let fields = "registration { attendance { hasAttended isInside } scans { undoneReason } }";
    client.mutate("undoCheckIn", input, fields).await
}

async fn figures(client: &Client, event: &str) -> Value {
    let query = "query($id: ID!) { eventAttendance(eventId: $id) { expected attended inside change } }";
    let answer = client.ask(query, json!({ "id": event })).await;
    answer.data("eventAttendance").clone()
}

each_database!(someone_comes_in_goes_out_and_is_counted);
async fn someone_comes_in_goes_out_and_is_counted(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let came = check_in(&host, SCAN, &guest, json!({ "method": "QR", "eventId": event })).await;
    assert_eq!(
        came.data("checkIn"),
        &json!({ "registration": { "id": guest, "attendance": { "hasAttended": true, "isInside": true } },
                 "scan": { "scanId": SCAN, "direction": "IN", "method": "QR" }, "isReplay": false, "errors": [] })
    );
    assert_eq!(
        figures(&host, &event).await,
        json!({ "expected": 1, "attended": 1, "inside": 1, "change": "CURRENT" })
    );
    let again = check_in(&host, SCAN, &guest, json!({ "method": "QR" })).await;
    assert_eq!(again.data("checkIn.isReplay"), &json!(true));
    let other = check_in(&host, SCAN, &guest, json!({ "method": "QR", "direction": "OUT" })).await;
    other.assert_turned_down("checkIn", "ID_REUSED", "");
    check_in(&host, OTHER_SCAN, &guest, json!({})).await.assert_turned_down("checkIn", "ALREADY_IN", "");
    let went = check_in(&host, OTHER_SCAN, &guest, json!({ "direction": "OUT" })).await;
    assert_eq!(
        went.data("checkIn.registration.attendance"),
        &json!({ "hasAttended": true, "isInside": false })
    );
    let undone = undo(&host, SCAN).await;
    assert_eq!(
        undone.data("undoCheckIn.registration"),
        &json!({ "attendance": { "hasAttended": false, "isInside": false },
                 "scans": [{ "undoneReason": "Wrong badge." }, { "undoneReason": null }] })
    );
    undo(&host, SCAN).await.assert_turned_down("undoCheckIn", "ILLEGAL_STEP", "");
    assert_eq!(figures(&host, &event).await["attended"], 0);
}

each_database!(the_wrong_door_the_wrong_time_and_the_wrong_form_are_refused);
async fn the_wrong_door_the_wrong_time_and_the_wrong_form_are_refused(app: &App<'_>) {
    let host = app.host().await;
    let (event, other) = (open_event(&host, "Conference").await, open_event(&host, "Other").await);
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    check_in(&host, SCAN, &guest, json!({ "eventId": other })).await.assert_turned_down(
        "checkIn",
        "WRONG_EVENT",
        "",
    );
    check_in(&host, "42", &guest, json!({})).await.assert_turned_down("checkIn", "INVALID_INPUT", "scanId");
    let future = json!({ "capturedAt": "2090-01-01T00:00:00Z" });
    check_in(&host, SCAN, &guest, future).await.assert_turned_down("checkIn", "INVALID_INPUT", "capturedAt");
    check_in(&host, SCAN, &guest, json!({ "direction": "OUT" }))
        .await
        .assert_turned_down("checkIn", "NOT_IN", "");
    advance(&host, &event, "HOLD").await;
    check_in(&host, SCAN, &guest, json!({})).await.assert_turned_down("checkIn", "OVER", "");
    check_in(&host, SCAN, &guest, json!({ "method": "LIST" })).await.data("checkIn.registration.id");
}

each_database!(a_badge_that_was_revoked_opens_no_door_and_the_next_one_does);
async fn a_badge_that_was_revoked_opens_no_door_and_the_next_one_does(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let badge = async || payload(&host, &guest).await.unwrap();
    let show = async |scan: &str, badge: &str| {
        let input = json!({ "scanId": scan, "eventId": event, "credential": badge, "method": "QR" });
        host.mutate("checkIn", input, "scan { scanId counts }").await
    };
    let revoked = badge().await;
    let input = json!({ "registrationId": guest, "reason": "Lost on the way." });
    host.mutate("revokeBadge", input, "registration { id }").await.data("revokeBadge.registration.id");
    show(SCAN, &revoked).await.assert_turned_down("checkIn", "BADGE_REVOKED", "");
    let input = json!({ "registrationId": guest });
    host.mutate("reissueBadge", input, "registration { id }").await.data("reissueBadge.registration.id");
    // Replaced is as good as revoked, and who is turned away leaves nothing behind: the same scan with the new badge is one.
    show(SCAN, &revoked).await.assert_turned_down("checkIn", "BADGE_REVOKED", "");
    assert_eq!(show(SCAN, &badge().await).await.data("checkIn.scan.counts"), &json!(true));
    assert_eq!(figures(&host, &event).await["attended"], 1);
}

each_database!(a_checkpoint_that_has_not_opened_lets_nobody_in_until_it_does);
async fn a_checkpoint_that_has_not_opened_lets_nobody_in_until_it_does(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let (opens_at, closes_at) = (app.now() + TimeDelta::minutes(6), app.now() + TimeDelta::minutes(12));
    let door = json!({ "eventId": event, "kind": "DOOR", "name": [{ "language": "en", "text": "North" }],
        "opensAt": opens_at.to_rfc3339(), "closesAt": closes_at.to_rfc3339() });
    let made = host.mutate("createCheckpoint", door, "checkpoint { id }").await;
    let at_north = json!({ "checkpointId": made.text("createCheckpoint.checkpoint.id") });
    let early = check_in(&host, SCAN, &guest, at_north.clone()).await;
    early.assert_turned_down("checkIn", "NOT_YET_OPEN", "");
    // A phone whose clock is ahead changes nothing about it.
    let mut ahead = at_north.clone();
    ahead["capturedAt"] = json!((app.now() + TimeDelta::minutes(4)).to_rfc3339());
    check_in(&host, SCAN, &guest, ahead).await.assert_turned_down("checkIn", "NOT_YET_OPEN", "");
    app.wait(TimeDelta::minutes(6));
    check_in(&host, SCAN, &guest, at_north.clone()).await.data("checkIn.scan.scanId");
    app.wait(TimeDelta::minutes(6));
    let late = check_in(&host, OTHER_SCAN, &guest, at_north).await;
    late.assert_turned_down("checkIn", "OVER", "");
}

each_database!(the_operator_lets_people_in_at_the_own_event_and_reads_no_contacts);
async fn the_operator_lets_people_in_at_the_own_event_and_reads_no_contacts(app: &App<'_>) {
    let (host, operator) = (app.host().await, app.operator().await);
    let conference = known::event(&operator, known::DELHI_CONFERENCE).await;
    let mut person = new_person("Guest", "Anna");
    person["email"] = json!("anna@example.org");
    let guest = register_new(&host, &conference, person).await.id;
    check_in(&operator, SCAN, &guest, json!({ "method": "LIST" })).await.data("checkIn.registration.id");
    let query = "query($id: ID!) { registration(id: $id) { participant { name email personalDataAccess } } }";
    let seen = operator.ask(query, json!({ "id": guest })).await;
    assert_eq!(
        seen.data("registration.participant"),
        &json!({ "name": "Anna Guest", "email": null, "personalDataAccess": "WITHHELD" })
    );
    let elsewhere = open_event(&host, "Elsewhere").await;
    let stranger = register_new(&host, &elsewhere, new_person("Stranger", "A")).await.id;
    let hidden = check_in(&operator, OTHER_SCAN, &stranger, json!({})).await;
    assert_eq!(hidden.error_codes(), ["NOT_FOUND"]);
    assert_eq!(figures(&operator, &elsewhere).await, Value::Null);
}

const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) {
    eventId expected attended inside change registration { participant { name } } } }";

async fn token(app: &App<'_>, role: &str) -> String {
    let account = app.account(role);
    let session = app.anonymous().ask_for_session(&account.email, &account.password).await;
    session.text("signIn.accessToken").to_owned()
}

each_database!(whoever_follows_an_event_is_told_of_each_change);
async fn whoever_follows_an_event_is_told_of_each_change(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let guest = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let token = token(app, "PARTNER_ADMINISTRATOR").await;
    let mut following = Subscription::begin(app, &token, FOLLOW, json!({ "id": event })).await;
    let mut told = async |change: &str| loop {
        // What happened before may be told once more.
        let message = following.next().await;
        let figures = message["data"]["eventAttendance"].clone();
        assert!(figures.is_object(), "{message}");
        if figures["change"] == change {
            break figures;
        }
    };
    let with = |expected: i64, attended: i64, inside: i64, change: &str, name: Option<&str>| {
        let registration = name.map(|name| json!({ "participant": { "name": name } }));
        json!({ "eventId": event, "expected": expected, "attended": attended, "inside": inside,
                "change": change, "registration": registration })
    };
    assert_eq!(told("CURRENT").await, with(1, 0, 0, "CURRENT", None));
    check_in(&host, SCAN, &guest, json!({})).await.data("checkIn.scan.scanId");
    assert_eq!(told("CHECKED_IN").await, with(1, 1, 1, "CHECKED_IN", Some("Anna Guest")));
    undo(&host, SCAN).await.data("undoCheckIn.registration.attendance");
    assert_eq!(told("UNDONE").await, with(1, 0, 0, "UNDONE", Some("Anna Guest")));
    register_new(&host, &event, new_person("Second", "B")).await;
    assert_eq!(told("REGISTERED").await, with(2, 0, 0, "REGISTERED", Some("B Second")));
}

each_database!(who_may_see_neither_people_nor_figures_cannot_follow);
async fn who_may_see_neither_people_nor_figures_cannot_follow(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let viewer = token(app, "VIEWER").await;
    let mut refused = Subscription::begin(app, &viewer, FOLLOW, json!({ "id": event })).await;
    let message = refused.next().await;
    assert_eq!(message["errors"][0]["extensions"]["code"], "NOT_FOUND", "{message}");
    // Figures without people: the program officer follows, and is not told of whom.
    let officer = token(app, "INTERNATIONAL_PROGRAM_OFFICER").await;
    let mut figures = Subscription::begin(app, &officer, FOLLOW, json!({ "id": event })).await;
    assert_eq!(figures.next().await["data"]["eventAttendance"]["change"], "CURRENT");
    register_new(&host, &event, new_person("Guest", "Anna")).await;
    let told = figures.next().await;
    assert_eq!(told["data"]["eventAttendance"]["registration"], Value::Null, "{told}");
}
