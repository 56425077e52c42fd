//! A socket does not outlive the token, the session, the account or the rights with which it was opened.

use std::time::Duration;

use chrono::TimeDelta;
use hemicycle_api::ApiSettings;
use serde_json::{Value, json};

use crate::{
    app::App,
    client::Client,
    each_database,
    participant::new_person,
    registration::{open_event, register_new},
    socket::Socket,
};

const FOLLOW: &str = "subscription($id: ID!) { eventAttendance(eventId: $id) { expected change
    registration { participant { name } } } }";

/// A server that looks at sessions often.
fn watchful(settings: ApiSettings) -> ApiSettings {
    ApiSettings { session_check_every: Duration::from_millis(20), ..settings }
}

/// An access token and its refresh token.
async fn session(app: &App<'_>, role: &str) -> (String, String) {
    let account = app.account(role);
    let answer = app.anonymous().ask_for_session(&account.email, &account.password).await;
    (answer.text("signIn.accessToken").to_owned(), answer.text("signIn.refreshToken").to_owned())
}

async fn follow(socket: &mut Socket, event: &str) -> Value {
    socket.subscribe_with("1", json!({ "query": FOLLOW, "variables": { "id": event } })).await;
    socket.hear().await
}

/// Takes back the only role of this client's account.
async fn take_back_role(app: &App<'_>, client: &Client) {
    let grants = client.query("{ me { grants { id } } }").await;
    let input = json!({ "grantId": grants.text("me.grants.0.id") });
    let revoked = app.administrator().await.mutate("revokeGrant", input, "account { id }").await;
    revoked.data("revokeGrant.account.id");
}

each_database!(an_access_token_that_expires_closes_with_4403, crate::websocket::session::watchful);
async fn an_access_token_that_expires_closes_with_4403(app: &App<'_>) {
    let (access, _) = session(app, "VIEWER").await;
    let mut socket = Socket::enter(app, Some(&access)).await.unwrap();
    app.wait(TimeDelta::minutes(15));
    let reason = "Forbidden: the access token has expired".to_owned();
    assert_eq!(socket.closed().await, (4403, reason));
}

each_database!(
    a_session_that_is_ended_closes_with_4403_and_no_other_socket,
    crate::websocket::session::watchful
);
async fn a_session_that_is_ended_closes_with_4403_and_no_other_socket(app: &App<'_>) {
    let ((first, refresh), (second, _)) = (session(app, "VIEWER").await, session(app, "VIEWER").await);
    let mut ended = Socket::enter(app, Some(&first)).await.unwrap();
    let mut other = Socket::enter(app, Some(&second)).await.unwrap();
    let input = json!({ "refreshToken": refresh });
    let document = "mutation($i: RefreshSessionInput!) { signOut(input: $i) { done } }";
    app.anonymous().ask(document, json!({ "i": input })).await.data("signOut.done");
    assert_eq!(ended.closed().await, (4403, "Forbidden: the session has ended".to_owned()));
    other.subscribe("1", "{ me { email } }").await;
    assert_eq!(other.hear().await["payload"]["data"]["me"]["email"], app.account("VIEWER").email);
}

each_database!(sessions_are_looked_at_again_after_nobody_was_there, crate::websocket::session::watchful);
async fn sessions_are_looked_at_again_after_nobody_was_there(app: &App<'_>) {
    for _ in 0..3 {
        let (access, refresh) = session(app, "VIEWER").await;
        let mut socket = Socket::enter(app, Some(&access)).await.unwrap();
        let document = "mutation($i: RefreshSessionInput!) { signOut(input: $i) { done } }";
        app.anonymous().ask(document, json!({ "i": { "refreshToken": refresh } })).await.data("signOut");
        assert_eq!(socket.closed().await.0, 4403);
    }
}

each_database!(a_session_that_is_refreshed_goes_on, crate::websocket::session::watchful);
async fn a_session_that_is_refreshed_goes_on(app: &App<'_>) {
    let (access, refresh) = session(app, "VIEWER").await;
    let mut socket = Socket::enter(app, Some(&access)).await.unwrap();
    let input = json!({ "refreshToken": refresh });
    let document = "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken } }";
    app.anonymous().ask(document, json!({ "i": input })).await.text("refreshSession.accessToken");
    // The end of another session, seen in the same round, says that the sessions were looked at.
    let (other, refresh) = session(app, "VIEWER").await;
    let mut ended = Socket::enter(app, Some(&other)).await.unwrap();
    let document = "mutation($i: RefreshSessionInput!) { signOut(input: $i) { done } }";
    app.anonymous().ask(document, json!({ "i": { "refreshToken": refresh } })).await.data("signOut");
    ended.closed().await;
    socket.subscribe("1", "{ me { email } }").await;
    assert_eq!(socket.hear().await["type"], "next");
}

each_database!(an_account_that_is_disabled_closes_with_4403, crate::websocket::session::watchful);
async fn an_account_that_is_disabled_closes_with_4403(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let mut socket = Socket::enter(app, host.token()).await.unwrap();
    assert_eq!(follow(&mut socket, &event).await["type"], "next");
    let email = &app.account("PARTNER_ADMINISTRATOR").email;
    app.database.disable_account(email).await.unwrap();
    assert_eq!(socket.closed().await, (4403, "Forbidden: the session has ended".to_owned()));
}

each_database!(a_role_that_is_taken_back_ends_what_it_let_be_followed);
async fn a_role_that_is_taken_back_ends_what_it_let_be_followed(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let mut socket = Socket::enter(app, host.token()).await.unwrap();
    assert_eq!(follow(&mut socket, &event).await["type"], "next");
    take_back_role(app, &host).await;
    // Nothing happens at the event, and it ends all the same.
    let message = socket.hear().await;
    assert_eq!((&message["id"], &message["type"]), (&json!("1"), &json!("error")), "{message}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "NOT_FOUND", "{message}");
    socket.subscribe("2", "{ me { grants { id } } }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["me"]["grants"], json!([]));
}

each_database!(a_role_that_is_added_widens_what_is_followed);
async fn a_role_that_is_added_widens_what_is_followed(app: &App<'_>) {
    let (host, officer, administrator) = (app.host().await, app.officer().await, app.administrator().await);
    let event = open_event(&host, "Seminar").await;
    let mut socket = Socket::enter(app, officer.token()).await.unwrap();
    assert_eq!(follow(&mut socket, &event).await["payload"]["data"]["eventAttendance"]["change"], "CURRENT");
    register_new(&host, &event, new_person("Guest", "Anna")).await;
    let told = socket.hear().await;
    assert_eq!(told["payload"]["data"]["eventAttendance"]["registration"], Value::Null, "{told}");

    let account = officer.query("{ me { id } }").await;
    let grant = json!({ "role": "EVENT_MANAGER", "placeKind": "EVENT", "placeId": event });
    let input = json!({ "accountId": account.text("me.id"), "grant": grant });
    administrator.mutate("grantRole", input, "account { id }").await.data("grantRole.account.id");
    // Begun anew with the rights of now.
    assert_eq!(socket.hear().await["payload"]["data"]["eventAttendance"]["change"], "CURRENT");
    register_new(&host, &event, new_person("Second", "B")).await;
    let told = socket.hear().await;
    let registration = &told["payload"]["data"]["eventAttendance"]["registration"];
    assert_eq!(registration["participant"]["name"], "B Second", "{told}");
}
