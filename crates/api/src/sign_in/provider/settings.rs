//! What can be set about providers of OpenID Connect, and what is refused of it before the server starts.

use secrecy::SecretString;
use thiserror::Error;
use url::{Host, Url};

/// The providers, and the addresses that belong to them.
#[derive(Debug, Clone, Default)]
pub struct ProvidersSettings {
    /// Where browsers reach this server, such as `https://api.example.org`.
    pub public_url: Option<Url>,
    /// The pages of front ends that people may be sent back to.
    pub return_to: Vec<Url>,
    /// The providers.
    pub providers: Vec<ProviderSettings>,
}

/// A provider of OpenID Connect.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Its name here, which stands in addresses: small letters, digits and hyphens.
    pub name: String,
    /// The name to show.
    pub display_name: String,
    /// The name that the provider has for itself, to the letter: an address below which its metadata is found.
    pub issuer: String,
    /// The name that the provider has for this server.
    pub client_id: String,
    /// The secret that it shares with the provider; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What the provider is asked for beside `openid`; an address is needed to know new people by.
    pub scopes: Vec<String>,
}

/// Why providers cannot be used with these settings.
#[derive(Debug, Error)]
pub enum ProviderFault {
    /// Nothing says where browsers reach this server.
    #[error(
        "providers are set without a usable public_url: give the https:// address at which browsers reach this server"
    )]
    NoPublicUrl,
    /// Nothing says where people are sent back to, or it is no such place.
    #[error(
        "providers are set without usable sign_in_pages: give the https:// addresses of front ends, without #"
    )]
    NoPage,
    /// Two providers have one name.
    #[error("two providers are called {0}")]
    SameName(String),
    /// A provider cannot be used.
    #[error("the provider {name:?} cannot be used: {reason}")]
    Provider {
        /// Its name.
        name: String,
        /// Why.
        reason: &'static str,
    },
}

impl ProviderSettings {
    pub(super) fn fault(&self, reason: &'static str) -> ProviderFault {
        ProviderFault::Provider { name: self.name.clone(), reason }
    }

    fn check(&self) -> Result<(), ProviderFault> {
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.chars().all(is_name) {
            return Err(self.fault("a name has 1 to 32 small letters, digits and hyphens"));
        }
        if !self.issuer.parse().is_ok_and(|issuer| is_safe(&issuer)) {
            return Err(self.fault("its issuer is no https:// address"));
        }
        if self.client_id.is_empty() {
            return Err(self.fault("it has no client_id"));
        }
        Ok(())
    }
}

impl ProvidersSettings {
    /// Refuses settings with which no one could sign in safely.
    pub(super) fn check(&self) -> Result<(), ProviderFault> {
        if self.providers.is_empty() {
            return Ok(());
        }
        if !self.public_url.as_ref().is_some_and(is_safe) {
            return Err(ProviderFault::NoPublicUrl);
        }
        let is_page = |page: &Url| is_safe(page) && page.fragment().is_none();
        if self.return_to.is_empty() || !self.return_to.iter().all(is_page) {
            return Err(ProviderFault::NoPage);
        }
        for (index, provider) in self.providers.iter().enumerate() {
            provider.check()?;
            if self.providers[..index].iter().any(|other| other.name == provider.name) {
                return Err(ProviderFault::SameName(provider.name.clone()));
            }
        }
        Ok(())
    }
}

/// Whether nobody on the way reads along: an encrypted connection, or one that does not leave the machine.
fn is_safe(url: &Url) -> bool {
    let is_own_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_own_machine)
}

/// Where a browser begins to sign in with a provider.
pub(super) fn start_of(public_url: &Url, name: &str) -> Url {
    below(public_url, &["sign-in", name])
}

/// Where a provider sends people back to.
pub(super) fn return_of(public_url: &Url, name: &str) -> Url {
    below(public_url, &["sign-in", name, "return"])
}

fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider() -> ProviderSettings {
        ProviderSettings {
            name: "ministry".to_owned(),
            display_name: "Ministry".to_owned(),
            issuer: "https://sign-in.example.org".to_owned(),
            client_id: "hemicycle".to_owned(),
            client_secret: None,
            scopes: vec!["email".to_owned()],
        }
    }

    fn settings() -> ProvidersSettings {
        ProvidersSettings {
            public_url: "https://api.example.org/hemicycle/".parse().ok(),
            return_to: vec!["https://app.example.org/signed-in".parse().unwrap()],
            providers: vec![provider()],
        }
    }

    #[test]
    fn addresses_stand_below_the_public_one() {
        let base = settings().public_url.unwrap();
        assert_eq!(start_of(&base, "a").as_str(), "https://api.example.org/hemicycle/sign-in/a");
        let base = "https://api.example.org".parse().unwrap();
        assert_eq!(return_of(&base, "a").as_str(), "https://api.example.org/sign-in/a/return");
    }

    #[test]
    fn what_could_be_overheard_or_leads_elsewhere_is_refused() {
        assert!(settings().check().is_ok());
        assert!(ProvidersSettings::default().check().is_ok(), "no provider needs no address");
        for public_url in [None, "http://api.example.org".parse().ok(), "ftp://localhost".parse().ok()] {
            assert!(ProvidersSettings { public_url, ..settings() }.check().is_err());
        }
        for page in ["http://app.example.org/", "https://app.example.org/#/signed-in"] {
            let return_to = vec![page.parse().unwrap()];
            assert!(ProvidersSettings { return_to, ..settings() }.check().is_err(), "{page}");
        }
        assert!(ProvidersSettings { return_to: Vec::new(), ..settings() }.check().is_err());
        for one in [
            ProviderSettings { name: String::new(), ..provider() },
            ProviderSettings { name: "../up".to_owned(), ..provider() },
            ProviderSettings { issuer: "http://sign-in.example.org".to_owned(), ..provider() },
            ProviderSettings { issuer: "sign-in".to_owned(), ..provider() },
            ProviderSettings { client_id: String::new(), ..provider() },
        ] {
            assert!(ProvidersSettings { providers: vec![one], ..settings() }.check().is_err());
        }
        let twice = ProvidersSettings { providers: vec![provider(), provider()], ..settings() };
        assert!(matches!(twice.check(), Err(ProviderFault::SameName(_))));
        let local = ProviderSettings { issuer: "http://127.0.0.1:8081".to_owned(), ..provider() };
        assert!(ProvidersSettings { providers: vec![local], ..settings() }.check().is_ok());
    }
}
