//! Settings: defaults, then the file, then the environment, then the flags. Unknown keys are refused.

use std::{
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use hemicycle_api::{
    ApiSettings, Budget, Budgets, MailSettings, ProviderSettings, ProvidersSettings, TrustedDocuments,
    TrustedMode,
};
use hemicycle_persistence::StoreSettings;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{arguments::Flags, failure::CommandFailure};

/// Everything that can be set. Environment variables bear the same names in capitals, after `HEMICYCLE_`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as an operator sets it")]
pub struct Settings {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// Where the embedded database lives.
    pub data_dir: Option<PathBuf>,
    /// The database; without one, the embedded database in `data_dir`.
    pub database_url: Option<SecretString>,
    /// The same database for reading, where replicas have an address of their own.
    pub reader_url: Option<SecretString>,
    /// How many connections may write at once; SQLite has one.
    pub writers: u32,
    /// How many connections may read at once.
    pub readers: u32,
    /// The secret that seals the keys of access tokens in the database; at least 32 characters.
    pub token_secret: Option<SecretString>,
    /// How many seconds an access token is good for.
    pub access_token_seconds: u64,
    /// Where mail goes: `smtp://user:password@host:587?tls=required`, `smtps://…` or `file:///folder`.
    pub mail_url: Option<SecretString>,
    /// From whom mail comes.
    pub mail_from: String,
    /// The address of the front end to which links in mails lead.
    pub link_base: Option<String>,
    /// Whether who holds a role that opens people has to have a second factor.
    pub second_factor_required: bool,
    /// Where browsers reach this server; needed with `providers`.
    pub public_url: Option<String>,
    /// The pages of front ends that people come back to from a provider; needed with `providers`.
    #[serde(deserialize_with = "one_or_more")]
    pub sign_in_pages: Vec<String>,
    /// The providers of OpenID Connect by which one can sign in.
    pub providers: Vec<Provider>,
    /// Whether `GET /graphql` answers a browser with `GraphiQL`.
    pub graphiql: bool,
    /// Whether questions about the schema itself are answered.
    pub introspection: bool,
    /// A manifest or a folder of documents that are registered under an id.
    pub trusted_documents: Option<PathBuf>,
    /// Whether registered documents alone are served.
    pub trusted_documents_only: bool,
    /// What one address that has not signed in may spend at once, and what comes back each second.
    pub anonymous_budget: NonZeroU32,
    /// See `anonymous_budget`.
    pub anonymous_budget_per_second: NonZeroU32,
    /// What one account may spend at once, and what comes back each second.
    pub account_budget: NonZeroU32,
    /// See `account_budget`.
    pub account_budget_per_second: NonZeroU32,
    /// What one device may spend at once, and what comes back each second.
    pub device_budget: NonZeroU32,
    /// See `device_budget`.
    pub device_budget_per_second: NonZeroU32,
    /// What one service account may spend at once, and what comes back each second.
    pub service_account_budget: NonZeroU32,
    /// See `service_account_budget`.
    pub service_account_budget_per_second: NonZeroU32,
    /// The origins whose pages may call from a browser, each as a browser writes it; `*` is refused.
    #[serde(deserialize_with = "one_or_more")]
    pub cors_origins: Vec<String>,
    /// Whether a proxy in front of the server says in `X-Forwarded-For` where a client is.
    pub behind_proxy: bool,
    /// Whether answers are compressed for clients that ask for it.
    pub compression: bool,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many operations may be executed at once.
    pub requests_in_flight: usize,
    /// What mutations that cost more than 100 may cost together while they are executed.
    pub cost_in_flight: usize,
    /// How many subscriptions may go on at once, over all connections.
    pub subscriptions: usize,
    /// How many seconds a request may take.
    pub request_seconds: u64,
    /// The log filter, such as `info` or `hemicycle_api=debug`.
    pub log: String,
    /// The form of the log.
    pub log_format: LogFormat,
}

/// A provider of OpenID Connect.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name here, which stands in addresses.
    pub name: String,
    /// The name to show; the name here if it has none.
    pub display_name: Option<String>,
    /// The name that the provider has for itself, to the letter.
    pub issuer: String,
    /// The name that the provider has for this server.
    pub client_id: String,
    /// The secret that it shares with the provider; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What the provider is asked for beside `openid`.
    #[serde(default = "Provider::usual_scopes")]
    pub scopes: Vec<String>,
}

