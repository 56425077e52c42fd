//! `POST /oauth/token`: a service account exchanges its secret for an access token, as RFC 6749 has it in section 4.4.
//!
//! Errors are those of section 5.2, in its form. There is no refresh token: the secret is one.

use std::future::ready;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::TimeDelta;
use hemicycle_domain::{access::ServiceScopes, id::ServiceAccountId};
use serde_json::json;
use url::form_urlencoded;
use uuid::Uuid;

use super::peer::PeerAddress;
use crate::{
    graphql::{ApiError, Services},
    server::Api,
    sign_in::{Principal, Trier, client_secret_hash},
};

/// The largest body, in bytes.
const LARGEST: usize = 8 * 1024;
const GRANT_TYPE: &str = "client_credentials";

/// Answers `/oauth/token`.
pub(crate) async fn token(State(api): State<Api>, request: Request) -> Response {
    if request.method() != Method::POST {
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "send POST");
        return refusal.advising(header::ALLOW, HeaderValue::from_static("POST")).into_response();
    }
    let Ok(turn) = api.turns.take().await else { return Refusal::busy().into_response() };
    let (parts, body) = request.into_parts();
    let body = tokio::time::timeout(api.settings.body_time_limit, to_bytes(body, LARGEST)).await;
    let Ok(Ok(body)) = body else {
        return Refusal::invalid("the body is too large, or did not arrive in time").into_response();
    };
    let granted = grant(&api.door.services, &parts, &body).await;
    drop(turn);
    granted.unwrap_or_else(IntoResponse::into_response)
}

async fn grant(services: &Services, parts: &Parts, body: &[u8]) -> Result<Response, Refusal> {
    let asked = Asked::read(&parts.headers, body)?;
    let client = asked.client(&parts.headers)?;
    let now = services.clock.now();
    let address = parts.extensions.get::<PeerAddress>().map(|PeerAddress(address)| *address);
    let trier = Trier::new(&format!("service account {}", client.id), address);
    // A secret is not guessed from many places: whoever tries keeps nobody out but themselves.
    let attempt = services.throttle.attempt(&trier, ready(Ok(true)), now).await;
    let attempt = attempt.map_err(|failure| Refusal::fault(&failure.into()))?.map_err(Refusal::wait)?;
    let id = client.id.parse::<Uuid>().map(ServiceAccountId::from).ok();
    let proven = match id {
        Some(id) => services.store.prove_client(id, &client_secret_hash(&client.secret), now).await,
        None => Ok(None),
    };
    let proven = proven.map_err(|failure| Refusal::fault(&failure.into()))?;
    let (Some(id), Some(proven)) = (id, proven) else {
        attempt.was_wrong(now).await.map_err(|failure| Refusal::fault(&failure.into()))?;
        return Err(Refusal::unknown_client());
    };
    attempt.was_right().await.map_err(|failure| Refusal::fault(&failure.into()))?;
    let scopes = match asked.scope.as_deref() {
        None => proven.scopes,
        Some(text) => ServiceScopes::parse(text)
            .filter(|wanted| !wanted.is_empty() && wanted.are_among(proven.scopes))
            .ok_or_else(|| Refusal::scope(proven.scopes))?,
    };
    let principal = Principal::ServiceAccount(id, proven.secret, scopes);
    let issued = services.tokens.issue_within(principal, now, proven.until).await;
    let (access_token, expires_at) = issued.map_err(|fault| Refusal::fault(&fault.into()))?;
    let answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": (expires_at - now).num_seconds(),
        "scope": scopes.to_string(),
    });
    Ok(write(StatusCode::OK, &answer))
}

/// The parameters of a request, each at most once; one without a value is as good as none.
#[derive(Default)]
struct Asked {
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Who says to be which service account.
struct Client {
    id: String,
    secret: String,
}

impl Asked {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refusal::invalid("the content type must be application/x-www-form-urlencoded"));
        }
        let (mut asked, mut grant_type) = (Self::default(), None);
        for (name, value) in form_urlencoded::parse(body) {
            let place = match &*name {
                "grant_type" => &mut grant_type,
                "scope" => &mut asked.scope,
                "client_id" => &mut asked.client_id,
                "client_secret" => &mut asked.client_secret,
                _ => continue,
            };
            if place.is_some() {
                return Err(Refusal::invalid(&format!("{name} is there twice")));
            }
            *place = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        match grant_type.as_deref() {
            Some(GRANT_TYPE) => Ok(asked),
            None => Err(Refusal::invalid("grant_type is missing: send client_credentials")),
            Some(_) => {
                let description = "the only grant_type is client_credentials";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description))
            }
        }
    }

    /// Reads the credentials: by HTTP Basic, or from the body, and not by both.
    fn client(&self, headers: &HeaderMap) -> Result<Client, Refusal> {
        let Some(authorization) = headers.get(header::AUTHORIZATION) else {
            return match (&self.client_id, &self.client_secret) {
                (Some(id), Some(secret)) => Ok(Client { id: id.clone(), secret: secret.clone() }),
                _ => Err(Refusal::unknown_client()),
            };
        };
        let client = basic(authorization).ok_or_else(Refusal::unknown_client)?;
        if self.client_secret.is_some() {
            return Err(Refusal::invalid("the client authenticates in the header and in the body: use one"));
        }
        if self.client_id.as_ref().is_some_and(|id| *id != client.id) {
            return Err(Refusal::invalid("client_id is another one than that of the header"));
        }
        Ok(client)
    }
}

