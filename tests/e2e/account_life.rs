//! Accounts that are disabled and enabled again.

use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database, known, socket::Socket};

async fn set(client: &Client, mutation: &str, account: &Value) -> Answer {
    client.mutate(mutation, json!({ "accountId": account }), "account { isDisabled }").await
}

async fn own_id(client: &Client) -> Value {
    client.query("{ me { id } }").await.data("me.id").clone()
}

each_database!(an_account_that_is_disabled_is_out_at_once_and_comes_in_again_once_enabled);
async fn an_account_that_is_disabled_is_out_at_once_and_comes_in_again_once_enabled(app: &App<'_>) {
    let (administrator, viewer) = (app.administrator().await, app.viewer().await);
    let there = app.another_server().await;
    let elsewhere = there.client(viewer.token());
    let account = app.account("VIEWER");
    let id = own_id(&viewer).await;
    assert_eq!(own_id(&elsewhere).await, id);
    let mut socket = Socket::enter(app, viewer.token()).await.unwrap();
    let tokens = app.anonymous().ask_for_session(&account.email, &account.password).await;

    for _ in 0..2 {
        let disabled = set(&administrator, "disableAccount", &id).await;
        assert_eq!(disabled.data("disableAccount.account.isDisabled"), true);
    }
    viewer.query("{ me { id } }").await.assert_refused(401, "UNAUTHENTICATED");
    assert_eq!(socket.closed().await.0, 4403);
    // The other server hears of it by itself: this ends, or the case never does.
    while elsewhere.query("{ me { id } }").await.status != 401 {}
    let refused = app.anonymous().ask_for_session(&account.email, &account.password).await;
    assert_eq!(refused.text("signIn.errors.0.code"), "WRONG_CREDENTIALS");
    let refresh = json!({ "refreshToken": tokens.text("signIn.refreshToken") });
    let document =
        "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken errors { code } } }";
    let refused = app.anonymous().ask(document, json!({ "i": refresh })).await;
    assert_eq!(refused.text("refreshSession.errors.0.code"), "SESSION_ENDED");

    for _ in 0..2 {
        let enabled = set(&administrator, "enableAccount", &id).await;
        assert_eq!(enabled.data("enableAccount.account.isDisabled"), false);
    }
    // What was over stays over.
    viewer.query("{ me { id } }").await.assert_refused(401, "UNAUTHENTICATED");
    assert_eq!(own_id(&app.viewer().await).await, id);
    for action in ["account.disable", "account.enable"] {
        let count = format!("{{ auditTrail(where: {{ action: {{ eq: \"{action}\" }} }}) {{ totalCount }} }}");
        assert_eq!(administrator.query(&count).await.number("auditTrail.totalCount"), 1, "{action}");
    }
}

each_database!(who_manages_some_roles_of_an_account_has_no_say_over_the_whole_of_it);
async fn who_manages_some_roles_of_an_account_has_no_say_over_the_whole_of_it(app: &App<'_>) {
    let (administrator, host) = (app.administrator().await, app.host().await);
    let eci = known::partner(&administrator, "election commission of india").await;
    let account = json!({
        "email": "someone@demo.example", "displayName": "Someone", "password": "seven quiet herons",
        "grants": [{ "role": "VIEWER", "placeKind": "PARTNER", "placeId": eci }],
    });
    let created = administrator.mutate("createAccount", account, "account { id }").await;
    let id = created.data("createAccount.account.id").clone();
    assert_eq!(set(&host, "disableAccount", &id).await.data("disableAccount.account.isDisabled"), true);
    assert_eq!(set(&host, "enableAccount", &id).await.data("enableAccount.account.isDisabled"), false);

    let grant =
        json!({ "accountId": id, "grant": { "role": "ANALYST", "placeKind": "COUNTRY", "country": "KZ" } });
    administrator.mutate("grantRole", grant, "account { id }").await.data("grantRole.account.id");
    for mutation in ["disableAccount", "enableAccount", "resetSecondFactor"] {
        let fields = "account { isDisabled }";
        let refused = host.mutate(mutation, json!({ "accountId": id }), fields).await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"], "{mutation}");
    }
    let own = own_id(&administrator).await;
    set(&administrator, "disableAccount", &own).await.assert_turned_down(
        "disableAccount",
        "ILLEGAL_STEP",
        "",
    );
}
