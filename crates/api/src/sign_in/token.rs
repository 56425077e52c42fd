//! Access tokens: JSON Web Tokens of some minutes, signed with Ed25519, for every kind of principal.
//!
//! A token is believed if a key of ours that is still believed signed it, with our algorithm, in our name, for us, and
//! its time has come and not passed. Everything else is one answer: nobody.

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::{
    access::ServiceScopes,
    account::LONGEST_TOKEN,
    device::EnrolmentId,
    id::{AccountId, AccountSessionId, ClientSecretId, DeviceId, Id, ServiceAccountId},
};
use hemicycle_persistence::Store;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode, errors::ErrorKind};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    key_ring::{KeyFault, KeyRing},
    seal::Seal,
};

/// Who issues tokens, and for whom.
const ISSUER: &str = "hemicycle";
const AUDIENCE: &str = "hemicycle-api";
/// What kind of token it is (RFC 9068): whatever else a key of ours may sign is no access token.
const TYPE: &str = "at+jwt";
/// How far the clock of the node that issued a token may run ahead.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 4_096;
/// How many tokens are remembered, so that a signature is verified once and not at every request.
const REMEMBERED: u64 = 50_000;

/// Whom a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Principal {
    /// An account, in one of its sessions.
    Account(AccountId, AccountSessionId),
    /// A device, by one of its enrolments.
    Device(DeviceId, EnrolmentId),
    /// A service account, by one of its secrets, with these of its scopes.
    ServiceAccount(ServiceAccountId, ClientSecretId, ServiceScopes),
}

/// Who holds an access token, until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) principal: Principal,
    pub(crate) expires_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Account,
    Device,
    ServiceAccount,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The principal.
    sub: Uuid,
    kind: Kind,
    /// What the token lives and dies with: a session, an enrolment, a credential.
    sid: Uuid,
    /// What a service account may by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Principal {
    fn to_claims(self) -> (Kind, Uuid, Uuid) {
        match self {
            Self::Account(account, session) => (Kind::Account, account.uuid(), session.uuid()),
            Self::Device(device, enrolment) => (Kind::Device, device.uuid(), enrolment.0),
            Self::ServiceAccount(account, secret, _) => (Kind::ServiceAccount, account.uuid(), secret.uuid()),
        }
    }

    /// The scopes that its token names, where it is of a kind that has some.
    fn scope(self) -> Option<String> {
        match self {
            Self::ServiceAccount(_, _, scopes) => Some(scopes.to_string()),
            Self::Account(..) | Self::Device(..) => None,
        }
    }

    fn of_claims(claims: &Claims) -> Option<Self> {
        let (sub, sid) = (claims.sub, claims.sid);
        Some(match claims.kind {
            Kind::Account => Self::Account(sub.into(), sid.into()),
            Kind::Device => Self::Device(sub.into(), EnrolmentId(sid)),
            Kind::ServiceAccount => {
                let scopes = ServiceScopes::parse(claims.scope.as_deref()?)?;
                Self::ServiceAccount(sub.into(), sid.into(), scopes)
            }
        })
    }
}

/// A token that was believed once: the signature need not be verified again.
#[derive(Clone, Copy)]
struct Read {
    holder: Holder,
    key: Uuid,
    not_before: DateTime<Utc>,
}

impl Holder {
    /// The session, where the holder is an account.
    pub(crate) fn session(&self) -> Option<AccountSessionId> {
        match self.principal {
            Principal::Account(_, session) => Some(session),
            Principal::Device(..) | Principal::ServiceAccount(..) => None,
        }
    }
}

/// Makes and reads access tokens.
pub(crate) struct AccessTokens {
    ring: KeyRing,
    lifetime: TimeDelta,
    validation: Validation,
    read: Cache<[u8; 32], Read>,
}

impl AccessTokens {
    /// Tokens of accounts are good for this lifetime.
    pub(crate) fn new(store: Store, seal: Seal, lifetime: std::time::Duration) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The time is the clock's that was passed in, not the library's.
        validation.validate_exp = false;
        Self {
            ring: KeyRing::new(store, seal),
            lifetime: TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::minutes(15)).min(LONGEST_TOKEN),
            validation,
            read: Cache::new(REMEMBERED),
        }
    }

    /// Reads the keys, and makes the first one where there is none.
    pub(crate) async fn prepare(&self, now: DateTime<Utc>) -> Result<(), KeyFault> {
        self.ring.keys_that_sign(now).await.map(drop)
    }

    /// Makes a token of the usual lifetime, and says until when it is good.
    pub(crate) async fn issue(
        &self,
        principal: Principal,
        now: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), KeyFault> {
        let expires_at = now + self.lifetime;
        Ok((self.issue_until(principal, now, expires_at).await?, expires_at))
    }

    /// Makes a token of the usual lifetime that is not good beyond `until`, and says until when it is good.
    pub(crate) async fn issue_within(
        &self,
        principal: Principal,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>), KeyFault> {
        let expires_at = until.min(now + self.lifetime);
        Ok((self.issue_until(principal, now, expires_at).await?, expires_at))
    }

    /// Makes a token that is good until then, and [`LONGEST_TOKEN`] at most.
    pub(crate) async fn issue_until(
        &self,
        principal: Principal,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<String, KeyFault> {
        let keys = self.ring.keys_that_sign(now).await?;
        let no_key = || KeyFault::Signing(ErrorKind::InvalidEddsaKey.into());
        let signing = keys.signing().ok_or_else(no_key)?;
        let (kind, sub, sid) = principal.to_claims();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub,
            kind,
            sid,
            scope: principal.scope(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.min(now + LONGEST_TOKEN).timestamp(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(signing.id.to_string());
        Ok(encode(&header, &claims, &signing.key)?)
    }

    /// Reads who holds a token; none if it is forged, malformed, meant for others, or not of this time.
    pub(crate) async fn holder(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Holder>, KeyFault> {
        if token.len() > LONGEST {
            return Ok(None);
        }
        let hash = Sha256::digest(token.as_bytes()).into();
        let read = match self.read.get(&hash) {
            Some(read) => {
                let keys = self.ring.keys(now).await?;
                keys.believed(read.key, now).map(|_| read)
            }
            None => self.verify(token, now).await?.inspect(|read| self.read.insert(hash, *read)),
        };
        let read = read.filter(|read| read.not_before <= now + LEEWAY && now < read.holder.expires_at);
        Ok(read.map(|read| read.holder))
    }

    /// The public keys, for whoever verifies tokens without asking the server.
    pub(crate) async fn jwks(&self, now: DateTime<Utc>) -> Result<Value, KeyFault> {
        self.ring.jwks(now).await
    }

    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Read>, KeyFault> {
        let Some(key) = key_of(token) else { return Ok(None) };
        let keys = self.ring.keys_with(key, now).await?;
        let believed = keys.believed(key, now);
        Ok(believed.and_then(|believed| {
            let claims = decode::<Claims>(token, &believed.key, &self.validation).ok()?.claims;
            let principal = Principal::of_claims(&claims)?;
            let expires_at = DateTime::from_timestamp(claims.exp, 0)?;
            let not_before = DateTime::from_timestamp(claims.nbf, 0)?;
            Some(Read { holder: Holder { principal, expires_at }, key, not_before })
        }))
    }
}

/// The key that a token says it was signed with, if its head is one that we write.
fn key_of(token: &str) -> Option<Uuid> {
    let header = decode_header(token).ok()?;
    // A head with something that must be understood (`crit`) is not ours.
    let is_ours =
        header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
    is_ours.then_some(header.kid?).and_then(|id| id.parse().ok())
}
