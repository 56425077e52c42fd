//! Signing in with a provider of OpenID Connect, which the tests start beside the server.

mod browser;
mod server;

use std::cell::RefCell;

use chrono::TimeDelta;
use hemicycle_api::{ApiSettings, ProviderSettings, ProvidersSettings};
use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database};
use browser::{Browser, VERIFIER, challenge, exchange, start, told};
use server::{CLIENT_ID, CLIENT_SECRET, Lie, Provider};

/// Where browsers reach the server, as far as the provider knows.
const PUBLIC_URL: &str = "http://localhost:8080";
/// The page of the front end.
const PAGE: &str = "https://app.demo.example/signed-in";

thread_local! {
    /// The provider of the case that runs on this thread.
    static PROVIDER: RefCell<Option<std::net::TcpListener>> = const { RefCell::new(None) };
}

/// A server at which one signs in with a provider of the tests.
fn with_provider(settings: ApiSettings) -> ApiSettings {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let providers = providers_at(&listener);
    PROVIDER.with(|provider| provider.replace(Some(listener)));
    ApiSettings { providers, ..settings }
}

fn providers_at(listener: &std::net::TcpListener) -> ProvidersSettings {
    let ministry = ProviderSettings {
        name: "ministry".to_owned(),
        display_name: "Ministry".to_owned(),
        issuer: format!("http://{}", listener.local_addr().unwrap()),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(CLIENT_SECRET.into()),
        scopes: vec!["email".to_owned()],
    };
    let closed = ProviderSettings {
        name: "closed".to_owned(),
        issuer: "http://127.0.0.1:9".to_owned(),
        ..ministry.clone()
    };
    ProvidersSettings {
        public_url: PUBLIC_URL.parse().ok(),
        return_to: vec![PAGE.parse().unwrap()],
        providers: vec![ministry, closed],
    }
}

/// The provider of this case, to which the viewer is known by address.
fn provider(app: &App<'_>) -> Provider {
    let listener = PROVIDER.with(RefCell::take).expect("the case has a provider");
    let provider = Provider::at(listener, app.now().timestamp());
    provider.knows("subject 1", &app.account("VIEWER").email, true);
    provider
}

each_database!(
    who_has_an_account_signs_in_by_the_verified_address_and_then_by_the_subject_alone,
    crate::provider::with_provider
);
async fn who_has_an_account_signs_in_by_the_verified_address_and_then_by_the_subject_alone(app: &App<'_>) {
    let provider = provider(app);
    let listed = app.anonymous().query("{ signInProviders { name displayName startUrl } }").await;
    let expected = json!({
        "name": "ministry", "displayName": "Ministry", "startUrl": format!("{PUBLIC_URL}/sign-in/ministry"),
    });
    assert_eq!(listed.data("signInProviders.0"), &expected);

    let email = app.account("VIEWER").email.clone();
    for (address, is_verified) in [(email.to_uppercase(), true), ("moved@other.example".to_owned(), false)] {
        provider.knows("subject 1", &address, is_verified);
        let told = Browser::new().sign_in(app).await;
        let answer = exchange(app, &told, VERIFIER).await;
        let client = app.with_token(answer.text("exchangeSignInCode.accessToken"));
        assert_eq!(client.query("{ me { email } }").await.text("me.email"), email);
    }
    assert_eq!(provider.asked_for_metadata(), 1, "what it says of itself is kept");
    let trail =
        "{ auditTrail(where: { action: { eq: \"account.link_identity\" } }) { totalCount nodes { after } } }";
    let trail = app.administrator().await.query(trail).await;
    assert_eq!(trail.number("auditTrail.totalCount"), 1);
    assert!(!trail.body.to_string().contains("subject 1"), "personal: {}", trail.body);
}

