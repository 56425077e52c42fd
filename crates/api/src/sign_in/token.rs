//! Access tokens (JWT: of accounts for minutes, of devices as long as they serve) and refresh tokens (random,
//! rotating, kept only as a hash).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    device::EnrolmentId,
    id::{AccountId, DeviceId, Id},
};
use hemicycle_persistence::{SessionId, SessionToken};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const ISSUER: &str = "hemicycle";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: Uuid,
    sid: Uuid,
    /// Whether the subject is a device, and `sid` its enrolment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dev: bool,
    iat: i64,
    exp: i64,
}

/// Who holds an access token, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) principal: Principal,
    pub(crate) expires_at: DateTime<Utc>,
}

/// Whom a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Principal {
    /// An account, in one of its sessions.
    Account(AccountId, SessionId),
    /// A device, by one of its enrolments.
    Device(DeviceId, EnrolmentId),
}

/// Makes and reads access tokens.
pub(crate) struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    lifetime: TimeDelta,
}

impl AccessTokens {
    pub(crate) fn new(secret: &SecretString, lifetime: std::time::Duration) -> Self {
        let secret = secret.expose_secret().as_bytes();
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            lifetime: TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::minutes(15)),
        }
    }

    /// Makes a token that says who holds it, until when.
    pub(crate) fn issue(
        &self,
        account: AccountId,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), jsonwebtoken::errors::Error> {
        let expires_at = now + self.lifetime;
        Ok((self.sign(Principal::Account(account, session), now, expires_at)?, expires_at))
    }

    fn sign(
        &self,
        principal: Principal,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let (sub, sid, dev) = match principal {
            Principal::Account(account, session) => (account.uuid(), session.0, false),
            Principal::Device(device, enrolment) => (device.uuid(), enrolment.0, true),
        };
        let (iat, exp) = (now.timestamp(), expires_at.timestamp());
        let claims = Claims { iss: ISSUER.to_owned(), sub, sid, dev, iat, exp };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// Reads who holds a token; none if it is forged, malformed or past its time.
    pub(crate) fn holder(&self, token: &str, now: DateTime<Utc>) -> Option<Holder> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // The time is the clock's that was passed in, not the library's.
        validation.validate_exp = false;
        let claims = decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        let expires_at = DateTime::from_timestamp(claims.exp, 0)?;
        let principal = if claims.dev {
            Principal::Device(claims.sub.into(), EnrolmentId(claims.sid))
        } else {
            Principal::Account(claims.sub.into(), SessionId(claims.sid))
        };
        (now < expires_at).then_some(Holder { principal, expires_at })
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(secret: &str) -> AccessTokens {
        AccessTokens::new(&SecretString::from(secret), std::time::Duration::from_mins(1))
    }

    #[test]
    fn a_token_names_its_holder_until_it_expires() {
        let account = AccountId::from(Uuid::from_u128(1));
        let session = SessionId(Uuid::from_u128(2));
        let now = DateTime::UNIX_EPOCH;
        let (token, expires_at) = tokens("a secret of the tests").issue(account, session, now).unwrap();
        let holder = Holder { principal: Principal::Account(account, session), expires_at };
        assert_eq!(tokens("a secret of the tests").holder(&token, now), Some(holder));
        assert_eq!(tokens("a secret of the tests").holder(&token, expires_at), None);
    }

    #[test]
    fn a_token_of_a_device_never_stands_for_an_account() {
        let (device, enrolment) = (DeviceId::from(Uuid::from_u128(1)), EnrolmentId(Uuid::from_u128(2)));
        let (now, until) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(40));
        let tokens = tokens("a secret of the tests");
        let token = tokens.sign(Principal::Device(device, enrolment), now, until).unwrap();
        let holder = Holder { principal: Principal::Device(device, enrolment), expires_at: until };
        assert_eq!(tokens.holder(&token, now + TimeDelta::days(39)), Some(holder));
        assert_eq!(tokens.holder(&token, until), None);
    }

    #[test]
    fn a_token_of_another_secret_or_without_signature_names_nobody() {
        let now = DateTime::UNIX_EPOCH;
        let (token, _) =
            tokens("one secret").issue(Uuid::from_u128(1).into(), SessionId(Uuid::nil()), now).unwrap();
        assert_eq!(tokens("another secret").holder(&token, now), None);
        let unsigned = token.rsplit_once('.').map(|(head, _)| format!("{head}.")).unwrap();
        assert_eq!(tokens("one secret").holder(&unsigned, now), None);
    }
}
