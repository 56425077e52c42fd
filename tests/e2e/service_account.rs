//! Service accounts: opened with scopes at places, known by their secrets, changed and revoked on every transport.

use std::{num::NonZeroU32, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, TimeDelta};
use hemicycle_api::{ApiSettings, Budget, Budgets};
use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    answer::Answer,
    app::App,
    client::Client,
    each_database, known,
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
    statements::fewest,
};

/// A service account that was opened.
pub(crate) struct Opened {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) secret: String,
    /// The global id of its first secret.
    pub(crate) secret_id: String,
}

/// Opens a service account with these scopes at one place.
pub(crate) async fn open(client: &Client, name: &str, scopes: &[&str], place: Value) -> Opened {
    let input = json!({ "name": name, "scopes": scopes, "places": [place] });
    let fields = "serviceAccount { id clientId secrets { id } } clientSecret";
    let answer = client.mutate("createServiceAccount", input, fields).await;
    let text = |path: &str| answer.text(&format!("createServiceAccount.{path}")).to_owned();
    Opened {
        id: text("serviceAccount.id"),
        client_id: text("serviceAccount.clientId"),
        secret: text("clientSecret"),
        secret_id: text("serviceAccount.secrets.0.id"),
    }
}

pub(crate) fn at(kind: &str, id: &str) -> Value {
    json!({ "placeKind": kind, "placeId": id })
}

pub(crate) fn platform() -> Value {
    json!({ "placeKind": "PLATFORM" })
}

/// A request for a token by these parameters, to be given its credentials.
fn asking(app: &App<'_>, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = app.request(Method::POST, "/oauth/token").body(body);
    request.header("content-type", "application/x-www-form-urlencoded")
}

/// Asks for a token by HTTP Basic, for these scopes or for all.
async fn ask(app: &App<'_>, client_id: &str, secret: &str, scope: Option<&str>) -> Answer {
    let mut form = vec![("grant_type", "client_credentials")];
    form.extend(scope.map(|scope| ("scope", scope)));
    Answer::to(asking(app, &form).basic_auth(client_id, Some(secret))).await
}

/// A client with a token of a service account that has all of its scopes.
pub(crate) async fn enter(app: &App<'_>, opened: &Opened) -> Client {
    let answer = ask(app, &opened.client_id, &opened.secret, None).await;
    app.with_token(answer.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)))
}

fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status.as_u16(), &answer.body["error"]), (status, &json!(error)), "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.body["access_token"].is_null());
}

const THIS: &str =
    "{ thisServiceAccount { name scope lastUsedAt secrets { isGood lastUsedAt expiresAt } } me { id } }";
const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) { expected change } }";

each_database!(a_secret_is_exchanged_for_a_token_that_names_its_scopes);
async fn a_secret_is_exchanged_for_a_token_that_names_its_scopes(app: &App<'_>) {
    let administrator = app.administrator().await;
    let opened = open(&administrator, "Statistics", &["REACH_READ", "EVENTS_READ"], platform()).await;
    let answer = ask(app, &opened.client_id, &opened.secret, None).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(
        (&answer.body["token_type"], &answer.body["expires_in"], &answer.body["scope"]),
        (&json!("Bearer"), &json!(900), &json!("events:read reach:read"))
    );
    assert_eq!(
        (answer.header("cache-control"), answer.header(reqwest::header::PRAGMA.as_str())),
        ("no-store", "no-cache")
    );
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.body["refresh_token"].is_null());

    let client = app.with_token(answer.body["access_token"].as_str().unwrap());
    let this = client.query(THIS).await;
    assert_eq!(this.text("thisServiceAccount.scope"), "events:read reach:read");
    assert_eq!(this.data("me"), &Value::Null);
    let reach = client.query("{ reach { whole { counted { uniqueParticipants } } } }").await;
    assert!(reach.body["errors"].is_null(), "{}", reach.body);
    // Nobody's name: neither by a list nor by an id.
    assert_eq!(client.query("{ participants { totalCount } }").await.number("participants.totalCount"), 0);
    // The secret is shown once: nothing else has it.
    let listed = administrator.query("{ serviceAccounts { nodes { name secrets { expiresAt } } } }").await;
    assert!(!listed.body.to_string().contains(&opened.secret));
}

