//! Accounts: opened by whoever manages them where their roles are held, and good for signing in at once.

use serde_json::{Value, json};

use crate::{answer::Answer, app::App, client::Client, each_database, event::new_event, known};

const PASSWORD: &str = "seven quiet herons of the tests";

/// Opens an account with these grants.
async fn open(client: &Client, email: &str, grants: Value) -> Answer {
    let input = json!({ "email": email, "displayName": "Someone", "password": PASSWORD, "grants": grants });
    let fields = "account { id email displayName isDisabled grants { id role placeKind placeId country } }";
    client.mutate("createAccount", input, fields).await
}

fn at(role: &str, kind: &str, place: &str) -> Value {
    json!({ "role": role, "placeKind": kind, "placeId": place })
}

each_database!(a_new_account_signs_in_and_does_what_its_role_allows);
async fn a_new_account_signs_in_and_does_what_its_role_allows(app: &App<'_>) {
    let administrator = app.administrator().await;
    let grants = json!([{ "role": "COUNTRY_COORDINATOR", "placeKind": "COUNTRY", "country": "UZ" }]);
    let opened = open(&administrator, " New.Coordinator@Demo.Example ", grants).await;
    assert_eq!(opened.text("createAccount.account.email"), "new.coordinator@demo.example");
    assert_eq!(opened.text("createAccount.account.grants.0.country"), "UZ");

    let coordinator = app.anonymous().sign_in("new.coordinator@demo.example", PASSWORD).await;
    let mut event = new_event("In Uzbekistan");
    event["territoryId"] = json!(known::territory(&coordinator, "UZ-JI").await);
    let created = coordinator.mutate("createEvent", event.clone(), "event { country }").await;
    assert_eq!(created.text("createEvent.event.country"), "UZ");
    event["territoryId"] = json!(known::territory(&coordinator, "KZ-31").await);
    let refused = coordinator.mutate("createEvent", event, "event { id }").await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
}

each_database!(a_host_opens_accounts_at_its_own_house_and_its_own_events);
async fn a_host_opens_accounts_at_its_own_house_and_its_own_events(app: &App<'_>) {
    let host = app.host().await;
    let eci = known::partner(&host, "election commission of india").await;
    let (own, other) = (
        known::event(&host, known::DELHI_CONFERENCE).await,
        known::event(&host, known::JIZZAKH_SEMINAR).await,
    );

    let door = json!([at("CHECK_IN_OPERATOR", "EVENT", &own)]);
    let opened = open(&host, "door@demo.example", door).await;
    assert_eq!(opened.text("createAccount.account.grants.0.placeId"), own);
    let operator = app.anonymous().sign_in("door@demo.example", PASSWORD).await;
    let answer =
        operator.ask("query($id: ID!) { eventAttendance(eventId: $id) { expected } }", json!({ "id": own }));
    assert!(answer.await.data("eventAttendance.expected").is_number());

    let manager = open(&host, "manager@demo.example", json!([at("EVENT_MANAGER", "PARTNER", &eci)])).await;
    assert!(manager.data("createAccount.account.id").is_string());
    for grants in [
        json!([at("CHECK_IN_OPERATOR", "EVENT", &other)]),
        json!([at("EVENT_MANAGER", "PARTNER", &eci), at("CHECK_IN_OPERATOR", "EVENT", &other)]),
        json!([{ "role": "VIEWER", "placeKind": "PLATFORM" }]),
        json!([{ "role": "COUNTRY_COORDINATOR", "placeKind": "COUNTRY", "country": "IN" }]),
    ] {
        let refused = open(&host, "other@demo.example", grants).await;
        assert_eq!(refused.error_codes(), ["FORBIDDEN"], "{}", refused.body);
    }
}

each_database!(roles_are_added_and_taken_back);
async fn roles_are_added_and_taken_back(app: &App<'_>) {
    let host = app.host().await;
    let eci = known::partner(&host, "election commission of india").await;
    let opened = open(&host, "new@demo.example", json!([at("VIEWER", "PARTNER", &eci)])).await;
    let account = opened.text("createAccount.account.id");
    let newcomer = app.anonymous().sign_in("new@demo.example", PASSWORD).await;
    let mut event = new_event("Of the host");
    event["hostId"] = json!(eci);
    let plan = || newcomer.mutate("createEvent", event.clone(), "event { id }");
    assert_eq!(plan().await.error_codes(), ["FORBIDDEN"]);

    let grant = json!({ "accountId": account, "grant": at("EVENT_MANAGER", "PARTNER", &eci) });
    let granted = host.mutate("grantRole", grant, "account { grants { id role } }").await;
    assert_eq!(granted.texts("grantRole.account.grants", "role"), ["VIEWER", "EVENT_MANAGER"]);
    assert!(plan().await.data("createEvent.event.id").is_string());

    let grant = json!({ "grantId": granted.text("grantRole.account.grants.1.id") });
    let revoked = host.mutate("revokeGrant", grant, "account { grants { role } }").await;
    assert_eq!(revoked.texts("revokeGrant.account.grants", "role"), ["VIEWER"]);
    assert_eq!(plan().await.error_codes(), ["FORBIDDEN"]);
}

each_database!(one_lists_the_accounts_that_one_manages_and_one_s_own);
async fn one_lists_the_accounts_that_one_manages_and_one_s_own(app: &App<'_>) {
    let (host, viewer) = (app.host().await, app.viewer().await);
    let eci = known::partner(&host, "election commission of india").await;
    open(&host, "new@demo.example", json!([at("VIEWER", "PARTNER", &eci)]))
        .await
        .data("createAccount.account.id");
    let emails = async |client: &Client| {
        let answer = client.query("{ accounts { nodes { email } totalCount } }").await;
        let mut emails: Vec<_> =
            answer.texts("accounts.nodes", "email").into_iter().map(ToOwned::to_owned).collect();
        assert_eq!(answer.number("accounts.totalCount"), i64::try_from(emails.len()).unwrap());
        emails.sort_unstable();
        emails
    };
    assert_eq!(emails(&host).await, ["host.eci@demo.example", "new@demo.example"]);
    assert_eq!(emails(&viewer).await, ["viewer@demo.example"]);
    assert_eq!(emails(&app.administrator().await).await.len(), 8);
}

each_database!(a_password_never_comes_back);
async fn a_password_never_comes_back(app: &App<'_>) {
    let administrator = app.administrator().await;
    let grants = json!([{ "role": "VIEWER", "placeKind": "PLATFORM" }]);
    let opened = open(&administrator, "new@demo.example", grants.clone()).await;
    let again = open(&administrator, "new@demo.example", grants.clone()).await;
    again.assert_turned_down("createAccount", "ALREADY_TAKEN", "");
    let short =
        json!({ "email": "x@demo.example", "displayName": "X", "password": "secret-1", "grants": grants });
    let short = administrator.mutate("createAccount", short, "account { id }").await;
    for answer in [opened, again, short] {
        let text = answer.body.to_string();
        assert!(!text.contains(PASSWORD) && !text.contains("secret-1") && !text.contains("argon2"), "{text}");
    }
}
