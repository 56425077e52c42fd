//! Signing in, staying signed in, signing out; tokens that are old, forged or of somebody else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database};

const ME: &str = "{ me { email } }";

/// Exchanges a refresh token.
async fn refresh(client: &Client, token: &str) -> Answer {
    let fields = "accessToken refreshToken accessTokenExpiresAt";
    let document = format!(
        "mutation($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ {fields} errors {{ code }} }} }}"
    );
    client.ask(&document, json!({ "input": { "refreshToken": token } })).await
}

/// Signs the viewer in and returns both tokens.
async fn session(app: &App<'_>) -> (String, String) {
    let account = app.account("VIEWER");
    let answer = app.anonymous().ask_for_session(&account.email, &account.password).await;
    let text = |path| answer.text(path).to_owned();
    (text("signIn.accessToken"), text("signIn.refreshToken"))
}

each_database!(the_right_password_opens_a_session);
async fn the_right_password_opens_a_session(app: &App<'_>) {
    let account = app.account("VIEWER");
    let (access, _) = session(app).await;
    let me = app.with_token(&access).query(ME).await;
    assert_eq!(me.text("me.email"), account.email);
}

each_database!(an_address_is_known_in_any_case_of_letters);
async fn an_address_is_known_in_any_case_of_letters(app: &App<'_>) {
    let account = app.account("VIEWER");
    let shouted = format!(" {} ", account.email.to_uppercase());
    let answer = app.anonymous().ask_for_session(&shouted, &account.password).await;
    assert!(answer.data("signIn.accessToken").is_string());
}