impl Provider {
    fn usual_scopes() -> Vec<String> {
        vec!["email".to_owned()]
    }

    fn to_api(&self) -> ProviderSettings {
        ProviderSettings {
            name: self.name.clone(),
            display_name: self.display_name.clone().unwrap_or_else(|| self.name.clone()),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            scopes: self.scopes.clone(),
        }
    }

    fn masked(&self) -> toml::Value {
        let mut table = toml::Table::new();
        let ProviderSettings { name, display_name, issuer, client_id, .. } = self.to_api();
        for (key, text) in
            [("name", name), ("display_name", display_name), ("issuer", issuer), ("client_id", client_id)]
        {
            table.insert(key.to_owned(), text.into());
        }
        if self.client_secret.is_some() {
            table.insert("client_secret".to_owned(), "(set)".into());
        }
        table.insert("scopes".to_owned(), self.scopes.clone().into());
        table.into()
    }
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line a person reads.
    Text,
    /// A JSON object a line.
    Json,
}

/// How much longer than its request a statement may take: the request is given up first, and says so.
const STATEMENT_GRACE: Duration = Duration::from_secs(2);
/// The shortest secret that may seal keys, in bytes.
const SHORTEST_SECRET: usize = 32;

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, as an operator sets it")]
struct Defaults {
    listen: SocketAddr,
    writers: u32,
    readers: u32,
    access_token_seconds: u64,
    mail_from: &'static str,
    second_factor_required: bool,
    sign_in_pages: Vec<String>,
    providers: Vec<String>,
    graphiql: bool,
    introspection: bool,
    trusted_documents_only: bool,
    anonymous_budget: NonZeroU32,
    anonymous_budget_per_second: NonZeroU32,
    account_budget: NonZeroU32,
    account_budget_per_second: NonZeroU32,
    device_budget: NonZeroU32,
    device_budget_per_second: NonZeroU32,
    service_account_budget: NonZeroU32,
    service_account_budget_per_second: NonZeroU32,
    cors_origins: Vec<String>,
    behind_proxy: bool,
    compression: bool,
    connections: usize,
    requests_in_flight: usize,
    cost_in_flight: usize,
    subscriptions: usize,
    request_seconds: u64,
    log: &'static str,
    log_format: LogFormat,
}

impl Settings {
    /// Gathers the settings from all their places.
    pub(crate) fn gather(flags: &Flags) -> Result<Self, CommandFailure> {
        let Budgets { anonymous, account, device, service_account } = Budgets::default();
        let mut figment = Figment::from(Serialized::defaults(Defaults {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            writers: 8,
            readers: 8,
            access_token_seconds: 15 * 60,
            mail_from: "Hemicycle <no-reply@localhost.localdomain>",
            second_factor_required: false,
            sign_in_pages: Vec::new(),
            providers: Vec::new(),
            graphiql: false,
            introspection: true,
            trusted_documents_only: false,
            anonymous_budget: anonymous.capacity,
            anonymous_budget_per_second: anonymous.per_second,
            account_budget: account.capacity,
            account_budget_per_second: account.per_second,
            device_budget: device.capacity,
            device_budget_per_second: device.per_second,
            service_account_budget: service_account.capacity,
            service_account_budget_per_second: service_account.per_second,
            cors_origins: Vec::new(),
            behind_proxy: false,
            compression: true,
            connections: 4_096,
            requests_in_flight: 256,
            cost_in_flight: ApiSettings::cost_in_flight_here(),
            subscriptions: 10_000,
            request_seconds: 30,
            log: "info,sea_orm_migration=warn,sqlx=warn",
            log_format: LogFormat::Text,
        }));
        if let Some(file) = &flags.config {
            figment = figment.merge(Toml::file_exact(file));
        }
        // These two are read elsewhere and are no settings of the server.
        let environment = Env::prefixed("HEMICYCLE_").ignore(&["config", "password"]);
        let environment = environment.filter(|key| !key.starts_with("test_"));
        Ok(figment.merge(environment).merge(Serialized::globals(flags)).extract().map_err(Box::new)?)
    }

