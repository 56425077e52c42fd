//! Breaking the glass: what it opens and what not, when it ends, who is told, and what is noted meanwhile.

use std::time::Duration;

use chrono::TimeDelta;
use hemicycle_api::ApiSettings;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    each_database,
    invitation::MailServer,
    known,
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
};

pub(crate) const REASON: &str = "A bus with participants had an accident; relatives ask who was on it.";

/// Breaks the glass of an event for an hour.
async fn break_at(client: &Client, event: &str, opens: &[&str]) -> Answer {
    let input = json!({ "place": { "eventId": event }, "opens": opens, "minutes": 60, "reason": REASON });
    client.mutate("breakTheGlass", input, "glassBreak { id endsAt opens isOpen } toldByMail").await
}

const ROSTER: &str = "query($id: ID!) { event(id: $id) { registrations { nodes {
    participant { name email birthYear } } } } }";

async fn roster(client: &Client, event: &str) -> Vec<Value> {
    let answer = client.ask(ROSTER, json!({ "id": event })).await;
    answer.list("event.registrations.nodes").iter().map(|node| node["participant"].clone()).collect()
}

/// An event of the Indian commission with one person.
async fn event_with(client: &Client, name: &str, family: &str) -> String {
    let event = open_event(client, name).await;
    let mut person = new_person(family, "Amina");
    person["email"] = json!(format!("{}@people.example", family.to_lowercase()));
    person["birthYear"] = json!(1980);
    register_new(client, &event, person).await;
    event
}

async fn auditor(app: &App<'_>) -> Client {
    let input = json!({ "email": "auditor@demo.example", "displayName": "Auditor", "password": "seven quiet herons",
        "grants": [{ "role": "AUDITOR", "placeKind": "PLATFORM" }] });
    let opened = app.administrator().await.mutate("createAccount", input, "account { id }").await;
    opened.data("createAccount.account.id");
    app.anonymous().sign_in("auditor@demo.example", "seven quiet herons").await
}

each_database!(what_is_named_is_opened_there_until_the_stated_second);
async fn what_is_named_is_opened_there_until_the_stated_second(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let event = event_with(&host, "Conference", "Karimova").await;
    let other = event_with(&host, "Another conference", "Rahimova").await;
    assert!(roster(&officer, &event).await.is_empty());
    let broken = break_at(&officer, &event, &["CONTACTS"]).await;
    assert_eq!(broken.data("breakTheGlass.glassBreak.opens"), &json!(["PEOPLE", "CONTACTS"]));
    let seen = roster(&officer, &event).await;
    assert_eq!(seen.len(), 1);
    assert_eq!((&seen[0]["email"], &seen[0]["birthYear"]), (&json!("karimova@people.example"), &Value::Null));
    assert!(roster(&officer, &other).await.is_empty());
    let found = officer.query("{ participants { totalCount } }").await;
    assert_eq!(found.number("participants.totalCount"), 1);

    app.wait(TimeDelta::seconds(3_599));
    assert_eq!(roster(&app.officer().await, &event).await.len(), 1);
    let elsewhere = app.beside().await;
    let there = elsewhere.with_token(app.officer().await.token().unwrap());
    assert_eq!(roster(&there, &event).await.len(), 1);
    let last = app.officer().await;
    assert_eq!(roster(&last, &event).await.len(), 1);
    app.wait(TimeDelta::seconds(1));
    assert!(roster(&last, &event).await.is_empty());
    assert!(roster(&there, &event).await.is_empty(), "whoever is remembered by another server, too");
}

each_database!(a_program_is_opened_with_its_events_and_nothing_beside_it);
async fn a_program_is_opened_with_its_events_and_nothing_beside_it(app: &App<'_>) {
    let (administrator, officer) = (app.administrator().await, app.officer().await);
    let programs =
        administrator.query("{ programs(first: 1) { nodes { id events { nodes { id } } } } }").await;
    let program = programs.text("programs.nodes.0.id").to_owned();
    let within = programs.text("programs.nodes.0.events.nodes.0.id").to_owned();
    register_new(&administrator, &within, new_person("Karimova", "Amina")).await;
    let beside = event_with(&app.host().await, "Conference", "Rahimova").await;
    let before = roster(&officer, &within).await.len();
    assert_eq!(before, 0);
    let input =
        json!({ "place": { "programId": program }, "opens": ["PEOPLE"], "minutes": 5, "reason": REASON });
    let broken =
        officer.mutate("breakTheGlass", input.clone(), "glassBreak { program { id } event { id } }").await;
    assert_eq!(broken.text("breakTheGlass.glassBreak.program.id"), program);
    assert_eq!(broken.data("breakTheGlass.glassBreak.event"), &Value::Null);
    assert!(!roster(&officer, &within).await.is_empty());
    assert!(roster(&officer, &beside).await.is_empty());
    // Whoever coordinates one country does not open what happens in others.
    let refused = app.coordinator().await.mutate("breakTheGlass", input, "glassBreak { id }").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
}

