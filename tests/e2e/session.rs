//! Sessions: where an account is signed in, ended one by one or all at once, on every server and every way in.

use std::time::Duration;

use chrono::TimeDelta;
use hemicycle_api::ApiSettings;
use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database, socket::Socket};

const ME: &str = "{ me { email } }";
const SESSIONS: &str = "{ mySessions { totalCount nodes { id openedAt openedFrom userAgent lastUsedAt
    lastUsedFrom isCurrent } } }";

/// A server behind a proxy, which says where clients are, and that looks at sessions seldom.
fn behind_proxy(settings: ApiSettings) -> ApiSettings {
    ApiSettings { behind_proxy: true, session_check_every: Duration::from_hours(1), ..settings }
}

/// A server that deletes what is spent again and again.
fn tidy(settings: ApiSettings) -> ApiSettings {
    ApiSettings { clean_up_every: Duration::from_millis(20), ..settings }
}

/// Signs the holder of this role in, from there, and returns the client and its refresh token.
async fn sign_in_from(app: &App<'_>, role: &str, address: &str, agent: &str) -> (Client, String) {
    let account = app.account(role);
    let document = "mutation($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken } }";
    let input = json!({ "email": account.email, "password": account.password });
    let body = json!({ "query": document, "variables": { "i": input } });
    let request =
        app.anonymous().post().header("x-forwarded-for", address).header("user-agent", agent).json(&body);
    let answer = Answer::to(request).await;
    let client = app.with_token(answer.text("signIn.accessToken"));
    (client, answer.text("signIn.refreshToken").to_owned())
}

async fn sessions(client: &Client) -> Vec<Value> {
    let answer = client.query(SESSIONS).await;
    let nodes = answer.list("mySessions.nodes").to_vec();
    assert_eq!(answer.number("mySessions.totalCount"), i64::try_from(nodes.len()).unwrap());
    nodes
}

/// Asks whether the client is still let in.
async fn is_in(client: &Client) -> bool {
    let answer = client.query(ME).await;
    match answer.status.as_u16() {
        200 => answer.data("me.email").is_string(),
        status => {
            assert_eq!((status, answer.error_codes()), (401, vec!["UNAUTHENTICATED"]));
            false
        }
    }
}

