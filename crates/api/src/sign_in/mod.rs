//! Signing in: passwords are checked here, tokens are made and read here.

mod clean_up;
mod client_secret;
mod enrolment;
mod key_ring;
mod mail;
mod password;
mod provider;
mod refresh;
mod seal;
mod second_factor;
mod throttle;
mod token;
mod typed_code;
mod vigil;

pub(crate) use clean_up::keep_clean;
pub(crate) use client_secret::{client_secret_hash, new_client_secret};
pub(crate) use enrolment::{Attempts, code_hash, code_qr, new_code};
pub use key_ring::{KeyFault, rotate_signing_key};
pub(crate) use mail::Mail;
pub use mail::{MailFault, MailSettings};
pub(crate) use password::Passwords;
pub use password::{PasswordFault, hash_password};
pub(crate) use provider::{
    Departure, Providers, hash as provider_secret_hash, new_secret as new_provider_secret,
};
pub use provider::{ProviderFault, ProviderSettings, ProvidersSettings};
pub(crate) use refresh::{new_refresh_token, refresh_token_hash};
pub(crate) use seal::Seal;
pub(crate) use second_factor::{
    FactorFault, NewFactor, new_factor, new_recovery_codes, recovery_code_hash, step_of,
};
pub(crate) use throttle::{Throttle, Trier};
pub(crate) use token::{AccessTokens, Holder, Principal};
pub(crate) use vigil::{Vigil, Watch, Word};