/// A server that looks at sessions often.
fn watchful(settings: ApiSettings) -> ApiSettings {
    ApiSettings { session_check_every: Duration::from_millis(20), ..settings }
}

const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) {
    expected change registration { participant { name } } } }";

each_database!(an_open_socket_shows_nobody_after_the_end, crate::glass_break::watchful);
async fn an_open_socket_shows_nobody_after_the_end(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let event = event_with(&host, "Conference", "Karimova").await;
    let input = json!({ "place": { "eventId": event }, "opens": ["PEOPLE"], "minutes": 5, "reason": REASON });
    officer.mutate("breakTheGlass", input, "glassBreak { id }").await.text("breakTheGlass.glassBreak.id");
    let mut socket = Socket::enter(app, officer.token()).await.unwrap();
    socket.subscribe_with("1", json!({ "query": FOLLOW, "variables": { "id": event } })).await;
    let attendance = |message: &Value| message["payload"]["data"]["eventAttendance"].clone();
    assert_eq!(attendance(&socket.hear().await)["change"], "CURRENT");
    register_new(&host, &event, new_person("Rahimova", "Amina")).await;
    let told = attendance(&socket.hear().await);
    assert!(told["registration"]["participant"]["name"].is_string(), "{told}");

    app.wait(TimeDelta::minutes(5));
    register_new(&host, &event, new_person("Saidova", "Amina")).await;
    // Begun anew with the rights of an officer: the figures, and nobody's name.
    loop {
        let message = socket.hear().await;
        assert!(attendance(&message)["registration"].is_null(), "{message}");
        if attendance(&message)["expected"] == 3 {
            break;
        }
    }
}

each_database!(its_holder_or_the_host_ends_it_at_once_on_every_server);
async fn its_holder_or_the_host_ends_it_at_once_on_every_server(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let event = event_with(&host, "Conference", "Karimova").await;
    let elsewhere = app.beside().await;
    let there = elsewhere.with_token(officer.token().unwrap());
    for who in [&host, &officer] {
        let broken = break_at(&officer, &event, &["PEOPLE"]).await;
        let id = broken.text("breakTheGlass.glassBreak.id");
        // What another server remembers is forgotten as soon as word of it comes.
        while roster(&there, &event).await.is_empty() {}
        for stranger in [app.viewer().await, app.coordinator().await] {
            let refused =
                stranger.mutate("endGlassBreak", json!({ "glassBreakId": id }), "glassBreak { id }").await;
            assert_eq!(refused.error_codes(), ["NOT_FOUND"]);
        }
        let refused = auditor_or_known(app).await;
        let refused =
            refused.mutate("endGlassBreak", json!({ "glassBreakId": id }), "glassBreak { id }").await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
        let ended =
            who.mutate("endGlassBreak", json!({ "glassBreakId": id }), "glassBreak { endedAt isOpen }").await;
        assert_eq!(ended.data("endGlassBreak.glassBreak.isOpen"), false);
        assert!(roster(&officer, &event).await.is_empty());
        while !roster(&there, &event).await.is_empty() {}
    }
}

/// The auditor, opened once.
async fn auditor_or_known(app: &App<'_>) -> Client {
    let session = app.anonymous().ask_for_session("auditor@demo.example", "seven quiet herons").await;
    match session.data("signIn.accessToken").as_str() {
        Some(token) => app.with_token(token),
        None => auditor(app).await,
    }
}

each_database!(the_host_is_told_by_mail_and_finds_it_in_a_list, crate::invitation::with_mail);
async fn the_host_is_told_by_mail_and_finds_it_in_a_list(app: &App<'_>) {
    let server = MailServer::of_this_case();
    let (host, officer) = (app.host().await, app.officer().await);
    let event = event_with(&host, "Conference", "Karimova").await;
    let broken = break_at(&officer, &event, &["CONTACTS", "DEMOGRAPHICS"]).await;
    assert_eq!(broken.number("breakTheGlass.toldByMail"), 1);
    let mail = server.next().await;
    assert_eq!(mail.to, app.account("PARTNER_ADMINISTRATOR").email);
    let officer_email = &app.account("INTERNATIONAL_PROGRAM_OFFICER").email;
    for told in
        [officer_email.as_str(), "Conference", "people, contacts, demographics", "A bus with participants"]
    {
        assert!(mail.text.contains(told), "{told}: {}", mail.text);
    }
    let document = "query($where: GlassBreakWhere) { glassBreaks(where: $where) { totalCount nodes {
        reason accountId accountEmail isOpen event { id } } } }";
    let listed = |client: &Client, condition: Value| {
        let client = client.clone();
        async move { client.ask(document, json!({ "where": condition })).await }
    };
    for client in [&host, &officer, &app.administrator().await] {
        let list = listed(client, json!({ "eventId": event })).await;
        assert_eq!(list.texts("glassBreaks.nodes", "reason"), [REASON]);
        assert_eq!(&list.texts("glassBreaks.nodes", "accountEmail"), &[officer_email.as_str()]);
    }
    for client in [app.viewer().await, app.manager().await, app.coordinator().await] {
        assert_eq!(listed(&client, json!({})).await.number("glassBreaks.totalCount"), 0);
    }
    let list = listed(&auditor(app).await, json!({ "isOpen": true })).await;
    assert_eq!(list.data("glassBreaks.nodes.0.accountEmail"), &Value::Null);
    assert!(list.data("glassBreaks.nodes.0.accountId").is_string());
    app.wait(TimeDelta::hours(1));
    assert_eq!(
        listed(&app.host().await, json!({ "isOpen": true })).await.number("glassBreaks.totalCount"),
        0
    );
    assert_eq!(listed(&app.host().await, json!({})).await.number("glassBreaks.totalCount"), 1);
}

