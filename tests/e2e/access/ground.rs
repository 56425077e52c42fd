//! The records that the table asks about: those of the demonstration, and some that only few may see.

use std::collections::HashMap;

use serde_json::json;

use crate::{
    client::Client,
    event::{create, new_event},
    known,
};

/// Records by the name that the table gives them.
pub(super) struct Ground(HashMap<&'static str, String>);

impl Ground {
    /// Finds the records, and makes those that the demonstration does not have.
    pub(super) async fn prepare(administrator: &Client) -> Self {
        let mut ids = HashMap::new();
        for (name, words) in [
            ("seminar", known::JIZZAKH_SEMINAR),
            ("refresher", known::REFRESHER_COURSE),
            ("training", known::AKTOBE_TRAINING),
            ("conference", known::DELHI_CONFERENCE),
            ("zhambyl", known::ZHAMBYL_SEMINAR),
        ] {
            ids.insert(name, known::event(administrator, words).await);
        }
        for (name, words) in [
            ("eci", "election commission of india"),
            ("jspi", "jizzakh state pedagogical institute"),
            ("senate-kz", "senate of the parliament kazakhstan"),
        ] {
            ids.insert(name, known::partner(administrator, words).await);
        }
        for (name, code) in [("uz", "UZ"), ("kz", "KZ"), ("uz-ji", "UZ-JI"), ("kz-31", "KZ-31")] {
            ids.insert(name, known::territory(administrator, code).await);
        }
        let mut draft = new_event("Draft in Kazakhstan");
        draft["territoryId"] = json!(ids["kz-31"]);
        ids.insert("draft-kz", create(administrator, draft).await);
        let mut draft = new_event("Draft of the Indian host");
        draft["hostId"] = json!(ids["eci"]);
        ids.insert("draft-eci", create(administrator, draft).await);
        let account = json!({
            "email": "someone@demo.example", "displayName": "Someone of the host", "password": "a long password",
            "grants": [{ "role": "VIEWER", "placeKind": "PARTNER", "placeId": ids["eci"] }],
        });
        let account = administrator.mutate("createAccount", account, "account { id grants { id } }").await;
        ids.insert("account-eci", account.text("createAccount.account.id").to_owned());
        ids.insert("grant-eci", account.text("createAccount.account.grants.0.id").to_owned());
        Self(ids)
    }

    /// Puts ids in the place of `@name`.
    pub(super) fn fill(&self, document: &str) -> String {
        let mut parts = document.split('@');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            let id = self.0.get(name).unwrap_or_else(|| panic!("the ground has no {name}"));
            filled.push_str(&format!("\"{id}\"{rest}"));
        }
        filled
    }
}