each_database!(credentials_come_in_the_body_too_and_errors_are_those_of_the_standard);
async fn credentials_come_in_the_body_too_and_errors_are_those_of_the_standard(app: &App<'_>) {
    let opened = open(&app.administrator().await, "Statistics", &["REACH_READ"], platform()).await;
    let form = |pairs: &[(&str, &str)]| Answer::to(asking(app, pairs));
    let grant = ("grant_type", "client_credentials");
    let (id, secret) = (opened.client_id.as_str(), opened.secret.as_str());
    let given = form(&[grant, ("client_id", id), ("client_secret", secret), ("scope", "reach:read")]).await;
    assert_eq!((given.status.as_u16(), &given.body["scope"]), (200, &json!("reach:read")));

    let wrong = ask(app, id, "hcs_wrong", None).await;
    assert_refused(&wrong, 401, "invalid_client");
    assert_eq!(wrong.header("www-authenticate"), "Basic realm=\"hemicycle\"");
    assert_refused(&ask(app, "nobody", secret, None).await, 401, "invalid_client");
    let other = "0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b";
    assert_refused(&ask(app, other, secret, None).await, 401, "invalid_client");
    assert_refused(&form(&[grant]).await, 401, "invalid_client");
    assert_refused(&form(&[grant, ("client_id", id)]).await, 401, "invalid_client");
    for scope in ["contacts:read", "reach:read contacts:read", "nonsense", "REACH_READ"] {
        assert_refused(&ask(app, id, secret, Some(scope)).await, 400, "invalid_scope");
    }
    assert_refused(&form(&[("client_id", id), ("client_secret", secret)]).await, 400, "invalid_request");
    let password = [("grant_type", "password"), ("client_id", id), ("client_secret", secret)];
    assert_refused(&form(&password).await, 400, "unsupported_grant_type");
    let twice = [grant, grant, ("client_id", id), ("client_secret", secret)];
    assert_refused(&form(&twice).await, 400, "invalid_request");
    let both = asking(app, &[grant, ("client_secret", secret)]).basic_auth(id, Some(secret));
    assert_refused(&Answer::to(both).await, 400, "invalid_request");
    let json = app.request(Method::POST, "/oauth/token").basic_auth(id, Some(secret));
    let json = json.json(&json!({ "grant_type": "client_credentials" }));
    assert_refused(&Answer::to(json).await, 400, "invalid_request");
    let large = asking(app, &[grant, ("x", &"x".repeat(10_000))]).basic_auth(id, Some(secret));
    assert_refused(&Answer::to(large).await, 400, "invalid_request");
    let get = Answer::to(app.request(Method::GET, "/oauth/token")).await;
    assert_refused(&get, 405, "invalid_request");
    assert_eq!(get.header("allow"), "POST");
    let bearer = asking(app, &[grant]).bearer_auth(secret);
    assert_refused(&Answer::to(bearer).await, 401, "invalid_client");
    let broken = format!("Basic {}", BASE64.encode("no colon"));
    assert_refused(
        &Answer::to(asking(app, &[grant]).header("authorization", broken)).await,
        401,
        "invalid_client",
    );
}