each_database!(who_was_invited_needs_no_password_but_the_provider, crate::provider::with_provider);
async fn who_was_invited_needs_no_password_but_the_provider(app: &App<'_>) {
    let provider = provider(app);
    let input = json!({
        "email": "new@demo.example", "displayName": "New Person",
        "grants": [{ "role": "VIEWER", "placeKind": "PLATFORM" }],
    });
    let administrator = app.administrator().await;
    administrator.mutate("inviteAccount", input, "account { id }").await.data("inviteAccount.account.id");
    provider.knows("subject 2", "new@demo.example", true);
    let answer = exchange(app, &Browser::new().sign_in(app).await, VERIFIER).await;
    let client = app.with_token(answer.text("exchangeSignInCode.accessToken"));
    let me = client.query("{ me { isInvited displayName } }").await;
    assert_eq!(me.data("me"), &json!({ "isInvited": false, "displayName": "New Person" }));
    // Without a password one is asked for none.
    let set_up = client.mutate("setUpSecondFactor", json!({}), "setup { secret }").await;
    assert!(set_up.data("setUpSecondFactor.setup.secret").is_string(), "{}", set_up.body);
    let refused = app.anonymous().ask_for_session("new@demo.example", "").await;
    assert_eq!(refused.text("signIn.errors.0.code"), "WRONG_CREDENTIALS");
}

each_database!(what_does_not_stand_up_is_refused, crate::provider::with_provider);
async fn what_does_not_stand_up_is_refused(app: &App<'_>) {
    let provider = provider(app);
    let now = app.now().timestamp();
    let lies: Vec<(&str, Lie)> = vec![
        ("another nonce", Box::new(|claims| claims["nonce"] = json!("another"))),
        ("no nonce", Box::new(|claims| drop(claims.as_object_mut().unwrap().remove("nonce")))),
        ("another audience", Box::new(|claims| claims["aud"] = json!("another client"))),
        ("a further audience", Box::new(|claims| claims["aud"] = json!([CLIENT_ID, "another client"]))),
        ("another party", Box::new(|claims| claims["azp"] = json!("another client"))),
        ("another issuer", Box::new(|claims| claims["iss"] = json!("https://other.example"))),
        ("past its time", Box::new(move |claims| claims["exp"] = json!(now))),
        ("of the future", Box::new(move |claims| claims["iat"] = json!(now + 3_600))),
    ];
    for (what, lie) in lies {
        provider.lies(lie);
        assert_eq!(Browser::new().sign_in(app).await, "error=TOKEN_REFUSED", "{what}");
    }
    provider.lies(|_| {});
    provider.uses_keys(2, 1);
    assert_eq!(Browser::new().sign_in(app).await, "error=TOKEN_REFUSED", "signed by a stranger");
    // A key that the provider publishes from now on is believed without waiting.
    provider.uses_keys(2, 2);
    assert!(Browser::new().sign_in(app).await.starts_with("code="));
}

each_database!(who_has_no_account_by_a_verified_address_gets_none, crate::provider::with_provider);
async fn who_has_no_account_by_a_verified_address_gets_none(app: &App<'_>) {
    let provider = provider(app);
    let email = app.account("VIEWER").email.clone();
    for (subject, address, is_verified, expected) in [
        ("subject 1", email.as_str(), false, "ADDRESS_UNVERIFIED"),
        ("subject 1", "not an address", true, "ADDRESS_UNVERIFIED"),
        ("subject 1", "nobody@demo.example", true, "ACCOUNT_UNKNOWN"),
    ] {
        provider.knows(subject, address, is_verified);
        assert_eq!(Browser::new().sign_in(app).await, format!("error={expected}"), "{address}");
    }
    provider.knows("subject 1", &email, true);
    assert!(Browser::new().sign_in(app).await.starts_with("code="));
    // The address changed hands at the provider.
    provider.knows("subject 2", &email, true);
    assert_eq!(Browser::new().sign_in(app).await, "error=ALREADY_LINKED");

    provider.knows("subject 1", &email, true);
    let waiting = Browser::new().sign_in(app).await;
    let id = app.viewer().await.query("{ me { id } }").await.data("me.id").clone();
    let administrator = app.administrator().await;
    let disabled = administrator.mutate("disableAccount", json!({ "accountId": id }), "account { id }").await;
    disabled.data("disableAccount.account.id");
    assert_eq!(Browser::new().sign_in(app).await, "error=ACCOUNT_UNKNOWN");
    let refused = exchange(app, &waiting, VERIFIER).await;
    refused.assert_turned_down("exchangeSignInCode", "CHALLENGE_SPENT", "");
}

