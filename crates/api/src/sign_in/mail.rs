//! Mail: links to those who are invited or have forgotten their password, to an SMTP server or into a folder.
//!
//! It is sent behind the request, so that the time of an answer does not tell whether there is such an account. What
//! cannot be sent is tried again some times, and then only logged: whoever waits for it asks once more.

use std::{path::PathBuf, sync::Arc, time::Duration};

use hemicycle_domain::account::{Addressee, LinkKind};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, header::ContentType},
};
use tokio::sync::mpsc;
use url::Url;

/// Where mail goes, from whom, and where its links lead.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `smtp://user:password@host:587?tls=required`, `smtps://…`, or `file:///folder`.
    pub url: secrecy::SecretString,
    /// From whom: `Hemicycle <no-reply@example.org>`.
    pub from: String,
    /// The address of the front end that links lead to.
    pub link_base: Url,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    /// The address of the mail server is none.
    #[error("mail_url cannot be used: {0}")]
    Url(String),
    /// The sender is none.
    #[error("mail_from is no sender such as \"Hemicycle <no-reply@example.org>\"")]
    From(#[from] AddressError),
}

/// Sends mail behind the request.
pub(crate) struct Mail {
    from: Mailbox,
    link_base: Url,
    outbox: mpsc::Sender<Message>,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Why a mail was not sent.
struct NotSent {
    /// Whether it would be the same the next time.
    is_final: bool,
    why: String,
}

impl NotSent {
    fn log(&self) {
        tracing::warn!(why = self.why, is_final = self.is_final, "a mail could not be sent");
    }
}

/// How many messages wait at most; more than that are not sent.
const OUTBOX: usize = 1_000;
/// How long to wait before each further attempt to send a message.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_secs(5), Duration::from_mins(1), Duration::from_mins(5)];

impl Mail {
    /// Mail by these settings; its task ends with it.
    pub(crate) fn new(settings: &MailSettings) -> Result<Self, MailFault> {
        let way = Way::new(secrecy::ExposeSecret::expose_secret(&settings.url))?;
        let (outbox, waiting) = mpsc::channel(OUTBOX);
        tokio::spawn(send_all(way, waiting));
        Ok(Self { from: settings.from.parse()?, link_base: settings.link_base.clone(), outbox })
    }

    /// Sends a link with this token.
    pub(crate) fn send_link(&self, to: &Addressee, kind: LinkKind, token: &str) {
        match self.write(to, kind, token) {
            Ok(message) => {
                if self.outbox.try_send(message).is_err() {
                    tracing::error!(account = %to.account, "too much mail waits: a link was not sent");
                }
            }
            Err(fault) => tracing::error!(account = %to.account, %fault, "a mail could not be written"),
        }
    }

    /// Sends a notice, in which nothing is secret.
    pub(crate) fn send_notice(&self, to: &Addressee, subject: &str, text: &str) {
        let text = format!("Dear {},\n\n{text}", to.display_name.as_str());
        match self.message(to, subject, text) {
            Ok(message) => {
                if self.outbox.try_send(message).is_err() {
                    tracing::error!(account = %to.account, "too much mail waits: a notice was not sent");
                }
            }
            Err(fault) => tracing::error!(account = %to.account, %fault, "a mail could not be written"),
        }
    }

    fn write(&self, to: &Addressee, kind: LinkKind, token: &str) -> Result<Message, lettre::error::Error> {
        let link = link(&self.link_base, kind, token);
        let name = to.display_name.as_str();
        let (subject, text) = match kind {
            LinkKind::Invitation => (
                "Your account with Hemicycle",
                format!(
                    "Dear {name},\n\nan account was opened for you. Choose a password within seven days:\n\n{link}\n\n\
                     If you did not expect this, do nothing: without you the account cannot be used.\n"
                ),
            ),
            LinkKind::PasswordReset => (
                "A new password for Hemicycle",
                format!(
                    "Dear {name},\n\nsomeone asked for a new password for your account. If it was you, choose one \
                     within an hour:\n\n{link}\n\nIf it was not, do nothing: your password stays as it is.\n"
                ),
            ),
        };
        self.message(to, subject, text)
    }