each_database!(a_narrowed_token_may_no_more_than_it_names);
async fn a_narrowed_token_may_no_more_than_it_names(app: &App<'_>) {
    let administrator = app.administrator().await;
    let conference = known::event(&administrator, known::DELHI_CONFERENCE).await;
    register_new(&administrator, &conference, new_person("Karimova", "Dilnoza")).await;
    let eci = known::partner(&administrator, "election commission of india").await;
    let scopes = ["REGISTRATIONS_READ", "CONTACTS_READ", "REACH_READ"];
    let opened = open(&administrator, "Registry", &scopes, at("PARTNER", &eci)).await;
    let roster = json!({ "id": conference });
    let document = "query($id: ID!) { node(id: $id) { ... on Event {
        registrations { totalCount nodes { participant { email withheldPersonalData { kind } } } } } } }";
    let narrowed = async |scope: &str| {
        let answer = ask(app, &opened.client_id, &opened.secret, Some(scope)).await;
        app.with_token(answer.body["access_token"].as_str().unwrap())
    };
    let figures = narrowed("reach:read").await.ask(document, roster.clone()).await;
    assert_eq!(figures.number("node.registrations.totalCount"), 0);
    let names = narrowed("registrations:read").await.ask(document, roster.clone()).await;
    assert!(names.number("node.registrations.totalCount") > 0, "{}", names.body);
    let withheld = names.list("node.registrations.nodes.0.participant.withheldPersonalData");
    assert!(withheld.contains(&json!({ "kind": "CONTACTS" })), "{}", names.body);
    let contacts = narrowed("contacts:read").await.ask(document, roster).await;
    let withheld = contacts.list("node.registrations.nodes.0.participant.withheldPersonalData");
    assert!(!withheld.contains(&json!({ "kind": "CONTACTS" })), "{}", contacts.body);
}

each_database!(a_service_account_is_given_what_its_giver_has_where_its_giver_has_it);
async fn a_service_account_is_given_what_its_giver_has_where_its_giver_has_it(app: &App<'_>) {
    let (administrator, host) = (app.administrator().await, app.host().await);
    let eci = known::partner(&administrator, "election commission of india").await;
    let jspi = known::partner(&administrator, "jizzakh state pedagogical institute").await;
    let opened = open(&host, "Registry", &["CONTACTS_READ", "EVENTS_WRITE"], at("PARTNER", &eci)).await;
    let create = async |places: Value, scopes: &[&str]| {
        let input = json!({ "name": "Another", "scopes": scopes, "places": places });
        host.mutate("createServiceAccount", input, "serviceAccount { id } clientSecret").await
    };
    for place in [platform(), at("PARTNER", &jspi)] {
        let refused = create(json!([at("PARTNER", &eci), place]), &["REACH_READ"]).await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    }
    create(json!([]), &["REACH_READ"]).await.assert_turned_down(
        "createServiceAccount",
        "INVALID_INPUT",
        "places",
    );
    create(json!([at("PARTNER", &eci)]), &[]).await.assert_turned_down(
        "createServiceAccount",
        "INVALID_INPUT",
        "scopes",
    );
    let nowhere = at("PARTNER", &opened.id);
    let wrong = create(json!([at("PARTNER", &eci), nowhere]), &["REACH_READ"]).await;
    wrong.assert_turned_down("createServiceAccount", "INVALID_INPUT", "places.1.placeId");
    let soon = json!({ "name": "A", "scopes": ["REACH_READ"], "places": [at("PARTNER", &eci)],
        "secretExpiresAt": (app.now() + TimeDelta::days(367)).to_rfc3339() });
    let late = host.mutate("createServiceAccount", soon, "clientSecret").await;
    late.assert_turned_down("createServiceAccount", "INVALID_INPUT", "secretExpiresAt");

    // Where it has a place beyond those of the host, the host can end it, and take nothing of it.
    let both = json!([at("PARTNER", &eci), at("PARTNER", &jspi)]);
    let input = json!({ "serviceAccountId": opened.id, "places": both });
    administrator
        .mutate("changeServiceAccount", input, "serviceAccount { version }")
        .await
        .data("changeServiceAccount.serviceAccount");
    let input = json!({ "serviceAccountId": opened.id });
    let rotated = host.mutate("rotateClientSecret", input, "clientSecret").await;
    assert_eq!(rotated.error_codes(), ["FORBIDDEN"]);
    let input = json!({ "serviceAccountId": opened.id, "reason": "It has leaked." });
    let revoked = host.mutate("revokeServiceAccount", input, "serviceAccount { revokedReason }").await;
    assert_eq!(revoked.text("revokeServiceAccount.serviceAccount.revokedReason"), "It has leaked.");
    // Others know of none.
    let input = json!({ "serviceAccountId": opened.id, "reason": "A test." });
    let refused = app.officer().await.mutate("revokeServiceAccount", input, "serviceAccount { id }").await;
    assert_eq!(refused.error_codes(), ["NOT_FOUND"]);
}

