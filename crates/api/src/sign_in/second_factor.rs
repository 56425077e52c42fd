//! The second factor: secrets that an application on a phone makes codes from (RFC 6238), and recovery codes.
//!
//! The secret is sealed at rest; of recovery codes the store knows hashes. They have 80 bits, so that a plain hash of
//! one cannot be turned back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use hemicycle_domain::{
    account::{EmailAddress, RECOVERY_CODES},
    id::AccountId,
};
use hemicycle_persistence::CodeHash;
use hemicycle_print::{Code, CodeTooLong};
use rand::Rng;
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp, TotpError};

use super::{seal::Seal, typed_code};

/// The length of a secret, in bytes, as RFC 4226 recommends.
const SECRET: usize = 20;
/// How many symbols make a recovery code.
const RECOVERY_LENGTH: usize = 16;
/// What the application shows beside the address.
const ISSUER: &str = "Hemicycle";

/// Why a second factor cannot be offered or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FactorFault {
    /// The secret or the address does not fit the form.
    #[error("a second factor could not be made: {0}")]
    Totp(#[from] TotpError),
    /// The address is so long that no QR code holds it.
    #[error("a second factor could not be drawn: {0}")]
    Drawing(#[from] CodeTooLong),
}

/// A secret as it is offered once to its holder, and as it is kept.
pub(crate) struct NewFactor {
    /// The secret in base 32, to be typed where no code can be scanned.
    pub(crate) secret: String,
    /// The same as an address that applications understand.
    pub(crate) uri: String,
    /// That address as a QR code, an SVG picture.
    pub(crate) qr: String,
    /// What the store keeps.
    pub(crate) sealed: String,
}

/// Makes a secret for an account.
pub(crate) fn new_factor(
    seal: &Seal,
    account: AccountId,
    email: &EmailAddress,
) -> Result<NewFactor, FactorFault> {
    let mut bytes = [0_u8; SECRET];
    rand::rng().fill_bytes(&mut bytes);
    // A colon would part the address in two.
    let name = email.as_str().replace(':', "_");
    let totp = Builder::new()
        .with_secret(bytes.to_vec())
        .with_account_name(name)
        .with_issuer(Some(ISSUER))
        .build()?;
    let uri = totp.to_url()?;
    Ok(NewFactor {
        secret: totp.secret().to_base32(),
        qr: Code::of(&uri)?.svg(),
        sealed: seal.close(&purpose(account), &bytes),
        uri,
    })
}

/// The thirty seconds to which a code belongs: these, or those before or after them. None if it is wrong.
pub(crate) fn step_of(
    seal: &Seal,
    account: AccountId,
    sealed: &str,
    code: &str,
    now: DateTime<Utc>,
) -> Option<i64> {
    let Some(secret) = seal.open(&purpose(account), sealed) else {
        tracing::error!(%account, "the second factor cannot be opened with this token_secret");
        return None;
    };
    let totp: Totp = Builder::new().with_secret(Secret::from(secret)).build().ok()?;
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = totp.check(&code, u64::try_from(now.timestamp()).ok()?)?;
    i64::try_from(step).ok()
}

/// Makes recovery codes: what is shown once, and what the store keeps.
pub(crate) fn new_recovery_codes() -> (Vec<String>, Vec<CodeHash>) {
    (0..RECOVERY_CODES)
        .map(|_| {
            let code = typed_code::draw::<RECOVERY_LENGTH>();
            let hash = recovery_code_hash(&code);
            (code, hash)
        })
        .unzip()
}

/// What the store knows a recovery code by, however it was typed.
pub(crate) fn recovery_code_hash(presented: &str) -> CodeHash {
    CodeHash(BASE64.encode(Sha256::digest(typed_code::meant(presented).as_bytes())))
}

fn purpose(account: AccountId) -> String {
    format!("second factor {account}")
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn seal() -> Seal {
        Seal::new(&SecretString::from("a secret of the tests"))
    }

    /// The secret of the test vectors of RFC 6238, and what it makes, of six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let account = AccountId::from(uuid::Uuid::nil());
        let sealed = seal().close(&purpose(account), b"12345678901234567890");
        let step = |code: &str, seconds: i64| {
            step_of(&seal(), account, &sealed, code, DateTime::from_timestamp(seconds, 0).unwrap())
        };
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{seconds}");
            assert_eq!(step(&format!(" {} {} ", &code[..3], &code[3..]), seconds), Some(seconds / 30));
            assert_eq!(step(code, seconds - 30), Some(seconds / 30), "the clock of the phone runs ahead");
            assert_eq!(step(code, seconds + 30), Some(seconds / 30), "the clock of the phone runs behind");
            assert_eq!(step(code, seconds + 60), None, "not any more");
        }
        for wrong in ["", "28708", "2870820", "+87082", "abcdef", "٢٨٧٠٨٢"] {
            assert_eq!(step(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_offered_in_every_form_and_kept_sealed_for_its_account() {
        let account = AccountId::from(uuid::Uuid::nil());
        let email = EmailAddress::parse("email", "a:b+c@demo.example").unwrap();
        let factor = new_factor(&seal(), account, &email).unwrap();
        let uri: url::Url = factor.uri.parse().unwrap();
        assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
        let pairs: Vec<_> = uri.query_pairs().into_owned().collect();
        assert!(pairs.contains(&("secret".to_owned(), factor.secret.clone())), "{uri}");
        assert!(pairs.contains(&("issuer".to_owned(), ISSUER.to_owned())), "{uri}");
        assert!(factor.qr.starts_with("<svg"));
        let now = DateTime::from_timestamp(1_793_491_200, 0).unwrap();
        let code = Totp::from_url(&factor.uri).unwrap().generate(1_793_491_200).to_string();
        assert_eq!(step_of(&seal(), account, &factor.sealed, &code, now), Some(1_793_491_200 / 30));
        let other = AccountId::from(uuid::Uuid::max());
        assert_eq!(step_of(&seal(), other, &factor.sealed, &code, now), None);
    }

    #[test]
    fn recovery_codes_differ_and_are_known_however_they_are_typed() {
        let (codes, hashes) = new_recovery_codes();
        assert_eq!((codes.len(), codes[0].len()), (RECOVERY_CODES, 19));
        assert_eq!(recovery_code_hash(&codes[0].to_lowercase().replace('-', " ")), hashes[0]);
        assert_ne!(hashes[0], hashes[1]);
    }
}