    fn message(&self, to: &Addressee, subject: &str, text: String) -> Result<Message, lettre::error::Error> {
        // An address that signs in but that no mail server takes cannot be written to.
        let address = to.email.as_str().parse().map_err(|_| lettre::error::Error::MissingTo)?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(to.display_name.as_str().to_owned()), address))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
    }
}

/// Where a link leads. The token stands behind `#`, so that no server on the way and no log gets to see it.
fn link(base: &Url, kind: LinkKind, token: &str) -> String {
    let page = match kind {
        LinkKind::Invitation => "invitation",
        LinkKind::PasswordReset => "password-reset",
    };
    format!("{}/{page}#token={token}", base.as_str().trim_end_matches('/'))
}

impl Way {
    fn new(url: &str) -> Result<Self, MailFault> {
        let parsed: Url = url.parse().map_err(|_| MailFault::Url("it is no URL".to_owned()))?;
        if parsed.scheme() == "file" {
            let folder = parsed.to_file_path();
            return folder.map(Self::Folder).map_err(|()| MailFault::Url("it names no folder".to_owned()));
        }
        // The library's message could repeat the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let builder =
            builder.map_err(|_| MailFault::Url("it is no smtp:// or smtps:// address".to_owned()))?;
        Ok(Self::Smtp(builder.build()))
    }

    async fn send(&self, message: &Message) -> Result<(), NotSent> {
        match self {
            Self::Smtp(transport) => {
                let sent = transport.send(message.clone()).await.map(drop);
                sent.map_err(|error| {
                    // What a server says beside its code can name the address, which belongs in no log.
                    let answer = error.status().map(|code| format!("the mail server answered {code}"));
                    let why = answer.unwrap_or_else(|| error.to_string());
                    NotSent { is_final: error.is_permanent(), why }
                })
            }
            Self::Folder(folder) => {
                let content = message.formatted();
                let name = format!("{:032x}.eml", rand::random::<u128>());
                let written = async {
                    tokio::fs::create_dir_all(folder).await?;
                    tokio::fs::write(folder.join(name), content).await
                };
                written
                    .await
                    .map_err(|error: std::io::Error| NotSent { is_final: false, why: error.to_string() })
            }
        }
    }
}

async fn send_all(way: Way, mut waiting: mpsc::Receiver<Message>) {
    let way = Arc::new(way);
    while let Some(message) = waiting.recv().await {
        // What has to be tried again keeps no other mail waiting.
        if let Err(NotSent { is_final: false, .. }) = way.send(&message).await.inspect_err(NotSent::log) {
            tokio::spawn(try_again(Arc::clone(&way), message));
        }
    }
}

async fn try_again(way: Arc<Way>, message: Message) {
    for pause in AGAIN_AFTER {
        tokio::time::sleep(pause).await;
        match way.send(&message).await.inspect_err(NotSent::log) {
            Err(NotSent { is_final: false, .. }) => {}
            Ok(()) | Err(_) => return,
        }
    }
    tracing::error!("a mail could not be sent; given up");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_hides_its_token_from_servers() {
        let base: Url = "https://app.example.org/".parse().unwrap();
        let expected = "https://app.example.org/password-reset#token=abc";
        assert_eq!(link(&base, LinkKind::PasswordReset, "abc"), expected);
    }

    #[test]
    fn a_mail_url_is_a_server_or_a_folder() {
        assert!(Way::new("smtp://user:password@mail.example.org:587?tls=required").is_ok());
        assert!(matches!(Way::new("file:///var/mail"), Ok(Way::Folder(_))));
        for wrong in ["mail.example.org", "https://mail.example.org", ""] {
            assert!(Way::new(wrong).is_err(), "{wrong}");
        }
    }
}