each_database!(a_secret_is_rotated_with_an_overlap);
async fn a_secret_is_rotated_with_an_overlap(app: &App<'_>) {
    let administrator = app.administrator().await;
    let opened = open(&administrator, "Statistics", &["REACH_READ"], platform()).await;
    let until = app.now() + TimeDelta::hours(1);
    let input = json!({ "serviceAccountId": opened.id, "formerUntil": until.to_rfc3339() });
    let fields = "serviceAccount { version secrets { id isGood expiresAt } } clientSecret";
    let rotated = administrator.mutate("rotateClientSecret", input.clone(), fields).await;
    let second = rotated.text("rotateClientSecret.clientSecret").to_owned();
    let secrets = rotated.list("rotateClientSecret.serviceAccount.secrets");
    assert_eq!(secrets.len(), 2);
    assert_eq!(DateTime::parse_from_rfc3339(secrets[0]["expiresAt"].as_str().unwrap()).unwrap(), until);
    let gets = async |secret: &str| ask(app, &opened.client_id, secret, None).await.status.as_u16();
    assert_eq!((gets(&opened.secret).await, gets(&second).await), (200, 200));
    // A third one would leave nobody knowing which is used where.
    let third = administrator.mutate("rotateClientSecret", input, fields).await;
    third.assert_turned_down("rotateClientSecret", "ILLEGAL_STEP", "");

    // A token lives no longer than the secret that it was given for.
    app.wait(TimeDelta::minutes(55));
    let answer = ask(app, &opened.client_id, &opened.secret, None).await;
    assert_eq!(answer.body["expires_in"], 300);
    let former = app.with_token(answer.body["access_token"].as_str().unwrap());
    app.wait(TimeDelta::minutes(5));
    assert_eq!((gets(&opened.secret).await, gets(&second).await), (401, 200));
    former.query(THIS).await.assert_refused(401, "UNAUTHENTICATED");
}

each_database!(last_use_is_shown_with_its_secret_and_written_once_a_minute);
async fn last_use_is_shown_with_its_secret_and_written_once_a_minute(app: &App<'_>) {
    let administrator = app.administrator().await;
    let opened = open(&administrator, "Statistics", &["REACH_READ"], platform()).await;
    let last = async || {
        let document = "query($id: ID!) { node(id: $id) { ... on ServiceAccount {
            lastUsedAt secrets { lastUsedAt } } } }";
        let answer = administrator.ask(document, json!({ "id": opened.id })).await;
        assert_eq!(answer.data("node.lastUsedAt"), answer.data("node.secrets.0.lastUsedAt"));
        let at = answer.data("node.lastUsedAt").as_str().map(|at| DateTime::parse_from_rfc3339(at).unwrap());
        at.map(|at| at.timestamp())
    };
    assert_eq!(last().await, None);
    let client = enter(app, &opened).await;
    let first = app.now().timestamp();
    assert_eq!(last().await, Some(first));
    app.wait(TimeDelta::seconds(59));
    client.query(THIS).await.data("thisServiceAccount");
    assert_eq!(last().await, Some(first));
    app.wait(TimeDelta::seconds(1));
    let ask = async || {
        client.query("{ rateLimit { remaining } }").await.data("rateLimit");
    };
    ask().await;
    assert_eq!(last().await, Some(first + 60));
    let a_minute_later = async || {
        app.wait(TimeDelta::minutes(1));
        ask().await;
    };
    assert_eq!(fewest(app, a_minute_later).await, 1, "the use is written down, and nothing else");
    let ten_times = async || {
        for _ in 0..10 {
            ask().await;
        }
    };
    assert_eq!(fewest(app, ten_times).await, 0, "nothing is read or written for who was here a moment ago");
}

/// A server that looks at sessions often.
fn watchful(settings: ApiSettings) -> ApiSettings {
    ApiSettings { session_check_every: Duration::from_millis(20), ..settings }
}

