//! An answer of the API, and what cases ask of it. A path is written with dots: `events.nodes.0.title`.

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, which is always JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// Sends a request and reads the answer to its end.
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the answer ends");
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} with no JSON: {text}"));
        Self { status, headers, body }
    }

    /// A value of the data; the answer must be without errors.
    pub(crate) fn data(&self, path: &str) -> &Value {
        assert!(self.body.get("errors").is_none(), "errors where none were expected: {}", self.body);
        self.partial_data(path)
    }

    /// A value of the data, of an answer that may have errors beside it.
    pub(crate) fn partial_data(&self, path: &str) -> &Value {
        let mut value = &self.body["data"];
        for step in path.split('.') {
            let next = match step.parse::<usize>() {
                Ok(index) => value.get(index),
                Err(_) => value.get(step),
            };
            value = next.unwrap_or_else(|| panic!("no {path} in {}", self.body));
        }
        value
    }

    /// A text of the data.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.data(path).as_str().unwrap_or_else(|| panic!("{path} is no text: {}", self.body))
    }

    /// A number of the data.
    pub(crate) fn number(&self, path: &str) -> i64 {
        self.data(path).as_i64().unwrap_or_else(|| panic!("{path} is no whole number: {}", self.body))
    }

    /// A list of the data.
    pub(crate) fn list(&self, path: &str) -> &[Value] {
        self.data(path).as_array().unwrap_or_else(|| panic!("{path} is no list: {}", self.body))
    }

    /// The texts of one field in a list: `texts("events.nodes", "title")`.
    pub(crate) fn texts(&self, path: &str, field: &str) -> Vec<&str> {
        let text = |value: &'_ Value| value[field].as_str().map(ToOwned::to_owned);
        assert!(self.list(path).iter().all(|value| text(value).is_some()), "no texts: {}", self.body);
        self.list(path).iter().filter_map(|value| value[field].as_str()).collect()
    }

    /// The codes of the top-level errors, in order.
    pub(crate) fn error_codes(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("(no code)")).collect()
    }

    /// The message of the first top-level error.
    pub(crate) fn error_message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error: {}", self.body))
    }

    /// Asserts that a mutation was turned down for this reason alone, at this field of its input.
    pub(crate) fn assert_turned_down(&self, mutation: &str, code: &str, path: &str) {
        let errors = self.list(&format!("{mutation}.errors"));
        assert_eq!(errors.len(), 1, "one reason: {}", self.body);
        let at: Vec<_> =
            errors[0]["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!((errors[0]["code"].as_str(), at.join(".").as_str()), (Some(code), path), "{}", self.body);
    }

    /// Asserts that the request as a whole was refused: one error of this code, and no data.
    pub(crate) fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.error_codes()), (status, vec![code]), "{}", self.body);
        assert!(self.body.get("data").is_none(), "data beside a refusal: {}", self.body);
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
