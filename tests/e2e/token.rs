//! Access tokens that are not what they seem, on both ways in; and the keys that sign them.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use hemicycle_api::rotate_signing_key;
use hemicycle_domain::{
    access::Actor,
    account::{FormerKeys, LONGEST_TOKEN, NewSigningKey},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{App, SECRET},
    each_database,
    socket::Socket,
};

const ME: &str = "{ me { email } }";

/// A key whose secret half the tests know.
struct TestKey {
    id: Uuid,
    secret: SigningKey,
}

impl TestKey {
    fn new(number: u8) -> Self {
        Self { id: Uuid::from_u128(number.into()), secret: SigningKey::from_bytes(&[number; 32]) }
    }

    fn public(&self) -> String {
        BASE64.encode(self.secret.verifying_key().as_bytes())
    }

    /// Makes it one of the keys that the server believes.
    async fn have_it_believed(&self, app: &App<'_>) {
        let actor = Arc::new(Actor::System { reason: "a key of the tests" });
        let new = NewSigningKey { id: self.id.into(), public: self.public(), sealed: String::new() };
        let mut work = app.store().begin(&actor, app.now()).await.unwrap();
        work.rotate_signing_key(new, FormerKeys::Believed).await.unwrap();
        work.commit().await.unwrap();
    }

    fn head(&self) -> Header {
        let mut head = Header::new(Algorithm::EdDSA);
        head.typ = Some("at+jwt".to_owned());
        head.kid = Some(self.id.to_string());
        head
    }

    fn encoding(&self) -> EncodingKey {
        EncodingKey::from_ed_der(self.secret.to_pkcs8_der().unwrap().as_bytes())
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&self.head(), claims, &self.encoding()).unwrap()
    }
}

/// Claims as the server makes them, taken from a token of the viewer's.
async fn claims(app: &App<'_>) -> Value {
    let viewer = app.viewer().await;
    part(viewer.token().unwrap(), 1)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a token has three parts");
    serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
}

fn with(claims: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    claims[name] = value.into();
    claims
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

async fn assert_let_in(app: &App<'_>, token: &str) {
    let me = app.with_token(token).query(ME).await;
    assert_eq!(me.text("me.email"), app.account("VIEWER").email);
    assert!(Socket::enter(app, Some(token)).await.is_some());
}

async fn assert_kept_out(app: &App<'_>, token: &str, why: &str) {
    let answer = app.with_token(token).query(ME).await;
    assert_eq!((answer.status.as_u16(), answer.error_codes()), (401, vec!["UNAUTHENTICATED"]), "{why}");
    let mut socket = Socket::open(app).await;
    let payload = json!({ "Authorization": format!("Bearer {token}") });
    socket.say(json!({ "type": "connection_init", "payload": payload })).await;
    assert_eq!(socket.closed().await.0, 4403, "{why}");
}

each_database!(a_token_is_signed_with_ed25519_and_says_who_what_for_and_how_long);
async fn a_token_is_signed_with_ed25519_and_says_who_what_for_and_how_long(app: &App<'_>) {
    let viewer = app.viewer().await;
    let token = viewer.token().unwrap();
    let keys = app.request(reqwest::Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    let keys: Value = keys.json().await.unwrap();
    let key = &keys["keys"][0];
    assert_eq!(part(token, 0), json!({ "typ": "at+jwt", "alg": "EdDSA", "kid": key["kid"] }));
    let claims = part(token, 1);
    let now = app.now().timestamp();
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("hemicycle"), &json!("hemicycle-api")));
    assert_eq!(claims["kind"], "account");
    assert_eq!(
        (&claims["iat"], &claims["nbf"], &claims["exp"]),
        (&json!(now), &json!(now), &json!(now + 900))
    );
}

