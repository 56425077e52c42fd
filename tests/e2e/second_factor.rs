//! The second factor: codes of an application, recovery codes, and those who have to have one.

use chrono::TimeDelta;
use hemicycle_api::ApiSettings;
use serde_json::{Value, json};
use totp_rs::Totp;

use crate::{answer::Answer, app::App, client::Client, each_database, socket::Socket};

const ME: &str = "{ me { secondFactorSince } }";

/// A phone that makes codes.
pub(crate) struct Phone(Totp);

impl Phone {
    /// Sets the second factor up for a client, with the password of the viewer, and scans it.
    async fn of(app: &App<'_>, client: &Client) -> Self {
        let input = json!({ "currentPassword": app.account("VIEWER").password });
        Self::scan(&client.mutate("setUpSecondFactor", input, "setup { secret uri qr }").await)
    }

    fn scan(answer: &Answer) -> Self {
        assert!(answer.text("setUpSecondFactor.setup.qr").starts_with("<svg"));
        let totp = Totp::from_url(answer.text("setUpSecondFactor.setup.uri")).unwrap();
        assert_eq!(totp.secret().to_base32(), answer.text("setUpSecondFactor.setup.secret"));
        Self(totp)
    }

    /// The code of this moment.
    pub(crate) fn code(&self, app: &App<'_>) -> String {
        self.code_of(app, TimeDelta::zero())
    }

    /// The code of another moment.
    fn code_of(&self, app: &App<'_>, later: TimeDelta) -> String {
        self.0.generate(u64::try_from((app.now() + later).timestamp()).unwrap()).to_string()
    }
}

/// Asks to be signed in as the viewer.
async fn sign_in(app: &App<'_>) -> Answer {
    let account = app.account("VIEWER");
    let input = json!({ "email": account.email, "password": account.password });
    app.anonymous()
        .mutate("signIn", input, "accessToken refreshToken challenge { kind token expiresAt }")
        .await
}

/// The challenge of someone who knows the password.
async fn challenge(app: &App<'_>) -> String {
    let answer = sign_in(app).await;
    assert_eq!(answer.data("signIn.accessToken"), &Value::Null);
    assert_eq!(answer.data("signIn.errors"), &json!([]));
    answer.text("signIn.challenge.token").to_owned()
}

async fn complete(client: &Client, challenge: &str, proof: Value) -> Answer {
    let input = json!({ "challenge": challenge, "proof": proof });
    client.mutate("completeSignIn", input, "accessToken refreshToken").await
}

/// Completes a sign-in by a code.
pub(crate) async fn complete_by_code(app: &App<'_>, challenge: &str, code: &str) -> Answer {
    complete(&app.anonymous(), challenge, json!({ "code": code })).await
}

/// Signs the viewer in, and has a second factor set up and confirmed.
async fn set_up(app: &App<'_>) -> (Client, Phone, Vec<String>) {
    let client = app.viewer().await;
    let phone = Phone::of(app, &client).await;
    let confirmed = client.mutate("confirmSecondFactor", json!({ "code": phone.code(app) }), FIELDS).await;
    let codes = confirmed.list("confirmSecondFactor.recoveryCodes").iter();
    let codes = codes.map(|code| code.as_str().unwrap().to_owned()).collect();
    (client, phone, codes)
}

/// Has a second factor set up for the viewer: the phone and the recovery codes.
pub(crate) async fn with_factor(app: &App<'_>) -> (Phone, Vec<String>) {
    let (_, phone, codes) = set_up(app).await;
    (phone, codes)
}

const FIELDS: &str = "recoveryCodes accessToken refreshToken";

