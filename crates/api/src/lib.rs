//! The public API of Hemicycle: GraphQL over HTTP and WebSocket, with sign-in.
//!
//! Resolvers parse, call the store and wrap; no rule and no SQL stands here.

mod badge_press;
mod clock;
mod evolution;
mod gate;
pub mod graphql;
mod http;
mod listen;
mod server;
mod settings;
mod sign_in;

pub use badge_press::rotate_badge_key;
pub use clock::Clock;
pub use evolution::{ContractChange, Severity, UnreadableContract, contract_changes};
pub use gate::{Budget, Budgets, TrustedDocuments, TrustedFault, TrustedMode};
pub use graphql::sdl;
pub use http::{NotAnOrigin, WebOrigin};
pub use listen::serve;
pub use server::{Api, ApiFault, router};
pub use settings::{ApiSettings, SocketSettings};
pub use sign_in::{
    KeyFault, MailFault, MailSettings, PasswordFault, ProviderFault, ProviderSettings, ProvidersSettings,
    hash_password, rotate_signing_key,
};