each_database!(the_public_keys_are_published_and_their_secret_halves_are_not);
async fn the_public_keys_are_published_and_their_secret_halves_are_not(app: &App<'_>) {
    let answer = app.request(reqwest::Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/jwk-set+json");
    let keys: Value = answer.json().await.unwrap();
    let [key] = keys["keys"].as_array().unwrap().as_slice() else { panic!("{keys}") };
    let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
    // Whoever holds the published key can verify a token.
    let viewer = app.viewer().await;
    let public = jsonwebtoken::DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["hemicycle-api"]);
    validation.validate_exp = false;
    assert!(jsonwebtoken::decode::<Value>(viewer.token().unwrap(), &public, &validation).is_ok());
}

each_database!(a_token_of_ours_comes_in_and_any_other_is_kept_out);
async fn a_token_of_ours_comes_in_and_any_other_is_kept_out(app: &App<'_>) {
    let claims = claims(app).await;
    let now = app.now().timestamp();
    let (known, unknown) = (TestKey::new(7), TestKey::new(8));
    known.have_it_believed(app).await;
    let good = known.sign(&claims);
    assert_let_in(app, &good).await;
    assert_let_in(app, &known.sign(&with(&claims, "nbf", now + 30))).await;

    for (why, claims) in [
        ("expired", with(&claims, "exp", now)),
        ("expired long ago", with(&claims, "exp", 1)),
        ("without an end", without(&claims, "exp")),
        ("an end that is a text", with(&claims, "exp", "tomorrow")),
        ("an end beyond all time", with(&claims, "exp", i64::MAX)),
        ("not yet good", with(&claims, "nbf", now + 31)),
        ("without a beginning", without(&claims, "nbf")),
        ("for another audience", with(&claims, "aud", "another-api")),
        ("for no audience", without(&claims, "aud")),
        ("of another issuer", with(&claims, "iss", "another")),
        ("of no issuer", without(&claims, "iss")),
        ("of nobody", without(&claims, "sub")),
        ("of an account that is not there", with(&claims, "sub", Uuid::from_u128(9).to_string())),
        ("of a kind that there is not", with(&claims, "kind", "ghost")),
        ("of a device that is not there", with(&claims, "kind", "device")),
        ("of a service account that is not there", with(&claims, "kind", "service_account")),
    ] {
        assert_kept_out(app, &known.sign(&claims), why).await;
    }

    let another = TestKey { id: known.id, ..TestKey::new(9) };
    assert_kept_out(app, &another.sign(&claims), "signed with another key").await;
    assert_kept_out(app, &unknown.sign(&claims), "signed with a key that nobody knows").await;

    let head = |change: &dyn Fn(&mut Header)| {
        let mut head = known.head();
        change(&mut head);
        encode(&head, &claims, &known.encoding()).unwrap()
    };
    assert_kept_out(app, &head(&|head| head.kid = None), "of no key").await;
    assert_kept_out(app, &head(&|head| head.kid = Some("../key".to_owned())), "of a key that is none").await;
    assert_kept_out(app, &head(&|head| head.typ = Some("JWT".to_owned())), "of another type").await;
    assert_kept_out(app, &head(&|head| head.crit = Some(vec!["exp".to_owned()])), "with a demand").await;

    // Signed by what everyone knows: the public key as the secret of a symmetric algorithm.
    for secret in [known.secret.verifying_key().as_bytes().to_vec(), known.public().into_bytes()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS512] {
            let head = Header { alg: algorithm, ..known.head() };
            let forged = encode(&head, &claims, &EncodingKey::from_secret(&secret)).unwrap();
            assert_kept_out(app, &forged, "signed with the public key").await;
        }
    }

    let [head, body, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    for algorithm in ["none", "None", "nOnE", "HS256", "ES256", "", "eddsa"] {
        let head = BASE64.encode(json!({ "alg": algorithm, "typ": "at+jwt", "kid": known.id }).to_string());
        assert_kept_out(app, &format!("{head}.{body}."), algorithm).await;
        assert_kept_out(app, &format!("{head}.{body}.{signature}"), algorithm).await;
    }
    let longer = BASE64.encode(with(&claims, "exp", now + 90_000).to_string());
    for garbage in [
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}.{longer}.{signature}"),
        format!("{head}.{body}.{signature}.{signature}"),
        format!("{head}..{signature}"),
        format!(".{body}.{signature}"),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "a".repeat(5_000),
        BASE64.encode([0xFF; 96]),
    ] {
        assert_kept_out(app, &garbage, &garbage).await;
    }
    // What is remembered of the good one is not taken for any other.
    assert_let_in(app, &good).await;
}

