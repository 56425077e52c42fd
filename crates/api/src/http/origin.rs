//! The door: where a request becomes an actor, once.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use hemicycle_domain::{access::Actor, language::Language};

use crate::graphql::{ApiError, RequestContext, Services};

/// What the door needs.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) services: Arc<Services>,
}

/// The most languages read from `Accept-Language`.
const MOST_LANGUAGES: usize = 10;

impl Door {
    /// Lets a request in: as the account of its token, or as nobody where it has none.
    pub(crate) async fn enter(&self, headers: &HeaderMap) -> Result<RequestContext, ApiError> {
        let actor = match headers.get(header::AUTHORIZATION) {
            None => Arc::new(Actor::Anonymous),
            Some(value) => self.actor(value.to_str().ok().and_then(bearer)).await?,
        };
        Ok(RequestContext::new(Arc::clone(&self.services), actor, languages(headers)))
    }

    /// Who holds a token; a token that is bad, expired or of a disabled account is refused, not ignored.
    pub(crate) async fn actor(&self, token: Option<&str>) -> Result<Arc<Actor>, ApiError> {
        let services = &self.services;
        let holder = token.and_then(|token| services.tokens.holder(token, services.clock.now()));
        match holder {
            None => Err(ApiError::Unauthenticated),
            Some(account) => services.store.find_actor(account).await?.ok_or(ApiError::Unauthenticated),
        }
    }
}

/// The token of an `Authorization: Bearer …` value.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The languages of `Accept-Language`, the preferred first; what cannot be read is passed over.
fn languages(headers: &HeaderMap) -> Vec<Language> {
    let value =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(f32, Language)> = value
        .split(',')
        .take(MOST_LANGUAGES)
        .filter_map(|part| {
            let (tag, weight) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
            let weight = weight.trim().parse().ok().filter(|weight: &f32| (0.0..=1.0).contains(weight))?;
            Some((weight, Language::parse("language", tag.trim()).ok()?))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    wanted.sort_by(|left, right| right.0.total_cmp(&left.0));
    wanted.into_iter().map(|(_, language)| language).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn languages_come_in_the_order_of_their_weights() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_LANGUAGE,
            HeaderValue::from_static("en;q=0.5, ru, *;q=0.1, kk;q=0.8, de;q=0"),
        );
        let tags: Vec<_> = languages(&headers).iter().map(ToString::to_string).collect();
        assert_eq!(tags, ["ru", "kk", "en"]);
    }

    #[test]
    fn only_a_bearer_token_counts() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
    }
}
