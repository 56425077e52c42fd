//! Which pages of other origins may call from a browser: exactly those that are set, and none by default.

use std::{fmt, str::FromStr, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use thiserror::Error;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// An origin as a browser writes it: scheme, host, and the port where it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOrigin(HeaderValue);

/// A text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0} is no origin: give scheme and host as a browser does, such as https://app.example.org")]
pub struct NotAnOrigin(String);

impl FromStr for WebOrigin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let fault = || NotAnOrigin(text.to_owned());
        let host =
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(fault)?;
        let is_host_letter = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-._:[]".contains(letter)
        };
        if host.is_empty() || !host.chars().all(is_host_letter) {
            return Err(fault());
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| fault())
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// How long a browser may remember the answer to its preflight.
const REMEMBERED: Duration = Duration::from_hours(2);

/// Answers preflights of these origins, and lets their pages read answers. Cookies play no part.
pub(crate) fn cors(origins: &[WebOrigin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let exposed = [HeaderName::from_static("x-request-id"), header::RETRY_AFTER, header::ETAG];
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().map(|origin| origin.0.clone())))
        .allow_methods([Method::GET, Method::POST])
        // Clients add headers of their own, such as those of tracing; what none of us reads does no harm.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(exposed)
        .max_age(REMEMBERED);
    Some(layer)
}

/// Whether the page that asks for a WebSocket may have it: browsers ask no leave beforehand.
///
/// A client that names no origin is no browser; a page of this server's own is not of another origin.
pub(super) fn may_connect(headers: &HeaderMap, origins: &[WebOrigin]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let own = headers.get(header::HOST).is_some_and(|host| {
        let authority = origin.as_bytes().strip_prefix(b"https://");
        authority.or_else(|| origin.as_bytes().strip_prefix(b"http://")) == Some(host.as_bytes())
    });
    own || origins.iter().any(|known| known.0 == *origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host_and_nothing_more() {
        for text in ["https://app.example.org", "http://localhost:3000", "http://[::1]:8080"] {
            assert_eq!(text.parse::<WebOrigin>().unwrap().to_string(), text);
        }
        for text in ["", "*", "null", "app.example.org", "https://", "https://a/", "https://A", "ftp://a"] {
            assert_eq!(text.parse::<WebOrigin>(), Err(NotAnOrigin(text.to_owned())));
        }
    }

    #[test]
    fn a_page_connects_from_its_own_server_or_from_an_origin_that_is_set() {
        let origins = ["https://app.example.org".parse().unwrap()];
        for (origin, expected) in [
            (None, true),
            (Some("https://app.example.org"), true),
            (Some("http://api.example.org:8080"), true),
            (Some("http://app.example.org"), false),
            (Some("https://app.example.org.evil.example"), false),
            (Some("null"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("api.example.org:8080"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(may_connect(&headers, &origins), expected, "{origin:?}");
        }
    }
}