each_database!(what_is_revoked_is_refused_at_once_and_its_sockets_close, crate::service_account::watchful);
async fn what_is_revoked_is_refused_at_once_and_its_sockets_close(app: &App<'_>) {
    let administrator = app.administrator().await;
    for how in ["secret", "account"] {
        let opened = open(&administrator, "Statistics", &["REACH_READ"], platform()).await;
        let other = open(&administrator, "Another", &["REACH_READ"], platform()).await;
        let (client, beside) = (enter(app, &opened).await, enter(app, &other).await);
        let elsewhere = app.beside().await;
        let there = elsewhere.with_token(client.token().unwrap());
        there.query(THIS).await.data("thisServiceAccount");
        let mut socket = Socket::enter(app, client.token()).await.unwrap();
        let mut far = Socket::enter(&elsewhere, client.token()).await.unwrap();
        let mut open = Socket::enter(app, beside.token()).await.unwrap();
        if how == "secret" {
            let input = json!({ "clientSecretId": opened.secret_id });
            let answer = administrator.mutate("withdrawClientSecret", input, "serviceAccount { id }").await;
            answer.data("withdrawClientSecret.serviceAccount.id");
        } else {
            let input = json!({ "serviceAccountId": opened.id, "reason": "A test." });
            let answer = administrator.mutate("revokeServiceAccount", input, "serviceAccount { id }").await;
            answer.data("revokeServiceAccount.serviceAccount.id");
        }
        client.query(THIS).await.assert_refused(401, "UNAUTHENTICATED");
        assert_refused(&ask(app, &opened.client_id, &opened.secret, None).await, 401, "invalid_client");
        assert_eq!(socket.closed().await, (4403, "Forbidden: the session has ended".to_owned()), "{how}");
        assert_eq!(far.closed().await.0, 4403, "{how}, on another server");
        there.query(THIS).await.assert_refused(401, "UNAUTHENTICATED");
        open.subscribe("1", "{ thisServiceAccount { name } }").await;
        assert_eq!(open.hear().await["payload"]["data"]["thisServiceAccount"]["name"], "Another");
    }
}

each_database!(places_that_are_taken_away_end_what_was_followed_there, crate::service_account::watchful);
async fn places_that_are_taken_away_end_what_was_followed_there(app: &App<'_>) {
    let administrator = app.administrator().await;
    let host = app.host().await;
    let event = open_event(&host, "Conference").await;
    let eci = known::partner(&administrator, "election commission of india").await;
    let jspi = known::partner(&administrator, "jizzakh state pedagogical institute").await;
    let opened = open(&administrator, "Figures", &["REACH_READ"], at("PARTNER", &eci)).await;
    let client = enter(app, &opened).await;
    let mut socket = Socket::enter(app, client.token()).await.unwrap();
    socket.subscribe_with("1", json!({ "query": FOLLOW, "variables": { "id": event } })).await;
    assert_eq!(socket.hear().await["payload"]["data"]["eventAttendance"]["change"], "CURRENT");
    let input = json!({ "serviceAccountId": opened.id, "places": [at("PARTNER", &jspi)] });
    let changed = administrator.mutate("changeServiceAccount", input, "serviceAccount { version }").await;
    assert_eq!(changed.number("changeServiceAccount.serviceAccount.version"), 2);
    let ended = socket.hear().await;
    assert_eq!((&ended["id"], &ended["type"]), (&json!("1"), &json!("error")), "{ended}");
    let input = json!({ "serviceAccountId": opened.id, "expectedVersion": 1, "name": "Late" });
    let stale = administrator.mutate("changeServiceAccount", input, "serviceAccount { version }").await;
    stale.assert_turned_down("changeServiceAccount", "STALE", "");
}

/// A server behind a proxy, which says where clients are.
fn behind_proxy(settings: ApiSettings) -> ApiSettings {
    ApiSettings { behind_proxy: true, ..settings }
}

