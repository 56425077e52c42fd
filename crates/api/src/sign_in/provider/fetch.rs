//! Asking a provider over HTTP: briefly, without following it elsewhere, and not for more than it can have to say.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// The longest answer that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Asks a provider.
pub(super) struct Fetcher(Agent);

impl Fetcher {
    /// One that goes by encrypted connections alone, unless the provider itself has none.
    pub(super) fn new(https_only: bool) -> Self {
        // An institution's own provider can have a certificate that only its own machines know.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            // Whoever a provider could send us to is not the provider.
            .max_redirects(0)
            .http_status_as_error(false)
            .https_only(https_only)
            .tls_config(tls)
            .build();
        Self(config.into())
    }

    /// The same as the library calls it.
    pub(super) fn as_client(&self) -> impl Fn(HttpRequest) -> Result<HttpResponse, ureq::Error> {
        |request| {
            let (parts, mut body) = self.0.run(request)?.into_parts();
            let body = body.with_config().limit(LONGEST).read_to_vec()?;
            Ok(HttpResponse::from_parts(parts, body))
        }
    }
}
