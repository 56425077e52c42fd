//! The keys that sign access tokens, as this process holds them: which one signs, and which are believed.
//!
//! They live in the database, where all nodes share them. The ring is read anew when the change feed tells of a new
//! key, and when a token names a key that is not known here yet.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey as Secret, pkcs8::EncodePrivateKey};
use hemicycle_domain::{
    access::Actor,
    account::{FormerKeys, NewSigningKey, SigningKey},
    id::{Id, SigningKeyId},
};
use hemicycle_persistence::{Failure, Store, new_id};
use jsonwebtoken::{DecodingKey, EncodingKey};
use rand::Rng;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::seal::Seal;

/// How often at most the keys are read anew because a token names one that nobody knows.
const BETWEEN_STRANGERS: Duration = Duration::from_secs(1);

/// Why no token can be signed or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The keys cannot be read or kept.
    #[error("the keys that sign access tokens cannot be read or kept")]
    Store(#[from] Failure),
    /// A key cannot be used to sign.
    #[error("an access token could not be signed: {0}")]
    Signing(#[from] jsonwebtoken::errors::Error),
}

/// The keys, kept up to date.
pub(crate) struct KeyRing {
    store: Store,
    seal: Seal,
    keys: ArcSwap<Keys>,
    /// When the keys were last read for a stranger's sake; held while they are read.
    reading: Mutex<Option<Instant>>,
}

/// The keys as of one moment.
#[derive(Default)]
pub(crate) struct Keys {
    /// How many changes of the keys had been heard of before these were read; none before the first reading.
    heard: Option<u64>,
    believed: HashMap<Uuid, Believed>,
    signing: Option<Signing>,
}

/// A key whose tokens are believed.
pub(crate) struct Believed {
    pub(crate) key: DecodingKey,
    /// How others are told of it.
    public: String,
    until: Option<DateTime<Utc>>,
}

/// The key that signs.
pub(crate) struct Signing {
    pub(crate) id: Uuid,
    pub(crate) key: EncodingKey,
}

impl Keys {
    /// The key of this identifier, if its tokens are believed now.
    pub(crate) fn believed(&self, id: Uuid, now: DateTime<Utc>) -> Option<&Believed> {
        self.believed.get(&id).filter(|key| key.until.is_none_or(|until| now < until))
    }

    /// The keys as others verify tokens by them: a JSON Web Key Set (RFC 7517, RFC 8037).
    fn to_jwks(&self, now: DateTime<Utc>) -> Value {
        let mut ids: Vec<_> = self.believed.keys().filter(|id| self.believed(**id, now).is_some()).collect();
        // First the key that signs, then former ones: identifiers tell when they were made.
        ids.sort_unstable_by_key(|id| Reverse((self.believed[*id].until.is_none(), **id)));
        let jwk = |id: &&Uuid| {
            json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                "kid": id.to_string(), "x": self.believed[*id].public,
            })
        };
        json!({ "keys": ids.iter().map(jwk).collect::<Vec<_>>() })
    }
}

impl KeyRing {
    pub(crate) fn new(store: Store, seal: Seal) -> Self {
        Self { store, seal, keys: ArcSwap::default(), reading: Mutex::new(None) }
    }

    /// The keys of now.
    pub(crate) async fn keys(&self, now: DateTime<Utc>) -> Result<Arc<Keys>, KeyFault> {
        let keys = self.keys.load_full();
        if keys.heard == Some(self.store.signing_key_changes()) {
            return Ok(keys);
        }
        let _turn = self.reading.lock().await;
        let keys = self.keys.load_full();
        if keys.heard == Some(self.store.signing_key_changes()) {
            return Ok(keys);
        }
        self.read(now).await
    }

    /// The keys, read anew if one of them is asked for that is not known: another node may have made it just now.
    pub(crate) async fn keys_with(&self, id: Uuid, now: DateTime<Utc>) -> Result<Arc<Keys>, KeyFault> {
        let keys = self.keys(now).await?;
        if keys.believed.contains_key(&id) {
            return Ok(keys);
        }
        let mut last = self.reading.lock().await;
        if last.is_some_and(|last| last.elapsed() < BETWEEN_STRANGERS) {
            return Ok(self.keys.load_full());
        }
        *last = Some(Instant::now());
        self.read(now).await
    }

