//! Signing in: passwords are checked here, tokens are made and read here.

mod password;
mod token;
mod vigil;

pub(crate) use password::PasswordCheck;
pub use password::{PasswordFault, hash_password};
pub(crate) use token::{AccessTokens, Holder, Principal, new_refresh_token, refresh_token_hash};
pub(crate) use vigil::{Vigil, Watch, Word};
