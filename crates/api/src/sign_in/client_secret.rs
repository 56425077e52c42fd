//! The secrets of service accounts: random, shown once, kept only as a hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hemicycle_persistence::SessionToken;
use rand::Rng;
use sha2::{Digest, Sha256};

/// What a secret begins with, so that whoever searches files for secrets that were left lying about finds it.
const PREFIX: &str = "hcs_";

/// Makes a secret: what its holder keeps, and what the store keeps.
pub(crate) fn new_client_secret() -> (String, SessionToken) {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let secret = format!("{PREFIX}{}", BASE64.encode(bytes));
    let hash = client_secret_hash(&secret);
    (secret, hash)
}

/// What the store knows a secret by. A plain digest does: what is as long as a key is not found by trying.
pub(crate) fn client_secret_hash(secret: &str) -> SessionToken {
    SessionToken { hash: BASE64.encode(Sha256::digest(secret.as_bytes())) }
}