    /// The keys, among them one that signs: where this server can open none, it makes one.
    pub(crate) async fn keys_that_sign(&self, now: DateTime<Utc>) -> Result<Arc<Keys>, KeyFault> {
        let keys = self.keys(now).await?;
        if keys.signing.is_some() {
            return Ok(keys);
        }
        let actor = Arc::new(Actor::System { reason: "make a key that signs access tokens" });
        let mut work = self.store.begin(&actor, now).await?;
        let key = work.begin_signing(new_key(&self.seal, now), |key| self.open(key).is_some()).await?;
        work.commit().await?;
        tracing::info!(key = %key.id, "signing access tokens; no key could be opened with this token_secret before");
        let _turn = self.reading.lock().await;
        self.read(now).await
    }

    /// The public keys, for whoever verifies tokens without asking the server.
    pub(crate) async fn jwks(&self, now: DateTime<Utc>) -> Result<Value, KeyFault> {
        Ok(self.keys(now).await?.to_jwks(now))
    }

    async fn read(&self, now: DateTime<Utc>) -> Result<Arc<Keys>, KeyFault> {
        // Counted before they are read: what changes meanwhile is read the next time.
        let heard = Some(self.store.signing_key_changes());
        let mut keys = Keys { heard, ..Keys::default() };
        for key in self.store.signing_keys(now).await? {
            if keys.signing.is_none() && key.signs() {
                keys.signing = self.open(&key);
            }
            match DecodingKey::from_ed_components(&key.public) {
                Ok(decoding) if is_public_key(&key.public) => {
                    let believed = Believed { key: decoding, public: key.public, until: key.believed_until };
                    keys.believed.insert(key.id.uuid(), believed);
                }
                _ => tracing::error!(key = %key.id, "a public key cannot be read; its tokens are refused"),
            }
        }
        let keys = Arc::new(keys);
        self.keys.store(Arc::clone(&keys));
        Ok(keys)
    }

    /// The key as one to sign with; none if it was sealed with another secret.
    fn open(&self, key: &SigningKey) -> Option<Signing> {
        let bytes: [u8; 32] = self.seal.open(&purpose(key.id), &key.sealed)?.try_into().ok()?;
        let der = Secret::from_bytes(&bytes).to_pkcs8_der().ok()?;
        Some(Signing { id: key.id.uuid(), key: EncodingKey::from_ed_der(der.as_bytes()) })
    }
}

impl Keys {
    /// The key that signs.
    pub(crate) fn signing(&self) -> Option<&Signing> {
        self.signing.as_ref()
    }
}

/// Has a new key sign from now on, and says what becomes of the former ones. Running servers hear of it by themselves.
pub async fn rotate_signing_key(
    store: &Store,
    secret: &secrecy::SecretString,
    former: FormerKeys,
    now: DateTime<Utc>,
) -> Result<SigningKeyId, Failure> {
    let actor = Arc::new(Actor::System { reason: "key rotate on the command line" });
    let mut work = store.begin(&actor, now).await?;
    let key = work.rotate_signing_key(new_key(&Seal::new(secret), now), former).await?;
    work.commit().await?;
    Ok(key.id)
}

fn new_key(seal: &Seal, now: DateTime<Utc>) -> NewSigningKey {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let secret = Secret::from_bytes(&bytes);
    let id: SigningKeyId = new_id(now);
    NewSigningKey {
        id,
        public: BASE64.encode(secret.verifying_key().as_bytes()),
        sealed: seal.close(&purpose(id), secret.as_bytes()),
    }
}

/// What a secret half is sealed for: under the name of another key it does not open.
fn purpose(id: SigningKeyId) -> String {
    format!("signing key {id}")
}

/// Whether a text holds a key of the right length: the library would take its first bytes unseen.
fn is_public_key(text: &str) -> bool {
    BASE64.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}