    /// The settings of the store: the database that is set, else the embedded one.
    pub(crate) fn store(&self) -> Result<StoreSettings, CommandFailure> {
        let expose = |url: &SecretString| url.expose_secret().to_owned();
        let url = match (&self.database_url, &self.data_dir) {
            (Some(url), _) => expose(url),
            (None, Some(folder)) => {
                std::fs::create_dir_all(folder)
                    .map_err(|source| CommandFailure::File { path: folder.clone(), source })?;
                format!("sqlite://{}?mode=rwc", folder.join("hemicycle.db").display())
            }
            (None, None) => return Err(CommandFailure::NoDatabase),
        };
        Ok(StoreSettings {
            url,
            reader_url: self.reader_url.as_ref().map(expose),
            writers: self.writers,
            readers: self.readers,
            statement_time_limit: Duration::from_secs(self.request_seconds) + STATEMENT_GRACE,
        })
    }

    /// The settings of the API; the secret must be set and long enough.
    pub(crate) fn api(&self) -> Result<ApiSettings, CommandFailure> {
        let secret = self.token_secret()?;
        let origins = self.cors_origins.iter().map(|origin| origin.parse());
        Ok(ApiSettings {
            cors_origins: origins.collect::<Result<_, _>>()?,
            behind_proxy: self.behind_proxy,
            compression: self.compression,
            connections: self.connections,
            requests_in_flight: self.requests_in_flight,
            cost_in_flight: self.cost_in_flight,
            subscriptions: self.subscriptions,
            request_time_limit: Duration::from_secs(self.request_seconds),
            access_token_lifetime: Duration::from_secs(self.access_token_seconds),
            mail: self.mail()?,
            second_factor_required: self.second_factor_required,
            providers: self.providers()?,
            graphiql: self.graphiql,
            introspection: self.introspection,
            trusted_documents: self.trusted_documents()?,
            budgets: Budgets {
                anonymous: Budget {
                    capacity: self.anonymous_budget,
                    per_second: self.anonymous_budget_per_second,
                },
                account: Budget { capacity: self.account_budget, per_second: self.account_budget_per_second },
                device: Budget { capacity: self.device_budget, per_second: self.device_budget_per_second },
                service_account: Budget {
                    capacity: self.service_account_budget,
                    per_second: self.service_account_budget_per_second,
                },
            },
            ..ApiSettings::with_secret(secret)
        })
    }

    fn mail(&self) -> Result<Option<MailSettings>, CommandFailure> {
        match (&self.mail_url, &self.link_base) {
            (None, _) => Ok(None),
            (Some(_), None) => Err(CommandFailure::NoLinkBase),
            (Some(url), Some(base)) => {
                let link_base = base.parse().map_err(|_| CommandFailure::NoLinkBase)?;
                Ok(Some(MailSettings { url: url.clone(), from: self.mail_from.clone(), link_base }))
            }
        }
    }

    fn providers(&self) -> Result<ProvidersSettings, CommandFailure> {
        let url = |setting, text: &String| {
            text.parse().map_err(|_| CommandFailure::NotAnAddress { setting, text: text.clone() })
        };
        let pages = self.sign_in_pages.iter().map(|page| url("sign_in_pages", page));
        Ok(ProvidersSettings {
            public_url: self.public_url.as_ref().map(|text| url("public_url", text)).transpose()?,
            return_to: pages.collect::<Result<_, _>>()?,
            providers: self.providers.iter().map(Provider::to_api).collect(),
        })
    }

