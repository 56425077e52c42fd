//! A browser and the front end in it, as far as a sign-in with a provider goes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use reqwest::{Response, StatusCode, redirect::Policy};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::{PAGE, PUBLIC_URL};
use crate::{answer::Answer, app::App};

/// What the front end keeps while the browser is away.
pub(super) const VERIFIER: &str = "what the front end keeps while the browser is away";

/// A browser.
pub(super) struct Browser {
    http: reqwest::Client,
    cookie: Option<String>,
}

impl Browser {
    pub(super) fn new() -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { http, cookie: None }
    }

    /// Goes to an address of the server, wherever that listens in this case.
    pub(super) async fn go(&mut self, app: &App<'_>, path: &str) -> Response {
        let mut request = self.http.get(format!("http://{}{path}", app.address));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        response
    }

    /// Begins to sign in: where the provider's page is.
    pub(super) async fn begin(&mut self, app: &App<'_>) -> Url {
        location(&self.go(app, &start(PAGE, &challenge(VERIFIER))).await)
    }

    /// Signs in at the provider: where that sends the browser back to.
    pub(super) async fn sign_in_at(&self, page: &Url) -> String {
        let back = location(&self.http.get(page.clone()).send().await.unwrap());
        assert!(back.as_str().starts_with(PUBLIC_URL), "{back}");
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    /// Comes back from the provider: what the front end is told, `code=…` or `error=…`.
    pub(super) async fn come_back(&mut self, app: &App<'_>, path: &str) -> String {
        told(&self.go(app, path).await)
    }

    /// The whole way, at one server.
    pub(super) async fn sign_in(&mut self, app: &App<'_>) -> String {
        let page = self.begin(app).await;
        let back = self.sign_in_at(&page).await;
        self.come_back(app, &back).await
    }
}

/// The address at which a sign-in begins.
pub(super) fn start(page: &str, challenge: &str) -> String {
    let mut url: Url = format!("{PUBLIC_URL}/sign-in/ministry").parse().unwrap();
    url.query_pairs_mut().append_pair("returnTo", page).append_pair("codeChallenge", challenge);
    format!("{}?{}", url.path(), url.query().unwrap())
}

pub(super) fn challenge(verifier: &str) -> String {
    BASE64.encode(Sha256::digest(verifier.as_bytes()))
}

/// Where an answer sends the browser; it is kept by nobody.
pub(super) fn location(response: &Response) -> Url {
    assert!(matches!(response.status(), StatusCode::SEE_OTHER | StatusCode::FOUND), "{response:?}");
    response.headers()["location"].to_str().unwrap().parse().unwrap()
}

/// What the front end is told by an answer.
pub(super) fn told(response: &Response) -> String {
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    let page = location(response);
    let told = page.fragment().unwrap().to_owned();
    assert_eq!(page.as_str(), format!("{PAGE}#{told}"));
    told
}

/// The front end exchanges what it was told.
pub(super) async fn exchange(app: &App<'_>, told: &str, verifier: &str) -> Answer {
    let code = told.strip_prefix("code=").unwrap_or_else(|| panic!("no code: {told}"));
    let input = json!({ "code": code, "codeVerifier": verifier });
    app.anonymous()
        .mutate("exchangeSignInCode", input, "accessToken refreshToken challenge { kind token }")
        .await
}
