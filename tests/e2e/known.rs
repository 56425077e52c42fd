//! Records of the demonstration, found by what they are called.

use serde_json::json;

use crate::client::Client;

/// Words of the names of events that the documents report.
pub(crate) const JIZZAKH_SEMINAR: &str = "stage 2 training seminar";
pub(crate) const REFRESHER_COURSE: &str = "refresher course for deputy governors";
pub(crate) const AKTOBE_TRAINING: &str = "two-day training";
pub(crate) const DELHI_CONFERENCE: &str = "international conference on democracy";
pub(crate) const ZHAMBYL_SEMINAR: &str = "seminar-meeting zhambyl";

/// The id of the one event of these words.
pub(crate) async fn event(client: &Client, words: &str) -> String {
    let document = "query($words: String!) { events(where: { named: $words }) { nodes { id } } }";
    let answer = client.ask(document, json!({ "words": words })).await;
    assert_eq!(answer.list("events.nodes").len(), 1, "{words}: {}", answer.body);
    answer.text("events.nodes.0.id").to_owned()
}

/// The id of the one partner of these words.
pub(crate) async fn partner(client: &Client, words: &str) -> String {
    let document = "query($words: String!) { partners(where: { named: $words }) { nodes { id } } }";
    let answer = client.ask(document, json!({ "words": words })).await;
    assert_eq!(answer.list("partners.nodes").len(), 1, "{words}: {}", answer.body);
    answer.text("partners.nodes.0.id").to_owned()
}

/// The id of the territory of this code.
pub(crate) async fn territory(client: &Client, code: &str) -> String {
    let document = "query($code: String!) { territories(where: { code: $code }) { nodes { id } } }";
    let answer = client.ask(document, json!({ "code": code })).await;
    answer.text("territories.nodes.0.id").to_owned()
}