    /// The secret that seals what the database keeps; it must be set and long enough.
    pub(crate) fn token_secret(&self) -> Result<SecretString, CommandFailure> {
        let secret = self.token_secret.clone().ok_or(CommandFailure::NoTokenSecret)?;
        if secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(CommandFailure::NoTokenSecret);
        }
        Ok(secret)
    }

    fn trusted_documents(&self) -> Result<TrustedDocuments, CommandFailure> {
        let mode = if self.trusted_documents_only { TrustedMode::Only } else { TrustedMode::Preferred };
        Ok(match &self.trusted_documents {
            Some(path) => TrustedDocuments::read(path, mode)?,
            None => TrustedDocuments { mode, ..TrustedDocuments::default() },
        })
    }

    /// The settings as TOML, with secrets masked: a database address keeps its host and name.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut table = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| drop(table.insert(key.to_owned(), value));
        set("listen", self.listen.to_string().into());
        if let Some(folder) = &self.data_dir {
            set("data_dir", folder.display().to_string().into());
        }
        for (key, url) in [("database_url", &self.database_url), ("reader_url", &self.reader_url)] {
            if let Some(url) = url {
                set(key, without_password(url.expose_secret()).into());
            }
        }
        set("writers", i64::from(self.writers).into());
        set("readers", i64::from(self.readers).into());
        if self.token_secret.is_some() {
            set("token_secret", "(set)".into());
        }
        set("access_token_seconds", whole(self.access_token_seconds));
        if let Some(url) = &self.mail_url {
            set("mail_url", without_password(url.expose_secret()).into());
        }
        set("mail_from", self.mail_from.clone().into());
        if let Some(base) = &self.link_base {
            set("link_base", base.clone().into());
        }
        set("second_factor_required", self.second_factor_required.into());
        if let Some(url) = &self.public_url {
            set("public_url", url.clone().into());
        }
        set("sign_in_pages", self.sign_in_pages.clone().into());
        set("providers", self.providers.iter().map(Provider::masked).collect::<Vec<_>>().into());
        set("graphiql", self.graphiql.into());
        set("introspection", self.introspection.into());
        if let Some(path) = &self.trusted_documents {
            set("trusted_documents", path.display().to_string().into());
        }
        set("trusted_documents_only", self.trusted_documents_only.into());
        for (key, amount) in [
            ("anonymous_budget", self.anonymous_budget),
            ("anonymous_budget_per_second", self.anonymous_budget_per_second),
            ("account_budget", self.account_budget),
            ("account_budget_per_second", self.account_budget_per_second),
            ("device_budget", self.device_budget),
            ("device_budget_per_second", self.device_budget_per_second),
            ("service_account_budget", self.service_account_budget),
            ("service_account_budget_per_second", self.service_account_budget_per_second),
        ] {
            set(key, i64::from(amount.get()).into());
        }
        set("cors_origins", self.cors_origins.clone().into());
        set("behind_proxy", self.behind_proxy.into());
        set("compression", self.compression.into());
        set("connections", whole(self.connections));
        set("requests_in_flight", whole(self.requests_in_flight));
        set("cost_in_flight", whole(self.cost_in_flight));
        set("subscriptions", whole(self.subscriptions));
        set("request_seconds", whole(self.request_seconds));
        set("log", self.log.clone().into());
        let format = match self.log_format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        set("log_format", format.into());
        table.to_string()
    }
}

/// Reads a list, or a text in which commas stand between its entries.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        Text(String),
        List(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::List(list) => list,
        OneOrMore::Text(text) => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
        }
    })
}

/// A number as TOML holds it.
fn whole(number: impl TryInto<i64>) -> toml::Value {
    number.try_into().unwrap_or(i64::MAX).into()
}

/// An address without the password that may stand before its `@`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "(set)".to_owned() };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:(set)@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_a_list_or_a_text_with_commas() {
        #[derive(Deserialize)]
        struct Origins {
            #[serde(deserialize_with = "one_or_more")]
            cors_origins: Vec<String>,
        }
        for (toml, expected) in [
            (r#"cors_origins = ["https://a.example", "https://b.example"]"#, 2),
            (r#"cors_origins = "https://a.example, https://b.example,""#, 2),
            (r#"cors_origins = "https://a.example""#, 1),
            (r#"cors_origins = """#, 0),
            ("cors_origins = []", 0),
        ] {
            let origins: Origins = toml::from_str(toml).unwrap();
            assert_eq!(origins.cors_origins.len(), expected, "{toml}");
            assert!(origins.cors_origins.iter().all(|origin| !origin.contains([',', ' '])), "{toml}");
        }
    }

    #[test]
    fn a_password_does_not_stand_in_what_is_shown() {
        let shown = without_password("postgres://app:s3cret@db.example:5432/hemicycle");
        assert_eq!(shown, "postgres://app:(set)@db.example:5432/hemicycle");
        assert_eq!(without_password("sqlite:///tmp.db"), "sqlite:///tmp.db");
    }

    #[test]
    fn providers_stand_in_the_file_and_their_secrets_are_not_shown() {
        let toml = r#"
            name = "ministry"
            issuer = "https://sign-in.example.org"
            client_id = "hemicycle"
            client_secret = "s3cret"
        "#;
        let provider: Provider = toml::from_str(toml).unwrap();
        let shown = provider.masked().to_string();
        assert!(shown.contains("https://sign-in.example.org") && shown.contains("(set)"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
        let api = provider.to_api();
        assert_eq!(
            (api.display_name.as_str(), api.scopes.as_slice()),
            ("ministry", &["email".to_owned()][..])
        );
        assert!(toml::from_str::<Provider>("name = \"a\"\nsecret = \"b\"").is_err(), "an unknown key");
    }
}