/// Reads an `Authorization: Basic …` value, whose parts are encoded as those of a form.
fn basic(value: &HeaderValue) -> Option<Client> {
    let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64.decode(credentials.trim()).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some(Client { id: decoded_part(id)?, secret: decoded_part(secret)? })
}

fn decoded_part(text: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    match (pairs.next(), pairs.next()) {
        (Some((part, value)), None) if value.is_empty() => Some(part.into_owned()),
        _ => None,
    }
}

/// Why no token is given.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    advice: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: &str) -> Self {
        Self { status, error, description: description.to_owned(), advice: None }
    }

    fn advising(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { advice: Some((name, value)), ..self }
    }

    fn invalid(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// One answer for whatever is wrong with the credentials.
    fn unknown_client() -> Self {
        let description = "the client is unknown, its secret is wrong or good no more, or it was revoked";
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description);
        refusal.advising(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"hemicycle\""))
    }

    fn scope(known: ServiceScopes) -> Self {
        let description = format!("the service account has these scopes: {known}");
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", &description)
    }

    fn wait(time: TimeDelta) -> Self {
        let seconds = time.num_seconds().max(1);
        let description = format!("too many attempts were wrong: try again in {seconds} seconds");
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", &description);
        refusal.advising(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    fn busy() -> Self {
        let description = "the server has as much to do as it can: try again";
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description);
        refusal.advising(header::RETRY_AFTER, HeaderValue::from(1))
    }

    /// An error of ours, of which nobody learns more.
    fn fault(error: &ApiError) -> Self {
        if let Some(fault) = error.fault() {
            tracing::error!(%fault, "a token could not be given to a service account");
        }
        if let ApiError::Unavailable(_) = error {
            return Self::busy();
        }
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "internal server error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = write(self.status, &body);
        if let Some((name, value)) = self.advice {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

fn write(status: StatusCode, body: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<Asked, &'static str> {
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, form);
        Asked::read(&headers, text.as_bytes()).map_err(|refusal| refusal.error)
    }

    #[test]
    fn a_parameter_stands_there_once_and_one_without_a_value_is_none() {
        let asked = form("grant_type=client_credentials&scope=&client_id=a&unknown=1&unknown=2").unwrap();
        assert_eq!((asked.scope, asked.client_id.as_deref()), (None, Some("a")));
        for (text, error) in [
            ("", "invalid_request"),
            ("grant_type=", "invalid_request"),
            ("grant_type=password", "unsupported_grant_type"),
            ("grant_type=client_credentials&scope=a&scope=b", "invalid_request"),
        ] {
            assert_eq!(form(text).err(), Some(error), "{text}");
        }
        assert_eq!(
            Asked::read(&HeaderMap::new(), b"").err().map(|refusal| refusal.error),
            Some("invalid_request")
        );
    }

    #[test]
    fn credentials_come_in_the_header_or_in_the_body_and_not_in_both() {
        let header = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            headers
        };
        let basic = |text: &str| header(&format!("Basic {}", BASE64.encode(text)));
        let read = |headers: &HeaderMap, text: &str| {
            let asked = form(&format!("grant_type=client_credentials&{text}")).unwrap();
            let client = asked.client(headers);
            client.map(|client| (client.id, client.secret)).map_err(|refusal| refusal.error)
        };
        let pair = |id: &str, secret: &str| Ok((id.to_owned(), secret.to_owned()));
        assert_eq!(read(&HeaderMap::new(), "client_id=a&client_secret=b%2Bc"), pair("a", "b+c"));
        assert_eq!(read(&basic("a:b%2Bc"), "client_id=a"), pair("a", "b+c"));
        assert_eq!(read(&basic("a:b"), "client_id=c"), Err("invalid_request"));
        assert_eq!(read(&basic("a:b"), "client_secret=b"), Err("invalid_request"));
        for wrong in [basic("a"), basic("a:b&c=d"), header("Bearer abc"), header("Basic %"), HeaderMap::new()]
        {
            assert_eq!(read(&wrong, "client_id=a"), Err("invalid_client"), "{wrong:?}");
        }
    }
}
