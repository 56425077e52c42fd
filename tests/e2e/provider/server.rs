//! A provider of OpenID Connect on this machine: metadata, keys, the page where people sign in, and tokens.
//!
//! It keeps to the standard, and lies where a case asks it to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64},
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

pub(super) const CLIENT_ID: &str = "hemicycle";
pub(super) const CLIENT_SECRET: &str = "a secret / of & the client";

/// What becomes of the claims before they are signed.
pub(super) type Lie = Box<dyn Fn(&mut Value) + Send>;

/// A provider.
#[derive(Clone)]
pub(super) struct Provider(Arc<Mutex<Inner>>);

struct Inner {
    issuer: String,
    /// Who sits before the browser.
    person: Value,
    /// The time of the server that is tested.
    now: i64,
    lie: Lie,
    /// The key that signs, and the one that is published.
    signs: u8,
    published: u8,
    /// Who was sent here and has a code now: what they were sent with.
    codes: HashMap<String, HashMap<String, String>>,
    asked_for_metadata: usize,
}

impl Provider {
    /// Serves at this listener until the case is over.
    pub(super) fn at(listener: std::net::TcpListener, now: i64) -> Self {
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self(Arc::new(Mutex::new(Inner {
            issuer,
            person: json!({}),
            now,
            lie: Box::new(|_| {}),
            signs: 1,
            published: 1,
            codes: HashMap::new(),
            asked_for_metadata: 0,
        })));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(provider.clone());
        let listener = TcpListener::from_std(listener).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Whoever is sent here from now on is this person.
    pub(super) fn knows(&self, subject: &str, email: &str, is_verified: bool) {
        self.set(|inner| {
            inner.person = json!({ "sub": subject, "email": email, "email_verified": is_verified });
        });
    }

    /// What is signed from now on is this.
    pub(super) fn lies(&self, lie: impl Fn(&mut Value) + Send + 'static) {
        self.set(|inner| inner.lie = Box::new(lie));
    }

    /// Signs with this key from now on, and publishes that one.
    pub(super) fn uses_keys(&self, signs: u8, published: u8) {
        self.set(|inner| (inner.signs, inner.published) = (signs, published));
    }

    /// The time of the server that is tested.
    pub(super) fn is_at(&self, now: i64) {
        self.set(|inner| inner.now = now);
    }

    /// How often it was asked for its metadata.
    pub(super) fn asked_for_metadata(&self) -> usize {
        self.0.lock().unwrap().asked_for_metadata
    }

    fn set(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.0.lock().unwrap());
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

async fn metadata(State(provider): State<Provider>) -> Json<Value> {
    let mut inner = provider.0.lock().unwrap();
    inner.asked_for_metadata += 1;
    let issuer = &inner.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let seed = provider.0.lock().unwrap().published;
    let public = BASE64.encode(key(seed).verifying_key().as_bytes());
    Json(json!({ "keys": [{
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": seed.to_string(), "x": public,
    }] }))
}

/// The person signs in and is sent back with a code.
async fn authorize(
    State(provider): State<Provider>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let mut inner = provider.0.lock().unwrap();
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("code_challenge_method", "S256"),
        ("scope", "openid email"),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(expected), "{name}");
    }
    let code = format!("code {}", inner.codes.len());
    let mut back: url::Url = asked["redirect_uri"].parse().unwrap();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
    inner.codes.insert(code, asked);
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

/// Exchanges a code, once, from the client that it was made for and that knows the verifier.
async fn token(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    let mut inner = provider.0.lock().unwrap();
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    let Some(asked) = inner.codes.remove(&form["code"]) else { return refused() };
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let login = STANDARD.encode(format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET)));
    assert_eq!(headers[header::AUTHORIZATION].to_str().unwrap(), format!("Basic {login}"));
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["redirect_uri"], asked["redirect_uri"]);
    if BASE64.encode(Sha256::digest(form["code_verifier"].as_bytes())) != asked["code_challenge"] {
        return refused();
    }
    let mut claims = json!({
        "iss": inner.issuer, "aud": CLIENT_ID, "nonce": asked["nonce"],
        "iat": inner.now, "exp": inner.now + 300,
    });
    for (name, value) in inner.person.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    (inner.lie)(&mut claims);
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(inner.signs.to_string());
    let der = key(inner.signs).to_pkcs8_der().unwrap();
    let token = encode(&header, &claims, &EncodingKey::from_ed_der(der.as_bytes())).unwrap();
    let answer = json!({ "access_token": "unused", "token_type": "Bearer", "id_token": token });
    Json(answer).into_response()
}