each_database!(one_comes_back_once_in_time_and_in_the_same_browser, crate::provider::with_provider);
async fn one_comes_back_once_in_time_and_in_the_same_browser(app: &App<'_>) {
    let provider = provider(app);
    let mut browser = Browser::new();
    let page = browser.begin(app).await;
    let back = browser.sign_in_at(&page).await;
    // Somebody else is made to follow the way back: another browser that has been here, and one that has not.
    let mut other = Browser::new();
    other.begin(app).await;
    for stranger in [&mut other, &mut Browser::new()] {
        assert_eq!(stranger.come_back(app, &back).await, "error=STATE_SPENT");
    }
    // The way of another provider is not this one's.
    let elsewhere = back.replace("/ministry/", "/closed/");
    assert_eq!(browser.go(app, &elsewhere).await.status(), 400);
    assert!(browser.come_back(app, &back).await.starts_with("code="));
    assert_eq!(browser.come_back(app, &back).await, "error=STATE_SPENT");

    // A second tab does not disturb the first.
    let (first, second) = (browser.begin(app).await, browser.begin(app).await);
    let (first, second) = (browser.sign_in_at(&first).await, browser.sign_in_at(&second).await);
    assert!(browser.come_back(app, &second).await.starts_with("code="));
    assert!(browser.come_back(app, &first).await.starts_with("code="));

    let page = browser.begin(app).await;
    let late = browser.sign_in_at(&page).await;
    app.wait(TimeDelta::minutes(10));
    provider.is_at(app.now().timestamp());
    assert_eq!(browser.come_back(app, &late).await, "error=STATE_SPENT");
    let unknown = browser.go(app, "/sign-in/ministry/return?code=a&state=unknown").await;
    assert_eq!(unknown.status(), 400);
    // A code of the provider's that was exchanged before comes with a state of its own.
    let page = browser.begin(app).await;
    let back = browser.sign_in_at(&page).await.replace("code=code", "code=used");
    assert_eq!(browser.come_back(app, &back).await, "error=TOKEN_REFUSED");
}

each_database!(the_code_is_good_for_a_minute_once_and_for_who_began, crate::provider::with_provider);
async fn the_code_is_good_for_a_minute_once_and_for_who_began(app: &App<'_>) {
    let _provider = provider(app);
    let mut browser = Browser::new();
    let told = browser.sign_in(app).await;
    let refused = exchange(app, &told, "a verifier of somebody else").await;
    refused.assert_turned_down("exchangeSignInCode", "CHALLENGE_SPENT", "");
    let (left, right) = tokio::join!(exchange(app, &told, VERIFIER), exchange(app, &told, VERIFIER));
    let let_in = [&left, &right].map(|answer| answer.data("exchangeSignInCode.accessToken").is_string());
    assert_eq!(let_in.iter().filter(|is_in| **is_in).count(), 1, "{} {}", left.body, right.body);
    let again = exchange(app, &told, VERIFIER).await;
    again.assert_turned_down("exchangeSignInCode", "CHALLENGE_SPENT", "");

    let late = browser.sign_in(app).await;
    app.wait(TimeDelta::minutes(1));
    exchange(app, &late, VERIFIER).await.assert_turned_down("exchangeSignInCode", "CHALLENGE_SPENT", "");
    exchange(app, "code=unknown", VERIFIER).await.assert_turned_down(
        "exchangeSignInCode",
        "CHALLENGE_SPENT",
        "",
    );
}