each_database!(a_token_with_any_bit_of_its_signature_changed_is_kept_out);
async fn a_token_with_any_bit_of_its_signature_changed_is_kept_out(app: &App<'_>) {
    let viewer = app.viewer().await;
    let (signed, signature) = viewer.token().unwrap().rsplit_once('.').unwrap();
    let bytes = BASE64.decode(signature).unwrap();
    for bit in (0..bytes.len() * 8).step_by(7) {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let forged = format!("{signed}.{}", BASE64.encode(changed));
        app.with_token(&forged).query(ME).await.assert_refused(401, "UNAUTHENTICATED");
    }
}

each_database!(a_remembered_token_ends_all_the_same);
async fn a_remembered_token_ends_all_the_same(app: &App<'_>) {
    let viewer = app.viewer().await;
    assert_let_in(app, viewer.token().unwrap()).await;
    app.wait(TimeDelta::minutes(15));
    assert_kept_out(app, viewer.token().unwrap(), "expired").await;
}

/// The identifiers of the keys that are published.
async fn published(app: &App<'_>) -> Vec<String> {
    let keys = app.request(reqwest::Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    let keys: Value = keys.json().await.unwrap();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn rotate(app: &App<'_>, former: FormerKeys) -> String {
    // As the command does it, in a process of its own.
    let settings = hemicycle_persistence::StoreSettings::at(app.database.url());
    let store = hemicycle_persistence::Store::open(&settings).await.unwrap();
    rotate_signing_key(&store, &SecretString::from(SECRET), former, app.now()).await.unwrap().to_string()
}

/// Signs in until the server has heard of this key.
async fn wait_for_key(app: &App<'_>, key: &str) -> String {
    loop {
        let viewer = app.viewer().await;
        let token = viewer.token().unwrap();
        if part(token, 0)["kid"] == key {
            return token.to_owned();
        }
    }
}

each_database!(a_key_is_replaced_without_signing_anyone_out);
async fn a_key_is_replaced_without_signing_anyone_out(app: &App<'_>) {
    let viewer = app.viewer().await;
    let before = viewer.token().unwrap();
    let [first] = &published(app).await[..] else { panic!("one key at first") };
    let second = rotate(app, FormerKeys::Believed).await;
    let after = wait_for_key(app, &second).await;
    assert_eq!(published(app).await, [second.clone(), first.clone()]);
    assert_let_in(app, before).await;
    assert_let_in(app, &after).await;

    app.wait(LONGEST_TOKEN);
    assert_eq!(published(app).await, [second]);
}

each_database!(a_key_that_is_distrusted_is_refused_at_once_and_sessions_go_on);
async fn a_key_that_is_distrusted_is_refused_at_once_and_sessions_go_on(app: &App<'_>) {
    let account = app.account("VIEWER");
    let session = app.anonymous().ask_for_session(&account.email, &account.password).await;
    let before = session.text("signIn.accessToken");
    assert_let_in(app, before).await;
    let second = rotate(app, FormerKeys::Distrusted).await;
    wait_for_key(app, &second).await;
    assert_kept_out(app, before, "of a distrusted key").await;
    assert_eq!(published(app).await, [second]);

    let document = "mutation($i: RefreshSessionInput!) { refreshSession(input: $i) { accessToken } }";
    let input = json!({ "i": { "refreshToken": session.text("signIn.refreshToken") } });
    let refreshed = app.anonymous().ask(document, input).await;
    assert_let_in(app, refreshed.text("refreshSession.accessToken")).await;
}