each_database!(what_is_read_meanwhile_is_noted_with_the_break_however_few_they_are);
async fn what_is_read_meanwhile_is_noted_with_the_break_however_few_they_are(app: &App<'_>) {
    let (host, officer) = (app.host().await, app.officer().await);
    let event = event_with(&host, "Conference", "Karimova").await;
    let broken = break_at(&officer, &event, &["CONTACTS"]).await;
    let id = broken.text("breakTheGlass.glassBreak.id");
    assert_eq!(roster(&officer, &event).await.len(), 1);
    let auditor = auditor(app).await;
    let document = "query($where: AuditEntryWhere) { auditTrail(where: $where) { nodes { action subjectId before after } } }";
    let reads = auditor.ask(document, json!({ "where": { "action": { "eq": "personal_data.read" } } })).await;
    let reads = reads.list("auditTrail.nodes");
    assert!(!reads.is_empty());
    let opened = auditor.ask(document, json!({ "where": { "subject": { "eq": id } } })).await;
    let opened = &opened.list("auditTrail.nodes")[0];
    assert_eq!((&opened["action"], &opened["after"]["reason"]), (&json!("glass_break.open"), &json!(REASON)));
    for read in reads {
        assert_eq!(
            (&read["after"]["people"], &read["after"]["glass_breaks"]),
            (&json!(1), &json!([opened["after"]["id"]]))
        );
    }
    assert!(!json!(reads).to_string().contains("karimova"));
    // Whoever reads by what they are leaves none for so few.
    roster(&host, &event).await;
    let again = auditor.ask(document, json!({ "where": { "action": { "eq": "personal_data.read" } } })).await;
    assert_eq!(again.list("auditTrail.nodes").len(), reads.len());
}

each_database!(a_break_without_a_reason_an_end_or_a_right_is_refused);
async fn a_break_without_a_reason_an_end_or_a_right_is_refused(app: &App<'_>) {
    let officer = app.officer().await;
    let event = known::event(&officer, known::DELHI_CONFERENCE).await;
    let partner = known::partner(&officer, "election commission of india").await;
    let good =
        json!({ "place": { "eventId": event }, "opens": ["CONTACTS"], "minutes": 60, "reason": REASON });
    let with = |field: &str, value: Value| {
        let mut input = good.clone();
        input[field] = value;
        input
    };
    for (input, path) in [
        (with("minutes", json!(0)), "minutes"),
        (with("minutes", json!(1_441)), "minutes"),
        (with("reason", json!("I need it.")), "reason"),
        (with("opens", json!([])), "opens"),
        (with("place", json!({ "eventId": partner })), "place.eventId"),
    ] {
        let answer = officer.mutate("breakTheGlass", input, "glassBreak { id }").await;
        answer.assert_turned_down("breakTheGlass", "INVALID_INPUT", path);
    }
    let draft = json!({ "eventId": "BAAAAAAAAAAAAAAAAAAAAAA" });
    let answer = officer.mutate("breakTheGlass", with("place", draft), "glassBreak { id }").await;
    answer.assert_turned_down("breakTheGlass", "REFERENCE_NOT_FOUND", "place.eventId");
    // The coordinator of another country, those who see the people as it is, and those who see no figures either.
    for client in [app.coordinator().await, app.administrator().await, app.host().await, app.viewer().await] {
        let answer = client.mutate("breakTheGlass", good.clone(), "glassBreak { id }").await;
        assert_eq!(answer.error_codes(), ["FORBIDDEN"]);
    }
    for _ in 0..5 {
        break_at(&officer, &event, &["PEOPLE"]).await.text("breakTheGlass.glassBreak.id");
    }
    break_at(&officer, &event, &["PEOPLE"]).await.assert_turned_down("breakTheGlass", "ILLEGAL_STEP", "");
}