each_database!(each_step_can_be_taken_by_another_server, crate::provider::with_provider);
async fn each_step_can_be_taken_by_another_server(app: &App<'_>) {
    let providers = PROVIDER.with_borrow(|listener| providers_at(listener.as_ref().unwrap()));
    let _provider = provider(app);
    let other = app.beside_with(|settings| ApiSettings { providers, ..settings }).await;
    let mut browser = Browser::new();
    let page = browser.begin(app).await;
    let back = browser.sign_in_at(&page).await;
    let told = browser.come_back(&other, &back).await;
    assert_eq!(browser.come_back(app, &back).await, "error=STATE_SPENT");
    let answer = exchange(app, &told, VERIFIER).await;
    assert!(answer.data("exchangeSignInCode.accessToken").is_string(), "{}", answer.body);
}

each_database!(nobody_is_sent_anywhere_else, crate::provider::with_provider);
async fn nobody_is_sent_anywhere_else(app: &App<'_>) {
    let _provider = provider(app);
    let mut browser = Browser::new();
    let hash = challenge(VERIFIER);
    for page in [
        "",
        "https://evil.example/",
        "https://app.demo.example/",
        "https://app.demo.example/signed-in/more",
        "https://app.demo.example.evil.example/signed-in",
        "//evil.example",
        "javascript:alert(1)",
    ] {
        assert_eq!(browser.go(app, &start(page, &hash)).await.status(), 400, "{page}");
    }
    for challenge in ["", "short", &format!("{hash}a"), &hash.replace(char::is_alphabetic, "+")] {
        assert_eq!(browser.go(app, &start(PAGE, challenge)).await.status(), 400, "{challenge}");
    }
    let twice = format!("{}&returnTo=x", start(PAGE, &hash));
    assert_eq!(browser.go(app, &twice).await.status(), 400);
    let unknown = start(PAGE, &hash).replace("ministry", "unknown");
    assert_eq!(browser.go(app, &unknown).await.status(), 404);

    let closed = start(PAGE, &hash).replace("ministry", "closed");
    assert_eq!(told(&browser.go(app, &closed).await), "error=PROVIDER_UNAVAILABLE");
    let page = browser.begin(app).await;
    let state = page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let denied = format!("/sign-in/ministry/return?error=access_denied&state={state}");
    assert_eq!(browser.come_back(app, &denied).await, "error=PROVIDER_DENIED");
    let page = browser.begin(app).await;
    let mixed_up = format!("{}&iss=https%3A%2F%2Fother.example", browser.sign_in_at(&page).await);
    assert_eq!(browser.come_back(app, &mixed_up).await, "error=TOKEN_REFUSED");
}

each_database!(who_has_a_second_factor_is_asked_for_it_all_the_same, crate::provider::with_provider);
async fn who_has_a_second_factor_is_asked_for_it_all_the_same(app: &App<'_>) {
    let _provider = provider(app);
    let (phone, _) = crate::second_factor::with_factor(app).await;
    app.wait(TimeDelta::minutes(1));
    let answer = exchange(app, &Browser::new().sign_in(app).await, VERIFIER).await;
    assert_eq!(answer.data("exchangeSignInCode.accessToken"), &Value::Null);
    let challenge = answer.text("exchangeSignInCode.challenge.token");
    let completed = crate::second_factor::complete_by_code(app, challenge, &phone.code(app)).await;
    assert!(completed.data("completeSignIn.accessToken").is_string());
}

/// The identities of the account that asks.
async fn identities(client: &Client) -> Value {
    client.query("{ me { identities { issuer } } }").await.data("me.identities").clone()
}

async fn unlink(client: &Client, account: &str, issuer: &str) -> Answer {
    let input = json!({ "accountId": account, "issuer": issuer });
    client.mutate("unlinkIdentity", input, "account { identities { issuer } }").await
}

