//! A client of the API, as an account or as nobody.

use serde_json::{Value, json};

use crate::answer::Answer;

/// A client of the API.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

const SIGN_IN: &str = "mutation($input: SignInInput!) {
    signIn(input: $input) { accessToken refreshToken errors { code message } } }";

impl Client {
    pub(crate) fn new(http: reqwest::Client, url: String, token: Option<String>) -> Self {
        Self { http, url, token }
    }

    /// Signs in and returns a client with the token.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Self {
        let answer = self.ask_for_session(email, password).await;
        let token = answer.text("signIn.accessToken");
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends the mutation that signs in.
    pub(crate) async fn ask_for_session(&self, email: &str, password: &str) -> Answer {
        self.ask(SIGN_IN, json!({ "input": { "email": email, "password": password } })).await
    }

    /// Sends an operation without variables.
    pub(crate) async fn query(&self, document: &str) -> Answer {
        self.ask(document, Value::Null).await
    }

    /// Sends an operation with its variables.
    pub(crate) async fn ask(&self, document: &str, variables: Value) -> Answer {
        let body = json!({ "query": document, "variables": variables });
        Answer::to(self.post().json(&body)).await
    }

    /// Sends a mutation of one `input`, and asks for these fields of its payload and for its errors.
    pub(crate) async fn mutate(&self, mutation: &str, input: Value, fields: &str) -> Answer {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} errors {{ code message path }} }} }}"
        );
        self.ask(&document, json!({ "input": input })).await
    }

    /// The token, if there is one.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A POST with the token, to be given a body.
    pub(crate) fn post(&self) -> reqwest::RequestBuilder {
        self.authorised(self.http.post(&self.url))
    }

    /// A GET with the token, to be given a query string.
    pub(crate) fn get(&self) -> reqwest::RequestBuilder {
        self.authorised(self.http.get(&self.url))
    }

    fn authorised(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}
