//! The codes by which phones become devices: easy to type, shown as QR, slow to guess, known to the store by their
//! hash alone.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hemicycle_persistence::CodeHash;
use hemicycle_print::{Code, CodeTooLong};
use sha2::{Digest, Sha256};

use super::typed_code;

/// How many symbols make a code: 60 bits.
const LENGTH: usize = 12;
/// What stands before a code in its QR. All of it is of the characters that a QR packs tightly.
const QR_PREFIX: &str = "HEMICYCLE:ENROL:1:";

/// How many codes can be tried from one address at once.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(60).expect("sixty is more than nothing");
/// How long it takes until one more can be tried.
const PAUSE: Duration = Duration::from_secs(5);
/// How many addresses are remembered before those that rest are forgotten.
const MANY: usize = 10_000;

/// Makes a code: what is shown once, and what the store keeps.
pub(crate) fn new_code() -> (String, CodeHash) {
    let code = typed_code::draw::<LENGTH>();
    let hash = code_hash(&code);
    (code, hash)
}

/// What the store knows a code by, however it was typed or scanned.
pub(crate) fn code_hash(presented: &str) -> CodeHash {
    let upper = presented.trim().to_ascii_uppercase();
    let code = upper.strip_prefix(QR_PREFIX).unwrap_or(&upper);
    CodeHash(BASE64.encode(Sha256::digest(typed_code::meant(code).as_bytes())))
}

/// Draws the QR of a code.
pub(crate) fn code_qr(code: &str) -> Result<String, CodeTooLong> {
    Ok(drawn(code)?.svg())
}

fn drawn(code: &str) -> Result<Code, CodeTooLong> {
    Code::of(&format!("{QR_PREFIX}{}", code.replace('-', "")))
}

/// How often codes are tried, from where.
pub(crate) struct Attempts(DefaultKeyedRateLimiter<Option<IpAddr>>);

impl Attempts {
    pub(crate) fn new() -> Self {
        let quota =
            Quota::with_period(PAUSE).expect("the pause is longer than nothing").allow_burst(ATTEMPTS);
        Self(RateLimiter::keyed(quota))
    }

    /// Counts an attempt from this address; false if there were too many.
    pub(crate) fn count(&self, address: Option<IpAddr>) -> bool {
        if self.0.len() > MANY {
            self.0.retain_recent();
        }
        self.0.check_key(&address).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let (code, hash) = new_code();
        assert_eq!((code.len(), code.matches('-').count()), (14, 2));
        for typed in [code.to_lowercase(), code.replace('-', ""), format!(" {QR_PREFIX}{code} ")] {
            assert_eq!(code_hash(&typed), hash, "{typed}");
        }
        assert_eq!(code_hash("10AB-CDEF-GHJK"), code_hash("loab cdef ghjk"));
        assert_ne!(new_code().1, hash);
    }

    #[test]
    fn a_code_is_drawn_as_a_qr_of_low_density() {
        assert_eq!(drawn("ABCD-EFGH-JKMN").expect("so short a text fits").version(), 2);
    }

    #[test]
    fn too_many_attempts_from_one_address_wait_and_others_do_not() {
        let attempts = Attempts::new();
        let address = |n| Some(IpAddr::from([127, 0, 0, n]));
        assert!((0..ATTEMPTS.get()).all(|_| attempts.count(address(1))));
        assert!(!attempts.count(address(1)));
        assert!(attempts.count(address(2)));
    }
}
