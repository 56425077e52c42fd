//! The two addresses of a sign-in with a provider: where a browser begins, and where the provider sends it back to.
//!
//! They are not GraphQL, for a browser goes there by itself. No token comes by them: the front end gets a code of one use
//! behind `#`, and exchanges it together with what it kept.

use axum::{
    extract::{Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hemicycle_domain::account::{PROVIDER_SIGN_IN_TIME, ProviderRefusal};
use hemicycle_persistence::{Failure, NewProviderSignIn};
use serde::Deserialize;
use url::Url;

use super::{
    peer::PeerAddress,
    request_id,
    response::{MediaType, Refusal},
};
use crate::{
    graphql::ErrorCode,
    server::Api,
    sign_in::{Departure, new_provider_secret, provider_secret_hash},
};

/// The cookie by which a browser is known again. Where connections are encrypted its name keeps every other host from
/// setting it.
const COOKIE: &str = "hemicycle-sign-in";
const SECURE_COOKIE: &str = "__Host-hemicycle-sign-in";
/// The length of a SHA-256 in base 64, without padding.
const HASH_LENGTH: usize = 43;

/// What the front end says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    #[serde(default)]
    return_to: String,
    #[serde(default)]
    code_challenge: String,
}

/// What the provider says.
#[derive(Deserialize)]
pub(crate) struct Return {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Answers `GET /sign-in/{provider}`: sends a browser to the provider.
pub(crate) async fn start_sign_in(
    State(api): State<Api>,
    Path(name): Path<String>,
    asked: Result<Query<Start>, QueryRejection>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    start(&api, &name, asked, &parts).await.unwrap_or_else(|refusal| refusal.into_http(MediaType::Json))
}

/// Answers `GET /sign-in/{provider}/return`: takes a browser back and sends it on to the front end.
pub(crate) async fn finish_sign_in(
    State(api): State<Api>,
    Path(name): Path<String>,
    brought: Result<Query<Return>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    finish(&api, &name, brought, &headers).await.unwrap_or_else(|refusal| refusal.into_http(MediaType::Json))
}

async fn start(
    api: &Api,
    name: &str,
    asked: Result<Query<Start>, QueryRejection>,
    request: &Parts,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| unreadable())?;
    let _turn = api.turns.take().await?;
    let services = &api.door.services;
    let provider = services.providers.find(name).ok_or_else(unknown_provider)?;
    let Some(page) = services.providers.page(&asked.return_to) else {
        return Err(bad_request("returnTo is none of the pages that this server sends people back to"));
    };
    let is_hash = |text: &str| {
        text.len() == HASH_LENGTH && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if !is_hash(&asked.code_challenge) {
        return Err(bad_request(
            "codeChallenge is no SHA-256 of a code verifier in base64url without padding",
        ));
    }
    let address = request.extensions.get::<PeerAddress>().map(|PeerAddress(address)| *address);
    if !services.provider_starts.count(address) {
        let message = "too many sign-ins began from this address: wait a moment";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message));
    }
    let now = services.clock.now();
    let departure = match services.providers.depart(provider, now).await {
        Ok(departure) => departure,
        Err(refusal) => return Ok(back(page, &Err(refusal))),
    };
    let secure = services.providers.are_reached_securely();
    let browser = browser(&request.headers, secure).unwrap_or_else(new_provider_secret);
    let Departure { url, state_hash, sealed_secrets } = departure;
    let new = NewProviderSignIn {
        provider: name.to_owned(),
        state_hash,
        browser_hash: provider_secret_hash(&browser),
        sealed_secrets,
        code_challenge: asked.code_challenge,
        return_to: page.to_string(),
    };
    let begun = services.store.begin_provider_sign_in(new, now).await;
    begun.map_err(|failure| internal(&request.headers, &failure))?;
    let mut response = redirect(&url);
    let cookie = cookie(&browser, secure);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn finish(
    api: &Api,
    name: &str,
    brought: Result<Query<Return>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let Query(brought) = brought.map_err(|_| unreadable())?;
    let _turn = api.turns.take().await?;
    let services = &api.door.services;
    let provider = services.providers.find(name).ok_or_else(unknown_provider)?;
    let browser = browser(headers, services.providers.are_reached_securely()).unwrap_or_default();
    let state_hash = provider_secret_hash(&brought.state);
    let (store, now) = (&services.store, services.clock.now());
    let came = store.take_provider_return(name, &state_hash, &provider_secret_hash(&browser), now).await;
    // Nobody knows which front end waits for whom did not begin here.
    let came = came.map_err(|failure| internal(headers, &failure))?;
    let came = came.ok_or_else(|| bad_request("no sign-in began with this state: begin anew"))?;
    let page = services.providers.page(&came.return_to);
    let page = page.ok_or_else(|| bad_request("the front end that waited is set no more"))?;
    let sign_in = match came.sign_in {
        Ok(sign_in) => sign_in,
        Err(refusal) => return Ok(back(page, &Err(refusal))),
    };
    let code = match brought {
        Return { iss: Some(iss), .. } if iss != provider.issuer() => Err(ProviderRefusal::TokenRefused),
        Return { error: None, code: Some(code), .. } => Ok(code),
        Return { .. } => Err(ProviderRefusal::Denied),
    };
    let identity = match code {
        Ok(code) => {
            services.providers.identify(provider, (&state_hash, &sign_in.sealed_secrets), code, now).await
        }
        Err(refusal) => Err(refusal),
    };
    let entered = match identity {
        Ok(identity) => {
            let code = new_provider_secret();
            let hash = provider_secret_hash(&code);
            let entered = store.enter_by_provider(&sign_in, &identity, hash, now, &request_id(headers)).await;
            entered.map_err(|failure| internal(headers, &failure))?.map(|()| code)
        }
        Err(refusal) => Err(refusal),
    };
    Ok(back(page, &entered))
}

/// Sends a browser back to the front end: with the code to be exchanged, or with the reason why there is none.
fn back(page: &Url, outcome: &Result<String, ProviderRefusal>) -> Response {
    let mut page = page.clone();
    let said = match outcome {
        Ok(code) => format!("code={code}"),
        Err(refusal) => format!("error={}", refusal.code()),
    };
    // Behind `#` no server gets to see it, and no log.
    page.set_fragment(Some(&said));
    redirect(&page)
}

fn redirect(to: &Url) -> Response {
    let headers = [
        (header::LOCATION, to.to_string()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What this browser is known by, if it has been here before.
fn browser(headers: &HeaderMap, secure: bool) -> Option<String> {
    let name = if secure { SECURE_COOKIE } else { COOKIE };
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && value.len() == HASH_LENGTH).map(|(_, value)| value.to_owned())
}

/// The cookie: sent along when the provider sends the browser back (`Lax`), read by no script.
fn cookie(browser: &str, secure: bool) -> HeaderValue {
    let (name, secure) = if secure { (SECURE_COOKIE, "; Secure") } else { (COOKIE, "") };
    let seconds = PROVIDER_SIGN_IN_TIME.num_seconds();
    let text = format!("{name}={browser}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("the secret is base 64")
}

fn bad_request(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
}

fn unreadable() -> Refusal {
    bad_request("the query string cannot be read: each parameter stands in it once")
}

fn unknown_provider() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "there is no such provider: see signInProviders")
}

fn internal(headers: &HeaderMap, failure: &Failure) -> Refusal {
    let request_id = request_id(headers);
    tracing::error!(%request_id, ?failure, "a sign-in with a provider could not be kept");
    Refusal::internal(&request_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_cookie_alone() {
        let secret = new_provider_secret();
        assert_eq!(secret.len(), HASH_LENGTH);
        let mut headers = HeaderMap::new();
        let value = format!("theme=dark; {COOKIE}={secret}");
        headers.insert(header::COOKIE, value.parse().unwrap());
        assert_eq!(browser(&headers, false), Some(secret.clone()));
        assert_eq!(browser(&headers, true), None, "another host could have set it");
        headers.insert(header::COOKIE, format!("{COOKIE}=short").parse().unwrap());
        assert_eq!(browser(&headers, false), None);
        let secure = cookie(&secret, true);
        let text = secure.to_str().unwrap();
        for part in ["__Host-", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn what_a_front_end_is_told_stands_behind_the_hash() {
        let page: Url = "https://app.example.org/in?from=mail".parse().unwrap();
        let to = |outcome| back(&page, &outcome).headers()[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!(to(Ok("abc".to_owned())), "https://app.example.org/in?from=mail#code=abc");
        let refused = to(Err(ProviderRefusal::AccountUnknown));
        assert_eq!(refused, "https://app.example.org/in?from=mail#error=ACCOUNT_UNKNOWN");
    }
}