each_database!(whoever_tries_secrets_waits_and_keeps_nobody_else_out, crate::service_account::behind_proxy);
async fn whoever_tries_secrets_waits_and_keeps_nobody_else_out(app: &App<'_>) {
    let opened = open(&app.administrator().await, "Statistics", &["REACH_READ"], platform()).await;
    let from = async |address: &str, secret: &str| {
        let form = [("grant_type", "client_credentials")];
        let request = asking(app, &form).header("x-forwarded-for", address);
        Answer::to(request.basic_auth(&opened.client_id, Some(secret))).await
    };
    let mut refused = 0;
    for _ in 0..20 {
        refused += u32::from(from("203.0.113.66", "hcs_wrong").await.status.as_u16() == 401);
    }
    assert_eq!(refused, 6);
    let waiting = from("203.0.113.66", &opened.secret).await;
    assert_refused(&waiting, 429, "temporarily_unavailable");
    let seconds: i64 = waiting.header("retry-after").parse().unwrap();
    // Many places that try do not keep the system out that has the secret.
    for place in 0..60 {
        from(&format!("198.51.100.{place}"), "hcs_wrong").await;
    }
    assert_eq!(from("192.0.2.1", &opened.secret).await.status.as_u16(), 200);
    app.wait(TimeDelta::seconds(seconds));
    assert_eq!(from("203.0.113.66", &opened.secret).await.status.as_u16(), 200);
}

/// A server where service accounts have little to spend.
fn thrifty(settings: ApiSettings) -> ApiSettings {
    let budget = Budget { capacity: NonZeroU32::new(10).unwrap(), per_second: NonZeroU32::MIN };
    ApiSettings { budgets: Budgets { service_account: budget, ..Budgets::default() }, ..settings }
}

each_database!(a_service_account_has_a_budget_of_its_own, crate::service_account::thrifty);
async fn a_service_account_has_a_budget_of_its_own(app: &App<'_>) {
    let administrator = app.administrator().await;
    let opened = open(&administrator, "Statistics", &["REACH_READ"], platform()).await;
    let client = enter(app, &opened).await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(client.query("{ rateLimit { remaining } }").await.status.as_u16());
    }
    assert!(answers.contains(&200) && answers.contains(&429), "{answers:?}");
    administrator.query("{ me { id } }").await.data("me.id");
}

each_database!(the_trail_tells_who_gave_what_and_no_secret);
async fn the_trail_tells_who_gave_what_and_no_secret(app: &App<'_>) {
    let administrator = app.administrator().await;
    let eci = known::partner(&administrator, "election commission of india").await;
    let opened = open(&administrator, "Registry", &["EVENTS_WRITE"], at("PARTNER", &eci)).await;
    let input = json!({ "serviceAccountId": opened.id, "scopes": ["EVENTS_WRITE", "REACH_READ"] });
    administrator
        .mutate("changeServiceAccount", input, "serviceAccount { id }")
        .await
        .data("changeServiceAccount");
    let client = enter(app, &opened).await;
    let mut draft = crate::event::new_event("Made by a system");
    draft["hostId"] = json!(eci);
    let event = crate::event::create(&client, draft).await;

    let auditor = json!({ "email": "auditor@demo.example", "displayName": "Auditor", "password": "seven quiet herons",
        "grants": [{ "role": "AUDITOR", "placeKind": "PLATFORM" }] });
    administrator.mutate("createAccount", auditor, "account { id }").await.data("createAccount.account.id");
    let auditor = app.anonymous().sign_in("auditor@demo.example", "seven quiet herons").await;
    let document = "query($where: AuditEntryWhere) { auditTrail(where: $where) {
        nodes { action actorId subjectId before after } } }";
    let told = auditor.ask(document, json!({ "where": { "subject": { "eq": opened.id } } })).await;
    assert_eq!(
        told.texts("auditTrail.nodes", "action"),
        ["service_account.change", "service_account.create"]
    );
    let change = &told.list("auditTrail.nodes")[0];
    assert_eq!(
        (&change["before"]["scopes"], &change["after"]["scopes"]),
        (&json!("events:write"), &json!("reach:read events:write"))
    );
    assert_eq!(change["after"]["places"][0]["kind"], "partner");
    let secret = told.body.to_string();
    assert!(!secret.contains(&opened.secret) && !secret.contains("hash"), "{secret}");
    let told = auditor
        .ask(document, json!({ "where": { "actor": { "eq": opened.id }, "subject": { "eq": event } } }))
        .await;
    let made = &told.list("auditTrail.nodes")[0];
    assert_eq!((&made["action"], &made["subjectId"]), (&json!("event.create"), &json!(event)));
    assert_eq!(made["actorId"], opened.id);
}
