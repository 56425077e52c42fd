//! Sealing: what the database keeps and only the servers may read, under a key that is drawn from the secret of the
//! settings. Whoever has the database alone can open nothing, and whoever changes a seal is noticed.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hkdf::Hkdf;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The length of the number that is used once, in bytes.
const NONCE: usize = 12;

/// Seals and opens.
#[derive(Clone)]
pub(crate) struct Seal {
    cipher: Aes256Gcm,
}

impl Seal {
    /// A seal of this secret.
    pub(crate) fn new(secret: &SecretString) -> Self {
        let mut key = [0_u8; 32];
        Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes())
            .expand(b"hemicycle seal 1", &mut key)
            .expect("thirty-two bytes can be drawn");
        Self { cipher: Aes256Gcm::new(&key.into()) }
    }

    /// Seals something that belongs to a purpose; under another purpose it does not open.
    pub(crate) fn close(&self, purpose: &str, content: &[u8]) -> String {
        let mut nonce = [0_u8; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: content, aad: purpose.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).expect("the content is short");
        BASE64.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this purpose; none if the secret, the purpose or the seal is another.
    pub(crate) fn open(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(secret: &str) -> Seal {
        Seal::new(&SecretString::from(secret))
    }

    #[test]
    fn a_seal_opens_by_its_secret_and_for_its_purpose_alone() {
        let sealed = seal("one secret").close("key 1", b"content");
        assert_eq!(seal("one secret").open("key 1", &sealed), Some(b"content".to_vec()));
        assert_eq!(seal("another secret").open("key 1", &sealed), None);
        assert_eq!(seal("one secret").open("key 2", &sealed), None);
        assert_eq!(seal("one secret").open("key 1", "short"), None);
        assert_ne!(sealed, seal("one secret").close("key 1", b"content"), "no two seals are alike");
    }

    #[test]
    fn a_seal_that_was_changed_in_any_byte_does_not_open() {
        let sealed = BASE64.decode(seal("one secret").close("key", b"content")).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal("one secret").open("key", &BASE64.encode(changed)), None, "byte {at}");
        }
    }
}
