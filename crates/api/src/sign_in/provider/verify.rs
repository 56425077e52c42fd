//! What is believed of an ID token: the checks of OpenID Connect Core, section 3.1.3.7.

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::account::{EmailAddress, ProvenIdentity};
use openidconnect::{
    ClaimsVerificationError, Nonce, RequestTokenError, TokenResponse,
    core::{CoreErrorResponseType, CoreJwsSigningAlgorithm, CoreTokenResponse},
};
use thiserror::Error;

use super::Client;

/// How far the clock of a provider may run ahead.
const LEEWAY: TimeDelta = TimeDelta::minutes(1);

/// Signatures that only the provider can make: what is signed with the client's own secret proves less.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why a provider gave no tokens.
pub(super) type NoTokens =
    RequestTokenError<ureq::Error, openidconnect::StandardErrorResponse<CoreErrorResponseType>>;

/// Why an ID token is not believed.
#[derive(Debug, Error)]
pub(super) enum Doubt {
    /// There is none.
    #[error("the provider gave no ID token")]
    Missing,
    /// No key of the provider that is known made its signature.
    #[error("no key of the provider made the signature")]
    Signature,
    /// A claim does not stand up.
    #[error("{0}")]
    Claim(#[from] ClaimsVerificationError),
    /// It was issued for another client, which passes it on.
    #[error("the token was issued to another client")]
    AuthorizedParty,
}

/// Reads who someone is from what a provider gave, if all of it stands up.
pub(super) fn identity(
    client: &Client,
    answer: &CoreTokenResponse,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<ProvenIdentity, Doubt> {
    let token = answer.id_token().ok_or(Doubt::Missing)?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(|| now)
        .set_issue_time_verifier_fn(|issued| {
            if issued <= now + LEEWAY { Ok(()) } else { Err("issued in the future".to_owned()) }
        });
    let claims = token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(_) => Doubt::Signature,
        other => Doubt::Claim(other),
    })?;
    if claims.authorized_party().is_some_and(|party| party != client.client_id()) {
        return Err(Doubt::AuthorizedParty);
    }
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    Ok(ProvenIdentity {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        verified_email: email.and_then(|email| EmailAddress::parse("email", email).ok()),
    })
}
