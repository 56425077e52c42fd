//! Invitations and new passwords: by links that come by e-mail, read here from an SMTP server of the tests.

use std::cell::RefCell;

use chrono::TimeDelta;
use hemicycle_api::{ApiSettings, MailSettings};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{answer::Answer, app::App, client::Client, each_database, known};

const PASSWORD: &str = "nine patient lanterns";

thread_local! {
    /// The mail server of the case that runs on this thread.
    static MAIL_SERVER: RefCell<Option<std::net::TcpListener>> = const { RefCell::new(None) };
}

/// A server that sends mail to one of the tests.
pub(crate) fn with_mail(settings: ApiSettings) -> ApiSettings {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    MAIL_SERVER.with(|server| server.replace(Some(listener)));
    let mail = MailSettings {
        url: url.into(),
        from: "Hemicycle <no-reply@demo.example>".to_owned(),
        link_base: "https://app.demo.example/".parse().unwrap(),
    };
    ApiSettings { mail: Some(mail), ..settings }
}

/// A mail server that takes everything.
pub(crate) struct MailServer(TcpListener);

/// A mail as it came.
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) text: String,
}

impl MailServer {
    pub(crate) fn of_this_case() -> Self {
        let listener = MAIL_SERVER.with(RefCell::take).expect("the case sends mail");
        Self(TcpListener::from_std(listener).unwrap())
    }

    /// Waits for the next mail.
    pub(crate) async fn next(&self) -> Mail {
        loop {
            let (stream, _) = self.0.accept().await.unwrap();
            if let Some(mail) = take(stream).await {
                return mail;
            }
        }
    }
}

/// Speaks as much of RFC 5321 as a client needs to hand one mail over.
async fn take(stream: TcpStream) -> Option<Mail> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.demo.example\r\n").await.ok()?;
    let (mut to, mut text) = (String::new(), String::new());
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                write.write_all(b"250 taken\r\n").await.ok()?;
                return Some(Mail { to, text });
            }
            "RCPT" => {
                to = line.trim_start_matches(|letter| letter != '<').trim_matches(['<', '>']).to_owned();
                "250 known\r\n"
            }
            "QUIT" => return None,
            _ => "250 mail.demo.example\r\n",
        };
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    None
}

impl Mail {
    /// The token of the link to this page.
    fn token(&self, page: &str) -> String {
        // Long lines are broken by `=` where the text is quoted-printable, which writes `=` as `=3D`.
        let text = self.text.replace("=\n", "").replace("=3D", "=");
        let start = format!("https://app.demo.example/{page}#token=");
        let link =
            text.lines().find_map(|line| line.trim().strip_prefix(start.as_str()).map(ToOwned::to_owned));
        link.unwrap_or_else(|| panic!("no link to {page} in {text}"))
    }
}

async fn invite(client: &Client, email: &str, grants: Value) -> Answer {
    let input = json!({ "email": email, "displayName": "New Person", "grants": grants });
    client.mutate("inviteAccount", input, "account { id isInvited grants { role } }").await
}

fn everywhere() -> Value {
    json!([{ "role": "VIEWER", "placeKind": "PLATFORM" }])
}

async fn accept(app: &App<'_>, token: &str, password: &str) -> Answer {
    let input = json!({ "token": token, "password": password, "displayName": "Chosen Name" });
    app.anonymous().mutate("acceptInvitation", input, "accessToken").await
}

