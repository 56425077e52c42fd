//! The door: where a request becomes an actor, once.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use hemicycle_domain::{account::Visitor, language::Language};

use super::{peer::PeerAddress, request_id, standing::Standing};
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
    pub(crate) async fn enter(
        &self,
        headers: &HeaderMap,
        address: Option<PeerAddress>,
    ) -> Result<RequestContext, ApiError> {
        let authorization = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
        let standing = self.stand(authorization, visitor(headers, address)).await?;
        let actor = standing.actor().await?;
        Ok(standing.context(actor, &languages(headers)).named(request_id(headers)))
    }

    /// Reads who stands before the door with this `Authorization`, or without any. A token that is bad or expired is
    /// refused, not ignored.
    pub(super) async fn stand(
        &self,
        authorization: Option<&[u8]>,
        visitor: Visitor,
    ) -> Result<Standing, ApiError> {
        let services = &self.services;
        let holder = match authorization {
            None => None,
            Some(value) => {
                let token = std::str::from_utf8(value).ok().and_then(bearer);
                let token = token.ok_or(ApiError::Unauthenticated)?;
                let holder = services.tokens.holder(token, services.clock.now()).await?;
                Some(holder.ok_or(ApiError::Unauthenticated)?)
            }
        };
        Ok(Standing::new(Arc::clone(services), holder, visitor))
    }
}

/// Who comes with these headers, from there.
pub(super) fn visitor(headers: &HeaderMap, address: Option<PeerAddress>) -> Visitor {
    let user_agent = headers.get(header::USER_AGENT).and_then(|text| text.to_str().ok());
    Visitor::new(address.map(|PeerAddress(address)| address), user_agent)
}

/// The token of an `Authorization: Bearer …` value.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The languages of `Accept-Language`, the preferred first; what cannot be read is passed over.
pub(super) fn languages(headers: &HeaderMap) -> Vec<Language> {
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
