//! Where a client is: whoever opened the connection, or whom a proxy in front of the server names.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The address of the client, as the accept loop notes it in each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

impl PeerAddress {
    /// The address at the other end of the connection or, where a proxy is trusted, the one that it has added last to
    /// `X-Forwarded-For`. What stands before that, the client can have written itself.
    pub(crate) fn of(headers: &HeaderMap, connection: SocketAddr, trusts_proxy: bool) -> Self {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").into_iter().next_back()?.to_str().ok()?;
            let last = last.rsplit(',').next()?.trim();
            let with_port = || last.parse::<SocketAddr>().ok().map(|address| address.ip());
            last.parse().ok().or_else(with_port)
        };
        Self(trusts_proxy.then(forwarded).flatten().unwrap_or_else(|| connection.ip()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_trusted_proxy_names_the_client_last_and_nobody_else_names_one() {
        let connection = SocketAddr::from(([10, 0, 0, 1], 443));
        for (forwarded, expected) in [
            (vec![], "10.0.0.1"),
            (vec!["203.0.113.7"], "203.0.113.7"),
            (vec!["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            (vec!["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
            (vec!["203.0.113.7:5000"], "203.0.113.7"),
            (vec!["2001:db8::7"], "2001:db8::7"),
            (vec!["[2001:db8::7]:5000"], "2001:db8::7"),
            (vec!["unknown"], "10.0.0.1"),
            (vec!["203.0.113.7,"], "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in &forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            let trusted = PeerAddress::of(&headers, connection, true);
            assert_eq!(trusted.0.to_string(), expected, "{forwarded:?}");
            assert_eq!(PeerAddress::of(&headers, connection, false).0, connection.ip());
        }
    }
}