each_database!(an_identity_is_unlinked_and_what_it_let_in_ends, crate::provider::with_provider);
async fn an_identity_is_unlinked_and_what_it_let_in_ends(app: &App<'_>) {
    let provider = provider(app);
    let viewer = app.viewer().await;
    assert_eq!(identities(&viewer).await, json!([]));
    let answer = exchange(app, &Browser::new().sign_in(app).await, VERIFIER).await;
    let by_provider = app.with_token(answer.text("exchangeSignInCode.accessToken"));
    let me = viewer.query("{ me { id identities { issuer linkedAt } } }").await;
    let (id, issuer) = (me.text("me.id"), me.text("me.identities.0.issuer").to_owned());
    // Someone is on the way, and has not fetched the session yet.
    let waiting = Browser::new().sign_in(app).await;
    // At the provider, the person has another identity by now.
    let email = app.account("VIEWER").email.clone();
    provider.knows("subject 2", &email, true);
    assert_eq!(Browser::new().sign_in(app).await, "error=ALREADY_LINKED");

    unlink(&viewer, id, "https://provider.example").await.assert_turned_down(
        "unlinkIdentity",
        "REFERENCE_NOT_FOUND",
        "issuer",
    );
    for stranger in [app.host().await, app.manager().await] {
        assert_eq!(unlink(&stranger, id, &issuer).await.error_codes(), ["NOT_FOUND"]);
    }
    let unlinked = unlink(&viewer, id, &issuer).await;
    assert_eq!(unlinked.data("unlinkIdentity.account.identities"), &json!([]));
    assert_eq!(identities(&viewer).await, json!([]), "the session that asked goes on");
    assert_eq!(by_provider.query("{ me { id } }").await.error_codes(), ["UNAUTHENTICATED"]);
    let late = exchange(app, &waiting, VERIFIER).await;
    assert_eq!(late.text("exchangeSignInCode.errors.0.code"), "CHALLENGE_SPENT");
    // The new identity takes its place, until who manages the account unlinks it.
    let answer = exchange(app, &Browser::new().sign_in(app).await, VERIFIER).await;
    assert!(answer.data("exchangeSignInCode.accessToken").is_string(), "{}", answer.body);
    let unlinked = unlink(&app.administrator().await, id, &issuer).await;
    assert_eq!(unlinked.data("unlinkIdentity.account.identities"), &json!([]));
    assert_eq!(viewer.query("{ me { id } }").await.error_codes(), ["UNAUTHENTICATED"]);
    let trail = "{ auditTrail(where: { action: { eq: \"account.unlink_identity\" } }) { totalCount nodes { before } } }";
    let trail = app.administrator().await.query(trail).await;
    assert_eq!(trail.number("auditTrail.totalCount"), 2);
    assert!(!trail.body.to_string().contains("subject 1"), "personal: {}", trail.body);
}

each_database!(the_only_way_in_stays, crate::provider::with_provider);
async fn the_only_way_in_stays(app: &App<'_>) {
    let provider = provider(app);
    let input = json!({
        "email": "new@demo.example", "displayName": "New Person",
        "grants": [{ "role": "VIEWER", "placeKind": "PLATFORM" }],
    });
    let administrator = app.administrator().await;
    let invited = administrator.mutate("inviteAccount", input, "account { id }").await;
    let id = invited.text("inviteAccount.account.id");
    provider.knows("subject 2", "new@demo.example", true);
    let answer = exchange(app, &Browser::new().sign_in(app).await, VERIFIER).await;
    let client = app.with_token(answer.text("exchangeSignInCode.accessToken"));
    let issuer =
        client.query("{ me { identities { issuer } } }").await.text("me.identities.0.issuer").to_owned();
    for who in [&client, &administrator] {
        unlink(who, id, &issuer).await.assert_turned_down("unlinkIdentity", "ILLEGAL_STEP", "");
    }
    assert!(client.query("{ me { id } }").await.data("me.id").is_string(), "nothing ended");
}

each_database!(a_server_without_providers_has_none);
async fn a_server_without_providers_has_none(app: &App<'_>) {
    let listed = app.anonymous().query("{ signInProviders { name } }").await;
    assert_eq!(listed.data("signInProviders"), &json!([]));
    let response = Browser::new().go(app, &start(PAGE, &challenge(VERIFIER))).await;
    assert_eq!(response.status(), 404);
}