each_database!(who_has_a_second_factor_is_let_in_by_a_code_of_it);
async fn who_has_a_second_factor_is_let_in_by_a_code_of_it(app: &App<'_>) {
    let (before, elsewhere) = (app.viewer().await, app.viewer().await);
    let input = json!({ "currentPassword": "wrong" });
    let refused = before.mutate("setUpSecondFactor", input, "setup { secret }").await;
    refused.assert_turned_down("setUpSecondFactor", "WRONG_CREDENTIALS", "");
    let first = Phone::of(app, &before).await;
    // It counts once it is confirmed, and can be made anew until then.
    assert!(sign_in(app).await.data("signIn.accessToken").is_string());
    let phone = Phone::of(app, &before).await;
    let refused = before.mutate("confirmSecondFactor", json!({ "code": first.code(app) }), FIELDS).await;
    refused.assert_turned_down("confirmSecondFactor", "WRONG_CODE", "");
    let confirmed = before.mutate("confirmSecondFactor", json!({ "code": phone.code(app) }), FIELDS).await;
    assert_eq!(confirmed.list("confirmSecondFactor.recoveryCodes").len(), 10);
    assert_eq!(confirmed.data("confirmSecondFactor.accessToken"), &Value::Null);
    assert!(before.query(ME).await.data("me.secondFactorSince").is_string());
    elsewhere.query(ME).await.assert_refused(401, "UNAUTHENTICATED");

    let answer = sign_in(app).await;
    assert_eq!(answer.data("signIn.refreshToken"), &Value::Null);
    assert_eq!(answer.data("signIn.challenge.kind"), "SECOND_FACTOR");
    let challenge = answer.text("signIn.challenge.token");
    // The code that confirmed it was used; a challenge opens nothing else.
    complete_by_code(app, challenge, &phone.code(app)).await.assert_turned_down(
        "completeSignIn",
        "WRONG_CODE",
        "",
    );
    app.with_token(challenge).query(ME).await.assert_refused(401, "UNAUTHENTICATED");
    app.wait(TimeDelta::seconds(30));
    let code = phone.code(app);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let answer = complete_by_code(app, challenge, &spaced).await;
    let client = app.with_token(answer.text("completeSignIn.accessToken"));
    assert!(client.query(ME).await.data("me.secondFactorSince").is_string());
    // The challenge is spent, whatever code comes.
    app.wait(TimeDelta::seconds(30));
    let again = complete_by_code(app, challenge, &phone.code(app)).await;
    again.assert_turned_down("completeSignIn", "CHALLENGE_SPENT", "");
}

each_database!(a_code_is_accepted_once_on_all_servers_together_and_a_skewed_clock_is_borne);
async fn a_code_is_accepted_once_on_all_servers_together_and_a_skewed_clock_is_borne(app: &App<'_>) {
    let (_, phone, _) = set_up(app).await;
    let other = app.another_server().await;
    app.wait(TimeDelta::minutes(2));
    let (here, there) = (challenge(app).await, challenge(app).await);
    let proof = json!({ "code": phone.code(app) });
    let (anonymous, elsewhere) = (app.anonymous(), other.client(None));
    let (left, right) =
        tokio::join!(complete(&anonymous, &here, proof.clone()), complete(&elsewhere, &there, proof));
    let let_in = [&left, &right].map(|answer| answer.data("completeSignIn.accessToken").is_string());
    assert_eq!(let_in.iter().filter(|is_in| **is_in).count(), 1, "{} {}", left.body, right.body);

    let ahead = phone.code_of(app, TimeDelta::seconds(30));
    let behind = phone.code_of(app, TimeDelta::seconds(-30));
    let spent = complete_by_code(app, &challenge(app).await, &behind).await;
    spent.assert_turned_down("completeSignIn", "WRONG_CODE", "");
    let far = phone.code_of(app, TimeDelta::seconds(60));
    let refused = complete_by_code(app, &challenge(app).await, &far).await;
    refused.assert_turned_down("completeSignIn", "WRONG_CODE", "");
    let answer = complete_by_code(app, &challenge(app).await, &ahead).await;
    assert!(answer.data("completeSignIn.accessToken").is_string(), "{}", answer.body);
}

each_database!(of_two_who_present_a_challenge_at_once_one_at_most_is_let_in);
async fn of_two_who_present_a_challenge_at_once_one_at_most_is_let_in(app: &App<'_>) {
    let (_, phone, codes) = set_up(app).await;
    app.wait(TimeDelta::minutes(2));
    let (challenge, client) = (challenge(app).await, app.anonymous());
    let (left, right) = tokio::join!(
        complete(&client, &challenge, json!({ "code": phone.code(app) })),
        complete(&client, &challenge, json!({ "recoveryCode": codes[0] })),
    );
    let let_in = [&left, &right].map(|answer| answer.data("completeSignIn.accessToken").is_string());
    assert_eq!(let_in.iter().filter(|is_in| **is_in).count(), 1, "{} {}", left.body, right.body);
}

each_database!(a_challenge_ends_after_five_minutes_and_with_the_password);
async fn a_challenge_ends_after_five_minutes_and_with_the_password(app: &App<'_>) {
    let (client, phone, _) = set_up(app).await;
    app.wait(TimeDelta::minutes(1));
    let late = challenge(app).await;
    app.wait(TimeDelta::minutes(5));
    let refused = complete_by_code(app, &late, &phone.code(app)).await;
    refused.assert_turned_down("completeSignIn", "CHALLENGE_SPENT", "");
    let refused = complete_by_code(app, "unknown", &phone.code(app)).await;
    refused.assert_turned_down("completeSignIn", "CHALLENGE_SPENT", "");

    let stolen = challenge(app).await;
    let input =
        json!({ "currentPassword": app.account("VIEWER").password, "newPassword": "nine patient lanterns" });
    client.mutate("changePassword", input, "account { id }").await.data("changePassword.account.id");
    let refused = complete_by_code(app, &stolen, &phone.code(app)).await;
    refused.assert_turned_down("completeSignIn", "CHALLENGE_SPENT", "");
}

