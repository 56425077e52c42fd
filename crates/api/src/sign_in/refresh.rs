//! Refresh tokens: random, exchanged once, kept only as a hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hemicycle_persistence::SessionToken;
use rand::Rng;
use sha2::{Digest, Sha256};

/// Makes a refresh token: what its holder keeps, and what the store keeps.
pub(crate) fn new_refresh_token() -> (String, SessionToken) {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let token = BASE64.encode(bytes);
    let hash = refresh_token_hash(&token);
    (token, hash)
}

/// What the store knows a refresh token by.
pub(crate) fn refresh_token_hash(token: &str) -> SessionToken {
    SessionToken { hash: BASE64.encode(Sha256::digest(token.as_bytes())) }
}