each_database!(who_is_invited_chooses_a_password_and_is_in, crate::invitation::with_mail);
async fn who_is_invited_chooses_a_password_and_is_in(app: &App<'_>) {
    let server = MailServer::of_this_case();
    let administrator = app.administrator().await;
    let invited = invite(&administrator, "New@Demo.Example", everywhere()).await;
    assert_eq!(invited.data("inviteAccount.account.isInvited"), true);
    let mail = server.next().await;
    assert_eq!(mail.to, "new@demo.example");
    let token = mail.token("invitation");
    // Until then nobody comes in, by no password.
    for password in ["", PASSWORD] {
        let refused = app.anonymous().ask_for_session("new@demo.example", password).await;
        assert_eq!(refused.text("signIn.errors.0.code"), "WRONG_CREDENTIALS");
    }

    accept(app, &token, "new@demo.example").await.assert_turned_down(
        "acceptInvitation",
        "INVALID_INPUT",
        "password",
    );
    let accepted = accept(app, &token, PASSWORD).await;
    let client = app.with_token(accepted.text("acceptInvitation.accessToken"));
    let me = client.query("{ me { email displayName isInvited grants { role } } }").await;
    assert_eq!((me.text("me.email"), me.text("me.displayName")), ("new@demo.example", "Chosen Name"));
    assert_eq!((me.data("me.isInvited"), me.text("me.grants.0.role")), (&json!(false), "VIEWER"));
    app.anonymous().sign_in("new@demo.example", PASSWORD).await;

    let again = accept(app, &token, "another nine patient lanterns").await;
    again.assert_turned_down("acceptInvitation", "LINK_SPENT", "");
    let id = invited.text("inviteAccount.account.id");
    let again = administrator.mutate("inviteAgain", json!({ "accountId": id }), "account { id }").await;
    again.assert_turned_down("inviteAgain", "ILLEGAL_STEP", "");
}

each_database!(an_invitation_ends_after_seven_days_and_can_be_sent_again, crate::invitation::with_mail);
async fn an_invitation_ends_after_seven_days_and_can_be_sent_again(app: &App<'_>) {
    let server = MailServer::of_this_case();
    let host = app.host().await;
    let eci = known::partner(&host, "election commission of india").await;
    let grants = json!([{ "role": "EVENT_MANAGER", "placeKind": "PARTNER", "placeId": eci }]);
    let invited = invite(&host, "new@demo.example", grants).await;
    let id = invited.text("inviteAccount.account.id").to_owned();
    let first = server.next().await.token("invitation");
    let again = host.mutate("inviteAgain", json!({ "accountId": id }), "account { isInvited }").await;
    assert_eq!(again.data("inviteAgain.account.isInvited"), true);
    let second = server.next().await.token("invitation");
    accept(app, &first, PASSWORD).await.assert_turned_down("acceptInvitation", "LINK_SPENT", "");
    app.wait(TimeDelta::days(7));
    accept(app, &second, PASSWORD).await.assert_turned_down("acceptInvitation", "LINK_SPENT", "");

    app.host()
        .await
        .mutate("inviteAgain", json!({ "accountId": id }), "account { id }")
        .await
        .data("inviteAgain");
    let third = server.next().await.token("invitation");
    assert!(accept(app, &third, PASSWORD).await.data("acceptInvitation.accessToken").is_string());
    for token in ["", "token", &third] {
        accept(app, token, PASSWORD).await.assert_turned_down("acceptInvitation", "LINK_SPENT", "");
    }
}

each_database!(one_invites_where_one_manages_accounts, crate::invitation::with_mail);
async fn one_invites_where_one_manages_accounts(app: &App<'_>) {
    let refused = invite(&app.viewer().await, "new@demo.example", everywhere()).await;
    assert_eq!(refused.error_codes(), ["FORBIDDEN"]);
    let refused = invite(&app.anonymous(), "new@demo.example", everywhere()).await;
    assert_eq!(refused.error_codes(), ["UNAUTHENTICATED"]);
    let taken = invite(&app.administrator().await, &app.account("VIEWER").email, everywhere()).await;
    taken.assert_turned_down("inviteAccount", "ALREADY_TAKEN", "");
}

async fn ask_for_password(app: &App<'_>, email: &str) -> Answer {
    app.anonymous().mutate("requestPasswordReset", json!({ "email": email }), "done").await
}

async fn reset(app: &App<'_>, token: &str, password: &str) -> Answer {
    let input = json!({ "token": token, "password": password });
    app.anonymous().mutate("resetPassword", input, "done").await
}