each_database!(a_wrong_password_and_an_unknown_address_are_answered_alike);
async fn a_wrong_password_and_an_unknown_address_are_answered_alike(app: &App<'_>) {
    let account = app.account("VIEWER");
    let mut bodies = Vec::new();
    for (email, password) in [
        (account.email.as_str(), "not the password"),
        (account.email.as_str(), ""),
        ("nobody@demo.example", account.password.as_str()),
        ("not an address", account.password.as_str()),
    ] {
        let answer = app.anonymous().ask_for_session(email, password).await;
        assert_eq!(answer.data("signIn.accessToken"), &Value::Null);
        assert_eq!(answer.data("signIn.refreshToken"), &Value::Null);
        assert_eq!(answer.text("signIn.errors.0.code"), "WRONG_CREDENTIALS");
        bodies.push(answer.body["data"].clone());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
}

each_database!(nobody_is_nobody);
async fn nobody_is_nobody(app: &App<'_>) {
    assert_eq!(app.anonymous().query(ME).await.data("me"), &Value::Null);
}

each_database!(an_access_token_is_good_for_fifteen_minutes);
async fn an_access_token_is_good_for_fifteen_minutes(app: &App<'_>) {
    let (access, _) = session(app).await;
    app.wait(TimeDelta::seconds(15 * 60 - 1));
    assert!(app.with_token(&access).query(ME).await.data("me.email").is_string());
    app.wait(TimeDelta::seconds(1));
    app.with_token(&access).query(ME).await.assert_refused(401, "UNAUTHENTICATED");
}

each_database!(the_end_of_an_access_token_is_told);
async fn the_end_of_an_access_token_is_told(app: &App<'_>) {
    let (_, token) = session(app).await;
    let answer = refresh(&app.anonymous(), &token).await;
    let until: chrono::DateTime<chrono::Utc> =
        answer.text("refreshSession.accessTokenExpiresAt").parse().unwrap();
    assert_eq!(until, app.now() + TimeDelta::minutes(15));
}

each_database!(a_token_that_nobody_issued_is_refused_and_not_ignored);
async fn a_token_that_nobody_issued_is_refused_and_not_ignored(app: &App<'_>) {
    let (access, refresh) = session(app).await;
    let (head, claims, signature) = parts(&access);
    let of_another = claims_with(&claims, "sub", json!("00000000-0000-7000-8000-000000000000"));
    let unending = claims_with(&claims, "exp", json!(4_102_444_800_i64));
    let unsigned_head = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
    for forged in [
        format!("{head}.{of_another}.{signature}"),
        format!("{head}.{unending}.{signature}"),
        format!("{unsigned_head}.{claims}."),
        format!("{unsigned_head}.{claims}.{signature}"),
        format!("{head}.{claims}"),
        refresh,
        "a".repeat(4_000),
        "token".to_owned(),
    ] {
        app.with_token(&forged).query(ME).await.assert_refused(401, "UNAUTHENTICATED");
    }
}

fn parts(token: &str) -> (String, String, String) {
    let mut parts = token.split('.').map(ToOwned::to_owned);
    let mut part = || parts.next().expect("a token has three parts");
    (part(), part(), part())
}

fn claims_with(claims: &str, name: &str, value: Value) -> String {
    let bytes = BASE64.decode(claims).expect("claims are base64");
    let mut claims: Value = serde_json::from_slice(&bytes).expect("claims are JSON");
    claims[name] = value;
    BASE64.encode(claims.to_string())
}

each_database!(another_scheme_or_an_unreadable_header_is_refused);
async fn another_scheme_or_an_unreadable_header_is_refused(app: &App<'_>) {
    let (access, _) = session(app).await;
    for value in [format!("Basic {access}"), access.clone(), "Bearer".to_owned(), "Bearer ".to_owned()] {
        let request = app.anonymous().post().header("authorization", &value).json(&json!({ "query": ME }));
        Answer::to(request).await.assert_refused(401, "UNAUTHENTICATED");
    }
    let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff").unwrap();
    let request = app.anonymous().post().header("authorization", bytes).json(&json!({ "query": ME }));
    Answer::to(request).await.assert_refused(401, "UNAUTHENTICATED");
}

each_database!(a_refusal_at_the_door_says_how_to_come_in);
async fn a_refusal_at_the_door_says_how_to_come_in(app: &App<'_>) {
    let answer = app.with_token("token").query(ME).await;
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

each_database!(a_refresh_token_is_exchanged_for_the_next_pair);
async fn a_refresh_token_is_exchanged_for_the_next_pair(app: &App<'_>) {
    let (_, first) = session(app).await;
    app.wait(TimeDelta::days(29));
    let answer = refresh(&app.anonymous(), &first).await;
    let second = answer.text("refreshSession.refreshToken");
    assert_ne!(second, first);
    let me = app.with_token(answer.text("refreshSession.accessToken")).query(ME).await;
    assert_eq!(me.text("me.email"), app.account("VIEWER").email);

    app.wait(TimeDelta::days(29));
    assert!(refresh(&app.anonymous(), second).await.data("refreshSession.accessToken").is_string());
}

each_database!(a_refresh_token_that_is_used_twice_ends_the_session);
async fn a_refresh_token_that_is_used_twice_ends_the_session(app: &App<'_>) {
    let client = app.anonymous();
    let (_, first) = session(app).await;
    let second = refresh(&client, &first).await.text("refreshSession.refreshToken").to_owned();

    let stolen = refresh(&client, &first).await;
    assert_eq!(stolen.data("refreshSession.accessToken"), &Value::Null);
    assert_eq!(stolen.text("refreshSession.errors.0.code"), "SESSION_ENDED");
    let own = refresh(&client, &second).await;
    assert_eq!(own.text("refreshSession.errors.0.code"), "SESSION_ENDED");
}

each_database!(of_two_who_present_a_refresh_token_at_once_one_at_most_goes_on);
async fn of_two_who_present_a_refresh_token_at_once_one_at_most_goes_on(app: &App<'_>) {
    let client = app.anonymous();
    let (_, token) = session(app).await;
    let (left, right) = tokio::join!(refresh(&client, &token), refresh(&client, &token));
    let tokens = [&left, &right].map(|answer| answer.data("refreshSession.accessToken").is_string());
    assert_eq!(tokens.iter().filter(|got| **got).count(), 1, "{} {}", left.body, right.body);
}

each_database!(a_session_ends_thirty_days_after_its_last_exchange);
async fn a_session_ends_thirty_days_after_its_last_exchange(app: &App<'_>) {
    let (_, token) = session(app).await;
    app.wait(TimeDelta::days(30));
    let answer = refresh(&app.anonymous(), &token).await;
    assert_eq!(answer.text("refreshSession.errors.0.code"), "SESSION_ENDED");
}

each_database!(an_unknown_refresh_token_is_no_session);
async fn an_unknown_refresh_token_is_no_session(app: &App<'_>) {
    for token in ["", "token", &"ж".repeat(1_000)] {
        let answer = refresh(&app.anonymous(), token).await;
        assert_eq!(answer.text("refreshSession.errors.0.code"), "SESSION_ENDED");
    }
}

each_database!(who_signs_out_ends_the_session_and_no_other);
async fn who_signs_out_ends_the_session_and_no_other(app: &App<'_>) {
    let client = app.anonymous();
    let ((_, first), (_, second)) = (session(app).await, session(app).await);

    for token in [first.as_str(), first.as_str(), "token"] {
        let answer = client
            .ask(
                "mutation($input: RefreshSessionInput!) { signOut(input: $input) { done errors { code } } }",
                json!({ "input": { "refreshToken": token } }),
            )
            .await;
        assert_eq!(answer.data("signOut"), &json!({ "done": true, "errors": [] }));
    }
    assert_eq!(refresh(&client, &first).await.text("refreshSession.errors.0.code"), "SESSION_ENDED");
    assert!(refresh(&client, &second).await.data("refreshSession.accessToken").is_string());
}

each_database!(a_role_that_is_taken_back_is_gone_at_the_next_request);
async fn a_role_that_is_taken_back_is_gone_at_the_next_request(app: &App<'_>) {
    let (administrator, officer) = (app.administrator().await, app.officer().await);
    let grants = officer.query("{ me { grants { id role } } }").await;
    assert_eq!(grants.text("me.grants.0.role"), "INTERNATIONAL_PROGRAM_OFFICER");

    let input = json!({ "grantId": grants.text("me.grants.0.id") });
    let revoked = administrator.mutate("revokeGrant", input, "account { grants { id } }").await;
    assert_eq!(revoked.data("revokeGrant.account.grants"), &json!([]));

    assert_eq!(officer.query("{ me { grants { id } } }").await.data("me.grants"), &json!([]));
    let created = officer.mutate("createEvent", crate::event::new_event("Seminar"), "event { id }").await;
    assert_eq!(created.error_codes(), ["FORBIDDEN"]);
}