each_database!(wrong_codes_slow_down_over_all_servers_and_recovery_codes_do_not_wait_for_them);
async fn wrong_codes_slow_down_over_all_servers_and_recovery_codes_do_not_wait_for_them(app: &App<'_>) {
    let (_, phone, codes) = set_up(app).await;
    app.wait(TimeDelta::minutes(2));
    let other = app.another_server().await;
    let challenge = challenge(app).await;
    let clients = [app.anonymous(), other.client(None)];
    let mut answers = Vec::new();
    for client in clients.iter().cycle().take(8) {
        let answer = complete(client, &challenge, json!({ "code": "000000" })).await;
        answers.push(answer.text("completeSignIn.errors.0.code").to_owned());
    }
    assert_eq!(answers[..6], ["WRONG_CODE"; 6]);
    assert_eq!(answers[6..], ["RATE_LIMITED"; 2]);
    let refused = complete_by_code(app, &challenge, &phone.code(app)).await;
    refused.assert_turned_down("completeSignIn", "RATE_LIMITED", "");
    let answer = complete(&clients[0], &challenge, json!({ "recoveryCode": codes[3] })).await;
    assert!(answer.data("completeSignIn.accessToken").is_string(), "{}", answer.body);
}

each_database!(a_recovery_code_lets_in_once_and_new_ones_replace_the_old);
async fn a_recovery_code_lets_in_once_and_new_ones_replace_the_old(app: &App<'_>) {
    let (client, phone, codes) = set_up(app).await;
    app.wait(TimeDelta::minutes(2));
    let by_recovery = async |code: &str| {
        complete(&app.anonymous(), &challenge(app).await, json!({ "recoveryCode": code })).await
    };
    let typed = codes[0].to_lowercase().replace('-', " ");
    assert!(by_recovery(&typed).await.data("completeSignIn.accessToken").is_string());
    by_recovery(&codes[0]).await.assert_turned_down("completeSignIn", "WRONG_CODE", "");
    by_recovery("").await.assert_turned_down("completeSignIn", "WRONG_CODE", "");

    let password = &app.account("VIEWER").password;
    let renew = async |password: &str, proof: Value| {
        let input = json!({ "currentPassword": password, "proof": proof });
        client.mutate("renewRecoveryCodes", input, "recoveryCodes").await
    };
    let code = json!({ "code": phone.code(app) });
    renew("wrong", code.clone()).await.assert_turned_down("renewRecoveryCodes", "WRONG_CREDENTIALS", "");
    let renewed = renew(password, code.clone()).await;
    let fresh = renewed.text("renewRecoveryCodes.recoveryCodes.9").to_owned();
    renew(password, code).await.assert_turned_down("renewRecoveryCodes", "WRONG_CODE", "");
    by_recovery(&codes[1]).await.assert_turned_down("completeSignIn", "WRONG_CODE", "");
    assert!(by_recovery(&fresh).await.data("completeSignIn.accessToken").is_string());

    let count = "{ auditTrail(where: { action: { eq: \"account.use_recovery_code\" } }) { totalCount } }";
    assert_eq!(app.administrator().await.query(count).await.number("auditTrail.totalCount"), 2);
}

each_database!(to_remove_it_takes_the_password_and_a_code);
async fn to_remove_it_takes_the_password_and_a_code(app: &App<'_>) {
    let (client, phone, _) = set_up(app).await;
    app.wait(TimeDelta::minutes(2));
    let remove = async |password: Option<&str>, code: &str| {
        let input = json!({ "currentPassword": password, "proof": { "code": code } });
        client.mutate("removeSecondFactor", input, "account { secondFactorSince }").await
    };
    let (password, code) = (app.account("VIEWER").password.as_str(), phone.code(app));
    remove(Some("wrong"), &code).await.assert_turned_down("removeSecondFactor", "WRONG_CREDENTIALS", "");
    remove(None, &code).await.assert_turned_down("removeSecondFactor", "WRONG_CREDENTIALS", "");
    remove(Some(password), "000000").await.assert_turned_down("removeSecondFactor", "WRONG_CODE", "");
    let input = json!({ "currentPassword": password });
    let refused = client.mutate("setUpSecondFactor", input, "setup { secret }").await;
    refused.assert_turned_down("setUpSecondFactor", "ILLEGAL_STEP", "");
    let removed = remove(Some(password), &code).await;
    assert_eq!(removed.data("removeSecondFactor.account.secondFactorSince"), &Value::Null);
    assert!(sign_in(app).await.data("signIn.accessToken").is_string());
    remove(Some(password), &code).await.assert_turned_down("removeSecondFactor", "ILLEGAL_STEP", "");
}