each_database!(a_forgotten_password_is_set_anew_by_a_link_and_all_sessions_end, crate::invitation::with_mail);
async fn a_forgotten_password_is_set_anew_by_a_link_and_all_sessions_end(app: &App<'_>) {
    let server = MailServer::of_this_case();
    let account = app.account("VIEWER");
    let before = app.viewer().await;
    let unknown = ask_for_password(app, "nobody@demo.example").await;
    let known = ask_for_password(app, &account.email).await;
    assert_eq!(unknown.body["data"], known.body["data"]);
    // The first mail that comes is for the one who exists.
    let mail = server.next().await;
    assert_eq!(mail.to, account.email);
    let token = mail.token("password-reset");
    accept(app, &token, PASSWORD).await.assert_turned_down("acceptInvitation", "LINK_SPENT", "");

    let done = reset(app, &token, PASSWORD).await;
    assert_eq!(done.data("resetPassword"), &json!({ "done": true, "errors": [] }));
    before.query("{ me { email } }").await.assert_refused(401, "UNAUTHENTICATED");
    let old = app.anonymous().ask_for_session(&account.email, &account.password).await;
    assert_eq!(old.text("signIn.errors.0.code"), "WRONG_CREDENTIALS");
    app.anonymous().sign_in(&account.email, PASSWORD).await;
    assert_eq!(reset(app, &token, PASSWORD).await.text("resetPassword.errors.0.code"), "LINK_SPENT");

    ask_for_password(app, &account.email).await.data("requestPasswordReset.done");
    let late = server.next().await.token("password-reset");
    app.wait(TimeDelta::hours(1));
    assert_eq!(reset(app, &late, PASSWORD).await.text("resetPassword.errors.0.code"), "LINK_SPENT");
}

each_database!(
    who_asks_for_links_again_and_again_waits_whether_there_is_an_account_or_not,
    crate::invitation::with_mail
);
async fn who_asks_for_links_again_and_again_waits_whether_there_is_an_account_or_not(app: &App<'_>) {
    let known = app.account("VIEWER").email.clone();
    let mut answers = Vec::new();
    for email in [known.as_str(), "nobody@demo.example"] {
        let mut codes = Vec::new();
        for _ in 0..8 {
            codes.push(ask_for_password(app, email).await.body["data"].clone());
        }
        answers.push(codes);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][7]["requestPasswordReset"]["errors"][0]["code"], "RATE_LIMITED");
}

each_database!(who_knows_the_password_changes_it_and_other_sessions_end);
async fn who_knows_the_password_changes_it_and_other_sessions_end(app: &App<'_>) {
    let account = app.account("VIEWER");
    let (here, elsewhere) = (app.viewer().await, app.viewer().await);
    let change = |current: &str, new: &str| {
        let input = json!({ "currentPassword": current, "newPassword": new });
        let here = here.clone();
        async move { here.mutate("changePassword", input, "account { id }").await }
    };
    change("wrong", PASSWORD).await.assert_turned_down("changePassword", "WRONG_CREDENTIALS", "");
    change(&account.password, "passwordpassword").await.assert_turned_down(
        "changePassword",
        "INVALID_INPUT",
        "newPassword",
    );
    change(&account.password, PASSWORD).await.data("changePassword.account.id");
    assert!(here.query("{ me { email } }").await.data("me.email").is_string());
    elsewhere.query("{ me { email } }").await.assert_refused(401, "UNAUTHENTICATED");
    app.anonymous().sign_in(&account.email, PASSWORD).await;
}

/// A server that sends no mail.
fn without_mail(settings: ApiSettings) -> ApiSettings {
    ApiSettings { mail: None, ..settings }
}

each_database!(a_server_without_mail_says_so, crate::invitation::without_mail);
async fn a_server_without_mail_says_so(app: &App<'_>) {
    let invited = invite(&app.administrator().await, "new@demo.example", everywhere()).await;
    invited.assert_turned_down("inviteAccount", "NO_MAIL", "");
    for email in [app.account("VIEWER").email.as_str(), "nobody@demo.example"] {
        let asked = ask_for_password(app, email).await;
        assert_eq!(asked.text("requestPasswordReset.errors.0.code"), "NO_MAIL");
    }
}