each_database!(one_sees_where_one_is_signed_in_and_nobody_else_s_sessions, crate::session::behind_proxy);
async fn one_sees_where_one_is_signed_in_and_nobody_else_s_sessions(app: &App<'_>) {
    let began = app.now();
    let (first, refresh) = sign_in_from(app, "VIEWER", "203.0.113.7", "Safari").await;
    app.wait(TimeDelta::hours(1));
    let (second, _) = sign_in_from(app, "VIEWER", "2001:db8::9", "Firefox").await;
    sign_in_from(app, "COUNTRY_COORDINATOR", "203.0.113.8", "Edge").await;

    let seen = sessions(&second).await;
    let agents: Vec<_> = seen.iter().map(|session| session["userAgent"].as_str().unwrap()).collect();
    assert_eq!(agents, ["Firefox", "Safari"]);
    assert_eq!((&seen[0]["isCurrent"], &seen[1]["isCurrent"]), (&json!(true), &json!(false)));
    assert_eq!(seen[1]["openedFrom"], "203.0.113.7");
    assert_eq!(seen[0]["openedFrom"], "2001:db8::9");

    app.wait(TimeDelta::hours(1));
    let document = "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken } }";
    let body = json!({ "query": document, "variables": { "i": { "refreshToken": refresh } } });
    let request = app.anonymous().post().header("x-forwarded-for", "198.51.100.1").json(&body);
    let renewed = Answer::to(request).await;
    let renewed = app.with_token(renewed.text("refreshSession.accessToken"));
    let seen = sessions(&renewed).await;
    let safari = seen.iter().find(|session| session["userAgent"] == "Safari").unwrap();
    assert_eq!((&safari["isCurrent"], &safari["openedFrom"]), (&json!(true), &json!("203.0.113.7")));
    assert_eq!(safari["lastUsedFrom"], "198.51.100.1");
    let time = |name: &str| safari[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((time("openedAt"), time("lastUsedAt")), (began, began + TimeDelta::hours(2)));
    assert!(!is_in(&first).await, "the first access token is past its time");

    app.wait(TimeDelta::days(30));
    let (last, _) = sign_in_from(app, "VIEWER", "203.0.113.7", "Opera").await;
    assert_eq!(sessions(&last).await.len(), 1, "what was not used for thirty days is over");
}

each_database!(
    a_session_that_is_ended_is_refused_at_once_and_its_socket_is_closed,
    crate::session::behind_proxy
);
async fn a_session_that_is_ended_is_refused_at_once_and_its_socket_is_closed(app: &App<'_>) {
    let (lost, refresh) = sign_in_from(app, "VIEWER", "203.0.113.7", "a lost phone").await;
    let (own, _) = sign_in_from(app, "VIEWER", "203.0.113.8", "a laptop").await;
    let mut socket = Socket::enter(app, lost.token()).await.unwrap();
    assert!(is_in(&lost).await);

    let seen = sessions(&own).await;
    let id = &seen.iter().find(|session| session["userAgent"] == "a lost phone").unwrap()["id"];
    for _ in 0..2 {
        let ended = own.mutate("endSession", json!({ "sessionId": id }), "session { id }").await;
        assert_eq!(ended.data("endSession.session.id"), id);
        assert!(!is_in(&lost).await);
    }
    assert_eq!(socket.closed().await, (4403, "Forbidden: the session has ended".to_owned()));
    assert!(Socket::enter(app, lost.token()).await.is_none());
    let document =
        "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken errors { code } } }";
    let refused = app.anonymous().ask(document, json!({ "i": { "refreshToken": refresh } })).await;
    assert_eq!(refused.text("refreshSession.errors.0.code"), "SESSION_ENDED");
    assert!(is_in(&own).await);
    assert_eq!(sessions(&own).await.len(), 1);

    let (stranger, _) = sign_in_from(app, "COUNTRY_COORDINATOR", "203.0.113.9", "another").await;
    let of_another = sessions(&own).await[0]["id"].clone();
    let refused = stranger.mutate("endSession", json!({ "sessionId": of_another }), "session { id }").await;
    assert_eq!(refused.error_codes(), ["NOT_FOUND"]);
    assert!(is_in(&own).await);
}

each_database!(one_signs_out_everywhere_or_everywhere_else, crate::session::behind_proxy);
async fn one_signs_out_everywhere_or_everywhere_else(app: &App<'_>) {
    let mut clients = Vec::new();
    for number in 0..3 {
        clients.push(sign_in_from(app, "VIEWER", "203.0.113.7", &format!("phone {number}")).await.0);
    }
    let ended = clients[0].mutate("signOutEverywhere", json!({ "keepThis": true }), "ended").await;
    assert_eq!(ended.number("signOutEverywhere.ended"), 2);
    assert!(is_in(&clients[0]).await && !is_in(&clients[1]).await && !is_in(&clients[2]).await);
    let ended = clients[0].mutate("signOutEverywhere", json!({}), "ended").await;
    assert_eq!(ended.number("signOutEverywhere.ended"), 1);
    assert!(!is_in(&clients[0]).await);
}

each_database!(who_manages_an_account_signs_it_out, crate::session::behind_proxy);
async fn who_manages_an_account_signs_it_out(app: &App<'_>) {
    let (viewer, _) = sign_in_from(app, "VIEWER", "203.0.113.7", "a phone").await;
    let id = viewer.query("{ me { id } }").await.text("me.id").to_owned();
    let (host, administrator) = (app.host().await, app.administrator().await);
    let refused = host.mutate("signOutEverywhere", json!({ "accountId": id }), "ended").await;
    assert_eq!(refused.error_codes(), ["NOT_FOUND"]);
    assert!(is_in(&viewer).await);
    let ended = administrator.mutate("signOutEverywhere", json!({ "accountId": id }), "ended").await;
    assert_eq!(ended.number("signOutEverywhere.ended"), 1);
    assert!(!is_in(&viewer).await);
    assert!(is_in(&administrator).await);
}

each_database!(a_refresh_token_that_comes_twice_ends_the_access_token_too, crate::session::behind_proxy);
async fn a_refresh_token_that_comes_twice_ends_the_access_token_too(app: &App<'_>) {
    let (client, token) = sign_in_from(app, "VIEWER", "203.0.113.7", "a phone").await;
    let mut socket = Socket::enter(app, client.token()).await.unwrap();
    let document = "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken } }";
    let anonymous = app.anonymous();
    let refresh = || anonymous.ask(document, json!({ "i": { "refreshToken": token } }));
    let second = refresh().await;
    let second = app.with_token(second.text("refreshSession.accessToken"));
    assert!(is_in(&client).await && is_in(&second).await);
    assert_eq!(refresh().await.data("refreshSession.accessToken"), &Value::Null);
    assert!(!is_in(&client).await && !is_in(&second).await);
    assert_eq!(socket.closed().await.0, 4403);
}

each_database!(what_one_server_ends_or_takes_back_every_other_one_refuses, crate::session::behind_proxy);
async fn what_one_server_ends_or_takes_back_every_other_one_refuses(app: &App<'_>) {
    let other = app.another_server().await;
    let account = app.account("VIEWER");
    let (viewer, _) = sign_in_from(app, "VIEWER", "203.0.113.7", "a phone").await;
    let there = other.client(viewer.token());
    assert!(is_in(&there).await, "both servers believe the same keys");

    let grant = "{ me { grants { id } } }";
    let grants = there.query(grant).await;
    let input = json!({ "grantId": grants.text("me.grants.0.id") });
    let revoked = app.administrator().await.mutate("revokeGrant", input, "account { id }").await;
    revoked.data("revokeGrant.account.id");
    // The other server hears of it by itself: this ends, or the case never does.
    while there.query(grant).await.data("me.grants") != &json!([]) {}

    let ended = viewer.mutate("signOutEverywhere", json!({}), "ended").await;
    assert_eq!(ended.number("signOutEverywhere.ended"), 1);
    while is_in(&there).await {}

    let again = other.client(None).sign_in(&account.email, &account.password).await;
    assert!(is_in(&app.with_token(again.token().unwrap())).await);
}

each_database!(what_is_spent_is_deleted_behind_the_requests, crate::session::tidy);
async fn what_is_spent_is_deleted_behind_the_requests(app: &App<'_>) {
    let viewer = app.viewer().await;
    let tokens = async || app.database.row_counts().await.unwrap()["refresh_token"];
    assert!(tokens().await > 0);
    assert!(is_in(&viewer).await);
    app.wait(TimeDelta::days(32));
    // It comes by itself: this ends, or the case never does.
    while tokens().await > 0 {}
}
