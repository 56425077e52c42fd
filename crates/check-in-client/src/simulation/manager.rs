//! Who runs the event: signs in, asks patiently, and signs in again when the session is over.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::Credentials;
use crate::{BackOff, Connection, Trouble};

const SIGN_IN: &str = "mutation SignIn($input: SignInInput!) { signIn(input: $input) {
    accessToken errors { code message path } } }";

/// Who runs the event.
pub(super) struct Manager {
    connection: Connection,
    credentials: Credentials,
    back_off: BackOff,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    /// None where the account has a second factor.
    access_token: Option<String>,
}

impl Manager {
    pub(super) async fn sign_in(
        connection: Connection,
        credentials: Credentials,
        back_off: BackOff,
    ) -> Result<Self, Trouble> {
        let mut manager = Self { connection, credentials, back_off };
        manager.renew().await?;
        Ok(manager)
    }

    /// Sends an operation of one field until it is answered.
    pub(super) async fn ask<T: DeserializeOwned>(
        &mut self,
        document: &str,
        variables: Value,
    ) -> Result<T, Trouble> {
        let mut waits = self.back_off.begin();
        let mut is_renewed = false;
        loop {
            match self.connection.ask(document, &variables).await {
                Err(Trouble::Unauthenticated) if !is_renewed => {
                    is_renewed = true;
                    self.renew().await?;
                }
                Err(trouble) => waits.after(trouble).await?,
                Ok(answer) => return Ok(answer),
            }
        }
    }

    async fn renew(&mut self) -> Result<(), Trouble> {
        let token = match &self.credentials {
            Credentials::Token(token) => token.clone(),
            Credentials::Password { email, password } => {
                let input = json!({ "input": { "email": email, "password": password } });
                let mut waits = self.back_off.begin();
                loop {
                    match self.connection.ask::<Session>(SIGN_IN, &input).await {
                        Ok(Session { access_token: Some(token) }) => break token,
                        Ok(Session { access_token: None }) => return Err(second_factor()),
                        Err(trouble) => waits.after(trouble).await?,
                    }
                }
            }
        };
        self.connection = self.connection.with_token(&token);
        Ok(())
    }
}

fn second_factor() -> Trouble {
    let message = "the account has a second factor: give an access token in its place".to_owned();
    Trouble::Refused { code: "SECOND_FACTOR".to_owned(), message }
}