each_database!(who_manages_an_account_takes_a_lost_factor_away_and_its_sessions_end);
async fn who_manages_an_account_takes_a_lost_factor_away_and_its_sessions_end(app: &App<'_>) {
    let (client, _, _) = set_up(app).await;
    let mut socket = Socket::enter(app, client.token()).await.unwrap();
    let id = client.query("{ me { id } }").await.text("me.id").to_owned();
    let administrator = app.administrator().await;
    let reset = async |client: &Client, id: &str| {
        let input = json!({ "accountId": id });
        client.mutate("resetSecondFactor", input, "account { secondFactorSince }").await
    };
    assert_eq!(reset(&client, &id).await.error_codes(), ["FORBIDDEN"]);
    assert_eq!(reset(&app.host().await, &id).await.error_codes(), ["NOT_FOUND"]);
    let own = administrator.query("{ me { id } }").await.text("me.id").to_owned();
    reset(&administrator, &own).await.assert_turned_down("resetSecondFactor", "ILLEGAL_STEP", "");
    let done = reset(&administrator, &id).await;
    assert_eq!(done.data("resetSecondFactor.account.secondFactorSince"), &Value::Null);
    client.query(ME).await.assert_refused(401, "UNAUTHENTICATED");
    assert_eq!(socket.closed().await.0, 4403);
    assert!(sign_in(app).await.data("signIn.accessToken").is_string());
    let trail = "{ auditTrail(where: { action: { eq: \"account.reset_second_factor\" } }) { nodes { action before after } } }";
    let trail = administrator.query(trail).await;
    assert!(
        trail.data("auditTrail.nodes.0.before").to_string().contains("second_factor_since"),
        "{}",
        trail.body
    );
    assert!(!trail.body.to_string().contains("sealed"), "{}", trail.body);
}

/// A server that asks for a second factor where a role opens people.
fn required(settings: ApiSettings) -> ApiSettings {
    ApiSettings { second_factor_required: true, ..settings }
}

each_database!(a_role_that_opens_people_has_to_set_a_second_factor_up_first, crate::second_factor::required);
async fn a_role_that_opens_people_has_to_set_a_second_factor_up_first(app: &App<'_>) {
    assert!(sign_in(app).await.data("signIn.accessToken").is_string(), "a viewer sees nobody");

    let account = app.account("EVENT_MANAGER");
    let anonymous = app.anonymous();
    let credentials = json!({ "email": account.email, "password": account.password });
    let fields = "accessToken challenge { kind token }";
    let answer = anonymous.mutate("signIn", credentials.clone(), fields).await;
    assert_eq!(answer.data("signIn.accessToken"), &Value::Null);
    assert_eq!(answer.data("signIn.challenge.kind"), "SET_UP");
    let challenge = answer.text("signIn.challenge.token");
    complete_by_code(app, challenge, "000000").await.assert_turned_down(
        "completeSignIn",
        "CHALLENGE_SPENT",
        "",
    );
    app.wait(TimeDelta::minutes(20));

    let input = json!({ "challenge": challenge });
    let phone = Phone::scan(&anonymous.mutate("setUpSecondFactor", input, "setup { secret uri qr }").await);
    let input = json!({ "challenge": challenge, "code": phone.code(app) });
    let confirmed = anonymous.mutate("confirmSecondFactor", input.clone(), FIELDS).await;
    assert_eq!(confirmed.list("confirmSecondFactor.recoveryCodes").len(), 10);
    let client = app.with_token(confirmed.text("confirmSecondFactor.accessToken"));
    assert!(client.query(ME).await.data("me.secondFactorSince").is_string());
    let again = anonymous.mutate("confirmSecondFactor", input, FIELDS).await;
    again.assert_turned_down("confirmSecondFactor", "CHALLENGE_SPENT", "");
    let answer = anonymous.mutate("signIn", credentials, fields).await;
    assert_eq!(answer.data("signIn.challenge.kind"), "SECOND_FACTOR");
}

each_database!(a_session_without_a_second_factor_is_not_refreshed_where_one_is_required);
async fn a_session_without_a_second_factor_is_not_refreshed_where_one_is_required(app: &App<'_>) {
    // A server that does not ask for one has let the manager in.
    let account = app.account("EVENT_MANAGER");
    let answer = app.anonymous().ask_for_session(&account.email, &account.password).await;
    let token = answer.text("signIn.refreshToken").to_owned();
    let strict = app.beside_with(required).await;
    let document =
        "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken errors { code } } }";
    let refused = strict.anonymous().ask(document, json!({ "i": { "refreshToken": token } })).await;
    assert_eq!(refused.text("refreshSession.errors.0.code"), "SESSION_ENDED");
    app.with_token(answer.text("signIn.accessToken")).query(ME).await.assert_refused(401, "UNAUTHENTICATED");
}
